export { type BatchStream, type OutputMode, type PlanNode, type Traits, type Wanted, nodesOf } from './node.js';
export { type CheckedSink, checkPlan } from './check.js';
export { type ExplainedBranch, type ExplainedSink, explain } from './explain.js';
export { connect, optimize } from './optimize.js';
export { type EventTime, mergedEventTime, reachingWatermark } from './event-time.js';
export { settingsOf } from './settings.js';
export type { StreamingRole } from './streaming-rules.js';
