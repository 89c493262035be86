import { join } from 'node:path';
import { certificatesIn } from './certificates.js';

/**
 * How clients reach a broker: without security, with a user and a password (PLAIN, SCRAM-SHA-256, SCRAM-SHA-512), over
 * TLS, over TLS with a certificate of the client's own, and with both TLS and a password.
 */
export const listeners = ['plain', 'sasl', 'tls', 'mtls', 'saslTls'] as const;
export type Listener = (typeof listeners)[number];

/** Who may come in by password. */
export const users = { admin: 'admin-secret', alice: 'alice-secret' } as const;
export const scramMechanisms = ['SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;

/**
 * The ports of a node: where the controllers talk to each other, one for each listener, and, without security, one more
 * that clients are told to reach through `proxy`, where nobody listens before a test does.
 */
export type Ports = Readonly<
  { controller: number; plain: number; proxied?: number; proxy?: number } & Partial<Record<Listener, number>>
>;

/** What a cluster is, kept with its data. */
export interface Layout {
  readonly dir: string;
  readonly ports: readonly Ports[];
  /** Properties of the brokers that win over those below. */
  readonly properties: Readonly<Record<string, string>>;
  /** Heap of each node, as Java writes it. */
  readonly heap: string;
  /** Arguments of each node's JVM. */
  readonly jvm: readonly string[];
}

export const nodeDir = (layout: Layout, node: number): string => join(layout.dir, `node-${node}`);
export const dataDir = (layout: Layout, node: number): string => join(nodeDir(layout, node), 'data');
export const certificatesDir = (layout: Layout): string => join(layout.dir, 'certificates');

const protocols: Readonly<Record<Listener, string>> = {
  plain: 'PLAINTEXT',
  sasl: 'SASL_PLAINTEXT',
  tls: 'SSL',
  mtls: 'SSL',
  saslTls: 'SASL_SSL',
};

/** The text of `server.properties` of a node, whose data is in `data`. */
export function propertiesOf(layout: Layout, node: number, data = dataDir(layout, node)): string {
  const own = layout.ports[node]!;
  const replicas = Math.min(3, layout.ports.length);
  const offered = listeners.filter((name) => own[name] !== undefined);
  const addresses = offered.map((name) => `${name.toUpperCase()}://127.0.0.1:${own[name]}`);
  const isProxied = own.proxied !== undefined;
  const all: Record<string, string | number | boolean> = {
    'process.roles': 'broker,controller',
    'node.id': node + 1,
    'controller.quorum.voters': layout.ports.map((p, i) => `${i + 1}@127.0.0.1:${p.controller}`).join(','),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAIN',
    'listener.security.protocol.map': [
      'CONTROLLER:PLAINTEXT',
      ...offered.map((name) => `${name.toUpperCase()}:${protocols[name]}`),
      ...(isProxied ? ['PROXIED:PLAINTEXT'] : []),
    ].join(','),
    listeners: [
      `CONTROLLER://127.0.0.1:${own.controller}`,
      ...addresses,
      ...(isProxied ? [`PROXIED://127.0.0.1:${own.proxied}`] : []),
    ].join(','),
    'advertised.listeners': [...addresses, ...(isProxied ? [`PROXIED://127.0.0.1:${own.proxy}`] : [])].join(','),
    'log.dirs': data,
    'auto.create.topics.enable': false,
    'default.replication.factor': replicas,
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': 3,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': Math.max(1, replicas - 1),
    'transaction.state.log.num.partitions': 3,
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    // Waits that serve large clusters. A killed broker comes back when its old session has run out.
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 500,
    'controlled.shutdown.enable': layout.ports.length > 1,
    'broker.heartbeat.interval.ms': 300,
    'broker.session.timeout.ms': 1500,
    'log.retention.check.interval.ms': 1000,
    'log.segment.delete.delay.ms': 1000,
    'log.cleaner.backoff.ms': 500,
    'transaction.abort.timed.out.transaction.cleanup.interval.ms': 1000,
    // Memory and threads.
    'log.cleaner.dedupe.buffer.size': 4 << 20,
    'log.index.size.max.bytes': 1 << 20,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'num.recovery.threads.per.data.dir': 1,
    'background.threads': 2,
    ...passwords(offered),
    ...encryption(layout, offered),
    ...layout.properties,
  };
  return Object.entries(all)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

function passwords(offered: readonly Listener[]): Record<string, string> {
  const known = Object.entries(users).map(([name, password]) => `user_${name}="${password}"`);
  const module = 'org.apache.kafka.common.security';
  const plain = `${module}.plain.PlainLoginModule required username="admin" password="${users.admin}" ${known.join(' ')};`;
  const scram = `${module}.scram.ScramLoginModule required;`;
  const out: Record<string, string> = { 'sasl.enabled.mechanisms': ['PLAIN', ...scramMechanisms].join(',') };
  for (const listener of offered.filter((name) => name.startsWith('sasl'))) {
    const prefix = `listener.name.${listener.toLowerCase()}`;
    out[`${prefix}.plain.sasl.jaas.config`] = plain;
    for (const name of scramMechanisms) out[`${prefix}.${name.toLowerCase()}.sasl.jaas.config`] = scram;
  }
  return out;
}

function encryption(layout: Layout, offered: readonly Listener[]): Record<string, string> {
  const { authority, broker } = certificatesIn(certificatesDir(layout));
  const out: Record<string, string> = {};
  for (const listener of offered.filter((name) => protocols[name].endsWith('SSL'))) {
    const prefix = `listener.name.${listener.toLowerCase()}.ssl`;
    out[`${prefix}.keystore.type`] = out[`${prefix}.truststore.type`] = 'PEM';
    out[`${prefix}.keystore.location`] = broker;
    out[`${prefix}.truststore.location`] = authority;
    if (listener === 'mtls') out[`${prefix}.client.auth`] = 'required';
  }
  return out;
}
