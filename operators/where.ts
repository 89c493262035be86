import { type Expr, toTree } from '../lib/expressions/index.js';
import type { FlowOperator } from '../lib/operator.js';
import { columnOperator } from './columns/node.js';

/**
 * Keeps the rows for which a condition is true; those for which it is false or null are left out. The condition is SQL
 * text or an expression.
 *
 * Throws INVALID_EXPRESSION or UNKNOWN_COLUMN when it is put on a flow whose schema is known, else with the first
 * batch. Sources skip what they know cannot fulfil the condition, and decode no columns that nothing needs; the result
 * does not depend on it.
 *
 * @example
 * ```ts
 * orders$.pipe(where('amount > 100 AND shop IS NOT NULL'));
 * orders$.pipe(where(col('amount').gt(100)));
 * ```
 */
export function where<Row>(condition: Expr | string): FlowOperator<Row, Row> {
  return columnOperator({ op: 'where', condition: toTree(condition) });
}
