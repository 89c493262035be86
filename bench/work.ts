import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ExpressionsJob, prepareExpressions } from './expressions.js';
import { runDuckdb } from './duckdb.js';
import { runPeers } from './peers.js';
import { runPipeline } from './pipeline.js';
import { type Shares, profiled } from './profile.js';
import { runSmallBatches } from './small-batches.js';
import { type StraightJob, runStraight } from './straight.js';

/** What a child process is to do; it answers with JSON on its last line. */
export type Task =
  | ({ readonly task: 'pipeline' | 'straight' | 'peers' | 'duckdb' } & Omit<StraightJob, 'outputDir'> & Profiled)
  | ({ readonly task: 'expressions' } & ExpressionsJob & Profiled)
  | { readonly task: 'smallBatches' };

interface Profiled {
  readonly profile?: boolean;
}

export interface JobResult {
  readonly rows: number;
  readonly seconds: number;
  /** Of the processor, all threads together. */
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  readonly shares?: Shares;
  readonly top?: Shares;
}

const runners = { pipeline: runPipeline, straight: runStraight, peers: runPeers, duckdb: runDuckdb };

async function runJob(task: Exclude<Task, { task: 'smallBatches' }>, outputDir: string): Promise<JobResult> {
  const { profile = false } = task;
  const run = task.task === 'expressions' ? prepareExpressions(task) : () => runners[task.task]({ ...task, outputDir });
  const cpu = process.cpuUsage();
  const start = performance.now();
  const done = profile ? await profiled(run) : { result: await run() };
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const { result, ...shares } = done;
  return {
    rows: result,
    seconds,
    cpuSeconds: (user + system) / 1e6,
    rssBytes: process.resourceUsage().maxRSS * 1024,
    ...shares,
  };
}

const task = JSON.parse(process.argv[2]!) as Task;
const outputDir = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
try {
  const result = task.task === 'smallBatches' ? await runSmallBatches(outputDir) : await runJob(task, outputDir);
  console.log(JSON.stringify(result));
} finally {
  rmSync(outputDir, { recursive: true, force: true });
}
