import fc from 'fast-check';
import { array, boolean, field, int, string, structOf } from '../../../lib/schema/index.js';
import { MemoryStore, keyCodec } from '../../../lib/state/index.js';
import { JoinSide, rowKey } from '../../../operators/joins/side.js';

const key = structOf([field('a', string()), field('b', array(int()))]);
const layout = {
  name: 'join/left',
  operator: 'join',
  key: structOf([field('key', key), field('row', int())]),
  value: structOf([field('v', int()), field('t', int()), field('matched', boolean()), field('rows', int())]),
};

describe('the rows that one side of a join keeps', () => {
  it('have keys that can be read back: the values of the key, and a number', () => {
    const types = key.fields.map((f) => f.type);
    for (const values of [
      ['x', [1, null, 3]],
      [null, null],
      ['', []],
      ['ä\0ÿ', null],
    ]) {
      for (const n of [0, 1, 255, 256, 70_000]) {
        const text = rowKey(keyCodec(types).ofValues(values), n);
        expect(keyCodec(layout.key.fields.map((f) => f.type)).values(text)).toEqual([values, n]);
      }
    }
  });

  it('are those of a plain list, whatever is added, found matched, given up or expires', () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.record({
              add: fc.constantFrom('a', 'b'),
              times: fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1 }),
            }),
            fc.record({ match: fc.nat() }),
            fc.record({ remove: fc.array(fc.nat(), { maxLength: 4 }) }),
            fc.record({ evict: fc.integer({ min: 0, max: 300 }) }),
            fc.constant('commit' as const),
          ),
        ),
        (actions) => {
          const store = new MemoryStore(layout);
          const side = new JoinSide(store, 2, (_, entry) => entry[1] as number);
          let next = 0;
          let model: { key: string; v: number; t: number; matched: boolean }[] = [];
          const rows = () => ['a', 'b'].flatMap((k) => side.rowsOf(k));
          for (const action of actions) {
            if (action === 'commit') store.commit();
            else if ('add' in action) {
              const added = action.times.map((t) => ({ key: action.add, v: next++, t, matched: false }));
              side.add(
                action.add,
                added.map(({ v, t }) => [v, t]),
                added.map(() => false),
              );
              model.push(...added);
            } else if ('match' in action) {
              const row = rows()[action.match % Math.max(rows().length, 1)];
              if (row === undefined) continue;
              side.match(row);
              model.find(({ v }) => v === row.entry[0])!.matched = true;
            } else if ('remove' in action) {
              const all = rows();
              const gone = all.filter((_, i) => action.remove.some((n) => n % all.length === i));
              side.remove(gone);
              model = model.filter(({ v }) => !gone.some(({ entry }) => entry[0] === v));
            } else {
              const evicted = side.evict(action.evict).map(([v]) => v);
              expect(evicted.sort()).toEqual(
                model
                  .filter(({ t }) => t <= action.evict)
                  .map(({ v }) => v)
                  .sort(),
              );
              model = model.filter(({ t }) => t > action.evict);
            }
            const found = rows().map((row) => ({
              key: row.key,
              v: row.entry[0] as number,
              t: row.entry[1] as number,
              matched: side.isMatched(row.entry),
            }));
            const byValue = (a: { v: number }, b: { v: number }): number => a.v - b.v;
            expect(found.sort(byValue)).toEqual([...model].sort(byValue));
            expect(side.size).toBe(model.length);
          }
        },
      ),
      { numRuns: 150 },
    ));
});
