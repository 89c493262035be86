import type { ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type Server, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { cacheDir, formatted, jars, kafkaVersion, once } from './cache.js';
import { type Certificates, certificatesIn, makeCertificates } from './certificates.js';
import { isAlive, leash, startDetached, until } from './processes.js';
import {
  type Layout,
  type Listener,
  type Ports,
  certificatesDir,
  dataDir,
  listeners,
  nodeDir,
  propertiesOf,
  scramMechanisms,
  users,
} from './properties.js';

export interface ClusterOptions {
  /** How many nodes, each of them broker and controller. Default 1. */
  readonly nodes?: number | undefined;
  /** What clients can reach it by, besides `plain`. Default none. */
  readonly listeners?: readonly Listener[] | undefined;
  /** Whether clients can also reach it through proxies of a test's own, at `proxies`. Default false. */
  readonly proxied?: boolean | undefined;
  /** Where data, certificates and logs go. Default a new temporary directory, which `close` removes. */
  readonly dir?: string | undefined;
  /** Properties of the brokers that win over those of `properties.ts`. */
  readonly properties?: Readonly<Record<string, string>> | undefined;
  /** Heap of each node, as Java writes it. Default `400m` for one node, `256m` for each of several. */
  readonly heap?: string | undefined;
  /** Arguments of each node's JVM. Default those by which it starts fast and stays small. */
  readonly jvm?: readonly string[] | undefined;
  /** Whether it lives on when this process ends. Default false. */
  readonly detached?: boolean | undefined;
}

const clusterId = 'c2x1aWNlLXNwZWNzLTAwMQ';
const quickStart = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
const archive = 'broker.jsa';
const readyMillis = 60_000;
const stopMillis = 30_000;

/** Starts a cluster and waits until every node answers. Needs Java 17, Maven once, openssl for TLS. */
export async function startBroker(options: ClusterOptions = {}): Promise<Cluster> {
  const { nodes = 1, listeners: more = [], detached = false } = options;
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'sluice-kafka-'));
  const ports = await freePorts(nodes, [
    ...new Set<Listener>(['plain', ...more]),
    ...(options.proxied === true ? (['proxied', 'proxy'] as const) : []),
  ]);
  const heap = options.heap ?? (nodes > 1 ? '256m' : '400m');
  const { properties = {} } = options;
  const jvm = options.jvm ?? [...quickStart, `-XX:SharedArchiveFile=${await classArchive()}`];
  const layout: Layout = { dir, ports, properties, heap, jvm };
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'layout.json'), JSON.stringify(layout));
  const cluster = new Cluster(layout, detached, options.dir === undefined);
  try {
    if (more.some((name) => /tls$/i.test(name))) makeCertificates(certificatesDir(layout));
    await cluster.start();
  } catch (error) {
    await cluster.close();
    throw error;
  }
  return cluster;
}

/**
 * What the JVM keeps of a broker's classes, so that the next one starts in half the time; a broker that is stopped leaves
 * it. A JVM that cannot use it starts without.
 */
export async function classArchive(): Promise<string> {
  const dir = await once(join(cacheDir(), kafkaVersion, 'classes'), async (made) => {
    const cluster = await startBroker({ jvm: [...quickStart, `-XX:ArchiveClassesAtExit=${join(made, archive)}`] });
    await cluster.stop();
    await cluster.close();
  });
  return join(dir, archive);
}

/** The cluster that was started in `dir`, undefined if none was. */
export function clusterIn(dir: string): Cluster | undefined {
  const file = join(dir, 'layout.json');
  if (!existsSync(file)) return undefined;
  return new Cluster(JSON.parse(readFileSync(file, 'utf8')) as Layout, true, false);
}

/** Brokers on this machine. Nodes are counted from 0; what takes no node is done to all. */
export class Cluster {
  private readonly leashes = new Map<number, ChildProcess>();
  /** How nodes that this process has started have ended. */
  private readonly endings = new Map<number, string>();

  constructor(
    private readonly layout: Layout,
    private readonly detached: boolean,
    private readonly temporary: boolean,
  ) {}

  get nodes(): readonly number[] {
    return this.layout.ports.map((_, node) => node);
  }

  get listeners(): readonly Listener[] {
    return listeners.filter((name) => this.layout.ports[0]![name] !== undefined);
  }

  /** The addresses that clients use with this listener, one a node. */
  addresses(listener: Listener = 'plain'): string[] {
    return this.layout.ports.map((ports) => {
      const port = ports[listener];
      if (port === undefined) throw new Error(`The cluster was started without the listener ${listener}.`);
      return `127.0.0.1:${port}`;
    });
  }

  /** Where the proxy of each node has to listen, and where it leads. */
  get proxies(): readonly { readonly port: number; readonly target: number }[] {
    return this.layout.ports.map(({ proxy, proxied }) => {
      if (proxy === undefined || proxied === undefined) throw new Error('The cluster was started without proxies.');
      return { port: proxy, target: proxied };
    });
  }

  get certificates(): Certificates {
    return certificatesIn(certificatesDir(this.layout));
  }

  get users(): typeof users {
    return users;
  }

  isRunning(node: number): boolean {
    return this.pidOf(node) !== undefined;
  }

  /** Starts nodes that are not running, on the data they have, and waits until they answer. */
  async start(nodes = this.nodes): Promise<void> {
    for (const node of nodes) if (!this.isRunning(node)) await this.launch(node);
    const running = this.nodes.filter((node) => this.isRunning(node));
    for (const node of nodes) await this.answers(node, running.length);
  }

  /** Lets nodes go in order. */
  async stop(nodes = this.nodes): Promise<void> {
    await this.end(nodes, 'SIGTERM');
  }

  /** Ends nodes at once (SIGKILL). What they had written is still there. */
  async kill(nodes = this.nodes): Promise<void> {
    await this.end(nodes, 'SIGKILL');
  }

  async restart(nodes = this.nodes): Promise<void> {
    await this.stop(nodes);
    await this.start(nodes);
  }

  /** Kills nodes and removes their data: they start as new ones. */
  async wipe(nodes = this.nodes): Promise<void> {
    await this.kill(nodes);
    for (const node of nodes) rmSync(nodeDir(this.layout, node), { recursive: true, force: true });
  }

  /** Kills all nodes; a directory that was made for them is removed. */
  async close(): Promise<void> {
    await this.kill();
    if (this.temporary) rmSync(this.layout.dir, { recursive: true, force: true });
  }

  /** What a node has printed. */
  log(node: number): string {
    const file = join(nodeDir(this.layout, node), 'log.txt');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  private async launch(node: number): Promise<void> {
    const { layout } = this;
    const dir = nodeDir(layout, node);
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, 'server.properties'), propertiesOf(layout, node));
    if (!existsSync(dataDir(layout, node))) {
      const template = await formatted(`node-${node}`, clusterId, (data) => {
        const file = join(dir, 'format.properties');
        writeFileSync(file, propertiesOf(layout, node, data));
        const passwords = Object.entries(users).flatMap(([name, password]) =>
          scramMechanisms.flatMap((scram) => ['--add-scram', `${scram}=[name=${name},password=${password}]`]),
        );
        return ['-c', file, ...passwords];
      });
      cpSync(template, dataDir(layout, node), { recursive: true });
    }
    const memory = ['-Xms64m', `-Xmx${layout.heap}`, ...layout.jvm];
    const logging = ['-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-Dorg.slf4j.simpleLogger.showDateTime=true'];
    const program = ['-cp', join(await jars(), '*'), 'kafka.Kafka', join(dir, 'server.properties')];
    const broker = startDetached('java', [...memory, ...logging, ...program], dir, join(dir, 'log.txt'));
    broker.once('exit', (code, signal) => this.endings.set(node, signal ?? `exit code ${code}`));
    this.endings.delete(node);
    writeFileSync(join(dir, 'pid'), String(broker.pid));
    if (!this.detached) this.leashes.set(node, leash(broker.pid!, layout.dir));
  }

  /** Waits until the node knows `count` nodes and who is their controller, which is all that a client needs. */
  private async answers(node: number, count: number): Promise<void> {
    const address = this.addresses()[node]!;
    const knows = async (): Promise<boolean> => {
      if (!this.isRunning(node)) {
        const how = this.endings.get(node) ?? 'not seen how';
        throw new Error(`Node ${node} has ended (${how}):\n${this.log(node).slice(-2000)}`);
      }
      const known = await describe(address);
      return known !== undefined && known.brokers.length >= count && known.controller !== null;
    };
    await until(knows, readyMillis, () => `Node ${node} does not answer:\n${this.log(node).slice(-2000)}\n`);
  }

  private async end(nodes: readonly number[], signal: NodeJS.Signals): Promise<void> {
    const ending = nodes.flatMap((node) => {
      this.leashes.get(node)?.kill();
      this.leashes.delete(node);
      return this.pidOf(node) ?? [];
    });
    for (const pid of ending) process.kill(pid, signal);
    const gone = (): boolean => ending.every((pid) => !isAlive(pid, this.layout.dir));
    try {
      await until(gone, stopMillis, () => 'Nodes are still there');
    } catch (error) {
      if (signal === 'SIGKILL') throw error;
      await this.end(nodes, 'SIGKILL');
    }
  }

  private pidOf(node: number): number | undefined {
    const file = join(nodeDir(this.layout, node), 'pid');
    if (!existsSync(file)) return undefined;
    const pid = Number(readFileSync(file, 'utf8'));
    return isAlive(pid, this.layout.dir) ? pid : undefined;
  }
}

async function describe(address: string) {
  const retry = { retries: 0 };
  const kafka = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING, connectionTimeout: 1000, retry });
  const admin = kafka.admin();
  try {
    await admin.connect();
    return await admin.describeCluster();
  } catch {
    return undefined;
  } finally {
    await admin.disconnect();
  }
}

/**
 * Ports that nobody uses, all of them different. They are below those that the system gives to whoever connects: a
 * broker that is killed and started again has to find its own free.
 */
async function freePorts(nodes: number, names: readonly Exclude<keyof Ports, 'controller'>[]): Promise<Ports[]> {
  const held: Server[] = [];
  const next = async (): Promise<number> => {
    for (;;) {
      const port = randomInt(15_000, 32_000);
      const server = createServer();
      const isFree = await new Promise<boolean>((resolve) => {
        server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
      });
      if (!isFree) continue;
      held.push(server);
      return port;
    }
  };
  const out: Ports[] = [];
  for (let node = 0; node < nodes; node++) {
    const ports: Record<string, number> = { controller: await next() };
    for (const name of names) ports[name] = await next();
    out.push(ports as Ports);
  }
  await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  return out;
}
