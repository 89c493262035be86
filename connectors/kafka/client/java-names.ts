import { SluiceError } from '../../../lib/errors/index.js';

/** Settings of Java's clients that are ours under another name. */
const same = {
  'client.id': 'clientId',
  'request.timeout.ms': 'requestTimeout',
  'socket.connection.setup.timeout.ms': 'connectionTimeout',
  'connections.max.idle.ms': 'connectionsMaxIdle',
  'metadata.max.age.ms': 'metadataMaxAge',
  'fetch.min.bytes': 'fetchMinBytes',
  'fetch.max.wait.ms': 'fetchMaxWait',
  'fetch.max.bytes': 'fetchMaxBytes',
  'max.partition.fetch.bytes': 'maxPartitionFetchBytes',
  'isolation.level': 'isolationLevel',
  'group.id': 'groupId',
} as const;

/** Settings that must not be given, and what to do instead. */
const refused: Readonly<Record<string, string>> = {
  'bootstrap.servers': "it is the option 'bootstrapServers'",
  brokers: "it is the option 'bootstrapServers'",
  'auto.offset.reset': "where to begin is said by 'startingOffsets', and offsets that are gone by 'failOnDataLoss'",
  'key.deserializer': 'keys are BINARY columns: convert them in the query',
  'value.deserializer': 'values are BINARY columns: convert them in the query',
  'key.serializer': 'keys are STRING or BINARY columns: convert them in the query',
  'value.serializer': 'values are STRING or BINARY columns: convert them in the query',
  'enable.auto.commit': "offsets are kept in the checkpoint; see 'commitGroupOffsets'",
  'auto.commit.interval.ms': "offsets are kept in the checkpoint; see 'commitGroupOffsets'",
  'interceptor.classes': 'interceptors might change the rows of a batch that is read again: use operators',
  'transactional.id': "it follows from the query and its checkpoint; see 'transactionalIdPrefix'",
  'enable.idempotence': "writing is always idempotent; see 'delivery'",
  'partitioner.class': "it is the option 'partitioner'",
  'compression.type': "it is the option 'compression' of the sink",
  'transaction.timeout.ms': "it is the option 'transactionTimeout' of the sink",
  'delivery.timeout.ms': "it is the option 'deliveryTimeout' of the sink",
  'max.request.size': "it is the option 'maxRequestSize' of the sink",
  'batch.size': "it is the option 'batchSize' of the sink",
  acks: "exactly once needs all replicas; with 'delivery' at-least-once it is the option 'acks' of the sink",
  retries: "what may be repeated is repeated until 'deliveryTimeout' or 'kafkaConsumer.pollTimeoutMs' is over",
  'linger.ms': 'a batch is written at once: how long rows are gathered is said by the trigger',
  'max.poll.records': "it is the option 'maxOffsetsPerTrigger' of the source",
  'session.timeout.ms': "it is the option 'sessionTimeout' of the source, with assignment: 'group'",
  'heartbeat.interval.ms': "it is the option 'heartbeatInterval' of the source, with assignment: 'group'",
  'max.poll.interval.ms': 'a batch may take as long as it likes',
  'group.instance.id': "it is the option 'groupInstanceId' of the source, with assignment: 'group'",
  'max.block.ms': "it is the option 'deliveryTimeout' of the sink",
  'client.rack': 'records are read from the leader of each partition',
  'max.in.flight.requests.per.connection': 'requests are ordered whatever their number',
  'sasl.login.callback.handler.class': 'it is a class of Java: use sasl.oauthBearerProvider',
  'ssl.truststore.location': 'stores of Java are not read: give ssl.ca, a PEM text',
  'ssl.truststore.password': 'stores of Java are not read: give ssl.ca, a PEM text, which has no password',
  'ssl.keystore.location': 'stores of Java are not read: give ssl.cert and ssl.key, PEM texts',
  'ssl.keystore.password': 'stores of Java are not read: give ssl.cert, ssl.key and ssl.passphrase',
};

const pem = {
  'ssl.truststore.certificates': 'ca',
  'ssl.keystore.certificate.chain': 'cert',
  'ssl.keystore.key': 'key',
  'ssl.key.password': 'passphrase',
} as const;
/** Given beside PEM texts; there is nothing else that they could say. */
const stores = ['ssl.truststore.type', 'ssl.keystore.type'] as const;

/** Settings by the names of Java's clients. */
export interface JavaSettings {
  /** Java's name of `clientId`. */
  readonly 'client.id'?: string;
  /** Java's name of `requestTimeout`. */
  readonly 'request.timeout.ms'?: number | string;
  /** Java's name of `connectionTimeout`. */
  readonly 'socket.connection.setup.timeout.ms'?: number | string;
  /** Java's name of `connectionsMaxIdle`. */
  readonly 'connections.max.idle.ms'?: number | string;
  /** Java's name of `metadataMaxAge`. */
  readonly 'metadata.max.age.ms'?: number | string;
  /** Java's name of `fetchMinBytes`. */
  readonly 'fetch.min.bytes'?: number | string;
  /** Java's name of `fetchMaxWait`. */
  readonly 'fetch.max.wait.ms'?: number | string;
  /** Java's name of `fetchMaxBytes`. */
  readonly 'fetch.max.bytes'?: number | string;
  /** Java's name of `maxPartitionFetchBytes`. */
  readonly 'max.partition.fetch.bytes'?: number | string;
  /** Java's name of `isolationLevel`. */
  readonly 'isolation.level'?: string;
  /** Java's name of `groupId`. */
  readonly 'group.id'?: string;
  /** Whether there is TLS: `PLAINTEXT`, `SSL`, `SASL_PLAINTEXT` or `SASL_SSL`. */
  readonly 'security.protocol'?: string;
  /** Java's name of `sasl.mechanism`. */
  readonly 'sasl.mechanism'?: string;
  /** User and password, as `…LoginModule required username="a" password="b";`. */
  readonly 'sasl.jaas.config'?: string;
  /** Java's name of `ssl.ca`: a PEM text. */
  readonly 'ssl.truststore.certificates'?: string;
  /** `PEM` alone. */
  readonly 'ssl.truststore.type'?: string;
  /** Java's name of `ssl.cert`: a PEM text. */
  readonly 'ssl.keystore.certificate.chain'?: string;
  /** Java's name of `ssl.key`: a PEM text. */
  readonly 'ssl.keystore.key'?: string;
  /** `PEM` alone. */
  readonly 'ssl.keystore.type'?: string;
  /** Java's name of `ssl.passphrase`. */
  readonly 'ssl.key.password'?: string;
  /** An empty text: the certificate of a broker may be for any host. */
  readonly 'ssl.endpoint.identification.algorithm'?: string;
}

const has = <T extends object>(table: T, name: string): name is keyof T & string => Object.hasOwn(table, name);

const fail = (option: string, message: string): never => {
  throw new SluiceError('INVALID_OPTION', `kafka: ${message}`, { details: { option } });
};

/** Why a setting of Java's clients must not be given, and what to do instead; undefined if it may, or is unknown. */
export const whyRefused = (name: string): string | undefined => {
  const java = name.toLowerCase();
  return has(refused, java) ? refused[java] : undefined;
};

/** `given` with Java's names, in any case, replaced by ours. Throws INVALID_OPTION for what must not be given. */
export function javaNames(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  const tls: Record<string, unknown> = {};
  const sasl: Record<string, unknown> = {};
  let tlsOption: string | undefined;
  let protocol: string | undefined;
  const put = (name: string, value: unknown, option: string): void => {
    if (has(out, name)) fail(option, `'${option}' and '${name}' are the same setting. Leave one out.`);
    out[name] = value;
  };
  const putTls = (name: string, value: unknown, option: string): void => {
    tls[name] = value;
    tlsOption ??= option;
  };
  for (const [option, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const why = whyRefused(option);
    if (why !== undefined) fail(option, `'${option}' cannot be set: ${why}.`);
    const java = option.toLowerCase();
    if (has(same, java)) put(same[java], value, option);
    else if (has(pem, java)) putTls(pem[java], value, option);
    else if (stores.some((name) => name === java)) requirePem(option, value);
    else if (java === 'ssl.endpoint.identification.algorithm') {
      // Empty: whose certificate it is does not matter.
      if (value === '') putTls('checkServerIdentity', () => undefined, option);
    } else if (java === 'security.protocol') protocol = protocolOf(value);
    else if (java === 'sasl.mechanism') sasl.mechanism = value;
    else if (java === 'sasl.jaas.config') Object.assign(sasl, jaasUser(value));
    else put(option, value, option);
  }
  const encrypted = protocol?.endsWith('SSL') ?? tlsOption !== undefined;
  if (tlsOption !== undefined && encrypted) put('ssl', tls, tlsOption);
  if (encrypted && out.ssl === undefined) out.ssl = true;
  if (Object.keys(sasl).length > 0) put('sasl', { mechanism: 'PLAIN', ...sasl }, 'sasl.mechanism');
  if (protocol !== undefined) agree(protocol, out);
  return out;
}

/** What would go over the network in the clear, or to nobody who asked for it, must not hang on which setting wins. */
function agree(protocol: string, { ssl, sasl }: Readonly<Record<string, unknown>>): void {
  const option = 'security.protocol';
  if (ssl !== undefined && (ssl !== false) !== protocol.endsWith('SSL')) {
    fail(option, `'${option}' is ${protocol}, and 'ssl' says something else. Leave one out.`);
  }
  if (protocol.startsWith('SASL') && sasl === undefined) {
    fail(option, `'${option}' is ${protocol}, and who we are is not said: give 'sasl', or 'sasl.jaas.config'.`);
  }
  if (!protocol.startsWith('SASL') && sasl !== undefined) {
    fail(
      option,
      `'${option}' is ${protocol}, by which no password is sent, and one is given. Make it SASL_${protocol}.`,
    );
  }
}

const protocols = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'];

function protocolOf(value: unknown): string {
  const name = String(value).toUpperCase();
  return protocols.includes(name)
    ? name
    : fail('security.protocol', `'security.protocol' is one of ${protocols.join(', ')}.`);
}

function requirePem(option: string, value: unknown): void {
  if (value !== 'PEM') fail(option, `'${option}' can be PEM alone: other stores are Java's.`);
}

/** User and password of `org.apache…LoginModule required username="a" password="b";`. Says nothing of what it holds. */
function jaasUser(value: unknown): { username: string; password: string } {
  const field = (name: string): string | undefined =>
    new RegExp(`\\b${name}\\s*=\\s*"((?:[^"\\\\]|\\\\.)*)"`).exec(String(value))?.[1]?.replace(/\\(.)/g, '$1');
  const username = field('username');
  const password = field('password');
  if (username === undefined || password === undefined) {
    return fail('sasl.jaas.config', "'sasl.jaas.config' names no user and password. Give kafka.sasl instead.");
  }
  return { username, password };
}
