import type { FlowOperator } from '../lib/operator.js';
import { columnOperator } from './columns/node.js';

/**
 * Leaves these columns out. Names that are not there are ignored, as in Spark; case does not matter, unless a column
 * has exactly the name.
 *
 * @example
 * ```ts
 * orders$.pipe(drop('note', 'internal'));
 * ```
 */
export function drop<Row, K extends string>(...columns: K[]): FlowOperator<Row, Omit<Row, K>> {
  return columnOperator({ op: 'drop', names: columns });
}
