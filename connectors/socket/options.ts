import type { ConnectionOptions } from 'node:tls';
import {
  type PushOptions,
  type ReconnectOptions,
  pushSettings,
  pushSpec,
  reconnectOption,
  transportDefaults,
} from '../../lib/connect/push/index.js';
import {
  type Size,
  custom,
  flag,
  nonEmptyText,
  parseOptions,
  required,
  size,
  wholeNumber,
} from '../../lib/options/index.js';

/** Where to connect to. */
export interface SocketOptions {
  /** The name or address of the server. Required. */
  readonly host: string;
  /** Its port. Required. */
  readonly port: number;
  /** TLS: `true`, or options of Node's `tls.connect` such as `ca`, `cert`, `key`. Default: none. */
  readonly tls?: boolean | ConnectionOptions;
}

export interface SocketSourceOptions extends SocketOptions, PushOptions {
  /** Whether rows have a second column `timestamp`: when the line came. Default false. */
  readonly includeTimestamp?: boolean;
  /** The longest line; the source fails with RECORD_TOO_LARGE on a longer one. Default `'1m'`. */
  readonly maxLineBytes?: Size;
  /**
   * Whether, and how, to connect again when the server cannot be reached or is gone. Default false, as in Spark: the
   * source fails if it cannot connect, and an end of the connection ends the reading, not the query.
   */
  readonly reconnect?: boolean | ReconnectOptions;
  /** Accepted for pipelines that come from Spark. Which rows come, and in which order, does not depend on it. */
  readonly numPartitions?: number;
  /** The name under which the source is kept in the checkpoint. Default `socket`. */
  readonly name?: string;
}

export interface SocketSinkOptions extends SocketOptions {
  /** Whether, and how, to connect again when the server cannot be reached or is gone. Default true. */
  readonly reconnect?: boolean | ReconnectOptions;
}

const isTls = (value: unknown): value is boolean | ConnectionOptions =>
  typeof value === 'boolean' || (typeof value === 'object' && value !== null);

const spec = {
  host: required(nonEmptyText()),
  port: required(wholeNumber({ min: 1, max: 65_535 })),
  tls: custom(isTls, 'true, false or options of tls.connect'),
};

const sourceSpec = {
  ...spec,
  ...pushSpec,
  includeTimestamp: flag(false),
  maxLineBytes: size('1m'),
  reconnect: reconnectOption(false),
  numPartitions: wholeNumber({ min: 1 }),
  name: nonEmptyText(),
};

export function parseSocketSource(options: SocketSourceOptions) {
  const parsed = parseOptions('socketSource', options, sourceSpec);
  const { name = 'socket', host, port, tls, includeTimestamp, maxLineBytes, reconnect } = parsed;
  const settings = pushSettings('socketSource', parsed, transportDefaults);
  return { name, host, port, tls, includeTimestamp, maxLineBytes, reconnect, settings };
}

export function parseSocketSink(options: SocketSinkOptions) {
  return parseOptions('socketSink', options, { ...spec, reconnect: reconnectOption(true) });
}
