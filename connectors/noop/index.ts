export { noopSink } from './sink.js';
