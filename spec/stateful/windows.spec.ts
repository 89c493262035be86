import fc from 'fast-check';
import { count, sessionWindow, sum, window } from '../../lib/index.js';
import type { Flow } from '../../lib/flow.js';
import { aggregate, selectExpr, withWatermark } from '../../operators/index.js';
import { type Totals, sessions, windows } from './oracle.js';
import { type Event, arrivals, asSet, closing, delay, keptIn, lives, numRuns, play, timeout } from './play.js';

const values = { n: count(), total: sum('v') };
const flat = ['k', 'unix_millis(w.start) AS begun', 'n', 'total'];
const late = withWatermark<Event>('at', delay);

type Pipeline = (events: Flow<Event>) => Flow<Totals>;

const tumbling: Pipeline = (events) =>
  events.pipe(late, aggregate({ by: { k: 'k', w: window('at', '10 seconds') }, values }), selectExpr(...flat)) as never;
const sliding: Pipeline = (events) =>
  events.pipe(
    late,
    aggregate({ by: { k: 'k', w: window('at', '10 seconds', '4 seconds') }, values }),
    selectExpr(...flat),
  ) as never;
const bySession: Pipeline = (events) =>
  events.pipe(
    late,
    aggregate({ by: { k: 'k', w: sessionWindow('at', '3 seconds') }, values }),
    selectExpr(...flat),
  ) as never;

const cases: [string, Pipeline, (events: readonly Event[]) => Totals[]][] = [
  ['tumbling windows', tumbling, (events) => windows(events, 10_000)],
  ['sliding windows', sliding, (events) => windows(events, 10_000, 4_000)],
  ['sessions', bySession, (events) => sessions(events, 3_000)],
];

const isReal = ({ k }: Totals): boolean => k !== closing(0).k;
/** The rows of keys in the order of their batches: of each group, the last one counts. */
const latest = (rows: readonly Totals[]): Totals[] => [
  ...new Map(rows.map((row) => [JSON.stringify([row.k, row.begun]), row])).values(),
];

describe.each(keptIn)('however events come, with state in %s', (_name, options) => {
  it.each(cases)(
    '%s come out once, with all that is in them',
    (_what, pipeline, oracle) =>
      fc.assert(
        fc.asyncProperty(arrivals(), lives(), async (batches, given) => {
          const inputs = [[...batches, [closing(0)]]];
          const out = await play({ inputs, lives: given, pipeline, options });
          expect(asSet(out.flat().filter(isReal))).toEqual(asSet(oracle(batches.flat())));
        }),
        { numRuns },
      ),
    timeout,
  );

  it(
    'in the modes update and complete, groups are in the end what is in them',
    () =>
      fc.assert(
        fc.asyncProperty(
          arrivals(),
          lives(),
          fc.constantFrom('update' as const, 'complete' as const),
          async (batches, given, outputMode) => {
            const out = await play({
              inputs: [batches],
              lives: given,
              pipeline: tumbling,
              outputMode,
              options,
            });
            const rows = outputMode === 'update' ? latest(out.flat()) : (out.at(-1) ?? []);
            expect(asSet(rows)).toEqual(asSet(windows(batches.flat(), 10_000)));
          },
        ),
        { numRuns },
      ),
    timeout,
  );
});
