import fc from 'fast-check';
import type { Flow } from '../../lib/flow.js';
import { type StatefulProcessor, transformWithState, withWatermark } from '../../operators/index.js';
import { grouped } from './oracle.js';
import { type Event, arrivals, asSet, closing, delay, keptIn, lives, numRuns, play, timeout } from './play.js';

/** What is kept of a key. */
interface Kept {
  readonly list: readonly number[];
  /** In the order of the keys. */
  readonly map: readonly (readonly [key: number, value: number])[];
  readonly n: number | null;
}

/** What a value says that is done: with a list, a map and a value, so that each is filled, changed and emptied often. */
const does = (v: number): 'put' | 'append' | 'clear' | 'update' | 'remove' | 'clearMap' | 'value' =>
  v === -9 ? 'clear' : v === 9 ? 'clearMap' : v < -6 ? 'put' : v < 0 ? 'append' : v < 4 ? 'update' : v < 7 ? 'remove' : 'value'; // prettier-ignore

/** The keys of the map are few, so that they come again. */
const keyOf = (id: number): number => id % 4;

/** The same in memory. */
function model(events: readonly Event[]): Kept {
  let list: number[] = [];
  const map = new Map<number, number>();
  let n: number | null = null;
  for (const { id, v } of events) {
    const what = does(v);
    if (what === 'put') list = [...list.slice(-1), id];
    if (what === 'append') list.push(id);
    if (what === 'clear') list = [];
    if (what === 'update') map.set(keyOf(id), id);
    if (what === 'remove') map.delete(keyOf(id));
    if (what === 'clearMap') map.clear();
    if (what === 'value') n = v === 8 ? null : id;
  }
  return { list, map: [...map].sort(([a], [b]) => a - b), n };
}

const kept = transformWithState<Event, Kept & { k: string | null }, 'k'>({ by: 'k' }, (handle) => {
  const list = handle.getListState<number>('list', 'INT');
  const map = handle.getMapState<number, number>('map', 'INT', 'INT');
  const value = handle.getValueState<number>('value', 'INT');
  return {
    handleInputRows: (k, rows) => {
      for (const { id, v } of rows) {
        const what = does(v);
        if (what === 'put') list.put([...list.get().slice(-1), id]);
        if (what === 'append') list.appendValue(id);
        if (what === 'clear') list.clear();
        if (what === 'update') map.updateValue(keyOf(id), id);
        if (what === 'remove') map.removeKey(keyOf(id));
        if (what === 'clearMap') map.clear();
        if (what === 'value' && v === 8) value.clear();
        else if (what === 'value') value.update(id);
      }
      return [{ k, list: list.get(), map: [...map].sort(([a], [b]) => a - b), n: value.get() ?? null }];
    },
  };
});

interface Due {
  readonly k: string | null;
  readonly due: number;
}

/** Each event three seconds later; those of one time and key at once. */
const later = (events: Flow<Event>): Flow<Due> =>
  events.pipe(
    withWatermark('at', delay),
    transformWithState<Event, Due, 'k'>(
      { by: 'k', timeMode: 'eventTime' },
      (handle): StatefulProcessor<string | null, Event, Due> => ({
        handleInputRows: (_k, rows) => {
          for (const { at } of rows) handle.registerTimer(at, 3000);
          return [];
        },
        handleExpiredTimer: (k, _times, { expiryTime: due }) => [{ k, due }],
      }),
    ),
  );

describe.each(keptIn)('however events come, with state in %s', (_name, options) => {
  it(
    'lists, maps and values of a key are what was done with them',
    () =>
      fc.assert(
        fc.asyncProperty(arrivals(), lives(), async (batches, given) => {
          const pipeline = (events: Flow<Event>) => events.pipe(kept);
          const out = await play({ inputs: [batches], lives: given, pipeline, options, outputMode: 'update' });
          const last = new Map(out.flat().map((row) => [row.k, row]));
          const wanted = grouped(batches.flat(), ({ k }) => JSON.stringify(k)).map((events) => ({
            k: events[0]!.k,
            ...model(events),
          }));
          expect(asSet([...last.values()])).toEqual(asSet(wanted));
        }),
        { numRuns },
      ),
    timeout,
  );

  it(
    'each timer expires once',
    () =>
      fc.assert(
        fc.asyncProperty(arrivals(), lives(), async (batches, given) => {
          const inputs = [[...batches, [closing(0)]]];
          const out = await play({ inputs, lives: given, pipeline: later, options });
          const wanted = batches.flat().map(({ k, at }) => ({ k, due: at.getTime() + 3000 }));
          expect(asSet(out.flat())).toEqual([...new Set(asSet(wanted))]);
        }),
        { numRuns },
      ),
    timeout,
  );
});
