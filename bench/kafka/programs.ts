import { type ChildProcess, type SpawnOptions, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { jars } from '../../scripts/kafka/cache.js';
import { builtScript } from '../build.js';
import { root } from '../places.js';
import type { KafkaChild, KafkaResult, KafkaTask } from './child.js';

/** A process that is being measured. */
export interface Program {
  /** Resolves when it has said that it is ready. */
  readonly ready: Promise<void>;
  /** Resolves with what it answered, when it has ended by itself. */
  readonly ended: Promise<KafkaResult | undefined>;
  /** Tells it to end; resolves when it has. */
  stop(): Promise<Used & Partial<KafkaResult>>;
}

/** Of its whole life. */
export interface Used {
  readonly rssBytes: number;
}

export function startJob(brokers: readonly string[], task: KafkaTask, profile = false): Program {
  const child: KafkaChild = { brokers, task, profile };
  return watched(spawn(process.execPath, [builtScript('kafka/child'), JSON.stringify(child)], pipes));
}

/** Runs a job that ends by itself. */
export async function runJob(brokers: readonly string[], task: KafkaTask, profile = false): Promise<KafkaResult> {
  return (await startJob(brokers, task, profile).ended)!;
}

/** Kafka Streams as `streams/Upper.java` uses it, compiled to `dir`. */
export async function startStreams(
  brokers: readonly string[],
  { from, to }: { readonly from: string; readonly to: string },
  dir: string,
): Promise<Program> {
  const classpath = join(await jars('kafka-streams'), '*');
  const program = join(root, 'bench/kafka/streams/Upper.java');
  if (!existsSync(join(dir, 'Upper.class'))) await promisify(execFile)('javac', ['-d', dir, '-cp', classpath, program]);
  const jvm = ['-Xmx512m', '-Dorg.slf4j.simpleLogger.defaultLogLevel=error', '-cp', `${dir}:${classpath}`];
  const application = randomUUID();
  const args = [brokers.join(','), from, to, application, join(dir, application)];
  return watched(spawn('java', [...jvm, 'Upper', ...args], pipes));
}

const pipes: SpawnOptions = { stdio: ['pipe', 'pipe', 'inherit'] };

function watched(child: ChildProcess): Program {
  let stdout = '';
  let isReady: () => void;
  const ready = new Promise<void>((resolve) => (isReady = resolve));
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (stdout.includes('ready')) isReady();
  });
  const ended = once(child, 'close').then((end): KafkaResult | undefined => {
    const [code, signal] = end as [number | null, NodeJS.Signals | null];
    if (code !== 0) throw new Error(`${child.spawnargs.slice(0, 3).join(' ')} ended with ${signal ?? code}`);
    const last = stdout.trimEnd().split('\n').at(-1)!;
    return last.startsWith('{') ? (JSON.parse(last) as KafkaResult) : undefined;
  });
  // Who waits for it to be ready hears that it has failed; nobody need wait for either.
  const readyOrEnded = Promise.race([ready, ended.then(() => undefined)]);
  for (const promise of [readyOrEnded, ended]) promise.catch(() => undefined);
  return {
    ready: readyOrEnded,
    ended,
    stop: async () => {
      const rssBytes = peakOf(child.pid!);
      child.stdin!.end();
      return { rssBytes, ...(await ended) };
    },
  };
}

/** The most memory that the process has had, as the system counts it. */
function peakOf(pid: number): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}
