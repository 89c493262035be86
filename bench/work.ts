import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ExpressionsJob, prepareExpressions } from './expressions.js';
import { runDuckdb } from './duckdb.js';
import { type NexmarkJob, prepareNexmark } from './nexmark/run.js';
import { runPeers } from './peers.js';
import { runPipeline } from './pipeline.js';
import { type Shares, profiled } from './profile.js';
import { type PushJob, preparePush } from './push.js';
import { type ReadingJob, prepareReading } from './reading.js';
import { type SeveralJob, runSeveral } from './several.js';
import { runSmallBatches } from './small-batches.js';
import { type StraightJob, runStraight } from './straight.js';
import { type WritingJob, prepareWriting } from './writing.js';

/** What a child process is to do; it answers with JSON on its last line. */
export type Task =
  | ({ readonly task: 'pipeline' | 'straight' | 'peers' | 'duckdb' } & Omit<StraightJob, 'outputDir'> & Profiled)
  | ({ readonly task: 'expressions' } & ExpressionsJob & Profiled)
  | ({ readonly task: 'reading' } & ReadingJob & Profiled)
  | ({ readonly task: 'writing' } & WritingJob & Profiled)
  | ({ readonly task: 'push' } & PushJob & Profiled)
  | ({ readonly task: 'several' } & SeveralJob & Profiled)
  | ({ readonly task: 'nexmark' } & NexmarkJob & Profiled)
  | { readonly task: 'smallBatches' };

interface Profiled {
  readonly profile?: boolean;
}

export interface JobResult {
  readonly rows: number;
  readonly seconds: number;
  /** Of the same work done once more in the same process, when all is loaded and compiled; for reading and writing. */
  readonly warmSeconds?: number;
  /** Of the processor, all threads together. */
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  readonly shares?: Shares;
  readonly top?: Shares;
}

const runners = { pipeline: runPipeline, straight: runStraight, peers: runPeers, duckdb: runDuckdb };

type Job = Exclude<Task, { task: 'smallBatches' }>;

async function prepare(task: Job, outputDir: string): Promise<() => Promise<number>> {
  switch (task.task) {
    case 'expressions':
      return prepareExpressions(task);
    case 'reading':
      return prepareReading(task);
    case 'writing':
      return prepareWriting(task, outputDir);
    case 'push':
      return preparePush(task, outputDir);
    case 'nexmark':
      return prepareNexmark(task, outputDir);
    case 'several':
      return () => runSeveral(task, outputDir);
    default:
      return () => runners[task.task]({ ...task, outputDir });
  }
}

async function secondsOf(run: () => Promise<number>): Promise<number> {
  const start = performance.now();
  await run();
  return (performance.now() - start) / 1000;
}

async function runJob(task: Job, outputDir: string): Promise<JobResult> {
  const { profile = false } = task;
  const run = await prepare(task, outputDir);
  const cpu = process.cpuUsage();
  const start = performance.now();
  const done = profile ? await profiled(run) : { result: await run() };
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const { result, ...shares } = done;
  return {
    rows: result,
    seconds,
    ...(!profile && (task.task === 'reading' || task.task === 'writing')
      ? { warmSeconds: await secondsOf(await prepare(task, join(outputDir, 'again'))) }
      : {}),
    cpuSeconds: (user + system) / 1e6,
    rssBytes: process.resourceUsage().maxRSS * 1024,
    ...shares,
  };
}

const task = JSON.parse(process.argv[2]!) as Task;
const outputDir = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
mkdirSync(join(outputDir, 'again'));
try {
  const result = task.task === 'smallBatches' ? await runSmallBatches(outputDir) : await runJob(task, outputDir);
  console.log(JSON.stringify(result));
} finally {
  rmSync(outputDir, { recursive: true, force: true });
}
