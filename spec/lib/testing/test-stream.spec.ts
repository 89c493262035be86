import { readFile } from 'node:fs/promises';
import { memorySource } from '../../../connectors/memory/index.js';
import { SluiceError } from '../../../lib/index.js';
import {
  type Given,
  addData,
  advanceBy,
  advanceTo,
  execute,
  expectBatches,
  expectEnd,
  expectError,
  expectLateRows,
  expectNewRows,
  expectProgress,
  expectRows,
  expectState,
  expectStateOperators,
  expectWatermark,
  start,
  stop,
  testStream,
} from '../../../lib/testing/index.js';
import {
  aggregate,
  checkpoint,
  count,
  filterRows,
  limit,
  mapRows,
  select,
  trigger,
  window,
  withWatermark,
} from '../../../operators/index.js';

interface Numbered {
  n: number;
}
const rows = (...ns: number[]): Numbered[] => ns.map((n) => ({ n }));
const schema = 'n INT' as never;
const plain = ({ input }: Given<Numbered>) => input.pipe(filterRows(({ n }) => n !== 0));

describe('testStream', () => {
  it('runs the script of its documentation', async () => {
    const numbers = memorySource<Numbered>({ schema });
    await testStream(numbers.pipe(filterRows(({ n }) => n > 1)), [
      addData(numbers, rows(1, 2)),
      expectNewRows(rows(2)),
      stop(),
      addData(numbers, rows(3)),
      start(),
      expectNewRows(rows(3)),
      expectRows(rows(2, 3)),
      expectBatches([rows(2), rows(3)]),
      expectWatermark(null),
      expectProgress({ batchId: 1, numInputRows: 1 }),
    ]);
  });

  const noon = (minutes: number): Date => new Date(Date.UTC(2025, 0, 1, 12, minutes));
  const windows = ({ input }: Given<{ at: Date }>) =>
    input.pipe(
      withWatermark('at', '10 minutes'),
      aggregate({ by: { w: window('at', '5 minutes') }, values: { n: count() } }),
      select('w.start', 'n'),
    );
  const timed = { schema: 'at TIMESTAMP' };

  it('runs the script of its documentation in event time', () =>
    testStream(
      windows,
      [
        addData([{ at: noon(1) }, { at: noon(3) }]),
        addData([{ at: noon(16) }]),
        expectWatermark(noon(6)),
        expectNewRows([{ start: noon(0), n: 2 }]),
        addData([{ at: noon(4) }]),
        expectLateRows(1),
        expectStateOperators([{ operatorName: 'stateStoreSave', numRowsTotal: 1 }]),
        expectState('aggregate', [{ w: { start: noon(15), end: noon(20) } }]),
      ],
      timed,
    ));

  it.each([
    ['Late rows: 0, expected 1', expectLateRows(1)],
    [
      "{ operatorName: 'stateStoreSave', numRowsTotal: 1 }",
      expectStateOperators([{ operatorName: 'dedupe', numRowsTotal: 1 }]),
    ],
    ['State operators:', expectStateOperators([])],
    ["Did you mean 'aggregate'?", expectState('agregate', [])],
    ['State of aggregate: 1 rows, expected 0', expectState('aggregate', [])],
  ])('says what the operators with state did: %s', (message, step) =>
    expect(testStream(windows, [addData([{ at: noon(1) }]), step], { ...timed, timeout: 2_000 })).rejects.toThrow(
      message,
    ),
  );

  it('moves the time of triggers, to the tick', () =>
    testStream(
      ({ input }: Given<Numbered>) =>
        input.pipe(
          trigger({ processingTime: '1 minute' }),
          mapRows(({ n }, { timestamp }) => ({ n, timestamp })),
        ),
      [
        advanceTo('00:00:10'),
        addData(rows(1)),
        expectRows([]),
        advanceTo('00:00:59.999'),
        expectRows([]),
        advanceBy(1),
        expectRows([{ n: 1, timestamp: Date.UTC(2025, 0, 1, 0, 1) }]),
        addData(rows(2)),
        addData(rows(3)),
        advanceTo('0:10'),
        expectBatches([
          [{ n: 1, timestamp: Date.UTC(2025, 0, 1, 0, 1) }],
          [2, 3].map((n) => ({ n, timestamp: Date.UTC(2025, 0, 1, 0, 2) })),
        ]),
        advanceTo(new Date('2025-01-02T03:00:00Z')),
        expectNewRows([2, 3].map((n) => ({ n, timestamp: Date.UTC(2025, 0, 1, 0, 2) }))),
      ],
      { schema },
    ));

  it('survives a failure with the same checkpoint, and the batch comes again with the same id', async () => {
    let broken = true;
    await testStream(
      ({ input }: Given<Numbered>) =>
        input.pipe(
          mapRows(({ n }, { batchId }) => {
            if (broken && n === 2) throw new Error('not two');
            return { n, batchId };
          }),
        ),
      [
        addData(rows(1)),
        expectRows([{ n: 1, batchId: 0 }]),
        addData(rows(2)),
        expectError('USER_FUNCTION_FAILED'),
        addData(rows(3)),
        start(),
        expectError(/not two/),
        execute('mend it', () => (broken = false)),
        start(),
        expectNewRows([
          { n: 2, batchId: 1 },
          { n: 3, batchId: 2 },
        ]),
      ],
      { schema },
    );
  });

  it('takes a pipeline with a checkpoint of its own, and another one for a later start', async () => {
    const dirs: string[] = [];
    const own = ({ input, checkpointDir }: Given<Numbered>) => {
      dirs.push(checkpointDir);
      return input.pipe(checkpoint(checkpointDir));
    };
    await testStream(
      own,
      [addData(rows(1)), stop(), start(plain as never), addData(rows(0, 2)), expectBatches([rows(1), rows(2)])],
      {
        schema,
      },
    );
    expect(new Set(dirs).size).toBe(1);
  });

  it('waits for what is asynchronous, and leaves to wait what waits for the clock', async () => {
    const pending: (() => void)[] = [];
    await testStream(
      ({ input }: Given<Numbered>) =>
        input.pipe(
          mapRows(
            async (row) =>
              row.n < 9 ? Promise.resolve(row) : new Promise<Numbered>((resolve) => pending.push(() => resolve(row))),
            {
              timeout: '1 minute',
            },
          ),
        ),
      [
        addData(rows(1, 2)),
        expectNewRows(rows(1, 2), { ordered: true }),
        addData(rows(9)),
        advanceBy('59 seconds'),
        expectNewRows([]),
        advanceBy('1 second'),
        expectError('TIMEOUT'),
      ],
      { schema },
    );
    for (const resolve of pending) resolve();
  });

  it('does not take the disk, or a busy machine, for the clock', async () => {
    const slow = async (row: Numbered): Promise<Numbered> => {
      const until = performance.now() + 250;
      // The machine is busy: no turn of the event loop for longer than the query may wait for the clock.
      while (performance.now() < until - 100);
      while (performance.now() < until) await readFile(__filename);
      return row;
    };
    const seen: number[] = [];
    await testStream(
      ({ input }: Given<Numbered>) => input.pipe(mapRows(slow, { timeout: '1 minute' })),
      [addData(rows(1)), { text: 'what is seen', run: (script) => void seen.push(script.seen.length) }],
      { schema },
    );
    expect(seen).toEqual([1]);
  });

  it('knows when a query has ended by itself', () =>
    testStream(
      ({ input }: Given<Numbered>) => input.pipe(limit(2)),
      [
        addData(rows(1)),
        addData(rows(2, 3)),
        expectEnd(),
        expectRows(rows(1, 2)),
        start(),
        addData(rows(4)),
        expectEnd(),
        expectRows(rows(1, 2)),
      ],
      { schema },
    ));

  it('looks into the query, and at its start', () =>
    testStream(
      plain,
      [
        start(),
        execute('look', (query) => {
          expect(query?.isActive).toBe(true);
          expect(query?.lastProgress).toBeUndefined();
        }),
      ],
      { schema, startAt: '2024-02-29T12:00:00Z' },
    ));

  describe('fails, with an arrow at the step,', () => {
    const failure = async (
      steps: Parameters<typeof testStream>[1],
      pipeline = plain,
      timeout = 5_000,
    ): Promise<string> => {
      const error = await testStream(pipeline, steps, { schema, timeout }).then(
        () => undefined,
        (e: Error) => e,
      );
      return error?.message ?? 'no failure';
    };

    it('when a row is missing, or there is one too many', async () => {
      expect(await failure([addData(rows(1, 2)), expectRows(rows(1, 2)), expectRows(rows(1, 3, 3)), stop()])).toBe(
        `All rows: 2 rows, expected 3.
  missing:
    { n: 3 }
    { n: 3 }
  not expected, or once too often:
    { n: 2 }

Script:
      (start)
      addData([ { n: 1 }, { n: 2 } ])
      expectRows([ { n: 1 }, { n: 2 } ])
  ==> expectRows([ { n: 1 }, { n: 3 }, { n: 3 } ])
      stop()

Clock: 2025-01-01T00:00:00.000Z
Query: Waiting for data to arrive
Offsets of testInput[input]: 0 to 2, latest 2
Batches seen:
    0: [ { n: 1 }, { n: 2 } ]`,
      );
    });

    it('when rows come twice, when order counts, when there are new rows', async () => {
      expect(await failure([addData(rows(1, 1)), expectRows(rows(1))])).toMatch(/once too often:\s+{ n: 1 }\n/);
      expect(await failure([addData(rows(2, 1)), expectRows(rows(1, 2))])).toBe('no failure');
      expect(await failure([addData(rows(2, 1)), expectRows(rows(1, 2), { ordered: true })])).toMatch(
        /in another order/,
      );
      expect(await failure([addData(rows(1)), expectNewRows(rows(1)), addData(rows(2)), expectNewRows([])])).toMatch(
        /==> expectNewRows\(\[\]\)/,
      );
    });

    it('when batches, watermark or progress are others', async () => {
      expect(await failure([addData(rows(1, 2)), expectBatches([rows(1), rows(2)])])).toMatch(/==> expectBatches/);
      expect(await failure([addData(rows(1)), expectWatermark('2025-01-01T00:00:00Z')])).toMatch(
        /Watermark: none, expected 2025-01-01T00:00:00.000Z/,
      );
      expect(await failure([addData(rows(1)), expectProgress({ numInputRows: 2 })])).toMatch(
        /numInputRows is 1, expected 2/,
      );
    });

    it('when the query fails and nobody expects it, when it does not, or otherwise', async () => {
      const broken = ({ input }: Given<Numbered>) =>
        input.pipe(
          filterRows((): boolean => {
            throw new SluiceError('DATA_LOSS', 'gone');
          }),
        );
      expect(await failure([addData(rows(1)), expectRows([])], broken as never)).toMatch(
        /The query failed: SluiceError DATA_LOSS: gone[^]*==> addData/,
      );
      expect(await failure([addData(rows(1)), expectError('TIMEOUT')], broken as never)).toMatch(
        /fail with TIMEOUT, but it failed with SluiceError DATA_LOSS/,
      );
      expect(await failure([addData(rows(1)), expectError('TIMEOUT')])).toMatch(/but it did not/);
    });

    it('when the query does not end, the clock is to go back, the query runs already', async () => {
      expect(await failure([expectEnd()])).toMatch(/The query still runs/);
      expect(await failure([advanceTo('10:00'), advanceTo('9:00')])).toMatch(/does not go back/);
      expect(await failure([addData(rows(1)), start()])).toMatch(/running already/);
      expect(await failure([advanceTo('noon')])).toMatch(/neither a time such as '10:05' nor a date/);
    });

    it('when a batch never ends', async () => {
      const stuck = ({ input }: Given<Numbered>) =>
        input.pipe(mapRows(() => new Promise<Numbered>(() => undefined), { concurrency: 1 }));
      expect(await failure([addData(rows(1))], stuck as never, 1_000)).toMatch(
        /The query was still busy after 1000 ms: Processing new data/,
      );
    });
  });
});
