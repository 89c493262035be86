/**
 * A real Apache Kafka on this machine, for samples and benchmarks:
 *
 *   npm run kafka -- start                    one node; prints where it is
 *   npm run kafka -- start --nodes 3          three
 *   npm run kafka -- start --listeners sasl,tls,mtls,saslTls
 *                                             also with passwords (user alice, alice-secret), with TLS, with
 *                                             certificates of clients; certificates are made on the spot
 *   npm run kafka -- status                   where it is, which nodes run
 *   npm run kafka -- stop                     in order, as before the machine is turned off
 *   npm run kafka -- kill --node 1            at once; nodes are counted from 0
 *   npm run kafka -- restart --node 1         on the data it has
 *   npm run kafka -- wipe                     kills it and removes its data; with --node only that of one node
 *   npm run kafka -- fetch                    fetches and makes what specs run of Kafka (140 MB), so that they need not
 *   npm run kafka -- tool topics --list       runs a tool of Kafka's own on it: what follows are the tool's arguments
 *
 *   --name <name>    another cluster beside it (default `default`)
 *
 * Needs Java 17, Maven (which fetches 45 MB once), and openssl for TLS. What it fetched and what it writes is in
 * `~/.cache/sluice/kafka`, or where SLUICE_KAFKA_CACHE says.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cacheDir, jars } from './cache.js';
import { type Cluster, classArchive, clusterIn, startBroker } from './cluster.js';
import { type Listener, listeners } from './properties.js';
import { isTool, runTool, toolNames } from './tools.js';

// What follows `tool` is not ours to understand.
const given = process.argv.slice(2);
const toolAt = given.includes('tool') ? given.indexOf('tool') + 1 : given.length;
const [toolName = '', ...toolArgs] = given.slice(toolAt);

const commands: Record<string, () => Promise<void>> = {
  start: async () => {
    const known = clusterIn(dir);
    if (known !== undefined && (values.nodes ?? values.listeners) !== undefined) {
      throw new Error(`There is a cluster '${values.name}', of ${known.nodes.length} nodes: npm run kafka -- wipe`);
    }
    if (known !== undefined) await known.start(chosen(known));
    await show(known ?? (await startBroker({ dir, detached: true, ...asked() })));
  },
  status: async () => show(found()),
  stop: () => onNodes((cluster, nodes) => cluster.stop(nodes)),
  kill: () => onNodes((cluster, nodes) => cluster.kill(nodes)),
  restart: async () => {
    await onNodes((cluster, nodes) => cluster.restart(nodes));
    await show(found());
  },
  wipe: async () => {
    await onNodes((cluster, nodes) => cluster.wipe(nodes));
    if (values.node === undefined) rmSync(dir, { recursive: true, force: true });
  },
  fetch: async () => {
    for (const artifact of ['kafka_2.13', 'kafka-tools'] as const) console.log(await jars(artifact));
    console.log(await classArchive());
  },
  tool: async () => {
    if (!isTool(toolName)) throw new Error(`npm run kafka -- tool ${toolNames.join('|')}`);
    const cluster = found();
    if (!cluster.nodes.some((node) => cluster.isRunning(node))) {
      throw new Error(`The cluster '${values.name}' does not run: npm run kafka -- start`);
    }
    process.exitCode = await runTool(toolName, cluster.addresses().join(','), toolArgs);
  },
};

const { values, positionals } = parsed();
const dir = join(cacheDir(), 'clusters', values.name);

function parsed() {
  const options = {
    name: { type: 'string', default: 'default' },
    node: { type: 'string' },
    nodes: { type: 'string' },
    listeners: { type: 'string' },
  } as const;
  try {
    return parseArgs({ args: given.slice(0, toolAt), allowPositionals: true, options });
  } catch (error) {
    return usage((error as Error).message);
  }
}

function usage(...problems: readonly string[]): never {
  const words = Object.keys(commands).join('|');
  console.error([...problems, `npm run kafka -- ${words}; more is said in docs/kafka.md`].join('\n'));
  process.exit(2);
}

function asked(): { nodes: number; listeners: Listener[] } {
  const nodes = Number(values.nodes ?? 1);
  if (!Number.isInteger(nodes) || nodes < 1) throw new Error(`--nodes ${nodes}: not a number of nodes`);
  const names = (values.listeners ?? '').split(',').filter((name) => name !== '');
  const unknown = names.filter((name) => !(listeners as readonly string[]).includes(name));
  if (unknown.length > 0) throw new Error(`--listeners ${unknown.join(',')}: there are ${listeners.join(', ')}`);
  return { nodes, listeners: names as Listener[] };
}

function found(): Cluster {
  const cluster = clusterIn(dir);
  if (cluster === undefined) throw new Error(`There is no cluster '${values.name}': npm run kafka -- start`);
  return cluster;
}

function chosen(cluster: Cluster): readonly number[] {
  if (values.node === undefined) return cluster.nodes;
  const node = Number(values.node);
  if (!cluster.nodes.includes(node)) throw new Error(`--node ${values.node}: there are ${cluster.nodes.join(', ')}`);
  return [node];
}

async function onNodes(act: (cluster: Cluster, nodes: readonly number[]) => Promise<void>): Promise<void> {
  const cluster = found();
  await act(cluster, chosen(cluster));
}

async function show(cluster: Cluster): Promise<void> {
  for (const node of cluster.nodes) console.log(`node ${node}: ${cluster.isRunning(node) ? 'runs' : 'does not run'}`);
  for (const listener of cluster.listeners) console.log(`${listener}: ${cluster.addresses(listener).join(',')}`);
  if (cluster.listeners.some((name) => /tls$/i.test(name))) console.log('certificates:', cluster.certificates);
}

const command = positionals[0] ?? '';
const run = Object.hasOwn(commands, command) ? commands[command] : undefined;
if (run === undefined) usage();
await run().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
