export { defineSource } from './source.js';
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
