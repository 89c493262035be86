import { SluiceError } from '../lib/errors/index.js';
import { type Expr, toTree } from '../lib/expressions/index.js';
import type { FlowOperator } from '../lib/operator.js';
import { columnOperator } from './columns/node.js';
import type { WithColumn } from './with-column.js';

/**
 * Adds or replaces several columns. All their expressions see the columns that come in, none sees another of them.
 *
 * Throws INVALID_EXPRESSION or UNKNOWN_COLUMN when it is put on a flow whose schema is known, else with the first
 * batch.
 *
 * @example
 * ```ts
 * points$.pipe(withColumns({ x: col('y'), y: col('x') })); // swapped
 * ```
 */
export function withColumns<Row, Name extends string>(
  columns: Readonly<Record<Name, Expr | string>>,
): FlowOperator<Row, WithColumn<Row, Name>> {
  const entries = Object.entries<Expr | string>(columns);
  const names = new Set(entries.map(([name]) => name.toLowerCase()));
  if (names.size < entries.length) {
    const given = entries.map(([name]) => name).join(', ');
    throw new SluiceError('INVALID_OPTION', `withColumns: a column is named twice in ${given}.`);
  }
  return columnOperator({ op: 'withColumns', columns: entries.map(([name, value]) => [name, toTree(value)]) });
}
