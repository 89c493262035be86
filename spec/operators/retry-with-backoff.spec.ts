import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startQuery } from '../../lib/index.js';
import { batch, marbles } from '../../lib/testing/index.js';
import { checkpoint, retryWithBackoff, trigger } from '../../operators/index.js';
import { collector, counter, upTo } from '../helpers/pipelines.js';

/** Fails so many times when it is to read from there on. */
const failingAt = (at: number, times: number) => {
  let left = times;
  return (from: number): void => {
    if (from === at && left-- > 0) throw new Error(`planted at ${at}`);
  };
};
const rows = (from: number, to: number) =>
  batch(
    upTo(to)
      .slice(from)
      .map((n) => ({ n })),
    undefined,
    { id: from / 10 },
  );
const three = { a: rows(0, 10), b: rows(10, 20), c: rows(20, 30) };
const source = (times: number, at = 10) => counter({ total: 30, onRead: failingAt(at, times) });
const steady = { initial: 4, jitter: false };

describe('retryWithBackoff', () => {
  it('waits longer each time, and goes on from the last commit', () => {
    marbles(({ expectBatches }) => {
      const result = source(3).pipe(retryWithBackoff({ ...steady, max: 10 }), trigger({ processingTime: 1 }));
      // b is to be read at 1; tried again after 4, 8 and 10.
      expectBatches(result).toBe('a 22ms bc|', three);
    });
  });

  it('gives up after so many failures in a row', () => {
    marbles(({ expectBatches }) => {
      const result = source(9).pipe(retryWithBackoff({ ...steady, maxRetries: 2 }), trigger({ processingTime: 1 }));
      expectBatches(result).toBe('a 12ms #', three, /planted at 10/);
    });
  });

  it('counts afresh when a try has run long enough', () => {
    const twice = (resetAfter: number) => {
      const [first, second] = [failingAt(10, 1), failingAt(20, 1)];
      const onRead = (from: number): void => (first(from), second(from));
      return counter({ total: 30, onRead }).pipe(
        retryWithBackoff({ ...steady, maxRetries: 1, resetAfter }),
        trigger({ processingTime: 10 }),
      );
    };
    marbles(({ expectBatches }) => {
      expectBatches(twice(5)).toBe('a 13ms b 9ms c 5ms |', three);
    });
    marbles(({ expectBatches }) => {
      expectBatches(twice(100)).toBe('a 13ms b 5ms #', three, /planted at 20/);
    });
  });

  it('passes on what is not worth a try', () => {
    marbles(({ expectBatches }) => {
      const when = (error: unknown): boolean => !(error as Error).message.includes('planted');
      expectBatches(source(1).pipe(retryWithBackoff({ ...steady, when }))).toBe('(a#)', three, /planted at 10/);
    });
  });

  it('left while it waits, it does not try again', () => {
    let reads = 0;
    marbles(({ expectBatches }) => {
      const failing = counter({
        total: 30,
        onRead: () => {
          reads++;
          throw new Error('gone');
        },
      });
      expectBatches(failing.pipe(retryWithBackoff(steady), trigger({ processingTime: 1 })), '2ms !').toBe('-', {});
    });
    expect(reads).toBe(1);
  });

  it.each(['above', 'below'] as const)('%s a checkpoint, each row comes once', async (where) => {
    const dir = mkdtempSync(join(tmpdir(), 'sluice-retry-'));
    try {
      const again = retryWithBackoff<{ n: number }>({ initial: 5, jitter: false });
      const flow$ = source(3);
      const from = where === 'above' ? flow$.pipe(again, checkpoint(dir)) : flow$.pipe(checkpoint(dir), again);
      const { sink, batches } = collector();
      await startQuery({ from, to: sink }).awaitTermination();
      expect(batches.flatMap((b) => b.ns)).toEqual(upTo(30));
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it('refuses options that it does not know', () => {
    expect(() => retryWithBackoff({ maxRetry: 3 } as never)).toThrow(/maxRetries/);
    expect(() => retryWithBackoff({ initial: 'soon' })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});
