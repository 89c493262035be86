import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Shares, profiled } from '../profile.js';

/** Where a job reads and writes. */
export interface Places {
  readonly brokers: readonly string[];
  /** A new temporary directory. */
  readonly dir: string;
  /** Resolves when the job is to end; for jobs that go on until they are told. */
  readonly told: Promise<void>;
}

export interface WriteTask {
  readonly job: 'ours.write' | 'bare.write';
  readonly topic: string;
  readonly messages: number;
  /** Of each message. */
  readonly bytes: number;
  /** Messages of a batch of ours. */
  readonly perBatch: number;
}

export interface ReadTask {
  readonly job: 'ours.read' | 'bare.read' | 'traffic.check' | 'traffic.send' | 'traffic.collect';
  readonly topic: string;
  readonly messages: number;
}

export interface ForwardTask {
  readonly job: 'ours.forward';
  readonly from: string;
  readonly to: string;
  readonly how: 'upper' | 'json';
}

export interface BareForwardTask {
  readonly job: 'bare.forward';
  readonly from: string;
  readonly to: string;
  readonly transactions: boolean;
}

/** What a process is to do; jobs have the names of the functions that do them. */
export type KafkaTask = WriteTask | ReadTask | ForwardTask | BareForwardTask;

export interface KafkaChild {
  readonly brokers: readonly string[];
  readonly task: KafkaTask;
  readonly profile?: boolean;
}

export interface KafkaResult {
  /** Of what the job measures, which is not all that it does. */
  readonly seconds: number;
  /** Of the processor, from the start of the process. */
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  readonly shares?: Shares;
  readonly top?: Shares;
  /** Milliseconds from sending to arriving, in order; of `traffic.collect`. */
  readonly latencies?: readonly number[];
}

/** Seconds, or more; loads only what the job needs, since its memory is measured. */
async function perform(task: KafkaTask, places: Places): Promise<Pick<KafkaResult, 'seconds' | 'latencies'>> {
  switch (task.job) {
    case 'ours.write':
      return (await import('./ours.js')).write(task, places);
    case 'ours.read':
      return (await import('./ours.js')).read(task, places);
    case 'ours.forward':
      return (await import('./ours.js')).forward(task, places);
    case 'bare.write':
      return (await import('./bare.js')).write(task, places);
    case 'bare.read':
      return (await import('./bare.js')).read(task, places);
    case 'bare.forward':
      return (await import('./bare.js')).forward(task, places);
    case 'traffic.check':
      return (await import('./traffic.js')).check(task, places);
    case 'traffic.send':
      return (await import('./traffic.js')).send(task, places);
    case 'traffic.collect':
      return (await import('./traffic.js')).collect(task, places);
  }
}

const { brokers, task, profile = false } = JSON.parse(process.argv[2]!) as KafkaChild;
const dir = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
const told = new Promise<void>((resolve) => process.stdin.on('end', resolve).resume());
try {
  const work = () => perform(task, { brokers, dir, told });
  const { result, ...shares } = profile ? await profiled(work) : { result: await work() };
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const used = { cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, rssBytes: maxRSS * 1024 };
  console.log(JSON.stringify({ ...result, ...used, ...shares } satisfies KafkaResult));
} finally {
  rmSync(dir, { recursive: true, force: true });
  process.stdin.destroy();
}
