import type { Server as HttpServer } from 'node:http';
import type { ConnectionOptions, TlsOptions } from 'node:tls';
import {
  type PushOptions,
  type ReconnectOptions,
  pushSettings,
  pushSpec,
  reconnectOption,
  transportDefaults,
} from '../../lib/connect/push/index.js';
import { SluiceError } from '../../lib/errors/index.js';
import {
  type Duration,
  type Size,
  custom,
  duration,
  flag,
  func,
  nonEmptyText,
  oneOf,
  parseOptions,
  size,
  wholeNumber,
} from '../../lib/options/index.js';

/** How to be connected to: a port of our own, or a server that is there. */
export interface WebSocketServerOptions {
  /** The port to listen on; 0: any that is free. This or `http` is required. */
  readonly port?: number;
  /** The address to listen on. Default `'127.0.0.1'`: this machine alone. */
  readonly host?: string;
  /** A server of yours whose upgrades at `path` are taken; it is not closed. */
  readonly http?: HttpServer;
  /** The path that clients name. Default `'/'`. */
  readonly path?: string;
  /** TLS on a port of our own: options of Node's `https.createServer` such as `key` and `cert`. */
  readonly tls?: TlsOptions;
  /** What clients have to send as `Authorization: Bearer …`; others get 401. Default: nothing. */
  readonly token?: string;
  /** The origins of pages that may connect; others get 403. Clients that are no browser send none. Default: all. */
  readonly origins?: readonly string[];
  /** How many clients there may be at once; more get 503. Default 1,000. */
  readonly maxConnections?: number;
  /** Called with the port once it listens. */
  readonly onListening?: (address: { readonly port: number }) => void;
}

/** What client and server, source and sink have in common. */
export interface WebSocketOptions {
  /** The server to connect to, `ws://` or `wss://`. This or `server` is required. */
  readonly url?: string;
  /** Is connected to instead. */
  readonly server?: WebSocketServerOptions;
  /** With `url`: sent as `Authorization: Bearer …`. */
  readonly token?: string;
  /** With `url`: options of Node's `tls.connect`, such as `ca`. */
  readonly tls?: ConnectionOptions;
  /** With `url`: whether, and how, to connect again. Default true. */
  readonly reconnect?: boolean | ReconnectOptions;
  /** How often the other side is asked whether it lives; one that has not answered by the next time is left. Default `'30 seconds'`. */
  readonly pingInterval?: Duration;
  /** The largest message that is taken; who sends a larger one is disconnected (1009), and counted. Default `'1m'`. */
  readonly maxMessageBytes?: Size;
}

export interface WebSocketSourceOptions extends WebSocketOptions, PushOptions {
  /** What `value` is: `'text'` (STRING) or `'binary'` (BINARY); either takes both kinds of messages. Default `'text'`. */
  readonly messages?: 'text' | 'binary';
  /** Whether rows have a second column `timestamp`: when the message came. Default false. */
  readonly includeTimestamp?: boolean;
  /** With `server`: how many messages a client may send in a second; above, it is disconnected (1008). Default: any. */
  readonly maxMessagesPerSecond?: number;
  /**
   * With `server` and `buffer: { spill }`: each client is told how many of its messages are on the disk, by messages
   * `{"acknowledged": 17}`. Default false.
   */
  readonly acknowledge?: boolean;
  /** The name under which the source is kept in the checkpoint. Default `webSocket`. */
  readonly name?: string;
}

export interface WebSocketSinkOptions extends WebSocketOptions {
  /** With `server`: what a client that comes later gets first: nothing, or the last batch. Default `'lastBatch'`. */
  readonly onConnect?: 'nothing' | 'lastBatch';
  /** With `server`: how much may wait for one client. Default `'1m'`. */
  readonly maxBufferedBytes?: Size;
  /**
   * With `server`: what happens to a client for which more waits: it is disconnected, or it misses batches.
   * Either is counted, as
   * `slowClients` in `observedMetrics.webSocketSink` of the progress. Default `'disconnect'`.
   */
  readonly slowClients?: 'disconnect' | 'skip';
}

const isServer = (value: unknown): value is HttpServer =>
  typeof (value as { on?: unknown } | null)?.on === 'function' && typeof (value as HttpServer).listen === 'function';
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const areTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');

const serverSpec = {
  port: wholeNumber({ min: 0, max: 65_535 }),
  host: nonEmptyText(),
  http: custom(isServer, 'an HTTP server'),
  path: nonEmptyText(),
  tls: custom(isObject, 'TLS options'),
  token: nonEmptyText(),
  origins: custom(areTexts, 'a list of origins'),
  maxConnections: wholeNumber({ min: 1 }, 1000),
  onListening: func<(address: { readonly port: number }) => void>(),
};

const spec = {
  url: nonEmptyText(),
  server: { read: (value: unknown) => parseOptions('server', value, serverSpec), fallback: undefined, required: false },
  token: nonEmptyText(),
  tls: custom(isObject, 'TLS options'),
  reconnect: reconnectOption(true),
  pingInterval: duration('30 seconds'),
  maxMessageBytes: size('1m'),
};

const sourceSpec = {
  ...spec,
  ...pushSpec,
  messages: oneOf(['text', 'binary'], 'text'),
  includeTimestamp: flag(false),
  maxMessagesPerSecond: wholeNumber({ min: 1 }),
  acknowledge: flag(false),
  name: nonEmptyText(),
};

const sinkSpec = {
  ...spec,
  onConnect: oneOf(['nothing', 'lastBatch'], 'lastBatch'),
  maxBufferedBytes: size('1m'),
  slowClients: oneOf(['disconnect', 'skip'], 'disconnect'),
};

export type ServerSettings = ReturnType<typeof parseWebSocketSink>['server'] & object;
export type SourceSettings = ReturnType<typeof parseWebSocketSource>;
export type SinkSettings = ReturnType<typeof parseWebSocketSink>;

export function parseWebSocketSource(options: WebSocketSourceOptions) {
  const what = 'webSocketSource';
  const { name = 'webSocket', ...parsed } = parseOptions(what, options, sourceSpec);
  const settings = pushSettings(what, parsed, transportDefaults);
  if (parsed.acknowledge && (parsed.server === undefined || settings.spill === undefined)) {
    throw refused(what, 'acknowledge', 'needs `server`, and `buffer: { spill }`');
  }
  if (parsed.acknowledge && settings.overflow === 'dropNewest') {
    throw refused(what, 'acknowledge', "cannot be had with overflow 'dropNewest'");
  }
  return { ...parsed, name, settings, detail: detailOf(what, parsed) };
}

export function parseWebSocketSink(options: WebSocketSinkOptions) {
  const parsed = parseOptions('webSocketSink', options, sinkSpec);
  return { ...parsed, detail: detailOf('webSocketSink', parsed) };
}

function refused(what: string, option: string, why: string): SluiceError {
  return new SluiceError('INVALID_OPTION', `${what}: the option '${option}' ${why}.`, { details: { option } });
}

/** The other side in short, without what may be a secret: user, password, query. */
function detailOf(
  what: string,
  {
    url,
    server,
  }: {
    url: string | undefined;
    server: { port: number | undefined; http: unknown; path: string | undefined } | undefined;
  },
): string {
  if ((url === undefined) === (server === undefined)) {
    throw new SluiceError('MISSING_OPTION', `${what}: either \`url\` or \`server\` is required.`);
  }
  if (server !== undefined) {
    if ((server.port === undefined) === (server.http === undefined)) {
      throw new SluiceError('MISSING_OPTION', `${what}: either \`server.port\` or \`server.http\` is required.`);
    }
    return `server ${server.port === undefined ? '' : `:${server.port}`}${server.path ?? '/'}`;
  }
  const parsed = URL.canParse(url!) ? new URL(url!) : undefined;
  if (parsed === undefined || !['ws:', 'wss:'].includes(parsed.protocol)) {
    throw refused(what, 'url', 'must be a URL that begins with ws:// or wss://');
  }
  return `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
}
