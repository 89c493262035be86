import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { take } from 'rxjs';
import { startQuery } from 'sluice';
import { foreachBatchSink, fromIterable, memorySink } from 'sluice/connectors';

const upTo = (n: number): { n: number }[] => Array.from({ length: n }, (_, i) => ({ n: i }));

describe('fromIterable', () => {
  it.each([
    ['an array', () => upTo(2500)],
    [
      'an async generator',
      async function* () {
        for (const row of upTo(2500)) yield await Promise.resolve(row);
      },
    ],
    ['a Node stream', () => Readable.from(upTo(2500))],
  ])('reads all of %s, in order', async (_, make) => {
    const sink = memorySink<{ n: number }>();
    await startQuery({ from: fromIterable<{ n: number }>(make()), to: sink }).awaitTermination();
    expect(sink.rows).toEqual(upTo(2500));
    expect(Math.max(...sink.batches.map(({ rows }) => rows.length))).toBeLessThanOrEqual(1000);
  });

  it('asks for no more than it may hold', async () => {
    let asked = 0;
    async function* rows() {
      for (;;) yield await Promise.resolve({ n: asked++ });
    }
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    let taken = 0;
    const to = foreachBatchSink(async (batch) => {
      await gate;
      taken += batch.numRows;
    });
    const query = startQuery({ from: fromIterable(rows(), { maxRows: 10 }), to });
    await delay(50);
    expect(asked).toBeLessThanOrEqual(20);
    release();
    while (taken < 100) await delay(1);
    await query.stop();
    expect(asked - taken).toBeLessThanOrEqual(20);
  });

  it('closes what it leaves, and passes on what it throws', async () => {
    let closed = false;
    async function* rows(): AsyncGenerator<{ n: number }> {
      try {
        for (let n = 0; ; n++) yield await Promise.resolve({ n });
      } finally {
        closed = true;
      }
    }
    const sink = memorySink();
    await startQuery({ from: fromIterable(rows()).pipe(take(1)), to: sink }).awaitTermination();
    expect(closed).toBe(true);
    async function* failing(): AsyncGenerator<{ n: number }> {
      yield await Promise.resolve({ n: 1 });
      throw new Error('cut off');
    }
    const kept = memorySink();
    const query = startQuery({ from: fromIterable(failing()), to: kept });
    await expect(query.awaitTermination()).rejects.toThrow(/cut off/);
    expect(kept.rows).toEqual([{ n: 1 }]);
  });

  it('ends also while it waits for a row', async () => {
    const never = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }) };
    const query = startQuery({ from: fromIterable(never), to: memorySink() });
    await delay(10);
    await query.stop();
    expect(query.exception).toBeUndefined();
  });

  it('refuses what is no iterable', () => {
    expect(() => fromIterable(5 as never)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    expect(() => fromIterable([], { maxRow: 1 } as never)).toThrow(expect.objectContaining({ code: 'UNKNOWN_OPTION' }));
  });
});
