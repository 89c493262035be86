export { socketSink } from './sink.js';
export { socketSource } from './source.js';
export { type SocketOptions, type SocketSinkOptions, type SocketSourceOptions } from './options.js';
export { type SocketRow } from './rows.js';
