import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { jars } from './cache.js';

/** Kafka's own tools: their classes, and the names by which its scripts call them, without `kafka-` and `.sh`. */
const classes = {
  acls: 'AclCommand',
  'console-consumer': 'consumer.ConsoleConsumer',
  'console-producer': 'ConsoleProducer',
  'consumer-groups': 'consumer.group.ConsumerGroupCommand',
  'delete-records': 'DeleteRecordsCommand',
  'get-offsets': 'GetOffsetShell',
  topics: 'TopicCommand',
  transactions: 'TransactionsCommand',
} as const;

export type ToolName = keyof typeof classes;

export const toolNames = Object.keys(classes) as ToolName[];

export const isTool = (name: string): name is ToolName => Object.hasOwn(classes, name);

/** Runs a tool on a cluster, on this process's terminal; resolves with its exit code. */
export async function runTool(name: ToolName, bootstrapServers: string, args: readonly string[]): Promise<number> {
  const tool = await startTool(name, bootstrapServers, args, 'inherit');
  const [code] = (await once(tool, 'exit')) as [number | null];
  return code ?? 1;
}

/** Starts a tool on a cluster. */
export async function startTool(
  name: ToolName,
  bootstrapServers: string,
  args: readonly string[],
  stdio: StdioOptions,
): Promise<ChildProcess> {
  const jvm = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn'];
  const program = ['-cp', join(await jars('kafka-tools'), '*'), `org.apache.kafka.tools.${classes[name]}`];
  return spawn('java', [...jvm, ...program, '--bootstrap-server', bootstrapServers, ...args], { stdio });
}
