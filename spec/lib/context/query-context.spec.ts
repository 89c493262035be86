import { takeStock } from '../../../lib/testing/resources.js';
import { readdirSync } from 'node:fs';
import { EMPTY, Observable, catchError, concat, filter, of, retry, share, take, tap, throwError } from 'rxjs';
import { defineSource } from '../../../lib/connect/index.js';
import type { SluiceError } from '../../../lib/errors/index.js';
import { marbles } from '../../../lib/testing/index.js';
import type { MicroBatch } from '../../../lib/batch/index.js';
import { startQuery } from '../../../lib/query/index.js';
import { checkpoint, filterRows, limit, mapRows, trigger, union } from '../../../operators/index.js';
import { collector, counter, upTo } from '../../helpers/pipelines.js';
import { tempDir } from '../../helpers/temp-dir.js';

const nextTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

describe('a query', () => {
  it('counts every row once, in order, one batch at a time', async () => {
    let writing = 0;
    const got = collector(async () => {
      expect(++writing).toBe(1);
      await nextTurn();
      writing--;
    });
    await startQuery({ from: counter({ total: 95, later: true }), to: got.sink }).awaitTermination();
    expect(got.ns).toEqual(upTo(95));
    expect(got.batches.map((b) => b.id)).toEqual(upTo(10));
    expect(got.closed).toBe(1);
  });

  it('delivers nothing inside subscribe', async () => {
    const got = collector();
    const query = startQuery({ from: counter({ total: 10 }), to: got.sink });
    expect(got.batches).toEqual([]);
    await query.awaitTermination();
    expect(got.ns).toEqual(upTo(10));
  });

  it('runs by subscribe alone', async () => {
    const got = collector();
    counter({ total: 30 }).pipe(checkpoint(tempDir())).subscribe(got.sink);
    await got.sink.closed;
    expect(got.ns).toEqual(upTo(30));
  });

  it('plans no batch while one is unsettled', async () => {
    const reads: number[] = [];
    let release: () => void = () => undefined;
    const got = collector(() => new Promise((resolve) => (release = resolve)));
    const query = startQuery({ from: counter({ total: 100, onRead: (start) => reads.push(start) }), to: got.sink });
    await nextTurn();
    await nextTurn();
    expect(reads).toEqual([0]);
    release();
    await nextTurn();
    await nextTurn();
    expect(reads).toEqual([0, 10]);
    const stopped = query.stop();
    release();
    await stopped;
    expect(got.ns).toEqual(upTo(20));
  });

  it('goes on from its checkpoint after a stop', async () => {
    const dir = tempDir();
    const first = collector();
    const flow = counter({ total: 100, later: true }).pipe(checkpoint(dir));
    const query = startQuery({ from: flow, to: first.sink });
    while (first.batches.length < 3) await nextTurn();
    await query.stop();
    expect(query.isActive).toBe(false);
    const second = collector();
    const again = startQuery({ from: flow, to: second.sink });
    expect(again.id).toBe(query.id);
    expect(again.runId).not.toBe(query.runId);
    await again.awaitTermination();
    expect([...first.ns, ...second.ns]).toEqual(upTo(100));
  });

  it('does a batch that was not committed again, the same', async () => {
    const dir = tempDir();
    const flow = (perBatch: number): ReturnType<typeof counter> =>
      counter({ total: 50, perBatch }).pipe(checkpoint<{ n: number }>(dir));
    const first = collector((id) => {
      if (id === 2) throw new Error('disk on fire');
    });
    await expect(startQuery({ from: flow(10), to: first.sink }).awaitTermination()).rejects.toMatchObject({
      code: 'SINK_FAILED',
    });
    // Other limits, but what was planned stays as it was.
    const second = collector();
    await startQuery({ from: flow(7), to: second.sink }).awaitTermination();
    expect(second.batches[0]).toMatchObject({ id: 2, ns: upTo(30).slice(20) });
    expect([...first.ns, ...second.ns]).toEqual(upTo(50));
  });

  it('keeps the timestamp of a batch that is done again', async () => {
    const dir = tempDir();
    const times: number[] = [];
    const attempt = async (fail: boolean): Promise<void> => {
      const from = counter({ total: 10 }).pipe(
        tap((batch) => times.push(batch.timestamp)),
        checkpoint(dir),
      );
      const got = collector(() => {
        if (fail) throw new Error('no');
      });
      await startQuery({ from, to: got.sink })
        .awaitTermination()
        .catch(() => undefined);
    };
    await attempt(true);
    await nextTurn();
    await attempt(false);
    expect(times.length).toBe(2);
    expect(times[0]).toBe(times[1]);
  });

  describe('with several sources', () => {
    it('has one batch of all, and one commit', async () => {
      const dir = tempDir();
      const a = counter({ total: 20, name: 'a' });
      const b = counter({ total: 35, name: 'b' });
      const got = collector();
      const query = startQuery({ from: a.pipe(union(b), checkpoint(dir)), to: got.sink });
      await query.awaitTermination();
      expect(got.batches.map((batch) => batch.ns.length)).toEqual([20, 20, 10, 5]);
      expect(query.recentProgress[1]!.sources.map((s) => [s.description, s.startOffset, s.endOffset])).toEqual([
        ['counter[a]', 10, 20],
        ['counter[b]', 10, 20],
      ]);
    });

    it('gains and loses sources between runs, each going on where it was', async () => {
      const dir = tempDir();
      const source = (name: string, total: number): ReturnType<typeof counter> => counter({ name, total });
      const run = async (flow: Observable<MicroBatch<{ n: number }>>): Promise<number[]> => {
        const got = collector();
        await startQuery({ from: flow.pipe(checkpoint(dir) as never) as never, to: got.sink }).awaitTermination();
        return got.ns;
      };
      expect(await run(source('a', 10))).toEqual(upTo(10));
      expect((await run(source('b', 5).pipe(union(source('a', 12))))).sort((x, y) => x - y)).toEqual([
        0, 1, 2, 3, 4, 10, 11,
      ]);
      expect(await run(source('b', 8))).toEqual([5, 6, 7]);
      expect(await run(source('a', 14))).toEqual([12, 13]);
    });

    it('uses the same source twice', async () => {
      const a = counter({ total: 10 });
      const got = collector();
      await startQuery({ from: a.pipe(union(a)), to: got.sink }).awaitTermination();
      expect(got.ns).toEqual([...upTo(10), ...upTo(10)]);
    });

    it('starts the second of a concat when the first has ended', async () => {
      const got = collector();
      const both$ = concat(counter({ total: 15, name: 'a' }), counter({ total: 5, name: 'b' })).pipe(
        checkpoint(tempDir()),
      );
      await startQuery({ from: both$, to: got.sink }).awaitTermination();
      expect(got.ns).toEqual([...upTo(15), ...upTo(5)]);
      expect(got.batches.map((b) => b.id)).toEqual([0, 1, 2]);
    });
  });

  describe('is refused a checkpoint that does not fit', () => {
    it('when a source became another kind of source', async () => {
      const dir = tempDir();
      await startQuery({
        from: counter({ total: 10, name: 'in' }).pipe(checkpoint(dir)),
        to: collector().sink,
      }).awaitTermination();
      const other = counter({ total: 10, name: 'in', op: 'kafkaSource' }).pipe(checkpoint(dir));
      await expect(startQuery({ from: other, to: collector().sink }).awaitTermination()).rejects.toMatchObject({
        code: 'CHECKPOINT_MISMATCH',
        details: { source: 'in', checkpoint: 'counter', pipeline: 'kafkaSource' },
      });
    });

    it('when a batch has to be done again whose source is gone', async () => {
      const dir = tempDir();
      const failing = collector(() => {
        throw new Error('no');
      });
      const first = counter({ total: 10, name: 'old' }).pipe(checkpoint(dir));
      await startQuery({ from: first, to: failing.sink })
        .awaitTermination()
        .catch(() => undefined);
      const second = counter({ total: 10, name: 'new' }).pipe(checkpoint(dir));
      await expect(startQuery({ from: second, to: collector().sink }).awaitTermination()).rejects.toMatchObject({
        code: 'CHECKPOINT_MISMATCH',
        details: { checkpoint: ['old'], pipeline: ['new'] },
      });
    });

    it('while another query runs on it', async () => {
      const dir = tempDir();
      const flow = counter({ total: 10, ends: false }).pipe(checkpoint(dir));
      const running = startQuery({ from: flow, to: collector().sink });
      await running.processAllAvailable();
      await expect(startQuery({ from: flow, to: collector().sink }).awaitTermination()).rejects.toMatchObject({
        code: 'CHECKPOINT_IN_USE',
        details: { owner: { pid: process.pid } },
      });
      expect(running.isActive).toBe(true);
      await running.stop();
    });
  });

  describe('fails once, with the cause, and closes everything,', () => {
    const cause = new Error('the cause');
    const cases: Record<
      string,
      () => { from: Observable<MicroBatch<{ n: number }>>; closed: () => number; write?: () => void }
    > = {
      'when a source cannot be read': () => {
        let closed = 0;
        const onRead = (start: number): void => {
          if (start === 20) throw cause;
        };
        return { from: counter({ total: 50, onRead, onClose: () => void closed++ }), closed: () => closed };
      },
      'when a function of the user throws': () => {
        let closed = 0;
        const from = counter({ total: 50, onClose: () => void closed++ }).pipe(
          mapRows((row) => {
            if (row.n === 25) throw cause;
            return row;
          }),
        );
        return { from, closed: () => closed };
      },
      'when an asynchronous function rejects': () => {
        let closed = 0;
        const from = counter({ total: 50, onClose: () => void closed++ }).pipe(
          mapRows(async (row) => (row.n === 25 ? Promise.reject(cause) : row), { concurrency: 4 }),
        );
        return { from, closed: () => closed };
      },
      'when an operator of rxjs throws': () => {
        let closed = 0;
        const from = counter({ total: 50, onClose: () => void closed++ }).pipe(
          tap((batch) => {
            if (batch.id === 2) throw cause;
          }),
        );
        return { from, closed: () => closed };
      },
      'when the sink cannot write': () => {
        let closed = 0;
        let writes = 0;
        const from = counter({ total: 50, onClose: () => void closed++ });
        return {
          from,
          closed: () => closed,
          write: () => {
            if (++writes === 3) throw cause;
          },
        };
      },
    };
    it.each(Object.keys(cases))('%s', async (name) => {
      for (const withCheckpoint of [true, false]) {
        const { from, closed, write } = cases[name]!();
        const got = collector(write);
        const flow = withCheckpoint ? from.pipe(checkpoint(tempDir()) as never) : from;
        const query = startQuery({ from: flow as typeof from, to: got.sink });
        await expect(query.awaitTermination()).rejects.toBeDefined();
        let innermost: unknown = query.exception;
        while (innermost instanceof Error && innermost.cause !== undefined) innermost = innermost.cause;
        expect(innermost).toBe(cause);
        expect(got.ns).toEqual(upTo(20));
        expect([closed(), got.closed, query.isActive]).toEqual([1, 1, false]);
        await expect(query.stop()).resolves.toBeUndefined();
      }
    });

    it('and leaves no timer and no handle', async () => {
      const closed = takeStock();
      for (const name of Object.keys(cases)) {
        const { from, write } = cases[name]!();
        const flow = from.pipe(trigger({ processingTime: 5 }) as never, checkpoint(tempDir()) as never);
        await startQuery({ from: flow as typeof from, to: collector(write).sink })
          .awaitTermination()
          .catch(() => undefined);
      }
      const stopped = startQuery({
        from: counter({ total: 1e9, later: true }).pipe(checkpoint(tempDir())),
        to: collector().sink,
      });
      await nextTurn();
      await stopped.stop();
      const left = startQuery({
        from: counter({ total: 5, ends: false }).pipe(trigger({ processingTime: '1 hour' })),
        to: collector().sink,
      });
      await left.stop();
      await closed();
    });
  });

  it('never commits a batch that an operator failed on', async () => {
    const dir = tempDir();
    for (const poison of [true, false]) {
      const got = collector();
      const flow = counter({ total: 30 }).pipe(
        filterRows((row) => {
          if (poison && row.n === 15) throw new Error('poison');
          return true;
        }),
        checkpoint(dir),
      );
      await startQuery({ from: flow, to: got.sink })
        .awaitTermination()
        .catch(() => undefined);
      expect(got.ns).toEqual(poison ? upTo(10) : upTo(30).slice(10));
    }
  });

  it('resumes from the last commit under a retry above the checkpoint', async () => {
    let failures = 0;
    const got = collector();
    const onRead = (start: number): void => {
      if (start === 20 && failures++ < 2) throw new Error('flaky');
    };
    const flow = counter({ total: 50, onRead }).pipe(retry(3), checkpoint(tempDir()));
    await startQuery({ from: flow, to: got.sink }).awaitTermination();
    expect(failures).toBe(3);
    expect(got.ns).toEqual(upTo(50));
    expect(got.batches.map((b) => b.id)).toEqual(upTo(5));
  });

  it('remembers for a source that is subscribed again what it asked for with a batch that failed', async () => {
    const remembered: unknown[] = [];
    let attempts = 0;
    const source = defineSource<{ n: number }, number>({
      op: 'forgetful',
      name: 'forgetful',
      supports: { replay: true },
      open: (context) => {
        remembered.push([...context.remembered]);
        if (context.remembered.length === 0) context.remember('born');
        return {
          initial: () => 0,
          latest: (start) => Math.min(start + 1, 3),
          read: (start) => [{ n: start }],
          status: () => ({ ended: true }),
        };
      },
    });
    const flaky = source.pipe(
      mapRows((row) => {
        if (row.n !== 1 && attempts++ < 2) throw new Error('flaky');
        return row;
      }),
      retry(5),
      checkpoint(tempDir()),
    );
    const got = collector();
    await startQuery({ from: flaky, to: got.sink }).awaitTermination();
    expect(got.ns).toEqual(upTo(3));
    expect(remembered).toEqual([[], ['born'], ['born']]);
  });

  it('is found by a retry that subscribes late, in virtual time, too', () => {
    marbles(({ expectBatches, batches, rx }) => {
      let failures = 0;
      const source = counter({
        total: 2,
        perBatch: 1,
        onRead: (start) => {
          if (start === 1 && failures++ === 0) throw new Error('flaky');
        },
      }).pipe(retry({ delay: () => rx.cold('--a') }));
      const { a, b } = batches({ a: 'a', b: 'b' });
      expectBatches(source.pipe(trigger({ availableNow: true }))).toBe('a-(b|)', {
        a: a.with([{ n: 0 }]),
        b: b.with([{ n: 1 }]),
      });
    });
  });

  it('starts again from its checkpoint under a retry below it, also when the sink failed', async () => {
    let failures = 0;
    const got = collector((id) => {
      if (id === 2 && failures++ < 2) throw new Error('flaky sink');
    });
    const flow = counter({ total: 50 }).pipe(checkpoint(tempDir()), retry(3));
    await startQuery({ from: flow, to: got.sink }).awaitTermination();
    expect(got.ns).toEqual(upTo(50));
  });

  it('takes rows from another source when one fails', async () => {
    const got = collector();
    const primary = counter({
      total: 50,
      name: 'primary',
      onRead: (start) => {
        if (start === 20) throw new Error('down');
      },
    });
    const flow = primary.pipe(
      catchError(() => counter({ total: 5, name: 'backup' })),
      checkpoint(tempDir()),
    );
    await startQuery({ from: flow, to: got.sink }).awaitTermination();
    expect(got.ns).toEqual([...upTo(20), ...upTo(5)]);
  });

  it('goes on with the other inputs of a union when one ends by an error', async () => {
    const got = collector();
    const broken = counter({
      total: 50,
      name: 'broken',
      onRead: (start) => {
        if (start === 10) throw new Error('down');
      },
    });
    const flow = counter({ total: 30, name: 'good' }).pipe(union(broken.pipe(catchError(() => EMPTY))));
    await startQuery({ from: flow, to: got.sink }).awaitTermination();
    expect(got.ns.sort((a, b) => a - b)).toEqual([...upTo(10), ...upTo(30)].sort((a, b) => a - b));
  });

  it('goes on with the other inputs of a union when one drops its part of a batch', async () => {
    const got = collector();
    const some = counter({ total: 30, name: 'some' }).pipe(filter((batch) => batch.id !== 1));
    await startQuery({ from: counter({ total: 30 }).pipe(union(some)), to: got.sink }).awaitTermination();
    expect(got.batches.map((batch) => batch.ns.length)).toEqual([20, 10, 20]);
  });

  it('completes by itself when a limit was reached before it started', async () => {
    const dir = tempDir();
    for (const rows of [15, 0]) {
      const got = collector();
      const flow = counter({ total: 15, ends: false }).pipe(limit(15), checkpoint(dir));
      await startQuery({ from: flow, to: got.sink }).awaitTermination();
      expect(got.ns.length).toBe(rows);
    }
    const none = collector();
    await startQuery({ from: counter({ total: 15, ends: false }).pipe(limit(0)), to: none.sink }).awaitTermination();
    expect(none.batches).toEqual([]);
  });

  it('commits a shared batch when every branch is done', async () => {
    const commits: number[] = [];
    const shared$ = counter({ total: 20, onCommit: (end) => commits.push(end) }).pipe(checkpoint(tempDir()), share());
    const events: string[] = [];
    const slow = collector(async () => {
      await nextTurn();
      events.push(`slow ${commits.length}`);
    });
    const fast = collector(() => void events.push(`fast ${commits.length}`));
    shared$.subscribe(slow.sink);
    shared$.subscribe(fast.sink);
    await Promise.all([slow.sink.closed, fast.sink.closed]);
    expect(events).toEqual(['fast 0', 'slow 0', 'fast 1', 'slow 1']);
    expect([slow.ns, fast.ns]).toEqual([upTo(20), upTo(20)]);
  });

  it('gives back its checkpoint also when it is left while it starts', async () => {
    const dir = tempDir();
    const flow = counter({ total: 10 }).pipe(checkpoint(dir));
    // Who is left while it takes its lease gives it back a moment later: the next one may still find it taken.
    const errors: unknown[] = [];
    for (let turns = 0; turns < 12; turns++) {
      const subscription = flow.subscribe({ error: (error: unknown) => errors.push(error) });
      await new Promise((resolve) => setTimeout(resolve, 1));
      for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
      subscription.unsubscribe();
      while (readdirSync(dir).some((name) => name.startsWith('lease'))) await nextTurn();
    }
    for (const error of errors) expect(error).toMatchObject({ code: 'CHECKPOINT_IN_USE' });
    // The last one may be taking its lease just now, to give it back at once.
    for (;;) {
      const query = startQuery({ from: flow, to: collector().sink });
      const failed = await query.awaitTermination().then(
        () => undefined,
        (error: SluiceError) => error.code,
      );
      if (failed === undefined) break;
      expect(failed).toBe('CHECKPOINT_IN_USE');
    }
  });

  it('does not commit a batch that a plain subscriber threw on', async () => {
    const dir = tempDir();
    const flow = counter({ total: 30 }).pipe(checkpoint(dir));
    const failed = new Promise((resolve) => {
      flow.subscribe({
        next: ({ id }) => {
          if (id === 1) throw new Error('mine');
        },
        error: resolve,
      });
    });
    expect(await failed).toMatchObject({ cause: { message: 'mine' } });
    const got = collector();
    await startQuery({ from: flow, to: got.sink }).awaitTermination();
    expect(got.ns).toEqual(upTo(30).slice(10));
  });

  it('does not commit what was taken below the checkpoint and then left', async () => {
    const dir = tempDir();
    const flow = counter({ total: 30 }).pipe(checkpoint(dir));
    const seen: number[] = [];
    await new Promise<void>((resolve) =>
      flow.pipe(take(1)).subscribe({ next: (b) => void seen.push(b.id), complete: resolve }),
    );
    await nextTurn();
    const got = collector();
    await startQuery({ from: flow, to: got.sink }).awaitTermination();
    expect(seen).toEqual([0]);
    expect(got.batches[0]!.id).toBe(0);
  });

  it('commits what completed the stream from above the checkpoint', async () => {
    const dir = tempDir();
    const first = collector(nextTurn);
    const flow = (n: number): Observable<MicroBatch<{ n: number }>> =>
      counter({ total: 100 }).pipe(limit(n, { name: 'some' }), checkpoint(dir));
    await startQuery({ from: flow(25), to: first.sink }).awaitTermination();
    expect(first.ns).toEqual(upTo(25));
    // The count is kept, and so is the place.
    const second = collector();
    await startQuery({ from: flow(40), to: second.sink }).awaitTermination();
    expect(second.ns).toEqual(upTo(45).slice(30));
  });

  it('refuses a sink two batches of one firing', async () => {
    const a = counter({ total: 10, name: 'a' });
    const b = counter({ total: 10, name: 'b' });
    const merged$ = new Observable<MicroBatch<{ n: number }>>((subscriber) => {
      subscriber.add(a.subscribe(subscriber));
      subscriber.add(b.subscribe({ next: (batch) => subscriber.next(batch) }));
    });
    const got = collector();
    await expect(
      startQuery({ from: merged$.pipe(trigger({ availableNow: true })), to: got.sink }).awaitTermination(),
    ).rejects.toMatchObject({ code: 'UNSUPPORTED_PIPELINE' });
  });

  it('reports an error of a flow that has no query of its own', async () => {
    const got = collector();
    const query = startQuery({ from: throwError(() => new Error('early')), to: got.sink });
    await expect(query.awaitTermination()).rejects.toMatchObject({ code: 'SOURCE_FAILED' });
    const empty = startQuery({ from: of<MicroBatch<{ n: number }>>(), to: collector().sink });
    await expect(empty.awaitTermination()).resolves.toBeUndefined();
  });
});

describe('the trigger', () => {
  it('once takes everything in one batch', async () => {
    const got = collector();
    await startQuery({
      from: counter({ total: 95, ends: false }).pipe(trigger({ once: true })),
      to: got.sink,
    }).awaitTermination();
    expect(got.batches.map((b) => b.ns.length)).toEqual([95]);
  });

  it('once does an uncommitted batch again instead of reading on', async () => {
    const dir = tempDir();
    const failing = collector(() => {
      throw new Error('no');
    });
    const flow = (total: number): Observable<MicroBatch<{ n: number }>> =>
      counter({ total, ends: false }).pipe(trigger({ once: true }), checkpoint(dir));
    await startQuery({ from: flow(10), to: failing.sink })
      .awaitTermination()
      .catch(() => undefined);
    const got = collector();
    await startQuery({ from: flow(30), to: got.sink }).awaitTermination();
    expect(got.ns).toEqual(upTo(10));
  });

  it('availableNow keeps the limits and completes', async () => {
    const got = collector();
    const flow = counter({ total: 25, ends: false }).pipe(trigger({ availableNow: true }), checkpoint(tempDir()));
    await startQuery({ from: flow, to: got.sink }).awaitTermination();
    expect(got.batches.map((b) => b.ns.length)).toEqual([10, 10, 5]);
  });

  it('continuous marks the checkpoint now and then, and never uses an id twice', async () => {
    const dir = tempDir();
    const flow = (total: number): Observable<MicroBatch<{ n: number }>> =>
      counter({ total, perBatch: 1, later: true }).pipe(trigger({ continuous: '1 hour' }), checkpoint(dir));
    const first = collector((id) => {
      if (id === 5) throw new Error('crash');
    });
    await startQuery({ from: flow(10), to: first.sink })
      .awaitTermination()
      .catch(() => undefined);
    const second = collector();
    await startQuery({ from: flow(10), to: second.sink }).awaitTermination();
    // Nothing was marked before the failure, so all comes again: at least once.
    expect(first.ns).toEqual(upTo(5));
    expect(second.ns).toEqual(upTo(10));
    const ids = [...first.batches, ...second.batches].map((b) => b.id);
    expect(new Set(ids).size).toBe(ids.length);
    // A clean end marks.
    const third = collector();
    await startQuery({ from: flow(12), to: third.sink }).awaitTermination();
    expect(third.ns).toEqual([10, 11]);
  });
});
