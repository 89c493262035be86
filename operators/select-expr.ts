import { SluiceError } from '../lib/errors/index.js';
import { parseExpression } from '../lib/expressions/index.js';
import type { FlowOperator } from '../lib/operator.js';
import { columnOperator } from './columns/node.js';

/**
 * As `select`, with each column as SQL text: `'CAST(key AS STRING)'`, `'amount * 1.25 AS gross'`, `'*'`,
 * `'explode(tags) AS tag'`. Throws INVALID_EXPRESSION for what cannot be read, at once.
 *
 * @example
 * ```ts
 * messages$.pipe(selectExpr('CAST(key AS STRING)', 'upper(value) AS v'));
 * ```
 */
export function selectExpr<Row>(...columns: string[]): FlowOperator<Row, Record<string, unknown>> {
  if (columns.length === 0) throw new SluiceError('INVALID_OPTION', 'selectExpr: give at least one column.');
  return columnOperator({ op: 'selectExpr', items: columns.map((sql) => ({ tree: parseExpression(sql) })) });
}
