import { col } from '../../lib/expressions/index.js';
import { memorySource } from '../../connectors/index.js';
import {
  trigger,
  where,
  withColumnRenamed,
  withWatermark,
  select,
  union,
  drop,
  withColumn,
  mapRows,
} from '../../operators/index.js';
import { startQuery } from '../../lib/index.js';
import { noopSink } from '../../connectors/index.js';
import {
  addData,
  advanceBy,
  expectProgress,
  expectWatermark,
  start,
  stop,
  testStream,
} from '../../lib/testing/index.js';

const at = (seconds: number): Date => new Date(seconds * 1000);
const schema = 'k STRING, at TIMESTAMP';
const rowsAt = (...seconds: number[]): { k: string; at: Date }[] => seconds.map((s) => ({ k: 'a', at: at(s) }));

describe('withWatermark', () => {
  it('is the latest event time less the delay, in force from the next batch on, and never goes back', () =>
    testStream(
      ({ input }) => input.pipe(withWatermark('at', '10 seconds')),
      [
        addData(rowsAt(15)),
        expectWatermark(0),
        addData(rowsAt(10, 12, 14)),
        expectWatermark(5000),
        expectProgress({
          eventTime: {
            avg: '1970-01-01T00:00:12.000Z',
            max: '1970-01-01T00:00:14.000Z',
            min: '1970-01-01T00:00:10.000Z',
            watermark: '1970-01-01T00:00:05.000Z',
          },
        }),
        addData(rowsAt(25)),
        expectWatermark(5000),
        addData(rowsAt(1)),
        expectWatermark(15_000),
        stop(),
        start(),
        addData(rowsAt(2)),
        expectWatermark(15_000),
      ],
      { schema },
    ));

  it('is not moved by null times, which the progress counts as 1970, nor by batches without rows', () =>
    testStream(
      ({ input }) => input.pipe(withWatermark('at', 0)),
      [
        addData([
          { k: 'a', at: at(7) },
          { k: 'b', at: null },
        ]),
        expectProgress({
          eventTime: {
            avg: '1970-01-01T00:00:03.500Z',
            max: '1970-01-01T00:00:07.000Z',
            min: '1970-01-01T00:00:00.000Z',
            watermark: '1970-01-01T00:00:00.000Z',
          },
        }),
        addData([{ k: 'b', at: null }]),
        expectWatermark(7000),
        addData([]),
        addData(rowsAt(8)),
        expectWatermark(7000),
      ],
      { schema },
    ));

  it('takes times before 1970 and after 2255 as they are', () =>
    testStream(
      ({ input }) => input.pipe(withWatermark('at', '1 day')),
      [
        addData([{ k: 'a', at: new Date('1900-01-01T00:00:00Z') }]),
        addData([{ k: 'a', at: new Date('2300-01-02T00:00:00.001Z') }]),
        expectWatermark(0),
        addData([{ k: 'a', at: new Date('2200-01-01T00:00:00Z') }]),
        expectWatermark('2300-01-01T00:00:00.001Z'),
      ],
      { schema },
    ));

  it('is not moved by rows that a filter below drops, unless the filter is on the event time', () =>
    testStream(
      ({ input }) => input.pipe(withWatermark('at', 0), where("k = 'a' AND at < TIMESTAMP '1970-01-01 00:01:00Z'")),
      [
        addData([
          { k: 'b', at: at(50) },
          { k: 'a', at: at(20) },
        ]),
        addData([{ k: 'a', at: at(100) }]),
        expectWatermark(20_000),
        addData(rowsAt(1)),
        expectWatermark(100_000),
      ],
      { schema },
    ));

  it('is that of the slower input, or of the faster', async () => {
    for (const [policy, expected] of [
      ['min', 10_000],
      ['max', 20_000],
    ] as const) {
      const a = memorySource<{ at: Date }>({ schema: 'at TIMESTAMP' });
      const b = memorySource<{ at: Date }>({ schema: 'at TIMESTAMP' });
      const options = { multipleWatermarkPolicy: policy };
      await testStream(a.pipe(withWatermark('at', 0, options), union(b.pipe(withWatermark('at', 0, options)))), [
        addData(a, [{ at: at(10) }]),
        addData(a, [{ at: at(10) }]),
        expectWatermark(policy === 'min' ? 0 : 10_000),
        addData(b, [{ at: at(20) }]),
        addData(b, [{ at: at(1) }]),
        expectWatermark(expected),
      ]);
    }
  });

  it('leaves an idle input out, and moves on by itself when one becomes idle', async () => {
    const a = memorySource<{ at: Date }>({ schema: 'at TIMESTAMP' });
    const b = memorySource<{ at: Date }>({ schema: 'at TIMESTAMP' });
    await testStream(a.pipe(withWatermark('at', 0), union(b.pipe(withWatermark('at', 0, { idleAfter: '1 minute' })))), [
      addData(a, [{ at: at(10) }]),
      addData(b, [{ at: at(5) }]),
      addData(a, [{ at: at(30) }]),
      expectWatermark(5000),
      advanceBy('61 seconds'),
      addData(a, [{ at: at(31) }]),
      expectWatermark(30_000),
      addData(b, [{ at: at(6) }]),
      addData(a, [{ at: at(32) }]),
      expectWatermark(31_000),
    ]);
  });

  it('refuses what cannot be a watermark', () => {
    const source = memorySource<{ at: Date; k: string }>({ schema });
    expect(() => source.pipe(withWatermark('k', '1 minute'))).toThrow(
      /'k' is of type string; event time has to be a timestamp/,
    );
    expect(() => source.pipe(withWatermark('att' as 'at', '1 minute'))).toThrow(/did you mean 'at'/i);
    expect(() => source.pipe(withWatermark('at', '-1 minute'))).toThrow(/at least 0/);
    expect(() => source.pipe(withWatermark('at', 'soon'))).toThrow(/duration/);
    expect(() => source.pipe(withWatermark('at', 0), withWatermark('at', 0))).toThrow(/has a watermark already/);
    expect(source.pipe(withWatermark('at', '1 month 2 days')).plan.detail).toBe(`at, ${33 * 86_400_000} ms`);
  });

  it('is carried by columns that are passed on, under their new names', () => {
    const marked = memorySource<{ at: Date; k: string }>({ schema }).pipe(withWatermark('at', 1000));
    const columns = (flow: {
      plan: { eventTime?: { columns: ReadonlyMap<string, number> } | undefined };
    }): string[] => [...(flow.plan.eventTime?.columns.keys() ?? [])];
    expect(columns(marked)).toEqual(['at']);
    expect(columns(marked.pipe(withColumnRenamed('at', 'time')))).toEqual(['time']);
    expect(columns(marked.pipe(select('k', col('at').as('t'))))).toEqual(['t']);
    expect(columns(marked.pipe(select('k')))).toEqual([]);
    expect(columns(marked.pipe(drop('at')))).toEqual([]);
    expect(columns(marked.pipe(withColumn('at', "at + INTERVAL '1' HOUR")))).toEqual([]);
    expect(columns(marked.pipe(mapRows((row) => row)))).toEqual([]);
  });

  it('needs batches that are committed one by one', async () => {
    const flow = memorySource<{ at: Date; k: string }>({ schema }).pipe(
      withWatermark('at', 0),
      trigger({ continuous: '1 second' }),
    );
    const run = async (): Promise<unknown> => startQuery({ from: flow, to: noopSink() }).awaitTermination();
    await expect(run()).rejects.toMatchObject({ code: 'UNSUPPORTED_PIPELINE' });
  });
});
