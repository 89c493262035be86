export {
  type BranchOptions,
  type BranchSink,
  type ReadLimit,
  type Route,
  type RowCondition,
  type RowConditionInfo,
  Sink,
  type SinkContext,
  type SinkDefinition,
  type SinkWriter,
  type SourceContext,
  type SourceDefinition,
  type SourceReader,
  type SourceStatus,
  defineSink,
  defineSource,
  fanOut,
  route,
} from '../lib/connect/index.js';
export {
  type Overflow,
  type PushOptions,
  type ReconnectOptions,
  type SpillOptions,
} from '../lib/connect/push/index.js';
export * from './console/index.js';
export * from './file/index.js';
export * from './foreach/index.js';
export * from './iterable/index.js';
export * from './kafka/index.js';
export * from './memory/index.js';
export * from './noop/index.js';
export * from './rate/index.js';
export * from './socket/index.js';
export * from './websocket/index.js';
