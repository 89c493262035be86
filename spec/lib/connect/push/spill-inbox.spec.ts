import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Subject } from 'rxjs';
import { startQuery } from 'sluice';
import { foreachBatchSink, memorySink } from 'sluice/connectors';
import { type MicroBatchOptions, checkpoint, microBatch, trigger } from 'sluice/operators';
import { tempDir } from '../../../helpers/temp-dir.js';

interface Row {
  n: number;
}
const rows = (from: number, to: number): Row[] => Array.from({ length: to - from }, (_, i) => ({ n: from + i }));
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));

/** A query that takes what is pushed, keeps it on disk, and may fail or wait. */
function start(dir: string, options: MicroBatchOptions<Row> = {}, write?: (ns: number[]) => void | Promise<void>) {
  const subject = new Subject<Row>();
  const taken: number[] = [];
  const from = subject.pipe(
    microBatch<Row>({ buffer: { spill: join(dir, 'spill') }, ...options }),
    checkpoint(join(dir, 'checkpoint')),
  );
  const to = foreachBatchSink<Row>(async (batch) => {
    const ns = batch.rows.map(({ n }) => n);
    await write?.(ns);
    taken.push(...ns);
  });
  const query = startQuery({ from, to });
  query.awaitTermination().catch(() => undefined);
  return { subject, taken, query, push: (from: number, to: number) => rows(from, to).forEach((r) => subject.next(r)) };
}

describe('a push source with a spill directory', () => {
  it('keeps what a failed query accepted for the next, each row once', async () => {
    const dir = tempDir();
    const first = start(dir, { maxRows: 10 }, (ns) => {
      if (ns.includes(25)) throw new Error('planted');
    });
    first.push(0, 40);
    await expect(first.query.awaitTermination()).rejects.toMatchObject({ code: 'USER_FUNCTION_FAILED' });
    expect(first.taken).toEqual(rows(0, 20).map(({ n }) => n));
    const second = start(dir);
    second.push(40, 50);
    while (second.taken.length < 30) await settled();
    await second.query.stop();
    expect([...first.taken, ...second.taken]).toEqual(rows(0, 50).map(({ n }) => n));
    // All is committed: one empty segment is left.
    expect(readdirSync(join(dir, 'spill'))).toEqual([`${String(50).padStart(20, '0')}.spill`]);
  });

  it('pauses a feed that comes back to a log which is far over its bound, and does not fail', async () => {
    const dir = tempDir();
    const wide = (from: number, to: number) => rows(from, to).map(({ n }) => ({ n, pad: 'x'.repeat(1000) }));
    const first = start(dir, {}, () => Promise.reject(new Error('planted')));
    wide(0, 200).forEach((row) => first.subject.next(row));
    await first.query.awaitTermination().catch(() => undefined);
    let told!: () => void;
    const paused = new Promise<void>((resolve) => (told = resolve));
    const bounded = { buffer: { spill: join(dir, 'spill'), maxBytes: '64k' }, pause: told, resume: () => undefined };
    const second = start(dir, bounded, () => paused);
    while (readdirSync(join(dir, 'spill')).every((name) => !name.startsWith('lease'))) await settled();
    let fed = 0;
    const feed = setInterval(() => second.subject.next({ n: 200 + fed++ }), 30);
    await Promise.race([paused, second.query.awaitTermination()]);
    clearInterval(feed);
    while (second.query.isActive && second.taken.length < 200 + fed) await settled();
    await second.query.stop();
    expect(second.query.exception).toBeUndefined();
    expect(second.taken).toEqual(rows(0, 200 + fed).map(({ n }) => n));
  });

  it('gives with availableNow what was left, and what comes later to the next run', async () => {
    const dir = tempDir();
    const failing = start(dir, {}, () => {
      throw new Error('planted');
    });
    failing.push(0, 5);
    await failing.query.awaitTermination().catch(() => undefined);
    const sink = memorySink<Row>();
    const later = new Subject<Row>();
    const from = later.pipe(
      microBatch<Row>({ buffer: { spill: join(dir, 'spill') } }),
      trigger({ availableNow: true }),
      checkpoint(join(dir, 'checkpoint')),
    );
    await startQuery({ from, to: sink }).awaitTermination();
    expect(sink.rows).toEqual(rows(0, 5));
  });

  it('fails with DATA_LOSS where the checkpoint knows rows that the directory does not', async () => {
    const dir = tempDir();
    const first = start(dir);
    first.push(0, 5);
    while (first.taken.length < 5) await settled();
    await first.query.stop();
    const second = start(dir, { buffer: { spill: join(dir, 'other') } });
    await expect(second.query.awaitTermination()).rejects.toMatchObject({ code: 'DATA_LOSS' });
  });

  it('pauses when the directory is full, and goes on when it is trimmed', async () => {
    const calls: string[] = [];
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const { push, query, taken } = start(
      tempDir(),
      {
        buffer: { spill: join(tempDir(), 'spill'), maxBytes: 4000 },
        maxRows: 10,
        pause: () => calls.push('pause'),
        resume: () => calls.push('resume'),
      },
      () => gate,
    );
    let n = 0;
    while (!calls.includes('pause') && n < 10_000) {
      push(n, ++n);
      if (n % 10 === 0) await settled();
    }
    expect(n).toBeLessThan(1000);
    release();
    while (!calls.includes('resume')) await settled();
    while (taken.length < n) await settled();
    expect(calls).toEqual(['pause', 'resume']);
    await query.stop();
    expect(taken).toEqual(rows(0, n).map((row) => row.n));
  });

  it.each(['error', 'dropNewest'] as const)(
    "does what overflow '%s' says when the directory is full",
    async (overflow) => {
      const dir = tempDir();
      const { push, query, taken } = start(dir, { overflow, buffer: { spill: join(dir, 'spill'), maxBytes: 1000 } });
      push(0, 1000);
      if (overflow === 'error') {
        await expect(query.awaitTermination()).rejects.toMatchObject({ code: 'BUFFER_OVERFLOW' });
      } else {
        while (query.lastProgress === undefined) await settled();
        expect(query.lastProgress?.sources[0]?.metrics).toMatchObject({ droppedRows: 1000 - taken.length });
        await query.stop();
      }
      expect(taken.length).toBeLessThan(1000);
      expect(taken).toEqual(rows(0, taken.length).map(({ n }) => n));
    },
  );

  it('completes when its Observable does, and all is durable', async () => {
    const { push, subject, query, taken } = start(tempDir());
    push(0, 3);
    subject.complete();
    await query.awaitTermination();
    expect(taken).toEqual([0, 1, 2]);
  });

  it('refuses what it would have to break', () => {
    expect(() => microBatch({ overflow: 'dropOldest', buffer: { spill: 'x' } })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
    expect(() => microBatch({ buffer: { spil: 'x' } as never })).toThrow(/Did you mean 'spill'/);
    expect(() => microBatch({ buffer: {} as never })).toThrow(expect.objectContaining({ code: 'MISSING_OPTION' }));
  });
});
