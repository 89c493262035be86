export { type Ambient, ambient, within } from './ambient.js';
export { QueryContext } from './query-context.js';
export { type Ending, type ObservedQuery, type QuerySession } from './session.js';
export { inQuery, joinQuery } from './join.js';
export {
  type BatchCommit,
  type BatchPlan,
  type PlannedRange,
  type QueryLog,
  type Recovered,
  type SourceRecord,
} from './log.js';
export { type SinkProgress, type SourceProgress, type StreamingQueryProgress } from './progress.js';
export { type StateCell } from './state.js';
export type {
  NoDataBatch,
  OperatorState,
  OperatorWatermarks,
  StateMetrics,
  StateOperatorProgress,
  StatefulDefinition,
} from './stateful.js';
export type { EventTimes, WatermarkPolicy } from './watermarks.js';
export { type Trigger, type TriggerOptions, describeTrigger, nextTick, parseTrigger } from './trigger.js';
