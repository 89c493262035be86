export { webSocketSink } from './sink.js';
export { webSocketSource } from './source.js';
export {
  type WebSocketOptions,
  type WebSocketServerOptions,
  type WebSocketSinkOptions,
  type WebSocketSourceOptions,
} from './options.js';
export { type WebSocketRow } from './rows.js';
