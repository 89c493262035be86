export {
  Delivery,
  type HiddenColumns,
  MicroBatch,
  type Columns,
  type Done,
  type Json,
  type OffsetRange,
} from './batch/index.js';
export {
  BooleanColumn,
  BytesColumn,
  type Column,
  DecimalColumn,
  FixedColumn,
  ListColumn,
  MapColumn,
  PlainColumn,
  StructColumn,
  Table,
} from './columns/index.js';
export { type CheckpointState, type ReadStateOptions, type StateStoreView, readState } from './checkpoint/index.js';
export {
  type SinkProgress,
  type SourceProgress,
  type StreamingQueryProgress,
  type TriggerOptions,
} from './context/index.js';
export { type DeadLetterRow } from './connect/dead-letter.js';
export { otherwise } from './connect/route.js';
export { SluiceError, errorCodes, type ErrorCode, type ErrorDetails } from './errors/index.js';
export { aggregator, type AggregatorOptions } from './expressions/aggregator.js';
export * from './expressions/builders/index.js';
export {
  type Argument,
  CaseExpr,
  Expr,
  type LambdaArgument,
  type Operand,
  type Setting,
  callFunction,
  col,
  count,
  countDistinct,
  expr,
  lit,
  sessionWindow,
  sumDistinct,
  when,
  window,
  type WindowLength,
  type WindowOptions,
  windowTime,
} from './expressions/index.js';
export { type UserFunction, udf } from './expressions/udf.js';
export { Flow, printSchema } from './flow.js';
export { type FlowOperator } from './operator.js';
export { type Duration, type Size } from './options/index.js';
export { type OutputMode, type PlanNode } from './plan/index.js';
export { gracefulShutdown, queries, startQuery, StreamingQuery } from './query/index.js';
export {
  type Queries,
  type QueryFailure,
  type QueryListener,
  type RestartOptions,
  type StartOptions,
  type StreamingQueryStatus,
} from './query/index.js';
export {
  Decimal,
  Timestamp,
  array,
  binary,
  boolean,
  byte,
  calendarInterval,
  date,
  dayTimeInterval,
  decimal,
  double,
  field,
  float,
  formatDdl,
  int,
  long,
  map,
  parseDdl,
  schemaFromJson,
  schemaToJson,
  short,
  string,
  struct,
  timestamp,
  timestampNtz,
  treeString,
  yearMonthInterval,
} from './schema/index.js';
export { type StateRow } from './state/index.js';
export { type SqlRows, sql } from './sql/index.js';
export {
  type CalendarInterval,
  type DataType,
  type Field,
  type RowOf,
  type Schema,
  type SchemaLike,
  type ValueOf,
} from './schema/index.js';
