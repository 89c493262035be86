import { type FlowOperator, eachBatch, flowOperator } from '../lib/operator.js';
import { checkPartitions } from './repartition.js';

/**
 * Has the rows of a batch go to no more than `n` files (of each folder): of the partitions that a `repartition` above
 * made, neighbours are put together; without one a batch is a single partition, and stays so. Throws INVALID_OPTION.
 *
 * @example
 * ```ts
 * orders$.pipe(repartition(8, 'shop'), coalesce(2));
 * ```
 */
export function coalesce<Row>(n: number): FlowOperator<Row, Row> {
  checkPartitions('coalesce', n);
  return flowOperator((input) => ({
    op: 'coalesce',
    detail: String(n),
    schema: input.schema,
    hidden: input.hidden,
    eventTime: input.eventTime,
    needs: (wanted) => wanted,
    passes: (conditions) => conditions,
    connect: ([source]) =>
      eachBatch(source!, (batch) => {
        const { layout } = batch;
        return layout === undefined || layout.groups <= n ? batch : batch.dealtOut({ ...layout, groups: n });
      }),
  }));
}
