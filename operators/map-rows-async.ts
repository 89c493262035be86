import { Observable, type SchedulerLike, asyncScheduler } from 'rxjs';
import type { MicroBatch } from '../lib/batch/index.js';
import { ambient } from '../lib/context/index.js';
import { SluiceError, messageOf } from '../lib/errors/index.js';
import { failBatch } from '../lib/operator.js';
import type { BatchStream } from '../lib/plan/index.js';
import type { Schema } from '../lib/schema/index.js';
import { type RowInfo, infoOf } from './row-stages.js';

export interface AsyncOptions {
  readonly concurrency: number;
  readonly timeout: number | undefined;
  readonly retries: number;
  readonly schema: Schema | undefined;
}

type AsyncRowFunction = (row: unknown, info: RowInfo) => unknown;

/** The pause before the first retry; it doubles with each, up to the longest, and is jittered by half. */
const firstPause = 100;
const longestPause = 10_000;

/** Calls `fn` for the rows of a batch, several at once, and hands the batch on when all are there, in order. */
export function mapRowsAsync(source: BatchStream, fn: AsyncRowFunction, options: AsyncOptions): BatchStream {
  return new Observable<MicroBatch>((subscriber) => {
    const clock = ambient().context?.clock ?? asyncScheduler;
    let running = 0;
    let completed = false;
    const subscription = source.subscribe({
      next: (batch) => {
        const done = batch.hold();
        running++;
        mapAll(batch, fn, options, clock, () => subscriber.closed).then(
          (rows) => {
            running--;
            subscriber.next(batch.with(rows as Record<string, unknown>[], options.schema as never));
            done();
            if (completed && running === 0) subscriber.complete();
          },
          (error: unknown) => {
            failBatch(subscriber, batch, error);
            done();
          },
        );
      },
      error: (error: unknown) => subscriber.error(error),
      complete: () => {
        completed = true;
        if (running === 0) subscriber.complete();
      },
    });
    return subscription;
  });
}

async function mapAll(
  batch: MicroBatch,
  fn: AsyncRowFunction,
  options: AsyncOptions,
  clock: SchedulerLike,
  left: () => boolean,
): Promise<unknown[]> {
  const rows: readonly unknown[] = batch.rows;
  const out = new Array<unknown>(rows.length);
  const info = infoOf(batch);
  let next = 0;
  let failed = false;
  const work = async (): Promise<void> => {
    while (next < rows.length && !failed && !left()) {
      const i = next++;
      try {
        out[i] = await callWithRetries(
          () => fn(rows[i], info),
          options,
          clock,
          () => failed || left(),
        );
      } catch (error) {
        failed = true;
        const code = error instanceof SluiceError ? error.code : 'USER_FUNCTION_FAILED';
        const message = `mapRows: the function failed on row ${i} of batch ${batch.id}: ${messageOf(error)}`;
        throw new SluiceError(code, message, { cause: error, details: { batchId: batch.id, row: i } });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.concurrency, rows.length) }, work));
  return out;
}

async function callWithRetries(
  call: () => unknown,
  { timeout, retries }: AsyncOptions,
  clock: SchedulerLike,
  left: () => boolean,
): Promise<unknown> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await (timeout === undefined ? call() : withTimeout(call, timeout, clock));
    } catch (error) {
      if (attempt >= retries || left()) throw error;
      const pause = Math.min(firstPause * 2 ** attempt, longestPause);
      await new Promise<void>((resolve) => clock.schedule(() => resolve(), pause * (0.5 + Math.random() / 2)));
    }
  }
}

function withTimeout(call: () => unknown, timeout: number, clock: SchedulerLike): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = clock.schedule(
      () => reject(new SluiceError('TIMEOUT', `it took longer than ${timeout} ms`)),
      timeout,
    );
    Promise.resolve()
      .then(call)
      .then(resolve, reject)
      .finally(() => timer.unsubscribe());
  });
}
