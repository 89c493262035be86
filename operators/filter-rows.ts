import { Flow, planOf } from '../lib/flow.js';
import type { FlowOperator } from '../lib/operator.js';
import { type RowInfo, rowsNode } from './row-stages.js';

/**
 * Keeps the rows for which `predicate` returns true. Columns keep their types. What it throws ends the query with
 * USER_FUNCTION_FAILED. A function of plain JavaScript; an expression (`where`) is faster.
 *
 * @example
 * ```ts
 * orders$.pipe(filterRows((order) => order.amount > 100));
 * ```
 */
export function filterRows<Row>(predicate: (row: Row, info: RowInfo) => boolean): FlowOperator<Row, Row> {
  return (source) => {
    const input = planOf(source as never);
    return new Flow<Row>(rowsNode(input, [{ op: 'filterRows', fn: predicate }], input.schema));
  };
}
