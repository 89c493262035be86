import type { FlowOperator } from '../lib/operator.js';
import { columnOperator } from './columns/node.js';

type Renamed<Row, From extends string, To extends string> = {
  [K in keyof Row as K extends From ? To : K]: Row[K];
};

/**
 * Gives a column another name. A name that is not there is ignored, as in Spark; a new name that is taken already is
 * refused with INVALID_SCHEMA. Case does not matter, unless a column has exactly the name.
 *
 * @example
 * ```ts
 * flights$.pipe(withColumnRenamed('origin', 'from'));
 * ```
 */
export function withColumnRenamed<Row, From extends string, To extends string>(
  from: From,
  to: To,
): FlowOperator<Row, Renamed<Row, From, To>> {
  return columnOperator({ op: 'withColumnRenamed', from, to });
}
