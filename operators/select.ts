import { SluiceError } from '../lib/errors/index.js';
import { Expr, col } from '../lib/expressions/index.js';
import type { FlowOperator } from '../lib/operator.js';
import { columnOperator } from './columns/node.js';

/** What `select` takes: the name of a column, a path into a struct, `'*'`, `'point.*'`, or an expression. */
export type Selectable<Row> = (keyof Row & string) | '*' | `${string}.${string}` | Expr;

/**
 * Gives these columns, in this order. A text is the name of a column (`'amount'`, `'point.x'`, `'*'`, `'point.*'`);
 * anything to be computed is an expression, named by `.as('…')` or else as Spark names it. One expression may be a
 * function that gives several rows for one, such as `explode`: the others are repeated for each. SQL text goes into
 * `selectExpr`.
 *
 * Throws UNKNOWN_COLUMN, INVALID_EXPRESSION, or INVALID_OPTION for a name that is given twice, when it is put on a flow
 * whose schema is known, else with the first batch. Sources decode no columns that nothing needs.
 *
 * @example
 * ```ts
 * flights$.pipe(select('date', 'origin', col('delay').div(60).as('hours')));
 * ```
 */
export function select<Row, K extends keyof Row & string>(...columns: K[]): FlowOperator<Row, Pick<Row, K>>;
export function select<Row>(...columns: Selectable<Row>[]): FlowOperator<Row, Record<string, unknown>>;
export function select(...columns: (string | Expr)[]): unknown {
  if (columns.length === 0) throw new SluiceError('INVALID_OPTION', 'select: name at least one column.');
  const names = columns.filter((column) => typeof column === 'string');
  if (new Set(names).size < names.length) {
    throw new SluiceError('INVALID_OPTION', `select: a column is named twice in ${names.join(', ')}.`);
  }
  return columnOperator({
    op: 'select',
    items: columns.map((column) => {
      if (typeof column === 'string') return { name: column, tree: col(column).tree };
      if (column instanceof Expr) return { tree: column.tree };
      throw new SluiceError('INVALID_OPTION', `select: a column is a name or an expression, not ${typeof column}.`);
    }),
  });
}
