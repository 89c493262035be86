import { Flow, planOf } from '../lib/flow.js';
import { type FlowOperator, flowOperator } from '../lib/operator.js';
import { type Duration, duration, parseOptions, schema, wholeNumber } from '../lib/options/index.js';
import type { SchemaLike } from '../lib/schema/index.js';
import { type AsyncOptions, mapRowsAsync } from './map-rows-async.js';
import { type RowInfo, rowsNode } from './row-stages.js';

export interface MapRowsOptions<Row> {
  /** The types of the rows that `fn` makes. Without it sinks that need types take them from the values. */
  schema?: SchemaLike<Row>;
}

export interface MapRowsAsyncOptions<Row> extends MapRowsOptions<Row> {
  /** How many calls may be under way at once. Default 16. */
  concurrency?: number;
  /** How long one call may take. Default: as long as it does. */
  timeout?: Duration;
  /** How often a failed call is made again, after a growing, jittered pause. Default 0. */
  retries?: number;
}

const asyncKeys = ['concurrency', 'timeout', 'retries'] as const;
const spec = {
  schema: schema(),
  concurrency: wholeNumber({ min: 1 }, 16),
  timeout: duration(),
  retries: wholeNumber({ min: 0 }, 0),
};

/**
 * Turns each row into another. With `concurrency`, `timeout` or `retries` the function may be asynchronous, for
 * look-ups: calls overlap within those bounds, and rows keep their order. What it throws in the end stops the query
 * with USER_FUNCTION_FAILED (TIMEOUT if it took too long).
 *
 * The second argument of `fn` is `{ batchId, timestamp, watermark }`: with a replayed batch they are the same again,
 * the wall clock is not.
 *
 * @example
 * ```ts
 * orders$.pipe(
 *   mapRows((order) => ({ ...order, gross: order.amount * 1.25 })),
 *   mapRows(async (order) => ({ ...order, rate: await rateOf(order.shop) }), { concurrency: 16, timeout: '5 seconds', retries: 3 }),
 * );
 * ```
 */
export function mapRows<Row, Out>(
  fn: (row: Row, info: RowInfo) => Out,
  options?: MapRowsOptions<Out>,
): FlowOperator<Row, Out>;
export function mapRows<Row, Out>(
  fn: (row: Row, info: RowInfo) => PromiseLike<Out> | Out,
  options: MapRowsAsyncOptions<Out>,
): FlowOperator<Row, Out>;
export function mapRows<Row, Out>(
  fn: (row: Row, info: RowInfo) => PromiseLike<Out> | Out,
  options: MapRowsAsyncOptions<Out> = {},
): FlowOperator<Row, Out> {
  const parsed = parseOptions('mapRows', options, spec);
  if (!asyncKeys.some((key) => options[key] !== undefined)) {
    return (source) => new Flow<Out>(rowsNode(planOf(source as never), [{ op: 'mapRows', fn }], parsed.schema));
  }
  const settings: AsyncOptions = parsed;
  return flowOperator(() => ({
    op: 'mapRows',
    detail: `${fn.name} concurrency: ${parsed.concurrency}`.trimStart(),
    schema: parsed.schema,
    connect: ([source]) => mapRowsAsync(source!, fn as never, settings),
  }));
}
