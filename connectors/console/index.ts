export { consoleSink } from './sink.js';
export { type ConsoleSinkOptions } from './options.js';
