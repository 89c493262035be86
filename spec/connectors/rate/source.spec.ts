import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SchedulerAction, type SchedulerLike, VirtualTimeScheduler, asyncScheduler, take } from 'rxjs';
import { type FixedColumn, startQuery } from 'sluice';
import {
  type RateRow,
  type RateSourceOptions,
  type SourceContext,
  foreachBatchSink,
  memorySink,
  noopSink,
  rateSource,
} from 'sluice/connectors';
import { checkpoint, select, trigger } from 'sluice/operators';
import { RateReader } from '../../../connectors/rate/source.js';

const created = 1_000_000_000_000;

/** Runs the source for so long in virtual time, from `created` on. */
function run(options: RateSourceOptions, millis: number, processingTime = 0) {
  const clock = new VirtualTimeScheduler(undefined, created + millis);
  clock.frame = created;
  const sink = memorySink<RateRow>();
  const query = startQuery({ from: rateSource(options).pipe(trigger({ processingTime })), to: sink, clock });
  clock.flush();
  expect(query.exception).toBeUndefined();
  return { batches: sink.batches.map((b) => b.rows), progress: query.recentProgress };
}

const secondsOf = (progress: ReturnType<typeof run>['progress']): number[] =>
  progress.map((p) => (Date.parse(p.timestamp) - created) / 1000);

function reader(options: { rowsPerSecond: number; rampUpSeconds?: number }, now: number, remembered: number[] = []) {
  const remember = jest.fn();
  const state = { now };
  const context = { name: 'rate', columns: undefined, remembered, remember, now: () => state.now };
  const rate = new RateReader(context as unknown as SourceContext, options.rowsPerSecond, options.rampUpSeconds ?? 0);
  return { rate, remember, state };
}

const engineLimit = { all: false, rows: 1 << 20, bytes: 32 << 20 };

describe('rateSource', () => {
  it('gives the rows of a second when it is over, spread over it (as Spark does, three a second)', () => {
    const { batches, progress } = run({ rowsPerSecond: 3 }, 2_500);
    expect(secondsOf(progress)).toEqual([1, 2]);
    expect(batches[0]).toEqual([
      { timestamp: new Date('2001-09-09T01:46:40.000Z'), value: 0 },
      { timestamp: new Date('2001-09-09T01:46:40.333Z'), value: 1 },
      { timestamp: new Date('2001-09-09T01:46:40.667Z'), value: 2 },
    ]);
    expect(batches[1]!.map((r) => [r.value, r.timestamp.getTime() - created])).toEqual([
      [3, 1000],
      [4, 1333],
      [5, 1667],
    ]);
  });

  it('spreads the rows of several seconds over all of them (as Spark does, offsets 1 to 3)', () => {
    const { batches } = run({ rowsPerSecond: 3 }, 2_500, 2_000);
    expect(batches.map((rows) => rows.map((r) => r.timestamp.getTime() - created))).toEqual([
      [0, 333, 667, 1000, 1333, 1667],
    ]);
  });

  it('rounds times to milliseconds, whatever the partitions (as Spark does, seven a second over four)', () => {
    const { batches } = run({ rowsPerSecond: 7, numPartitions: 4 }, 1_000);
    expect(batches[0]!.map((r) => r.timestamp.getTime() - created)).toEqual([0, 143, 286, 429, 571, 714, 857]);
    expect(batches[0]!.map((r) => r.value)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it.each([
    [{ rowsPerSecond: 10, rampUpTime: '4s' }, [2, 4, 6, 8, 10, 10]],
    [{ rowsPerSecond: 5, rampUpTime: '2s' }, [1, 2, 5, 5]],
    [{ rowsPerSecond: 5, rampUpTime: '5900ms' }, [0, 0, 0, 0, 0, 5]],
  ])('grows to its rate as Spark does, in whole numbers: %o', (options, perSecond) => {
    const { batches } = run(options, perSecond.length * 1000);
    expect(batches.map((rows) => rows.length)).toEqual(perSecond);
  });

  it('gives a backlog in pieces that fit into memory, and says where it stands', () => {
    const clock = new VirtualTimeScheduler(undefined, 10_000);
    const from = rateSource({ rowsPerSecond: 300_000 }).pipe(trigger({ processingTime: 10_000 }));
    const query = startQuery({ from, to: noopSink(), clock });
    clock.flush();
    // The engine's bound is 2^20 rows: three whole seconds.
    expect(query.recentProgress.map((p) => p.numInputRows)).toEqual([900_000, 900_000, 900_000, 300_000]);
    expect(query.recentProgress[0]!.sources[0]).toMatchObject({ startOffset: 0, endOffset: 3, latestOffset: 10 });
  });

  it('gives a whole second at least, however many rows that is', () => {
    const { rate, state } = reader({ rowsPerSecond: 2 ** 21 }, 0);
    state.now = 5_000;
    expect(rate.latest(0, engineLimit)).toBe(1);
    expect(rate.status().cut).toBe(true);
    expect(rate.latest(4, engineLimit)).toBe(5);
    expect(rate.status().cut).toBe(false);
    expect(rate.latest(0, { all: true, rows: Infinity, bytes: Infinity })).toBe(5);
  });

  it('asks to be polled when the next second is over', () => {
    const { rate, state } = reader({ rowsPerSecond: 1 }, 7_300);
    expect(rate.status().pollAfter).toBe(1000);
    state.now = 8_999;
    expect(rate.status()).toMatchObject({ latest: 1, pollAfter: 301 });
  });

  it('takes back nothing when the clock is set back', () => {
    const { rate, state } = reader({ rowsPerSecond: 1 }, 10_000);
    state.now = 15_000;
    expect(rate.latest(0, engineLimit)).toBe(5);
    state.now = 11_000;
    expect(rate.latest(5, engineLimit)).toBe(5);
  });

  it('counts from when it was first started, which it remembers', () => {
    const first = reader({ rowsPerSecond: 2 }, 10_500);
    expect(first.remember.mock.calls).toEqual([[10_500]]);
    const again = reader({ rowsPerSecond: 2 }, 14_499, [10_500]);
    expect(again.remember).not.toHaveBeenCalled();
    expect(again.rate.latest(1, engineLimit)).toBe(3);
    expect(again.rate.read(1, 3).toRows()).toEqual([
      { timestamp: new Date(11_500), value: 2 },
      { timestamp: new Date(12_000), value: 3 },
      { timestamp: new Date(12_500), value: 4 },
      { timestamp: new Date(13_000), value: 5 },
    ]);
  });

  it('reports nothing that comes after it was frozen', () => {
    const { rate, state } = reader({ rowsPerSecond: 1 }, 0);
    state.now = 2_000;
    rate.freeze();
    state.now = 9_000;
    expect(rate.latest(0, engineLimit)).toBe(2);
    expect(rate.latest(2, engineLimit)).toBe(2);
  });

  it('writes values past 2^32 exactly, and fails before they pass 2^53', () => {
    const { rate } = reader({ rowsPerSecond: 3 }, 0);
    const seconds = 2 ** 40;
    const column = rate.read(seconds, seconds + 1).column('value') as FixedColumn;
    expect([...column.values]).toEqual([3n * 2n ** 40n, 3n * 2n ** 40n + 1n, 3n * 2n ** 40n + 2n]);
    expect(() => rate.read(2 ** 52, 2 ** 52 + 1)).toThrow(expect.objectContaining({ code: 'SOURCE_FAILED' }));
  });

  it('makes only the columns that are used', () => {
    const clock = new VirtualTimeScheduler(undefined, 1_000);
    const flow = rateSource().pipe(select('value'));
    const columns: string[][] = [];
    startQuery({ from: flow, to: foreachBatchSink((batch) => columns.push(Object.keys(batch.columns))), clock });
    clock.flush();
    expect(columns).toEqual([['value']]);
    expect(flow.explain()).toContain('columns: value');
  });

  describe('with a checkpoint', () => {
    let dir: string;
    beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'sluice-rate-'))));
    afterEach(() => rmSync(dir, { recursive: true, force: true }));

    /** Waits for nothing: the time passes that was to be waited. */
    const hurriedClock = (start: number): SchedulerLike => {
      let time = start;
      return {
        now: () => time,
        schedule: <T>(work: (this: SchedulerAction<T>, state: T) => void, delay = 0, state?: T) => {
          time += delay;
          return asyncScheduler.schedule(work as (this: SchedulerAction<T>, state?: T) => void, 0, state);
        },
      };
    };

    it('a restart goes on with the same sequence, and catches up on the time between', async () => {
      const rows = async (start: number, batches: number) => {
        const sink = memorySink<RateRow>();
        const from = rateSource({ rowsPerSecond: 2 }).pipe(take(batches), checkpoint(dir));
        await startQuery({ from, to: sink, clock: hurriedClock(start) }).awaitTermination();
        return sink.batches.map((b) => b.rows.map((r) => [r.value, r.timestamp.getTime()]));
      };
      expect(await rows(10_000, 1)).toEqual([
        [
          [0, 10_000],
          [1, 10_500],
        ],
      ]);
      expect(await rows(12_500, 2)).toEqual([
        [
          [2, 11_000],
          [3, 11_500],
        ],
        [
          [4, 12_000],
          [5, 12_500],
        ],
      ]);
    });
  });

  it.each([
    [{ rowsPerSecond: 0 }, 'INVALID_OPTION'],
    [{ rowsPerSecond: 'x' }, 'INVALID_OPTION'],
    [{ rampUpTime: '-1s' }, 'INVALID_OPTION'],
    [{ rampUpTime: 'soon' }, 'INVALID_OPTION'],
    [{ rampUpTime: '1 hour', rowsPerSecond: 2 ** 50 }, 'INVALID_OPTION'],
    [{ numPartitions: 0 }, 'INVALID_OPTION'],
    [{ rowPerSecond: 1 }, 'UNKNOWN_OPTION'],
  ])('refuses %o at the call', (options, code) => {
    expect(() => rateSource(options as RateSourceOptions)).toThrow(expect.objectContaining({ code }));
  });
});
