import { type Expr, toTree } from '../lib/expressions/index.js';
import type { FlowOperator } from '../lib/operator.js';
import { columnOperator } from './columns/node.js';

/** A row with a column more, or with another value in it. */
export type WithColumn<Row, Name extends string> = {
  [K in keyof Row | Name]: K extends Name ? unknown : K extends keyof Row ? Row[K] : never;
};

/**
 * Adds a column, the value of an expression, which is SQL text or built. A column of that name (in any case, unless
 * one has it exactly) is replaced where it stands.
 *
 * Throws INVALID_EXPRESSION or UNKNOWN_COLUMN when it is put on a flow whose schema is known, else with the first
 * batch.
 *
 * @example
 * ```ts
 * orders$.pipe(withColumn('size', when(col('amount').gt(100), 'large').otherwise('small')));
 * orders$.pipe(withColumn('gross', 'amount * 1.25'));
 * ```
 */
export function withColumn<Row, Name extends string>(
  name: Name,
  value: Expr | string,
): FlowOperator<Row, WithColumn<Row, Name>> {
  return columnOperator({ op: 'withColumn', columns: [[name, toTree(value)]] });
}
