import type { ConnectionOptions as TlsOptions } from 'node:tls';
import { SluiceError } from '../../../lib/errors/index.js';
import {
  type Duration,
  type Option,
  type Parsed,
  type Size,
  custom,
  duration,
  nonEmptyText,
  oneOf,
  parseOptions,
  required,
  size,
  text,
} from '../../../lib/options/index.js';
import { addressesOf } from './address.js';
import type { IsolationLevel } from './contract.js';
import { javaNames } from './java-names.js';
import type { BootstrapServers, ClientSettings, SaslOptions } from './settings.js';

/**
 * Settings of the Kafka client. The names of Java's clients, which Spark takes behind `kafka.`, are taken as well where
 * there is such a setting: `{ 'security.protocol': 'SASL_SSL', 'client.id': 'a' }`.
 */
export interface KafkaOptions {
  /** How brokers name this client in their logs and quotas. Default `'sluice'`. */
  readonly clientId?: string;
  /**
   * TLS: true, or options of Node's `tls.connect` such as `ca`, `cert` and `key` (texts or Buffers, not paths) and
   * `servername`. Default: no TLS.
   */
  readonly ssl?: boolean | TlsOptions;
  /**
   * Who we are: `{ mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512', username, password }`, where user and
   * password are texts or functions that give them for each connection; or `{ mechanism: 'OAUTHBEARER',
   * oauthBearerProvider }`, a function that gives `{ value }`, the token. Needs the package kafkajs. Default: nobody.
   */
  readonly sasl?: SaslOptions;
  /** How long one connection may take, TLS and SASL included. Default `'10 seconds'`. */
  readonly connectionTimeout?: Duration;
  /** How long to wait for an answer; then the connection is given up and made anew. Default `'30 seconds'`. */
  readonly requestTimeout?: Duration;
  /** How long the very first connection is tried for before the query fails. Default `'30 seconds'`. */
  readonly connectTimeout?: Duration;
  /** A connection that was not used for so long is made anew: brokers end those after ten minutes. Default `'9 minutes'`. */
  readonly connectionsMaxIdle?: Duration;
  /** How often a source looks for new partitions and topics. Default `'5 seconds'`. */
  readonly metadataMaxAge?: Duration;
  /** A source is answered when there is so much, or `fetchMaxWait` is over. Default 1. */
  readonly fetchMinBytes?: Size;
  /** How long a broker waits for `fetchMinBytes`. Default `'500 ms'`. */
  readonly fetchMaxWait?: Duration;
  /** How much one answer of a broker may hold. Default `'16m'`. */
  readonly fetchMaxBytes?: Size;
  /** How much of one partition an answer may hold. Default `'2m'`. */
  readonly maxPartitionFetchBytes?: Size;
  /** See the option of the same name of the source, which wins. */
  readonly isolationLevel?: IsolationLevel;
  /** See the option of the same name of the source, which wins. */
  readonly groupId?: string;
}

/** How a cluster is reached. */
export interface ConnectionOptions {
  /**
   * Brokers to ask first, `'host:port'`, several separated by commas or as a list; or a function that gives them, asked
   * again whenever no known broker answers. Required.
   */
  readonly bootstrapServers: BootstrapServers;
  /** Settings of the client. Default: no security. */
  readonly kafka?: KafkaOptions;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isSsl = (value: unknown): value is boolean | TlsOptions => typeof value === 'boolean' || isObject(value);
const isServers = (value: unknown): value is BootstrapServers =>
  typeof value === 'string' ||
  typeof value === 'function' ||
  (Array.isArray(value) && value.every((entry) => typeof entry === 'string'));

const kafkaSpec = {
  clientId: text('sluice'),
  ssl: custom<boolean | TlsOptions>(isSsl, "true, false or options of Node's tls.connect"),
  sasl: custom(isObject, 'an object such as { mechanism, username, password }'),
  connectionTimeout: duration('10 seconds'),
  requestTimeout: duration('30 seconds'),
  connectTimeout: duration('30 seconds'),
  connectionsMaxIdle: duration('9 minutes'),
  metadataMaxAge: duration('5 seconds'),
  fetchMinBytes: size(1),
  fetchMaxWait: duration(500),
  fetchMaxBytes: size('16m'),
  maxPartitionFetchBytes: size('2m'),
  isolationLevel: oneOf(['read_committed', 'read_uncommitted']),
  groupId: nonEmptyText(),
};

const isSecret = (value: unknown): boolean => typeof value === 'string' || typeof value === 'function';

const invalid = (option: string, message: string): SluiceError =>
  new SluiceError('INVALID_OPTION', `kafka: ${message}`, { details: { option } });

const mechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER'] as const;
const saslSpec = {
  mechanism: required(oneOf(mechanisms)),
  username: custom(isSecret as (v: unknown) => v is string, 'a text or a function that gives it'),
  password: custom(isSecret as (v: unknown) => v is string, 'a text or a function that gives it'),
  oauthBearerProvider: custom((v): v is () => never => typeof v === 'function', 'a function that gives the token'),
};

/** Never shows what was given: it may be a secret. */
function readSasl(given: Readonly<Record<string, unknown>> | undefined): SaslOptions | undefined {
  if (given === undefined) return undefined;
  const { mechanism, username, password, oauthBearerProvider } = parseOptions('kafka.sasl', given, saslSpec);
  if (mechanism === 'OAUTHBEARER') {
    if (oauthBearerProvider !== undefined) return { mechanism, oauthBearerProvider };
    throw invalid('sasl', "the mechanism OAUTHBEARER needs 'oauthBearerProvider', a function that gives the token.");
  }
  if (username === undefined || password === undefined) {
    throw invalid('sasl', `the mechanism ${mechanism} needs 'username' and 'password'.`);
  }
  return { mechanism, username, password };
}

function readKafka(given: unknown): ClientSettings {
  if (!isObject(given)) throw invalid('kafka', 'the options must be an object.');
  const { ssl, sasl, ...rest } = parseOptions('kafka', javaNames(given), kafkaSpec);
  const tls = ssl === true ? {} : ssl === false ? undefined : ssl;
  return { ...rest, tls, sasl: readSasl(sasl) };
}

/** Addresses are checked at once where they are given as they are. */
function readServers(value: unknown): BootstrapServers {
  if (typeof value !== 'function') addressesOf(value as string);
  return value as BootstrapServers;
}

const servers = custom(isServers, "'host:port', a list of such, or a function");

/** To be spread into the spec of a source or sink. */
export const connectionSpec = {
  bootstrapServers: required({ ...servers, read: (value) => readServers(servers.read(value)) } satisfies Option<
    BootstrapServers | undefined,
    BootstrapServers
  >),
  kafka: { read: readKafka, fallback: readKafka({}), required: false } as Option<ClientSettings, KafkaOptions>,
};

/** In short, for `explain()`: without secrets. */
export function connectionDetail({ bootstrapServers, kafka }: Parsed<typeof connectionSpec>): string {
  const addresses = typeof bootstrapServers === 'function' ? 'a function' : [bootstrapServers].flat().join(',');
  const security = [
    kafka.tls === undefined ? '' : ' over TLS',
    kafka.sasl === undefined ? '' : ` by ${kafka.sasl.mechanism}`,
  ];
  return addresses + security.join('');
}
