import type { MicroBatch } from '../../lib/batch/index.js';
import { type Sink, defineSink } from '../../lib/connect/index.js';
import type { SluiceError } from '../../lib/errors/index.js';
import { type MaybePromise, chain, isPromise } from '../../lib/maybe-promise.js';
import { type ForeachWriter, checkForeachWriter } from './options.js';
import { userCall, userFailure } from './user-call.js';

/**
 * Gives every row to a function of yours, one after the other, in order. The function may return a promise; the next
 * row waits for it. For one call a batch see `foreachBatchSink`.
 *
 * With `open` and `close` it is Spark's `ForeachWriter`: for every batch `open` is called first and `close` last,
 * always once if `open` returned, with what `process` threw or null. An `open` that returns false skips the rows.
 * There is one partition, 0; the epoch is the batch id.
 *
 * **At least once**: a batch that failed half way comes again whole, with the same id. Skip in `open` what is there
 * already, or write so that writing twice does no harm. All output modes.
 *
 * What a function throws ends the query with USER_FUNCTION_FAILED. Throws INVALID_OPTION, MISSING_OPTION and
 * UNKNOWN_OPTION.
 *
 * @example
 * ```ts
 * flow$.subscribe(foreachSink((row) => console.log(row)));
 * flow$.subscribe(
 *   foreachSink({
 *     open: (partitionId, epochId) => !saved.has(epochId),
 *     process: (row) => save(row),
 *     close: (error) => console.log(error === null ? 'saved' : 'failed'),
 *   }),
 * );
 * ```
 */
export function foreachSink<Row>(process: (row: Row) => MaybePromise<unknown>): Sink<Row>;
export function foreachSink<Row>(writer: ForeachWriter<Row>): Sink<Row>;
export function foreachSink<Row>(given: ForeachWriter<Row> | ForeachWriter<Row>['process']): Sink<Row> {
  const writer = typeof given === 'function' ? { process: given } : checkForeachWriter(given);
  return defineSink<Row>({
    op: 'foreachSink',
    supports: { exactlyOnce: false, outputModes: ['append', 'update', 'complete'] },
    open: () => ({ write: (batch) => writeBatch(writer, batch) }),
  });
}

function writeBatch<Row>(writer: ForeachWriter<Row>, batch: MicroBatch<Row>): MaybePromise<void> {
  const { id } = batch;
  const close = (error: unknown): MaybePromise<void> =>
    chain(
      userCall(`foreachSink: close of batch ${id}`, id, () => writer.close?.(error)),
      () => undefined,
    );
  return chain(
    userCall(`foreachSink: open of batch ${id}`, id, () => writer.open?.(0, id)),
    (wanted) => closing(() => (wanted === false ? undefined : processRows(writer, batch)), close),
  );
}

/** One row after the other: at once as long as `process` returns no promise, which would cost more than most rows. */
function processRows<Row>(writer: ForeachWriter<Row>, { id, rows }: MicroBatch<Row>): MaybePromise<void> {
  let row = 0;
  const failed = (cause: unknown): never => {
    throw userFailure(`foreachSink: row ${row} of batch ${id}`, { batchId: id, row }, cause);
  };
  const waitAndGoOn = async (first: PromiseLike<unknown>): Promise<void> => {
    await first;
    for (row++; row < rows.length; row++) {
      const result = writer.process(rows[row]!);
      if (isPromise(result)) await result;
    }
  };
  try {
    for (; row < rows.length; row++) {
      const result = writer.process(rows[row]!);
      if (isPromise(result)) return waitAndGoOn(result).catch(failed);
    }
  } catch (cause) {
    failed(cause);
  }
}

/** Does `work`, then `close` with what the user's function threw, or null. If both fail, it is the work that failed. */
function closing(work: () => MaybePromise<void>, close: (error: unknown) => MaybePromise<void>): MaybePromise<void> {
  const failed = (error: unknown): MaybePromise<void> => {
    const rethrow = (): never => {
      throw error;
    };
    let closed: MaybePromise<void>;
    try {
      closed = close((error as SluiceError).cause ?? error);
    } catch {
      return rethrow();
    }
    return isPromise(closed) ? closed.then(rethrow, rethrow) : rethrow();
  };
  let working: MaybePromise<void>;
  try {
    working = work();
  } catch (error) {
    return failed(error);
  }
  return isPromise(working) ? working.then(() => close(null), failed) : close(null);
}
