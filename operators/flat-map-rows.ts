import { Flow, planOf } from '../lib/flow.js';
import type { FlowOperator } from '../lib/operator.js';
import { type SchemaLike, toSchema } from '../lib/schema/index.js';
import { type RowInfo, rowsNode } from './row-stages.js';

export interface FlatMapRowsOptions<Row> {
  /** The types of the rows that `fn` makes. Without it sinks that need types take them from the values. */
  schema?: SchemaLike<Row>;
}

/**
 * Turns each row into any number of rows. What `fn` throws ends the query with USER_FUNCTION_FAILED.
 *
 * @example
 * ```ts
 * lines$.pipe(flatMapRows(({ value }) => (value ?? '').split(' ').map((word) => ({ word }))));
 * ```
 */
export function flatMapRows<Row, Out>(
  fn: (row: Row, info: RowInfo) => Iterable<Out>,
  options: FlatMapRowsOptions<Out> = {},
): FlowOperator<Row, Out> {
  const schema = options.schema === undefined ? undefined : toSchema(options.schema);
  return (source) => new Flow<Out>(rowsNode(planOf(source as never), [{ op: 'flatMapRows', fn }], schema));
}
