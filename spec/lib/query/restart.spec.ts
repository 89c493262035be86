import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Subject } from 'rxjs';
import { fileSink } from '../../../connectors/index.js';
import type { MicroBatch, QueryFailure } from '../../../lib/index.js';
import { RestartPolicy } from '../../../lib/query/restart.js';
import { type StreamingQuery, queries, startQuery } from '../../../lib/query/index.js';
import { TestClock } from '../../../lib/testing/clock.js';
import { checkpoint } from '../../../operators/index.js';
import { collector, counter, upTo } from '../../helpers/pipelines.js';
import { tempDir } from '../../helpers/temp-dir.js';

const soon = { initial: 1, max: 2 };

/** Fails the first `times` that it is called with `id`. */
const failing = (id: number, times: number) => (seen: number) => {
  if (seen === id && times-- > 0) throw new Error(`disk, ${times} to come`);
};

describe('RestartPolicy', () => {
  it('waits twice as long each time, up to the most, and then no more', () => {
    const policy = new RestartPolicy({ maxRestarts: 4, initial: '1 second', max: '5 seconds', jitter: false });
    expect([0, 0, 0, 0, 0].map((lasted) => policy.next(lasted))).toEqual([1000, 2000, 4000, 5000, undefined]);
  });

  it('waits are shortened by chance, to half', () => {
    const chances = [0, 0.5, 0.999];
    const policy = new RestartPolicy({ initial: 1000, max: 1000 }, () => chances.shift()!);
    expect([policy.next(0), policy.next(0), Math.round(policy.next(0)!)]).toEqual([500, 750, 1000]);
  });

  it('after a run that lasted it begins anew', () => {
    const policy = new RestartPolicy({ maxRestarts: 2, initial: 10, max: 100, jitter: false, resetAfter: '1 minute' });
    expect([0, 59_999, 60_000, 0, 0].map((lasted) => policy.next(lasted))).toEqual([10, 20, 10, 20, undefined]);
  });
});

describe('restart', () => {
  it('goes on from the last commit: each row once, in the batches that were planned', async () => {
    const got = collector(failing(1, 2));
    const failures: QueryFailure[] = [];
    const query = startQuery({
      from: counter({ total: 30 }).pipe(checkpoint(tempDir())),
      to: got.sink,
      restart: { ...soon, jitter: false },
      onFailure: (failure) => void failures.push(failure),
    });
    const runs: string[] = [query.runId];
    const { id } = query;
    query.progress$.subscribe(({ runId }) => runs.push(runId));
    await query.awaitTermination();
    expect(got.batches.map((b) => b.id)).toEqual([0, 1, 2]);
    expect(got.ns).toEqual(upTo(30));
    expect(query.exception).toBeUndefined();
    expect(query.restarts).toBe(2);
    expect(query.recentProgress.map((p) => p.numRestarts)).toEqual([undefined, 2, 2]);
    expect(failures.map(({ restarts, delay }) => ({ restarts, delay }))).toEqual([
      { restarts: 0, delay: 1 },
      { restarts: 1, delay: 2 },
    ]);
    expect(failures[0]!.error).toMatchObject({ code: 'SINK_FAILED' });
    expect(new Set(runs).size).toBe(2);
    expect(runs.at(-1)).toBe(query.runId);
    expect(new Set(query.recentProgress.map((p) => p.id)).size).toBe(1);
    expect(id).not.toBe('');
  });

  it('a source that fails is subscribed again', async () => {
    let fails = 1;
    const got = collector();
    const onRead = (start: number): void => {
      if (start === 10 && fails-- > 0) throw new Error('gone');
    };
    await startQuery({
      from: counter({ total: 30, onRead }).pipe(checkpoint(tempDir())),
      to: got.sink,
      restart: soon,
    }).awaitTermination();
    expect(got.ns).toEqual(upTo(30));
    expect(got.closed).toBe(2);
  });

  it('waits by the clock of the query', async () => {
    const clock = new TestClock(0);
    const settle = async (): Promise<void> => {
      for (let i = 0; i < 100; i++) {
        clock.runDue();
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    };
    const got = collector(failing(1, 1));
    const query = startQuery({
      from: counter({ total: 30 }).pipe(checkpoint(tempDir())),
      to: got.sink,
      clock,
      restart: { initial: '1 minute', jitter: false },
      onFailure: () => undefined,
    });
    await settle();
    clock.moveTo(59_999);
    await settle();
    expect(query.restarts).toBe(0);
    expect(got.ns).toEqual(upTo(10));
    clock.moveTo(60_000);
    await settle();
    expect(query.restarts).toBe(1);
    expect(got.ns).toEqual(upTo(30));
    expect(query.isActive).toBe(false);
  });

  it('files hold each row once', async () => {
    let fails = 3;
    const onRead = (start: number): void => {
      if (start >= 10 && fails-- > 0) throw new Error('gone');
    };
    const path = tempDir();
    await startQuery({
      from: counter({ total: 100, onRead, later: true }).pipe(checkpoint(tempDir())),
      to: fileSink({ format: 'json', path }),
      restart: soon,
    }).awaitTermination();
    const lines = readdirSync(path)
      .filter((name) => name.endsWith('.json'))
      .flatMap((name) => readFileSync(join(path, name), 'utf8').trimEnd().split('\n'));
    const ns = lines.map((line) => (JSON.parse(line) as { n: number }).n).sort((a, b) => a - b);
    expect(ns).toEqual(upTo(100));
  });

  it('gives up with the last error', async () => {
    const heard: (number | undefined)[] = [];
    const listener = {
      onFailure: (_: StreamingQuery, { delay }: QueryFailure) => void heard.push(delay && 1),
    };
    queries.addListener(listener);
    const got = collector(failing(1, 9));
    const query = startQuery({
      from: counter({ total: 30 }).pipe(checkpoint(tempDir())),
      to: got.sink,
      restart: { ...soon, maxRestarts: 2 },
    });
    await expect(query.awaitTermination()).rejects.toThrow(/disk, 6 to come/);
    queries.removeListener(listener);
    expect(heard).toEqual([1, 1, undefined]);
    expect(query.exception).toMatchObject({ code: 'SINK_FAILED' });
    expect(query.isActive).toBe(false);
    expect(got.ns).toEqual(upTo(10));
  });

  it('onFailure may let it fail; what it throws changes nothing', async () => {
    const start = (onFailure: () => boolean) =>
      startQuery({
        from: counter({ total: 30 }).pipe(checkpoint(tempDir())),
        to: collector(failing(1, 1)).sink,
        restart: soon,
        onFailure,
      });
    await expect(start(() => false).awaitTermination()).rejects.toThrow(/disk/);
    const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const bad = (): never => {
      throw new Error('a bad callback');
    };
    await start(bad).awaitTermination();
    expect(warned).toHaveBeenCalledTimes(1);
    warned.mockRestore();
  });

  it('without restart onFailure hears of the end', async () => {
    const delays: unknown[] = [];
    const query = startQuery({
      from: counter({ total: 30 }),
      to: collector(failing(0, 1)).sink,
      onFailure: ({ delay }) => void delays.push(delay),
    });
    await expect(query.awaitTermination()).rejects.toThrow(/disk/);
    expect(delays).toEqual([undefined]);
  });

  it('an observer is not told of failures that are mended', async () => {
    const to = new Subject<MicroBatch<{ n: number }>>();
    const ns: number[] = [];
    let fails = 1;
    to.subscribe({ next: (one) => ns.push(...one.rows.map((row) => row.n)), error: () => ns.push(-1) });
    const onRead = (start: number): void => {
      if (start === 10 && fails-- > 0) throw new Error('gone');
    };
    const from = counter({ total: 20, onRead }).pipe(checkpoint(tempDir()));
    await startQuery({ from, to, restart: soon }).awaitTermination();
    expect(ns).toEqual(upTo(20));
  });

  it('processAllAvailable waits over a restart', async () => {
    const got = collector(failing(1, 2));
    const from = counter({ total: 30, ends: false }).pipe(checkpoint(tempDir()));
    const query = startQuery({ from, to: got.sink, restart: soon });
    await query.processAllAvailable();
    expect(got.ns).toEqual(upTo(30));
    await query.stop();
    expect(query.exception).toBeUndefined();
  });

  it('says that it waits, and may be stopped then: it ends with the error', async () => {
    const from = counter({ total: 30 }).pipe(checkpoint(tempDir()));
    const got = collector(failing(1, 9));
    const query = startQuery({ from, to: got.sink, restart: { initial: '1 hour', max: '1 hour', jitter: false } });
    while (!query.status.message.startsWith('Restarting')) await new Promise((resolve) => setTimeout(resolve, 2));
    expect(query.status.message).toMatch(/^Restarting after 3600000 ms: .*disk/);
    expect(query.isActive).toBe(true);
    await query.stop();
    expect(query.isActive).toBe(false);
    expect(query.exception).toMatchObject({ code: 'SINK_FAILED' });
  });

  it('needs a checkpoint, and right options', () => {
    const start = (restart: object, from = counter({ total: 1 }).pipe(checkpoint(tempDir()))) =>
      startQuery({ from, to: collector().sink, restart });
    expect(() => start({}, counter({ total: 1 }))).toThrow(expect.objectContaining({ code: 'UNSUPPORTED_PIPELINE' }));
    expect(() => start({ maxRestart: 1 })).toThrow(/maxRestarts/);
    expect(() => start({ initial: 'soon' })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});
