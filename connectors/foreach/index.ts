export { foreachBatchSink } from './batch-sink.js';
export { foreachSink } from './sink.js';
export { type ForeachWriter } from './options.js';
