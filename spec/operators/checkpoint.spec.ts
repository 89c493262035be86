import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Observable,
  Subject,
  catchError,
  defer,
  delay,
  firstValueFrom,
  retry,
  share,
  take,
  takeUntil,
  tap,
  timer,
} from 'rxjs';
import { type MicroBatch, startQuery } from '../../lib/index.js';
import {
  type Given,
  addData,
  expectBatches,
  expectError,
  expectNewRows,
  expectRows,
  failAt,
  start,
  stop,
  testStream,
} from '../../lib/testing/index.js';
import { checkpoint, mapRows, trigger } from '../../operators/index.js';
import { type CounterOptions, collector, counter } from '../helpers/pipelines.js';

interface Row {
  n: number;
}
type Batch = MicroBatch<Row>;
const rows = (...ns: number[]): Row[] => ns.map((n) => ({ n }));
const upTo = (end: number, from = 0): number[] => Array.from({ length: end - from }, (_, i) => from + i);
const schema = 'n INT' as never;

let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'sluice-checkpoint-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const source = (options: Partial<CounterOptions> = {}) => counter({ total: 30, ...options });
/** Fails the first time that it is to read from there on. */
const failingOnce = (at: number, times = 1) => {
  let left = times;
  return (from: number): void => {
    if (from === at && left-- > 0) throw new Error(`planted at ${at}`);
  };
};

describe('checkpoint', () => {
  it('delivers nothing inside subscribe(), and then every batch in order', async () => {
    const ids: number[] = [];
    let subscribing = true;
    await new Promise<void>((complete, error) => {
      source()
        .pipe(checkpoint(dir))
        .subscribe({
          next: ({ id }) => {
            expect(subscribing).toBe(false);
            ids.push(id);
          },
          error,
          complete,
        });
      subscribing = false;
    });
    expect(ids).toEqual([0, 1, 2]);
  });

  it('passes on the end of an empty stream, and leaves no lease behind', async () => {
    const { sink, ns } = collector();
    await startQuery({ from: source({ total: 0 }).pipe(checkpoint(dir)), to: sink }).awaitTermination();
    expect(ns).toEqual([]);
    expect(readdirSync(dir).filter((name) => name.startsWith('lease'))).toEqual([]);
  });

  it('does the batch in hand again after a failure of the sink: same id, same rows, same timestamp', () => {
    let broken = true;
    const seen: unknown[] = [];
    return testStream(
      ({ input, checkpointDir }: Given<Row>) =>
        input.pipe(
          checkpoint(checkpointDir),
          tap((one) => {
            seen.push([one.id, one.rows, one.timestamp]);
            if (one.id === 1 && broken) throw new Error('below the checkpoint');
          }),
        ),
      [
        addData(rows(1)),
        expectRows(rows(1)),
        addData(rows(2, 3)),
        expectError(/below the checkpoint/),
        addData(rows(4)),
        { text: 'mend it', run: () => void (broken = false) },
        start(),
        expectBatches([rows(1), rows(2, 3), rows(4)]),
      ],
      { schema },
    ).then(() => {
      expect(seen).toHaveLength(4);
      expect(seen[2]).toEqual(seen[1]);
    });
  });

  it('restarts after the last batch that was committed, however often', () =>
    testStream(
      ({ input, checkpointDir }: Given<Row>) => input.pipe(checkpoint(checkpointDir)),
      [1, 2, 3, 4].flatMap((n) => [addData(rows(n)), expectNewRows(rows(n)), stop(), start()]),
      { schema },
    ));

  it('owns the query: a second subscription runs apart and finds the checkpoint in use', async () => {
    const flow = source({ ends: false }).pipe(checkpoint(dir));
    const first = startQuery({ from: flow, to: collector().sink });
    await first.processAllAvailable();
    const second = startQuery({ from: flow, to: collector().sink });
    await expect(second.awaitTermination()).rejects.toMatchObject({ code: 'CHECKPOINT_IN_USE' });
    expect(first.isActive).toBe(true);
    await first.stop();
  });

  it('is one in a pipeline, and has a directory', () => {
    const two = source().pipe(checkpoint(dir), checkpoint(`${dir}/b`));
    expect(() => startQuery({ from: two, to: collector().sink })).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_PIPELINE' }),
    );
    expect(() => checkpoint('')).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    expect(() => checkpoint(dir, { retain: 1 } as never)).toThrow(expect.objectContaining({ code: 'UNKNOWN_OPTION' }));
  });

  it.each(['ENOSPC', 'EIO', 'EACCES', 'EROFS'])(
    '%s while it is written stops the query with a clear error, and the checkpoint is good',
    async (code) => {
      const once = (): ReturnType<typeof source> => source().pipe(checkpoint(dir));
      const first = collector();
      const undo = failAt({ step: 'write', path: /\.log$/, nth: 4 }, code, { lasting: true });
      try {
        await expect(startQuery({ from: once(), to: first.sink }).awaitTermination()).rejects.toMatchObject({
          code: 'CHECKPOINT_UNWRITABLE',
          details: { system: code },
        });
      } finally {
        undo();
      }
      const second = collector();
      await startQuery({ from: once(), to: second.sink }).awaitTermination();
      const done = new Map([...first.batches, ...second.batches].map((one) => [one.id, one.ns]));
      expect([...done.values()].flat()).toEqual(upTo(30));
    },
  );
});

describe('operators of rxjs around a checkpoint', () => {
  const run = async (from: Observable<Batch>, to = collector()) => {
    await startQuery({ from, to: to.sink }).awaitTermination();
    return to;
  };

  it('retry() above it goes on from the last commit: each row once, in the same query', async () => {
    const opened: number[] = [];
    const flaky = source({ onRead: failingOnce(10, 2) });
    const from = defer(() => (opened.push(1), flaky)).pipe(retry(5), checkpoint(dir));
    const { ns, batches } = await run(from);
    expect(ns).toEqual(upTo(30));
    expect(batches.map((one) => one.id)).toEqual([0, 1, 2]);
    expect(opened).toHaveLength(3);
  });

  it('retry() below it starts the query again from the checkpoint: each row once, too', async () => {
    const from = source({ onRead: failingOnce(10, 2) }).pipe(checkpoint(dir), retry({ count: 5, delay: 20 }));
    const { ns } = await run(from);
    expect(ns).toEqual(upTo(30));
  });

  it('retry() without a delay below it waits for the lease that it held itself', async () => {
    const from = source({ onRead: failingOnce(10) }).pipe(checkpoint(dir), retry(5));
    const { ns } = await run(from);
    expect(ns).toEqual(upTo(30));
  });

  it('retry() that gives up passes the error on, and the next run goes on from there', async () => {
    const from = source({ onRead: failingOnce(20, 3) }).pipe(retry(2), checkpoint(dir));
    const first = collector();
    await expect(run(from, first)).rejects.toMatchObject({ code: 'SOURCE_FAILED' });
    const { ns } = await run(source().pipe(checkpoint(dir)));
    expect([...first.ns, ...ns]).toEqual(upTo(30));
  });

  it('retry() over an error in a row function: the batch comes again with its id', async () => {
    let left = 1;
    const from = source().pipe(
      mapRows((row) => {
        if (row.n === 15 && left-- > 0) throw new Error('no');
        return row;
      }),
      retry(1),
      checkpoint(dir),
    );
    const { ns, batches } = await run(from);
    expect(ns).toEqual(upTo(30));
    expect(batches.map((one) => one.id)).toEqual([0, 1, 2]);
  });

  it('catchError() goes over to another source, and the batch with it commits', async () => {
    const from = source({ onRead: failingOnce(20, 99) }).pipe(
      catchError(() => counter({ total: 5, name: 'fallback' })),
      checkpoint(dir),
    );
    const { ns } = await run(from);
    expect(ns).toEqual([...upTo(20), ...upTo(5)]);
  });

  it('take() commits what it let through, and the next run goes on after it', async () => {
    const first = await run(source().pipe(take(2), checkpoint(dir)));
    expect(first.ns).toEqual(upTo(20));
    const { ns } = await run(source().pipe(checkpoint(dir)));
    expect([...first.ns, ...ns]).toEqual(upTo(30));
  });

  it('take() below it ends the query with its last batch: no row is lost, whether that one committed or comes again', async () => {
    const first = await run(source().pipe(checkpoint(dir), take(2)));
    expect(first.ns).toEqual(upTo(20));
    const { ns } = await run(source().pipe(checkpoint(dir)));
    expect(new Set([...first.ns, ...ns])).toEqual(new Set(upTo(30)));
  });

  it('takeUntil() ends it between batches; nothing is lost and nothing comes twice', async () => {
    const stopper = new Subject<void>();
    const first = collector((id) => {
      if (id === 1) setImmediate(() => stopper.next());
    });
    await run(source({ total: 1000, later: true }).pipe(takeUntil(stopper), checkpoint(dir)), first);
    expect(first.ns.length).toBeLessThan(1000);
    const { ns } = await run(source({ total: 1000 }).pipe(checkpoint(dir)));
    const all = new Map([...first.ns, ...ns].map((n) => [n, n]));
    expect([...all.keys()].sort((a, b) => a - b)).toEqual(upTo(1000));
  });

  it('share(): a batch commits when both sinks are done, not before', async () => {
    const commits: number[] = [];
    const slow: (() => void)[] = [];
    const shared = source({ total: 20, onCommit: (end) => void commits.push(end) }).pipe(checkpoint(dir), share());
    const quick = collector();
    const waiting = collector(() => new Promise<void>((resolve) => slow.push(resolve)));
    const over = Promise.all([quick.sink.closed, waiting.sink.closed]);
    shared.subscribe(quick.sink);
    shared.subscribe(waiting.sink);
    const until = async (condition: () => boolean) => {
      while (!condition()) await firstValueFrom(timer(1));
    };
    await until(() => slow.length === 1);
    await firstValueFrom(timer(20));
    expect([quick.ns, commits]).toEqual([upTo(10), []]);
    slow[0]!();
    await until(() => slow.length === 2);
    expect([quick.ns, commits]).toEqual([upTo(20), [10]]);
    slow[1]!();
    await over;
    expect(waiting.ns).toEqual(upTo(20));
    expect(commits).toEqual([10, 20]);
  });

  it('share(): if one sink fails nothing commits, and the batch comes again for both', async () => {
    const shared = source().pipe(checkpoint(dir), share());
    const [good, bad] = [collector(), collector((id) => (id === 1 ? Promise.reject(new Error('full')) : undefined))];
    const over = Promise.allSettled([good.sink.closed, bad.sink.closed]);
    shared.subscribe(good.sink);
    shared.subscribe(bad.sink);
    expect((await over).map((one) => one.status)).toEqual(['rejected', 'rejected']);
    const { batches } = await run(source().pipe(checkpoint(dir)));
    expect(batches.map((one) => one.id)).toEqual([1, 2]);
  });

  it.each([
    ['above', (thrower: (one: Batch) => void) => source().pipe(tap(thrower), checkpoint(dir))],
    ['below', (thrower: (one: Batch) => void) => source().pipe(checkpoint(dir), tap(thrower))],
  ])('tap() that throws %s it: the batch is not committed and comes again', async (_where, pipeline) => {
    const thrower = (one: Batch): void => {
      if (one.id === 1) throw new Error('tap');
    };
    await expect(run(pipeline(thrower))).rejects.toThrow(/tap/);
    const { batches } = await run(source().pipe(checkpoint(dir)));
    expect(batches.map((one) => one.id)).toEqual([1, 2]);
  });

  it('an observer whose next throws never commits the batch', async () => {
    const query = startQuery({
      from: source().pipe(checkpoint(dir)),
      to: {
        next: ({ id }) => {
          if (id === 1) throw new Error('observer');
        },
        error: () => undefined,
        complete: () => undefined,
      },
    });
    await expect(query.awaitTermination()).rejects.toThrow(/observer/);
    const { batches } = await run(source().pipe(checkpoint(dir)));
    expect(batches.map((one) => one.id)).toEqual([1, 2]);
  });

  it('a batch that reaches the sink late without having been held fails the query, and is not lost in silence', async () => {
    const from = source({ total: 10, ends: false }).pipe(checkpoint(dir), delay(20));
    const query = startQuery({ from, to: collector().sink });
    const over = query.awaitTermination();
    try {
      await expect(Promise.race([over, firstValueFrom(timer(300))])).rejects.toMatchObject({
        code: 'CONTRACT_VIOLATED',
      });
    } finally {
      await query.stop().catch(() => undefined);
    }
  });

  it('a trigger is found above it and below', async () => {
    for (const flow of [
      source({ ends: false }).pipe(trigger({ availableNow: true }), checkpoint(`${dir}/a`)),
      source({ ends: false }).pipe(checkpoint(`${dir}/b`), trigger({ availableNow: true })),
    ]) {
      expect((await run(flow)).ns).toEqual(upTo(30));
    }
  });
});
