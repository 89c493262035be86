import fc from 'fast-check';
import type { MicroBatch } from '../../../lib/batch/index.js';
import { field, int, long, string, structOf } from '../../../lib/schema/index.js';
import { type StateStore, VolatileState, keyCodec } from '../../../lib/state/index.js';
import { Current } from '../../../operators/transform/current.js';
import { KeptList } from '../../../operators/transform/list-state.js';
import { KeptMap } from '../../../operators/transform/map-state.js';
import { Timers } from '../../../operators/transform/timers.js';
import { valueForm, valuesForm } from '../../../operators/transform/variable.js';

const key = structOf([field('k', string())]);
const groups = keyCodec([string()]);
const keys = ['a', 'b'].map((k) => groups.ofValues([k]));
const form = valueForm(int(), 'state');
const listForm = valuesForm(int(), 'state');

function store(name: string, ...fields: readonly (readonly [key: typeof key.fields, value: typeof key.fields])[]) {
  const [[own, value] = [key.fields, [field('value', int())]]] = fields;
  return new VolatileState().create({ name, operator: 'spec', key: structOf(own), value: structOf(value) });
}

const ttl = 10;
/** What is done with a key, and how much time passes before it. */
const steps = <Op extends string>(...ops: readonly Op[]) =>
  fc.array(
    fc.record({
      wait: fc.constantFrom(0, 0, 0, 1, 4, 10),
      key: fc.constantFrom(...keys),
      op: fc.constantFrom(...ops),
      n: fc.nat(5),
    }),
    { maxLength: 60, size: 'max' },
  );

interface Living {
  readonly n: number;
  readonly until: number;
}

class Play {
  readonly current = new Current();
  now = 0;

  constructor(private readonly stores: readonly ReturnType<typeof store>[]) {}

  /** Now and then a batch ends: it commits. */
  wait(millis: number): void {
    this.now += millis;
    if (millis === 4) for (const one of this.stores) one.commit();
    this.current.begin({ timestamp: this.now } as MicroBatch, null);
  }
}

describe('a list, a map and timers of a key', () => {
  it.each([ttl, undefined])('a list that lives for %s is a list', (ttl) =>
    fc.assert(
      fc.property(steps('append', 'list', 'put', 'clear', 'look'), (all) => {
        const elements = store('list', [[field('key', key), field('position', long())], [field('value', int())]]);
        const bounds = store('bounds', [key.fields, [field('first', long()), field('next', long())]]);
        const play = new Play([elements, bounds]);
        const list = new KeptList({ current: play.current, ttl }, listForm, elements, bounds);
        let wanted = new Map<string, Living[]>(keys.map((k) => [k, []]));
        for (const { wait, key: k, op, n } of all) {
          play.wait(wait);
          const living = (): Living => ({ n, until: play.now + (ttl ?? Infinity) });
          list.expire(play.now);
          wanted = new Map([...wanted].map(([of, own]) => [of, own.filter(({ until }) => until > play.now)]));
          const own = wanted.get(k)!;
          play.current.during(k, () => {
            if (op === 'append') list.appendValue(n);
            if (op === 'list') list.appendList([n, n]);
            if (op === 'put') list.put(list.get().slice(1));
            if (op === 'clear') list.clear();
          });
          if (op === 'append') own.push(living());
          if (op === 'list') own.push(living(), living());
          if (op === 'put') own.splice(0, Infinity, ...own.slice(1).map(({ n }) => ({ ...living(), n })));
          if (op === 'clear') own.splice(0);
          for (const [of, values] of wanted) {
            const got = play.current.during(of, () => [list.exists, list.get()]);
            expect(got).toEqual([values.length > 0, values.map(({ n }) => n)]);
          }
          const sizes = [...wanted.values()].map(({ length }) => length);
          expect([list.size, bounds.size]).toEqual([sizes[0]! + sizes[1]!, sizes.filter((size) => size > 0).length]);
        }
      }),
    ),
  );

  it.each([ttl, undefined])('a map that lives for %s is a map', (ttl) =>
    fc.assert(
      fc.property(steps('update', 'update', 'update', 'remove', 'clear', 'look'), (all) => {
        const keyField = field('key', key);
        const entries = store('map', [[keyField, field('own', int())], [field('value', int()), field('place', int())]]); // prettier-ignore
        const places = store('places', [[keyField, field('place', int())], [field('own', int()), field('n', int())]]); // prettier-ignore
        const play = new Play([entries, places]);
        const parts = { current: play.current, ttl };
        const map = new KeptMap(parts, form, form, groups, keyCodec([key, int()]), entries, places);
        const wanted = new Map<string, Map<number, Living>>(keys.map((k) => [k, new Map()]));
        let value = 0;
        for (const { wait, key: k, op, n } of all) {
          play.wait(wait);
          map.expire(play.now);
          for (const own of wanted.values()) for (const [at, { until }] of own) if (until <= play.now) own.delete(at);
          const own = wanted.get(k)!;
          play.current.during(k, () => {
            if (op === 'update') map.updateValue(n, ++value);
            if (op === 'remove') map.removeKey(n);
            if (op === 'clear' && n === 0) map.clear();
          });
          if (op === 'update') own.set(n, { n: value, until: play.now + (ttl ?? Infinity) });
          if (op === 'remove') own.delete(n);
          if (op === 'clear' && n === 0) own.clear();
          let size = 0;
          for (const [of, values] of wanted) {
            size += values.size;
            const pairs = [...values].map(([at, { n }]) => [at, n]);
            play.current.during(of, () => {
              expect(new Map(map)).toEqual(new Map(pairs as [number, number][]));
              expect([map.keys().length, map.values().length, map.exists]).toEqual([values.size, values.size, values.size > 0]); // prettier-ignore
              expect([map.getValue(n), map.containsKey(n)]).toEqual([values.get(n)?.n, values.has(n)]);
            });
          }
          expect([map.size, entries.size, places.size]).toEqual([size, size, size]);
        }
      }),
    ),
  );

  it('timers are a set of times', () =>
    fc.assert(
      fc.property(steps('register', 'register', 'delete', 'due'), (all) => {
        const kept = store('timers', [key.fields, [field('timers', { kind: 'array', element: long(), containsNull: false })]]); // prettier-ignore
        const play = new Play([kept]);
        const timers = new Timers(play.current, kept);
        const wanted = new Map<string, Set<number>>(keys.map((k) => [k, new Set()]));
        for (const { wait, key: k, op, n } of all) {
          play.wait(wait);
          const own = wanted.get(k)!;
          const at = play.now + n;
          play.current.during(k, () => {
            if (op === 'register') timers.register(at);
            if (op === 'delete') timers.delete(at);
          });
          if (op === 'register') own.add(at);
          if (op === 'delete') own.delete(at);
          if (op === 'due') {
            const due = timers.due(play.now);
            expect(due.map(({ expiry }) => expiry)).toEqual(due.map(({ expiry }) => expiry).sort((a, b) => a - b));
            for (const timer of due) {
              expect([timers.has(timer), wanted.get(timer.key)!.delete(timer.expiry)]).toEqual([true, true]);
              timers.done(timer);
              expect(timers.has(timer)).toBe(false);
            }
          }
          for (const [of, times] of wanted) {
            expect(play.current.during(of, () => timers.list())).toEqual([...times].sort((a, b) => a - b));
            if (op === 'due') for (const time of times) expect(time).toBeGreaterThan(play.now);
          }
          const all = [...wanted.values()].flatMap((times) => [...times]);
          expect(timers.nextExpiry).toBe(all.length === 0 ? undefined : Math.min(...all));
        }
      }),
    ));

  it('what is appended, read at a key or put costs no more where there is much', () => {
    let touched = 0;
    const counted = (one: StateStore): StateStore =>
      new Proxy(one, {
        get: (target, name) => {
          const member: unknown = Reflect.get(target, name, target);
          if (typeof member !== 'function') return member;
          return (...args: unknown[]) => {
            touched++;
            return Reflect.apply(member, target, args) as unknown;
          };
        },
      });
    const play = new Play([]);
    play.wait(0);
    const parts = { current: play.current, ttl };
    const keyField = field('key', key);
    const list = new KeptList(
      parts,
      listForm,
      counted(store('list', [[keyField, field('position', long())], [field('value', int())]])),
      counted(store('bounds', [key.fields, [field('first', long()), field('next', long())]])),
    );
    const map = new KeptMap(
      parts,
      form,
      form,
      groups,
      keyCodec([key, int()]),
      counted(store('map', [[keyField, field('own', int())], [field('value', int()), field('place', int())]])), // prettier-ignore
      counted(store('places', [[keyField, field('place', int())], [field('own', int()), field('n', int())]])), // prettier-ignore
    );
    const costs = (): number =>
      play.current.during(keys[0]!, () => {
        touched = 0;
        list.appendValue(1);
        map.updateValue(-1, 1);
        map.getValue(-1);
        map.removeKey(-1);
        return touched;
      });
    const grow = (from: number, to: number): void =>
      play.current.during(keys[0]!, () => {
        for (let i = from; i < to; i++) {
          list.appendValue(i);
          map.updateValue(i, i);
        }
      });
    grow(0, 2);
    const few = costs();
    grow(2, 1000);
    expect(costs()).toBe(few);
  });
});
