export {
  Backoff,
  type ReconnectOptions,
  type ReconnectSettings,
  Retries,
  reconnectOption,
  retryTimes,
} from './backoff.js';
export { type Feed, Inbox } from './inbox.js';
export {
  type Overflow,
  type PushOptions,
  type PushSettings,
  type SpillOptions,
  pushSettings,
  pushSpec,
  transportDefaults,
} from './options.js';
export { type Codec, rowCodec } from './row-codec.js';
export { type PushReader, type PushSourceDefinition, type Transport, definePushSource, openInbox } from './source.js';
