import { Observable } from 'rxjs';
import type { MicroBatch } from '../lib/batch/index.js';
import { inQuery } from '../lib/context/index.js';
import { SluiceError } from '../lib/errors/index.js';
import { type FlowOperator, flowOperator } from '../lib/operator.js';
import { nonEmptyText, parseOptions } from '../lib/options/index.js';
import { nodesOf } from '../lib/plan/index.js';
import { firstHidden } from './columns/hidden-rows.js';

export interface LimitOptions {
  /** The name under which the count is kept in the checkpoint. Default `limit(n)`. */
  name?: string;
}

/**
 * Lets the first `n` rows of the whole stream through, then completes it. The count is kept with the checkpoint: a
 * restart goes on counting. Behind an aggregation, in the output mode `'complete'`, it gives the first `n` rows of
 * each result, and completes nothing. Throws INVALID_OPTION, and UNSUPPORTED_PIPELINE at the start in the output mode `'update'`.
 *
 * @example
 * ```ts
 * rateSource({ rowsPerSecond: 100 }).pipe(limit(10)).subscribe(consoleSink());
 * ```
 */
export function limit<Row>(n: number, options: LimitOptions = {}): FlowOperator<Row, Row> {
  if (!Number.isSafeInteger(n) || n < 0) {
    throw new SluiceError(
      'INVALID_OPTION',
      `limit: the number of rows must be a whole number of at least 0, not ${n}.`,
    );
  }
  const { name = `limit(${n})` } = parseOptions('limit', options, { name: nonEmptyText() });
  return flowOperator((input) => ({
    op: 'limit',
    detail: String(n),
    schema: input.schema,
    hidden: input.hidden,
    eventTime: input.eventTime,
    traits: { stateful: true, role: { kind: 'limit' } },
    needs: (wanted) => wanted,
    connect: ([source]) =>
      new Observable((subscriber) =>
        inQuery(subscriber, (context, destination) => {
          // Behind an aggregation each batch is the whole result.
          const whole = [...nodesOf(input)].some(({ traits }) => traits.role?.kind === 'aggregation');
          const passed = context.state.cell<number>(name, 0);
          const subscription = source!.subscribe({
            next: (batch) => {
              if (whole && context.outputMode === 'complete') {
                destination.next(firstRows(batch, n));
                return;
              }
              const left = n - passed.value;
              if (batch.numRows < left) {
                passed.stage(passed.value + batch.numRows);
                destination.next(batch);
                return;
              }
              passed.stage(n);
              destination.next(firstRows(batch, left));
              destination.complete();
            },
            error: (error: unknown) => destination.error(error),
            complete: () => destination.complete(),
          });
          const forget = context.state.whenKnown(() => {
            if (passed.value >= n) destination.complete();
          });
          return () => {
            forget();
            subscription.unsubscribe();
            context.state.release(name);
          };
        }),
      ),
  }));
}

function firstRows(batch: MicroBatch, n: number): MicroBatch {
  if (batch.numRows <= n) return batch;
  const first = batch.isColumnar
    ? batch.with(batch.table.slice(0, n))
    : batch.with(batch.rows.slice(0, n), batch.schema);
  return first.withHidden(firstHidden(batch, n));
}
