import fc from 'fast-check';
import { piecesOf } from '../../../../connectors/kafka/source/pieces.js';
import { planned } from '../../../../connectors/kafka/source/plan.js';
import { type Backlog, sharesOf } from '../../../../connectors/kafka/source/shares.js';

const backlog = (partition: number, from: number, until: number): Backlog => ({ topic: 't', partition, from, until });
const backlogs = fc
  .array(fc.tuple(fc.nat(1000), fc.nat(5000)), { minLength: 1, maxLength: 20 })
  .map((list) => list.map(([from, size], i) => backlog(i, from, from + size)));

describe('sharesOf', () => {
  it('shares a limit as Spark does', () => {
    // KafkaMicroBatchSourceSuite, "maxOffsetsPerTrigger": 101, 11 and 1 records, 10 a batch.
    const first = [backlog(0, 100, 201), backlog(1, 10, 21), backlog(2, 1, 2)];
    expect(sharesOf(10, first)).toEqual([108, 11, 2]);
    const second = [backlog(0, 108, 201), backlog(1, 11, 21), backlog(2, 2, 2)];
    expect(sharesOf(10, second)).toEqual([117, 12, 2]);
  });

  it('ends where there is nothing, and where less is there than was read', () => {
    expect(sharesOf(10, [backlog(0, 5, 5), backlog(1, 5, 3), backlog(2, 0, 2)])).toEqual([5, 3, 2]);
  });

  it('starves nobody, goes past no end, and misses the limit by less than one for each', () => {
    fc.assert(
      fc.property(backlogs, fc.integer({ min: 1, max: 100_000 }), (of, limit) => {
        const ends = sharesOf(limit, of);
        let taken = 0;
        let total = 0;
        of.forEach(({ from, until }, i) => {
          expect(ends[i]!).toBeLessThanOrEqual(until);
          expect(ends[i]! - from).toBeGreaterThanOrEqual(Math.min(1, until - from));
          taken += ends[i]! - from;
          total += until - from;
        });
        expect(Math.abs(taken - Math.min(limit, total))).toBeLessThanOrEqual(of.length);
      }),
    );
  });
});

describe('piecesOf', () => {
  const bounds = (pieces: readonly Backlog[]) => pieces.map(({ from, until }) => `${from}-${until}`);
  const split = (ranges: readonly Backlog[], minPartitions?: number, maxRecordsPerPartition?: number) =>
    bounds(piecesOf(ranges, { minPartitions, maxRecordsPerPartition }));

  it('splits as Spark does', () => {
    // KafkaOffsetRangeCalculatorSuite.
    expect(split([backlog(0, 1, 5)], 4)).toEqual(['1-2', '2-3', '3-4', '4-5']);
    expect(split([backlog(0, 1, 5), backlog(1, 1, 21)], 4)).toEqual(['1-5', '1-7', '7-14', '14-21']);
    expect(split([backlog(0, 1, 2), backlog(1, 1, 1001)], 4)).toEqual(['1-2', '1-334', '334-667', '667-1001']);
    expect(split([backlog(0, 1, 11)], 3)).toEqual(['1-4', '4-7', '7-11']);
    expect(split([backlog(0, 1, 5), backlog(1, 2, 2)])).toEqual(['1-5']);
  });

  it('bounds pieces first, and then looks whether they are enough', () => {
    expect(split([backlog(0, 0, 10)], undefined, 4)).toEqual(['0-3', '3-6', '6-10']);
    expect(split([backlog(0, 0, 10)], 2, 4)).toEqual(['0-3', '3-6', '6-10']);
    expect(split([backlog(0, 0, 8)], 4, 4)).toEqual(['0-2', '2-4', '4-6', '6-8']);
  });

  it('covers every offset once, in order, and keeps the bound', () => {
    const limit = fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined });
    const most = fc.option(fc.integer({ min: 100, max: 10_000 }), { nil: undefined });
    fc.assert(
      fc.property(backlogs, limit, most, (of, minPartitions, maxRecordsPerPartition) => {
        const pieces = piecesOf(of, { minPartitions, maxRecordsPerPartition });
        for (const { partition, from, until } of of) {
          const mine = pieces.filter((piece) => piece.partition === partition);
          expect(mine[0]?.from).toBe(from === until ? undefined : from);
          expect(mine.at(-1)?.until).toBe(from === until ? undefined : until);
          mine.slice(1).forEach((piece, i) => expect(piece.from).toBe(mine[i]!.until));
        }
        for (const { from, until } of pieces) {
          expect(until - from).toBeLessThanOrEqual(maxRecordsPerPartition ?? Infinity);
        }
      }),
    );
  });
});

describe('planned', () => {
  const none = { maxOffsets: Infinity, rows: Infinity, bytes: Infinity };
  const two = [backlog(0, 0, 60), backlog(1, 0, 40)];

  it('takes everything within its bounds', () => {
    expect(planned(two, [1, 1], { ...none, rows: 100, bytes: 100 })).toEqual({ ends: [60, 40], cut: false });
  });

  it("says whose bound it was: after the engine's more may follow at once", () => {
    expect(planned(two, [1, 1], { ...none, maxOffsets: 10 })).toEqual({ ends: [6, 4], cut: false });
    expect(planned(two, [1, 1], { ...none, rows: 10 })).toEqual({ ends: [6, 4], cut: true });
    expect(planned(two, [1, 1], { ...none, maxOffsets: 10, rows: 10 })).toEqual({ ends: [6, 4], cut: false });
  });

  it('makes offsets of bytes by what an offset takes, and takes one at least', () => {
    // 60 offsets of 10 bytes, and 40 of 1: 640 bytes.
    expect(planned(two, [10, 1], { ...none, bytes: 64 })).toEqual({ ends: [6, 4], cut: true });
    expect(planned(two, [1e9, 1e9], { ...none, bytes: 1 }).ends).toEqual([1, 1]);
  });
});
