import fc from 'fast-check';
import type { Observable } from 'rxjs';
import { memorySink, memorySource } from '../../connectors/index.js';
import type { MicroBatch } from '../../lib/batch/index.js';
import { startQuery } from '../../lib/index.js';
import { addData, expectNewRows, expectRows, start, stop, testStream } from '../../lib/testing/index.js';
import {
  distinct,
  dropDuplicates,
  dropDuplicatesWithinWatermark,
  mapRows,
  where,
  withWatermark,
} from '../../operators/index.js';
import { runSteps } from '../helpers/stateful-run.js';

interface Row {
  k: string | null;
  v: number;
  at: Date | null;
}

const schema = 'k STRING, v INT, at TIMESTAMP';
const at = (seconds: number): Date => new Date(seconds * 1000);
const row = (k: string | null, v: number, seconds: number | null): Row => ({
  k,
  v,
  at: seconds === null ? null : at(seconds),
});
/** What `dropDuplicates` did: in all, new, removed, late, duplicates; by the batches of each step. */
async function countsOf(
  operator: (input: ReturnType<typeof memorySource<Row>>) => Observable<MicroBatch<Row>>,
  ...steps: readonly (readonly Row[])[]
): Promise<(readonly number[])[][]> {
  const input = memorySource<Row>({ schema });
  const ran = await runSteps(
    operator(input) as never,
    steps.map((rows) => () => input.addData(rows)),
  );
  return ran.map((batches) =>
    batches.map(({ counts, custom }) => [...counts, custom['numDroppedDuplicateRows'] as number]),
  );
}

// The numbers of these cases are those that Spark's own suites and a running Spark give.
describe('dropDuplicates', () => {
  it('lets the first row of a key through, in a batch and over batches and restarts', () =>
    testStream(
      ({ input }) => input.pipe(dropDuplicates(['k'])),
      [
        addData([row('a', 1, 1), row('a', 2, 2), row('b', 3, 3)]),
        expectNewRows([row('a', 1, 1), row('b', 3, 3)]),
        stop(),
        start(),
        addData([row('a', 4, 4), row('c', 5, 5)]),
        expectNewRows([row('c', 5, 5)]),
      ],
      { schema },
    ));

  it('takes null for null, NaN for NaN and 0.0 for -0.0, and nothing else for another', () =>
    testStream(
      ({ input }) => input.pipe(dropDuplicates(['k', 'x'])),
      [
        addData([
          { k: null, x: 0 },
          { k: null, x: -0 },
          { k: '', x: 0 },
          { k: null, x: NaN },
          { k: null, x: NaN },
          { k: null, x: null },
        ]),
        expectNewRows([
          { k: null, x: 0 },
          { k: '', x: 0 },
          { k: null, x: NaN },
          { k: null, x: null },
        ]),
      ],
      { schema: 'k STRING, x DOUBLE' },
    ));

  it('compares all columns without names', () =>
    testStream(
      ({ input }) => input.pipe(dropDuplicates()),
      [
        addData([row('a', 1, 1), row('a', 1, 1), row('a', 1, 2)]),
        expectNewRows([row('a', 1, 1), row('a', 1, 2)]),
        addData([row('a', 1, 1), row('a', 2, 1)]),
        expectNewRows([row('a', 2, 1)]),
      ],
      { schema },
    ));

  it('forgets keys that hold the event time when the watermark has passed, and drops what is late', async () =>
    expect(
      await countsOf(
        (input) => input.pipe(withWatermark('at', '10 seconds'), dropDuplicates(['k', 'at'])),
        [row('a', 1, 1), row('a', 2, 1), row('a', 3, 2)],
        [row('a', 4, 30)],
        [row('a', 5, 1), row('a', 6, 30), row('a', 7, 20)],
      ),
    ).toEqual([
      [[2, 2, 0, 0, 1]],
      [
        [3, 1, 0, 0, 0],
        [1, 0, 2, 0, 0],
      ],
      [[1, 0, 0, 2, 1]],
    ]));

  it('keeps keys without the event time, and drops what is late all the same', async () =>
    expect(
      await countsOf(
        (input) => input.pipe(withWatermark('at', '10 seconds'), dropDuplicates(['k'])),
        [row('a', 1, 1)],
        [row('b', 2, 30)],
        [row('c', 3, 1), row('a', 4, 31), row('d', 5, 31)],
      ),
    ).toEqual([
      [[1, 1, 0, 0, 0]],
      [
        [2, 1, 0, 0, 0],
        [2, 0, 0, 0, 0],
      ],
      [
        [3, 1, 0, 1, 1],
        [3, 0, 0, 0, 0],
      ],
    ]));

  it('never forgets a key whose event time is null', async () =>
    expect(
      await countsOf(
        (input) => input.pipe(withWatermark('at', '10 seconds'), dropDuplicates(['k', 'at'])),
        [row('a', 1, null), row('a', 2, null)],
        [row('a', 3, 30)],
        [row('a', 4, null)],
      ),
    ).toEqual([
      [[1, 1, 0, 0, 1]],
      [
        [2, 1, 0, 0, 0],
        [2, 0, 0, 0, 0],
      ],
      [[2, 0, 0, 0, 1]],
    ]));

  it('hands late rows to a sink, in the batch that they came with', async () => {
    const input = memorySource<Row>({ schema });
    const late = memorySink<Row>();
    const query = startQuery({
      from: input.pipe(withWatermark('at', 0), dropDuplicates(['k'], { lateRows: late as never })),
      to: memorySink(),
    });
    for (const s of [20, 20, 5]) {
      input.addData([row(`${s}`, 1, s)]);
      await query.processAllAvailable();
    }
    await query.stop();
    expect(late.rows).toEqual([row('20', 1, 20), row('5', 1, 5)]);
  });

  it('leaves rows without a schema the objects that they are, and their types to each of them', async () => {
    const input = memorySource<{ id: unknown }>();
    const sink = memorySink<{ id: unknown }>();
    const query = startQuery({ from: input.pipe(dropDuplicates(['id'])), to: sink });
    input.addData([{ id: 1 }, { id: '1' }, { id: 1n }, { id: 1 }]);
    await query.processAllAvailable();
    input.addData([{ id: 1.5 }, { id: '1' }, { id: new Date(1) }]);
    await query.processAllAvailable();
    await query.stop();
    expect(sink.rows).toEqual([{ id: 1 }, { id: '1' }, { id: 1n }, { id: 1.5 }, { id: new Date(1) }]);
  });

  it('takes batches of rows without a schema that have no rows, or not all columns', async () => {
    const input = memorySource<{ raw: Row }>();
    const sink = memorySink<Row>();
    const flow = input.pipe(
      mapRows(({ raw }) => raw),
      where('v > 0'),
      withWatermark('at', '10 seconds'),
      dropDuplicates(['k', 'at']),
    );
    const query = startQuery({ from: flow, to: sink });
    const { k: _, ...without } = row('c', 4, 41);
    for (const raws of [
      [row('a', 0, 1)],
      [row('a', 1, 1)],
      [row('b', 1, 40)],
      [],
      [without, without],
      [row(null, 5, 41)],
    ]) {
      input.addData(raws.map((raw) => ({ raw: raw as Row })));
      await query.processAllAvailable();
    }
    await query.stop();
    expect(sink.rows).toEqual([row('a', 1, 1), row('b', 1, 40), without]);
  });

  it('reads no columns that nothing needs', () => {
    const input = memorySource<Row>({ schema });
    expect(input.pipe(dropDuplicates(['K' as 'k'])).plan.needs?.(new Set(['v']))).toEqual(new Set(['v', 'k']));
    expect(input.pipe(dropDuplicates()).plan.needs?.(new Set(['v']))).toBe('all');
  });

  it('refuses what it cannot do', () => {
    const input = memorySource<Row>({ schema });
    expect(() => input.pipe(dropDuplicates(['vv' as 'v']))).toThrow(/did you mean 'v'/i);
    expect(() => input.pipe(dropDuplicates([]))).toThrow(/with one at least/);
    expect(() => input.pipe(dropDuplicates(['k'], { nam: 'x' } as never))).toThrow(/no option 'nam'/);
    expect(() =>
      startQuery({ from: input.pipe(dropDuplicates(['k'])), to: memorySink(), outputMode: 'complete' }),
    ).toThrow(/complete/);
    const two = input.pipe(
      withWatermark('at', 0),
      mapRows((r) => r),
    );
    expect(() => two.pipe(dropDuplicatesWithinWatermark(['k']))).toThrow(/the flow has none/);
  });
});

describe('dropDuplicatesWithinWatermark', () => {
  it('forgets a row when the watermark has passed its time by the delay', async () =>
    expect(
      await countsOf(
        (input) => input.pipe(withWatermark('at', '2 seconds'), dropDuplicatesWithinWatermark(['k'])),
        [row('a', 1, 17)],
        [row('a', 2, 16)],
        [row('a', 3, 13)],
        [row('b', 4, 22), row('c', 5, 21)],
        [row('a', 6, 21)],
        [row('d', 7, 25)],
      ),
    ).toEqual([
      [
        [1, 1, 0, 0, 0],
        [1, 0, 0, 0, 0],
      ],
      [[1, 0, 0, 0, 1]],
      [[1, 0, 0, 1, 0]],
      [
        [3, 2, 0, 0, 0],
        [2, 0, 1, 0, 0],
      ],
      [[3, 1, 0, 0, 0]],
      [
        [4, 1, 0, 0, 0],
        [2, 0, 2, 0, 0],
      ],
    ]));

  it('does not keep a row for longer because of its duplicates', () =>
    testStream(
      ({ input }) => input.pipe(withWatermark('at', '2 seconds'), dropDuplicatesWithinWatermark(['k'])),
      [
        addData([row('a', 1, 10)]),
        addData([row('a', 2, 11)]),
        addData([row('a', 3, 12)]),
        addData([row('b', 4, 14)]),
        addData([row('a', 5, 13)]),
        expectRows([row('a', 1, 10), row('b', 4, 14), row('a', 5, 13)]),
      ],
      { schema },
    ));

  it('forgets after the rows of a batch', () =>
    testStream(
      ({ input }) => input.pipe(withWatermark('at', '2 seconds'), dropDuplicatesWithinWatermark(['k'])),
      [
        addData([row('a', 1, 10)]),
        addData([row('b', 2, 14), row('a', 3, 15)]),
        expectRows([row('a', 1, 10), row('b', 2, 14)]),
        addData([row('a', 4, 15)]),
        expectNewRows([row('a', 4, 15)]),
      ],
      { schema },
    ));
});

describe('distinct', () => {
  it('lets each row through once, in the output mode update, too', async () => {
    const input = memorySource<Row>({ schema });
    const sink = memorySink<Row>();
    const query = startQuery({ from: input.pipe(where('v > 0'), distinct()), to: sink, outputMode: 'update' });
    for (const rows of [
      [row('a', 1, 1), row('a', 1, 1)],
      [row('a', 1, 1), row('b', 0, 1), row('b', 1, 1)],
    ]) {
      input.addData(rows);
      await query.processAllAvailable();
    }
    await query.stop();
    expect(sink.rows).toEqual([row('a', 1, 1), row('b', 1, 1)]);
  });
});

describe('deduplication of random rows', () => {
  it('gives what one pass over all rows gives, in whatever batches they come', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.record({ k: fc.integer({ min: 0, max: 5 }), s: fc.integer({ min: 0, max: 9 }) }))),
        async (batches) => {
          const input = memorySource<{ k: number; at: Date }>({ schema: 'k INT, at TIMESTAMP' });
          const sink = memorySink<{ k: number; at: Date }>();
          // No row is later than the delay.
          const rows = batches.map((batch, i) => batch.map(({ k, s }) => ({ k, at: at(10 * i + s + 1) })));
          const query = startQuery({
            from: input.pipe(withWatermark('at', '1 minute'), dropDuplicates(['k', 'at'])),
            to: sink,
          });
          for (const some of rows) {
            input.addData(some);
            await query.processAllAvailable();
          }
          await query.stop();
          const once = new Map(rows.flat().map((r) => [`${r.k} ${r.at.getTime()}`, r] as const));
          expect(sink.rows).toEqual([...once.values()]);
        },
      ),
      { numRuns: 30 },
    ));
});
