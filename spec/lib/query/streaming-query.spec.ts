import { checkpoint, trigger } from '../../../operators/index.js';
import { defineSink, defineSource } from '../../../lib/connect/index.js';
import { type StreamingQuery, queries, startQuery } from '../../../lib/query/index.js';
import { collector, counter, upTo } from '../../helpers/pipelines.js';
import { tempDir } from '../../helpers/temp-dir.js';
import { until } from '../../helpers/until.js';

const nextTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
const endless = (options = {}): ReturnType<typeof counter> => counter({ total: 30, ends: false, ...options });

describe('StreamingQuery', () => {
  it('tells of each batch what Spark tells', async () => {
    const query = startQuery({
      name: 'totals',
      from: counter({ total: 25 }).pipe(checkpoint(tempDir())),
      to: collector().sink,
    });
    const seen: number[] = [];
    query.progress$.subscribe((progress) => seen.push(progress.batchId));
    await query.awaitTermination();
    expect(seen).toEqual([0, 1, 2]);
    expect(query.recentProgress.length).toBe(3);
    const last = query.lastProgress!;
    expect(last).toMatchObject({
      id: query.id,
      runId: query.runId,
      name: 'totals',
      batchId: 2,
      numInputRows: 5,
      eventTime: {},
      stateOperators: [],
      observedMetrics: {},
      sources: [
        {
          description: 'counter[counter]',
          startOffset: 20,
          endOffset: 25,
          latestOffset: 25,
          numInputRows: 5,
          metrics: {},
        },
      ],
      sink: { description: 'collector', numOutputRows: 5, metrics: {} },
    });
    expect(last.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(Object.keys(last.durationMs).sort()).toEqual([
      'addBatch',
      'commitOffsets',
      'getBatch',
      'latestOffset',
      'triggerExecution',
      'walCommit',
    ]);
    const phases = ['latestOffset', 'addBatch', 'commitOffsets'].reduce(
      (sum, phase) => sum + last.durationMs[phase]!,
      0,
    );
    expect(phases).toBeLessThanOrEqual(last.batchDuration + 3);
    expect(last.processedRowsPerSecond).toBeCloseTo(5 / (Math.max(last.batchDuration, 1) / 1000), 5);
    expect(query.recentProgress[0]!.inputRowsPerSecond).toBe(0);
  });

  it('tells what the sink tells of itself', async () => {
    let written = 0;
    const sink = defineSink({
      op: 'counting',
      supports: { exactlyOnce: false },
      open: () => ({ write: () => void written++, metrics: () => ({ batches: written }) }),
    });
    const query = startQuery({ from: counter({ total: 25 }), to: sink });
    await query.awaitTermination();
    expect(query.recentProgress.map(({ sink: { metrics } }) => metrics)).toEqual(
      [1, 2, 3].map((batches) => ({ batches })),
    );
  });

  it('keeps the last hundred', async () => {
    const query = startQuery({ from: counter({ total: 150, perBatch: 1 }), to: collector().sink });
    await query.awaitTermination();
    expect(query.recentProgress.map((p) => p.batchId)).toEqual(upTo(150).slice(50));
  });

  it('waits until all that is there is done', async () => {
    const got = collector(nextTurn);
    const query = startQuery({ from: endless(), to: got.sink });
    await query.processAllAvailable();
    expect(got.ns).toEqual(upTo(30));
    expect(query.isActive).toBe(true);
    await query.processAllAvailable();
    expect(query.status).toEqual({
      message: 'Waiting for data to arrive',
      isDataAvailable: false,
      isTriggerActive: false,
    });
    await query.stop();
    await expect(query.processAllAvailable()).resolves.toBeUndefined();
    expect(query.status.message).toBe('Stopped');
  });

  it('waits for its end for so long', async () => {
    const query = startQuery({ from: endless(), to: collector().sink });
    await expect(query.awaitTermination(10)).resolves.toBe(false);
    await query.stop();
    await expect(query.awaitTermination(10)).resolves.toBe(true);
    await expect(query.awaitTermination()).resolves.toBeUndefined();
  });

  it('finishes the batch in hand when it is stopped', async () => {
    let writing = false;
    const got = collector(() => {
      writing = true;
      return new Promise((resolve) => setTimeout(resolve, 40));
    });
    const query = startQuery({ from: endless(), to: got.sink });
    while (!writing) await nextTurn();
    await query.stop();
    expect(got.ns).toEqual(upTo(10));
    expect(got.closed).toBe(1);
  });

  it('does not wait for a source that does not answer, when it is stopped', async () => {
    for (const silent of ['initial', 'latest']) {
      let isAsked = false;
      const silence = (): Promise<number> => new Promise(() => (isAsked = true));
      let closed = 0;
      const source$ = defineSource<{ n: number }, number>({
        op: 'silent',
        name: 'silent',
        schema: 'n INT',
        supports: { replay: true },
        open: () => ({
          initial: silent === 'initial' ? silence : () => 0,
          latest: silence,
          read: () => [],
          close: () => void closed++,
        }),
      });
      const query = startQuery({ from: source$.pipe(checkpoint(tempDir())), to: collector().sink });
      await until(() => isAsked);
      await query.stop();
      expect(closed).toBe(1);
    }
  });

  it('gives up what is being read when it is stopped, and a restart reads the same', async () => {
    const dir = tempDir();
    const read: string[] = [];
    const rows = (start: number, end: number) =>
      upTo(end)
        .slice(start)
        .map((n) => ({ n }));
    const slow = (given: (signal: AbortSignal) => Promise<void>) =>
      defineSource<{ n: number }, number>({
        op: 'slow',
        name: 'slow',
        schema: 'n INT',
        supports: { replay: true },
        open: ({ signal }) => ({
          initial: () => 0,
          latest: (start) => Math.min(20, start + 10),
          read: (start, end) => {
            read.push(`${start}-${end}`);
            return given(signal).then(() => rows(start, end));
          },
          status: () => ({ ended: true }),
          close: () => void read.push('closed'),
        }),
      }).pipe(checkpoint(dir));
    const got = collector();
    const never = (signal: AbortSignal): Promise<void> =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('no more'))));
    // One that does not know how to give up is waited for, before it is closed.
    const late = (): Promise<void> =>
      new Promise((resolve) => setTimeout(resolve, 40)).then(() => void read.push('came'));
    for (const how of [never, late]) {
      const query = startQuery({ from: slow(how), to: got.sink });
      await until(() => read.length > 0);
      await query.stop();
      expect(query.exception).toBeUndefined();
      expect(read.splice(0)).toEqual(['0-10', ...(how === late ? ['came'] : []), 'closed']);
    }
    expect(got.ns).toEqual([]);
    await startQuery({ from: slow(async () => {}), to: got.sink }).awaitTermination();
    expect(read).toEqual(['0-10', '10-20', 'closed']);
    expect(got.ns).toEqual(upTo(20));
  });

  it('gives up a batch that takes too long to stop, and a restart does it again', async () => {
    const dir = tempDir();
    let release: (() => void) | undefined;
    const stuck = collector(() => new Promise((resolve) => (release = resolve)));
    const query = startQuery({ from: endless().pipe(checkpoint(dir)), to: stuck.sink });
    while (release === undefined) await nextTurn();
    await expect(query.stop({ timeout: 20 })).rejects.toMatchObject({ code: 'TIMEOUT' });
    release();
    await query.awaitTermination();
    const got = collector();
    const again = startQuery({ from: endless().pipe(checkpoint(dir)), to: got.sink });
    await again.processAllAvailable();
    await again.stop();
    expect(got.batches[0]).toMatchObject({ id: 0, ns: upTo(10) });
  });

  it('has the failure, and rejects with it however often it is asked', async () => {
    const got = collector(() => {
      throw new Error('no');
    });
    const query = startQuery({ from: endless(), to: got.sink });
    await expect(query.processAllAvailable()).rejects.toMatchObject({ code: 'SINK_FAILED' });
    await expect(query.awaitTermination()).rejects.toBe(query.exception);
    await expect(query.awaitTermination(5)).rejects.toBe(query.exception);
    expect(query.status.message).toContain('Terminated with exception');
  });

  it('warns of a failure that nobody waits for', async () => {
    const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const bad = (): void => {
      throw new Error('unseen');
    };
    const unwatched = startQuery({ from: endless(), to: collector(bad).sink });
    const watched = startQuery({ from: endless(), to: collector(bad).sink });
    await watched.awaitTermination().catch(() => undefined);
    await nextTurn();
    expect(warned.mock.calls).toEqual([[unwatched.exception!.message, { type: 'SluiceError', code: 'SINK_FAILED' }]]);
    warned.mockRestore();
  });

  it('explains itself with its sink', () => {
    const query = startQuery({ from: endless().pipe(trigger({ processingTime: '1 hour' })), to: collector().sink });
    expect(query.explain()).toBe(
      '== Pipeline as run ==\ncollector\n+- trigger processingTime 3600000 ms\n   +- counter',
    );
    return query.stop();
  });

  it.each([
    [{}, 'MISSING_OPTION'],
    [{ from: 1, to: 2 }, 'INVALID_OPTION'],
    [{ from: endless(), to: collector().sink, nmae: 'x' }, 'UNKNOWN_OPTION'],
    [{ from: endless(), to: collector().sink, outputMode: 'all' }, 'INVALID_OPTION'],
  ])('is not started with %#', (options, code) => {
    expect(() => startQuery(options as never)).toThrow(expect.objectContaining({ code }));
  });
});

describe('queries', () => {
  it('are known while they run, by id, and no two have one name', async () => {
    const query = startQuery({ name: 'one', from: endless(), to: collector().sink });
    expect(queries.active).toContain(query);
    expect(queries.get(query.id)).toBe(query);
    expect(() => startQuery({ name: 'one', from: endless(), to: collector().sink })).toThrow(
      expect.objectContaining({ code: 'DUPLICATE_NAME' }),
    );
    await query.stop();
    expect(queries.active).not.toContain(query);
    await startQuery({ name: 'one', from: endless(), to: collector().sink }).stop();
  });

  it('are listened to, whatever a listener does', async () => {
    const events: string[] = [];
    const listener = {
      onStarted: (query: StreamingQuery) => void events.push(`started ${query.name}`),
      onProgress: (progress: { batchId: number }) => {
        events.push(`progress ${progress.batchId}`);
        throw new Error('a bad listener');
      },
      onTerminated: (query: StreamingQuery) => void events.push(`terminated ${query.exception?.code ?? 'well'}`),
    };
    const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    queries.addListener(listener);
    const query = startQuery({ name: 'heard', from: counter({ total: 15 }), to: collector().sink });
    expect(events).toEqual(['started heard']);
    await query.awaitTermination();
    queries.removeListener(listener);
    expect(events).toEqual(['started heard', 'progress 0', 'progress 1', 'terminated well']);
    expect(warned).toHaveBeenCalledTimes(2);
    warned.mockRestore();
  });

  it('tell when any of them has ended', async () => {
    queries.resetTerminated();
    await expect(queries.awaitAnyTermination(10)).resolves.toBe(false);
    const running = startQuery({ from: endless(), to: collector().sink });
    const waiting = queries.awaitAnyTermination();
    const failing = startQuery({
      from: endless(),
      to: collector(() => {
        throw new Error('no');
      }).sink,
    });
    await expect(waiting).rejects.toMatchObject({ code: 'SINK_FAILED' });
    await failing.awaitTermination().catch(() => undefined);
    queries.resetTerminated();
    await running.stop();
    await expect(queries.awaitAnyTermination()).resolves.toBe(true);
    queries.resetTerminated();
  });
});
