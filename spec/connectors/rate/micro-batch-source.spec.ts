import { VirtualTimeScheduler, take } from 'rxjs';
import { type TriggerOptions, startQuery } from 'sluice';
import { type RateMicroBatchSourceOptions, type RateRow, memorySink, rateMicroBatchSource } from 'sluice/connectors';
import { trigger } from 'sluice/operators';

function run(options: RateMicroBatchSourceOptions, when: TriggerOptions, batches: number) {
  const clock = new VirtualTimeScheduler(undefined, 3_600_000);
  const sink = memorySink<RateRow>();
  const from = rateMicroBatchSource(options).pipe(take(batches), trigger(when));
  const query = startQuery({ from, to: sink, clock });
  clock.flush();
  expect(query.exception).toBeUndefined();
  return {
    rows: sink.batches.map((b) => b.rows.map((r) => [r.timestamp.getTime(), r.value])),
    offsets: query.recentProgress.map((p) => p.sources[0]!.endOffset),
  };
}

describe('rateMicroBatchSource', () => {
  it('gives the batches that Spark gives (start and advance)', () => {
    const options = { rowsPerBatch: 2, startTimestamp: 1_600_000_000_000, advanceMillisPerBatch: 50 };
    const { rows, offsets } = run(options, { processingTime: '1 second' }, 3);
    expect(rows).toEqual([
      [
        [1_600_000_000_000, 0],
        [1_600_000_000_000, 1],
      ],
      [
        [1_600_000_000_050, 2],
        [1_600_000_000_050, 3],
      ],
      [
        [1_600_000_000_100, 4],
        [1_600_000_000_100, 5],
      ],
    ]);
    expect(offsets).toEqual([
      { offset: 2, timestamp: 1_600_000_000_050 },
      { offset: 4, timestamp: 1_600_000_000_100 },
      { offset: 6, timestamp: 1_600_000_000_150 },
    ]);
  });

  it('advances by nothing if told so, and in value order whatever the partitions', () => {
    const { rows } = run(
      { rowsPerBatch: 3, numPartitions: 2, startTimestamp: 1000, advanceMillisPerBatch: 0 },
      { processingTime: 0 },
      2,
    );
    expect(rows.flat()).toEqual([0, 1, 2, 3, 4, 5].map((value) => [1000, value]));
  });

  it.each([[{ availableNow: true }], [{ once: true }]] as TriggerOptions[][])('gives one batch with %o', (when) => {
    const { rows } = run({ rowsPerBatch: 2 }, when, 10);
    expect(rows).toEqual([
      [
        [0, 0],
        [0, 1],
      ],
    ]);
  });

  it('runs as fast as batches are taken without a trigger: no time passes', () => {
    const clock = new VirtualTimeScheduler(undefined, 0);
    const sink = memorySink<RateRow>();
    startQuery({ from: rateMicroBatchSource({ rowsPerBatch: 1 }).pipe(take(50)), to: sink, clock });
    clock.flush();
    expect(sink.rows.map((r) => r.value)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  it('fails rather than give a time that no Date can hold', () => {
    const clock = new VirtualTimeScheduler(undefined, 1_000);
    const from = rateMicroBatchSource({ rowsPerBatch: 1, startTimestamp: 8.64e15, advanceMillisPerBatch: 1 });
    const sink = memorySink<RateRow>();
    const query = startQuery({ from, to: sink, clock });
    query.awaitTermination().catch(() => undefined);
    clock.flush();
    expect(sink.rows.map((r) => r.timestamp.getTime())).toEqual([8.64e15]);
    expect(query.exception).toMatchObject({ code: 'SOURCE_FAILED' });
  });

  it.each([
    [{}, 'MISSING_OPTION'],
    [{ rowsPerBatch: 0 }, 'INVALID_OPTION'],
    [{ rowsPerBatch: 'x' }, 'INVALID_OPTION'],
    [{ rowsPerBatch: 1, numPartitions: 0 }, 'INVALID_OPTION'],
    [{ rowsPerBatch: 1, startTimestamp: -1 }, 'INVALID_OPTION'],
    [{ rowsPerBatch: 1, advanceMillisPerBatch: -1 }, 'INVALID_OPTION'],
    [{ rowsPerBatches: 1 }, 'UNKNOWN_OPTION'],
  ])('refuses %o at the call', (options, code) => {
    const call = () => rateMicroBatchSource(options as RateMicroBatchSourceOptions);
    expect(call).toThrow(expect.objectContaining({ code }));
  });
});
