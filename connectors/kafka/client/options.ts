import { type ConnectionOptions as TlsOptions, createSecureContext } from 'node:tls';
import { SluiceError, messageOf } from '../../../lib/errors/index.js';
import {
  type Duration,
  type Option,
  type Parsed,
  type Size,
  custom,
  duration,
  isObject,
  nonEmptyText,
  oneOf,
  parseOptions,
  required,
  size,
  text,
} from '../../../lib/options/index.js';
import { addressesOf, isBootstrapList } from './address.js';
import type { IsolationLevel } from './contract.js';
import { KafkaFault } from './fault.js';
import { type JavaSettings, javaNames, whyRefused } from './java-names.js';
import type { BootstrapServers, ClientSettings, Credentials, OAuthToken, SaslOptions, Secret } from './settings.js';

/**
 * Settings of the Kafka client. The names of Java's clients, which Spark takes behind `kafka.`, are taken as well where
 * there is such a setting: `{ 'security.protocol': 'SASL_SSL', 'client.id': 'a' }`.
 */
export interface KafkaOptions extends JavaSettings {
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
  /**
   * How long the very first connection is tried for before the query fails; the same of the first to each address by
   * which brokers make themselves known (their `advertised.listeners`). Default `'30 seconds'`.
   */
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
   * Brokers to ask first, `'host:port'`, several separated by commas or as a list: one of them has to answer and let us
   * in. Or a function that gives them, asked again whenever no known broker answers. Required.
   */
  readonly bootstrapServers: BootstrapServers;
  /** Settings of the client. Default: no security. */
  readonly kafka?: KafkaOptions;
}

const isSsl = (value: unknown): value is boolean | TlsOptions => typeof value === 'boolean' || isObject(value);
const isServers = (value: unknown): value is BootstrapServers => typeof value === 'function' || isBootstrapList(value);

const invalid = (option: string, message: string, cause?: unknown): SluiceError =>
  new SluiceError('INVALID_OPTION', `kafka: ${message}`, { details: { option }, cause });

/** An option whose value may be secret: an error does not show it. */
const hidden = <T>(name: string, test: (value: unknown) => value is T, what: string): Option<T | undefined, T> => ({
  ...custom(test, what),
  read(value) {
    if (test(value)) return value;
    throw invalid(name, `the option '${name}' must be ${what}. What was given is not shown.`);
  },
});

const kafkaSpec = {
  clientId: text('sluice'),
  ssl: hidden<boolean | TlsOptions>('ssl', isSsl, "true, false or options of Node's tls.connect"),
  sasl: hidden('sasl', isObject, 'an object such as { mechanism, username, password }'),
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

const isSecret = (value: unknown): value is Secret => typeof value === 'string' || typeof value === 'function';

const isProvider = (value: unknown): value is () => OAuthToken => typeof value === 'function';

const mechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER'] as const;
const saslSpec = {
  mechanism: required(oneOf(mechanisms)),
  username: hidden('sasl.username', isSecret, 'a text or a function that gives it'),
  password: hidden('sasl.password', isSecret, 'a text or a function that gives it'),
  oauthBearerProvider: hidden('sasl.oauthBearerProvider', isProvider, 'a function that gives the token'),
};

function readSasl(given: Readonly<Record<string, unknown>> | undefined): Credentials | undefined {
  if (given === undefined) return undefined;
  const { mechanism, username, password, oauthBearerProvider } = parseOptions('kafka.sasl', given, saslSpec);
  if (mechanism === 'OAUTHBEARER') {
    if (oauthBearerProvider !== undefined) return { mechanism, secrets: async () => ({ oauthBearerProvider }) };
    throw invalid('sasl', "the mechanism OAUTHBEARER needs 'oauthBearerProvider', a function that gives the token.");
  }
  if (username === undefined || password === undefined) {
    throw invalid('sasl', `the mechanism ${mechanism} needs 'username' and 'password'.`);
  }
  const secrets = async (): Promise<object> => ({
    username: await valueOf('username', username),
    password: await valueOf('password', password),
  });
  return { mechanism, secrets };
}

async function valueOf(what: string, secret: Secret): Promise<string> {
  try {
    return typeof secret === 'string' ? secret : await secret();
  } catch (error) {
    throw KafkaFault.refused(
      'USER_FUNCTION_FAILED',
      `The function kafka.sasl.${what} threw: ${messageOf(error)}`,
      error,
    );
  }
}

/** Reads certificates and keys already here, so that what is no PEM is found before the query starts. */
function readTls(ssl: boolean | TlsOptions | undefined): (() => TlsOptions) | undefined {
  if (ssl === undefined || ssl === false) return undefined;
  const tls = ssl === true ? {} : ssl;
  try {
    createSecureContext(tls);
    // Node takes any text for an authority, and then trusts nobody.
    const authorities = [tls.ca ?? []].flat();
    if (!authorities.every((ca) => ca.toString().includes('-----BEGIN'))) throw new Error('ca is no PEM text');
  } catch (error) {
    throw invalid('ssl', `the option 'ssl' cannot be used: ${messageOf(error)}. Give PEM texts, not paths.`, error);
  }
  return () => tls;
}

function readKafka(given: unknown): ClientSettings {
  if (!isObject(given)) throw invalid('kafka', 'the options must be an object.');
  const { ssl, sasl, ...rest } = parseOptions('kafka', javaNames(given), kafkaSpec);
  return { ...rest, tls: readTls(ssl), sasl: readSasl(sasl) };
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

/** Refuses settings of the client among the options of `what`, as Spark takes them (`kafka.client.id`), and says how they are written. */
export function refuseFlat(what: string, given: object | undefined): void {
  const option = Object.keys(given ?? {}).find((key) => /^kafka\./i.test(key));
  if (option === undefined) return;
  const name = option.slice('kafka.'.length);
  const why = whyRefused(name);
  const rather = why === undefined ? `write kafka: { '${name}': … }` : why;
  throw new SluiceError('UNKNOWN_OPTION', `${what}: there is no option '${option}': ${rather}.`, {
    details: { option },
  });
}

/** In short, for `explain()`: without secrets. */
export function connectionDetail({ bootstrapServers, kafka }: Parsed<typeof connectionSpec>): string {
  const addresses = typeof bootstrapServers === 'function' ? 'a function' : [bootstrapServers].flat().join(',');
  const security = [
    kafka.tls === undefined ? '' : ' over TLS',
    kafka.sasl === undefined ? '' : ` by ${kafka.sasl.mechanism}`,
  ];
  return addresses + security.join('');
}
