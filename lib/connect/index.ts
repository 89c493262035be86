export { defineSource } from './source.js';
export { type BranchOptions, type BranchSink } from './branch.js';
export { fanOut } from './fan-out.js';
export { type Route, otherwise, route } from './route.js';
export { type RowCondition, type RowConditionInfo } from './row-router.js';
export { Sink, defineSink } from './sink.js';
export {
  type ReadLimit,
  type SinkContext,
  type SinkDefinition,
  type SinkWriter,
  type SourceContext,
  type SourceDefinition,
  type SourceReader,
  type SourceStatus,
} from './contract.js';
