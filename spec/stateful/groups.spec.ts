import fc from 'fast-check';
import type { Flow } from '../../lib/flow.js';
import { flatMapGroupsWithState, mapGroupsWithState, withWatermark } from '../../operators/index.js';
import { type Totals, grouped, windows } from './oracle.js';
import { type Event, arrivals, asSet, closing, delay, keptIn, lives, numRuns, play, timeout } from './play.js';

const width = 10_000;
const none = { n: 0, total: 0 };

interface Sum {
  readonly n: number;
  readonly total: number;
}

const plus = ({ n, total }: Sum, rows: readonly Event[]): Sum => ({
  n: n + rows.length,
  total: rows.reduce((sum, { v }) => sum + v, total),
});

/** Sums of the rows of each key, each time that some come. */
const running = mapGroupsWithState<Event, Sum, Sum & { k: string | null }, 'k'>(
  { by: 'k', initial: () => none },
  (k, rows, state) => {
    const sum = plus(state.get(), rows);
    state.update(sum);
    return { k, ...sum };
  },
);

/** Sums of windows by hand: each comes when its time is out. */
const byHand = (events: Flow<Event>): Flow<Totals> =>
  events.pipe(
    withWatermark('at', delay),
    flatMapGroupsWithState<Event, Sum, Totals, { k: string; begun: string }>(
      { by: { k: 'k', begun: 'unix_millis(at) DIV 10000 * 10000' }, initial: () => none, timeout: 'eventTime' },
      (key, rows, state) => {
        const { k, begun } = key as { k: string | null; begun: number };
        if (state.hasTimedOut) {
          const { n, total } = state.get();
          state.remove();
          return [{ k, begun, n, total }];
        }
        state.update(plus(state.get(), rows));
        state.setTimeoutTimestamp(begun, width);
        return [];
      },
    ),
  );

describe.each(keptIn)('however events come, with state in %s', (_name, options) => {
  it(
    'what is kept of a key has all of its rows',
    () =>
      fc.assert(
        fc.asyncProperty(arrivals(), lives(), async (batches, given) => {
          const pipeline = (events: Flow<Event>) => events.pipe(running);
          const out = await play({ inputs: [batches], lives: given, pipeline, options, outputMode: 'update' });
          const last = new Map(out.flat().map((row) => [row.k, row]));
          const wanted = grouped(batches.flat(), ({ k }) => JSON.stringify(k)).map((events) => ({
            k: events[0]!.k,
            ...plus(none, events),
          }));
          expect(asSet([...last.values()])).toEqual(asSet(wanted));
        }),
        { numRuns },
      ),
    timeout,
  );

  it(
    'each group comes once, when its time is out, with all that is in it',
    () =>
      fc.assert(
        fc.asyncProperty(arrivals(), lives(), async (batches, given) => {
          const inputs = [[...batches, [closing(0)]]];
          const out = await play({ inputs, lives: given, pipeline: byHand, options });
          expect(asSet(out.flat())).toEqual(asSet(windows(batches.flat(), width)));
        }),
        { numRuns },
      ),
    timeout,
  );
});
