export { aggregate, type AggregateOptions, type AggregateRow, type NamedExpressions } from './aggregate.js';
export { checkpoint, type CheckpointOptions } from './checkpoint.js';
export { coalesce } from './coalesce.js';
export type { DeduplicationOptions } from './deduplication/deduplication.js';
export { distinct } from './distinct.js';
export { drop } from './drop.js';
export { dropDuplicates } from './drop-duplicates.js';
export { dropDuplicatesWithinWatermark } from './drop-duplicates-within-watermark.js';
export { fallback, type FallbackOptions } from './fallback.js';
export { filterRows } from './filter-rows.js';
export { flatMapGroupsWithState, type FlatMapGroupsWithStateOptions } from './flat-map-groups-with-state.js';
export { flatMapRows, type FlatMapRowsOptions } from './flat-map-rows.js';
export { type Grouped, groupBy } from './group-by.js';
export { type GroupBy, type KeyOf } from './groups/group-key.js';
export { type GroupState, type GroupTimeout } from './groups/group-state.js';
export { type GroupsWithStateOptions, type InitialState } from './groups/groups-with-state.js';
export { join, type JoinOptions } from './join.js';
export { type JoinOn } from './joins/options.js';
export { joinTable, type JoinTableOptions } from './join-table.js';
export { type JoinType, type JoinedRow } from './joins/types.js';
export { limit, type LimitOptions } from './limit.js';
export { mapGroupsWithState } from './map-groups-with-state.js';
export { mapRows, type MapRowsAsyncOptions, type MapRowsOptions } from './map-rows.js';
export { microBatch, type MicroBatchOptions } from './micro-batch.js';
export { type Overflow, type PushOptions, type SpillOptions } from '../lib/connect/push/index.js';
export { observe } from './observe.js';
export { orderBy } from './order-by.js';
export { outputMode } from './output-mode.js';
export { rateLimit, type RateLimitOptions } from './rate-limit.js';
export { repartition } from './repartition.js';
export { type RowInfo } from './row-stages.js';
export { retryWithBackoff, type RetryOptions } from './retry-with-backoff.js';
export { select, type Selectable } from './select.js';
export { selectExpr } from './select-expr.js';
export { session, type SessionOptions } from './session.js';
export {
  type ExpiredTimerInfo,
  type ListState,
  type MapState,
  type QueryInfo,
  type StatefulProcessor,
  type StatefulProcessorHandle,
  type TTLConfig,
  type TimeMode,
  type TimerValues,
  type ValueState,
} from './transform/processor.js';
export { transformWithState, type TransformWithStateOptions } from './transform-with-state.js';
export { trigger } from './trigger.js';
export { union } from './union.js';
export { unionByName, type UnionByNameOptions } from './union-by-name.js';
export { validate, type ValidateOptions } from './validate.js';
export { where } from './where.js';
export { type WatermarkOptions, withWatermark } from './with-watermark.js';
export { withColumn, type WithColumn } from './with-column.js';
export { withColumnRenamed } from './with-column-renamed.js';
export { withColumns } from './with-columns.js';
// What aggregations are made of, so that a pipeline needs one import.
export * from '../lib/expressions/builders/aggregate.js';
export { count, countDistinct, sessionWindow, sumDistinct, window, windowTime } from '../lib/expressions/index.js';
