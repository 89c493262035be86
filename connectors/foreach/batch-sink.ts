import type { MicroBatch } from '../../lib/batch/index.js';
import { type Sink, defineSink } from '../../lib/connect/index.js';
import { SluiceError } from '../../lib/errors/index.js';
import { type MaybePromise, chain } from '../../lib/maybe-promise.js';
import { userCall } from './user-call.js';

/**
 * Gives every micro-batch to a function of yours, also an empty one; the batch is done when the function returns, or
 * its promise resolves. All output modes.
 *
 * **At least once**: a batch that failed comes again, with the same id and the same rows. It counts once if the
 * function stores the query id and the batch id together with the rows, and skips what it finds stored.
 *
 * What the function throws ends the query with USER_FUNCTION_FAILED. Throws INVALID_OPTION.
 *
 * @example
 * ```ts
 * flow$.subscribe(
 *   foreachBatchSink(async (batch, batchId) => {
 *     await database.transaction((t) => t.insertOnce(batch.query.id, batchId, batch.rows));
 *   }),
 * );
 * ```
 */
export function foreachBatchSink<Row>(
  fn: (batch: MicroBatch<Row>, batchId: number) => MaybePromise<unknown>,
): Sink<Row> {
  if (typeof fn !== 'function') {
    throw new SluiceError('INVALID_OPTION', `foreachBatchSink: a function is required, not ${typeof fn}.`);
  }
  return defineSink<Row>({
    op: 'foreachBatchSink',
    supports: { exactlyOnce: false, outputModes: ['append', 'update', 'complete'] },
    open: () => ({
      write: (batch) =>
        chain(
          userCall(`foreachBatchSink: batch ${batch.id}`, batch.id, () => fn(batch, batch.id)),
          () => undefined,
        ),
    }),
  });
}
