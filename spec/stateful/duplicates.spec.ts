import fc from 'fast-check';
import { dropDuplicates, dropDuplicatesWithinWatermark, withWatermark } from '../../operators/index.js';
import { grouped } from './oracle.js';
import { type Event, arrivals, asSet, cut, delay, keptIn, lives, numRuns, play, timeout } from './play.js';

const late = withWatermark<Event>('at', delay);

/** Some events come again, soon. */
const withRepeats = fc
  .tuple(arrivals(), fc.array(fc.nat(9), { minLength: 1, maxLength: 8 }))
  .map(([batches, repeats]) => {
    const list = batches.flat();
    const all = list.flatMap((event, i) => {
      const back = repeats[i % repeats.length]!;
      const before = list[i - back];
      return before === undefined || back > 5 ? [event] : [event, before];
    });
    return cut(all, repeats);
  });

describe.each(keptIn)('however events come, with state in %s', (_name, options) => {
  it(
    'the first of each key passes, without a watermark',
    () =>
      fc.assert(
        fc.asyncProperty(arrivals(), lives(), async (batches, given) => {
          const out = await play<Event>({
            inputs: [batches],
            lives: given,
            options,
            pipeline: (events) => events.pipe(dropDuplicates(['k'])),
          });
          const first = grouped(batches.flat(), ({ k }) => JSON.stringify(k)).map(([event]) => event);
          expect(asSet(out.flat())).toEqual(asSet(first));
        }),
        { numRuns },
      ),
    timeout,
  );

  it(
    'each event passes once, with a watermark',
    () =>
      fc.assert(
        fc.asyncProperty(withRepeats, lives(), async (batches, given) => {
          const out = await play<Event>({
            inputs: [batches],
            lives: given,
            options,
            pipeline: (events) => events.pipe(late, dropDuplicates(['id', 'at'])),
          });
          expect(asSet(out.flat())).toEqual([...new Set(asSet(batches.flat()))].sort());
        }),
        { numRuns },
      ),
    timeout,
  );

  it(
    'within the watermark, each event passes once, and of a key none that are less than the delay apart',
    () =>
      fc.assert(
        fc.asyncProperty(arrivals(), lives(), async (batches, given) => {
          const out = await play<Event>({
            inputs: [batches],
            lives: given,
            options,
            pipeline: (events) => events.pipe(late, dropDuplicatesWithinWatermark(['k'])),
          });
          const passed = out.flat();
          const all = asSet(batches.flat());
          expect(asSet(passed).filter((event) => !all.includes(event))).toEqual([]);
          for (const [i, event] of passed.entries()) {
            const twin = passed
              .slice(i + 1)
              .find(({ k, at }) => k === event.k && Math.abs(at.getTime() - event.at.getTime()) < delay);
            expect(twin).toBeUndefined();
          }
          for (const keys of grouped(batches.flat(), ({ k }) => JSON.stringify(k))) {
            expect(passed.some(({ k }) => k === keys[0]!.k)).toBe(true);
          }
        }),
        { numRuns },
      ),
    timeout,
  );
});
