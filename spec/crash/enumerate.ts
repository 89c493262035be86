import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CountedStep, CrashPoint } from '../../lib/testing/crash.js';
import type { Random } from '../../lib/testing/random.js';
import { type Judge, isMerging, leftovers, manifestComplaint } from './data.js';
import { evolving } from './evolving-data.js';
import { isEvolving } from './evolving.js';
import { type FormatName, type Job, partsOf } from './jobs.js';
import { type ChildProgram, describe } from './processes.js';

/** Where nothing is really synced there is nothing to wait for; a killed process leaves the same behind. */
export const fastDir = (): string => mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'sluice-crash-'));

export const smallRows = 180;
const smallFiles = 3;

/** Together they have files that are split over batches, partitions, several files in one folder, and one file a batch. */
export const shapes: Readonly<Record<FormatName, Partial<Job>>> = {
  csv: { partitionBy: ['shop'], maxFilesPerTrigger: 1, maxBytesPerFile: 300 },
  json: { maxRecordsPerFile: 20, rowsPerBatch: 60, chunkBytes: 4096, segmentBytes: 1000 },
  text: { maxFilesPerTrigger: 1 },
  parquet: { partitionBy: ['shop'], maxFilesPerTrigger: 2, rowsPerBatch: 60 },
};

/** So many batches that the logs of the manifest are put together. */
export const withManifest: Partial<Job> = {
  manifest: 'spark',
  partitionBy: ['shop'],
  rowsPerBatch: 15,
  chunkBytes: 256,
};

/** Files are merged all the time, beside the batches. */
export const withCompaction: Partial<Job> = {
  compact: { minFiles: 2, every: 1 },
  partitionBy: ['shop'],
  rowsPerBatch: 15,
  chunkBytes: 256,
};

/** A small job for each format, and its input. */
export class Small {
  private trials = 0;

  private constructor(
    readonly judge: Judge,
    readonly program: ChildProgram,
    readonly format: FormatName,
    private readonly dir: string,
    private readonly evolves = false,
  ) {}

  static async create(judge: Judge, program: ChildProgram, format: FormatName): Promise<Small> {
    const small = new Small(judge, program, format, fastDir());
    await judge.makeInput(format, join(small.dir, 'in'), smallRows, smallFiles);
    return small;
  }

  /** The same for jobs with bad records, and columns that come up. */
  static evolving(judge: Judge, program: ChildProgram, format: 'csv' | 'json'): Small {
    const small = new Small(judge, program, format, fastDir(), true);
    evolving.makeInput(format, join(small.dir, 'in'));
    return small;
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** A job with places of its own. */
  job(more: Partial<Job> = {}): Job {
    const home = join(this.dir, String(this.trials++));
    mkdirSync(home);
    return {
      format: this.format,
      input: join(this.dir, 'in'),
      out: join(home, 'out'),
      checkpoint: join(home, 'checkpoint'),
      ...(this.evolves ? { bad: join(home, 'bad') } : shapes[this.format]),
      ...more,
    };
  }

  clear(job: Job): void {
    rmSync(join(job.out, '..'), { recursive: true, force: true });
  }

  private async complaint(job: Job, part: 'all' | 'some' = 'all'): Promise<string | undefined> {
    if (isEvolving(job)) return evolving.complaint(this.judge, job, part);
    if (job.sinks === 'fanOut') {
      for (const { sinks: _, ...one } of partsOf(job)) {
        const complaint = await this.complaint(one, part);
        if (complaint !== undefined) return complaint;
      }
      return undefined;
    }
    const merging = part === 'some' && isMerging(job);
    return (
      (merging ? undefined : await this.judge.complaint(job, smallRows, part)) ??
      (job.manifest === undefined ? undefined : manifestComplaint(job, part))
    );
  }

  /** The moments at which a run can crash. */
  async moments(more: Partial<Job> = {}): Promise<CountedStep[]> {
    const job = this.job(more);
    const { steps } = await this.program.measure(job);
    const complaint = (await this.complaint(job)) ?? leftovers(job);
    if (complaint !== undefined) throw new Error(`${this.format}: a run without a crash: ${complaint}`);
    this.clear(job);
    return steps;
  }

  /**
   * Crashes at each of these moments, one a run, and then lets the job go on to its end. Returns what is wrong then,
   * and in between: no row may be there twice at any time.
   */
  async crashAt(
    moments: readonly CrashPoint[],
    more: Partial<Job> = {},
  ): Promise<{ kills: number; complaint?: string }> {
    const job = this.job(more);
    let kills = 0;
    const so = (complaint: string, after: string): { kills: number; complaint: string } => ({
      kills,
      complaint: `${this.format}, crashes at ${moments.map((m) => JSON.stringify(m)).join(', ')}, ${after}: ${complaint}`,
    });
    for (const moment of moments) {
      const outcome = await this.program.run(job, moment);
      if (outcome.how === 'done') break;
      if (outcome.how !== 'killed') return so(describe(outcome), 'when it was to crash');
      kills++;
      const complaint = await this.complaint(job, 'some');
      if (complaint !== undefined) return so(complaint, 'before the restart');
    }
    const outcome = await this.program.run(job);
    if (outcome.how !== 'done') return so(describe(outcome), 'after the restart');
    // All batches were done before the crash: without another one the sink is not opened, and finishes nothing.
    const unopened = job.compact !== undefined && isMerging(job, /merge\.(json|tmp)/);
    const complaint = unopened ? undefined : ((await this.complaint(job)) ?? leftovers(job));
    if (complaint !== undefined) return so(complaint, 'at the end');
    this.clear(job);
    return { kills };
  }

  /** The moments at which the first attempt of `crashAttempts` can crash: its files are others than those of `moments`. */
  async attemptMoments(): Promise<CountedStep[]> {
    const job = this.job({ partitionBy: ['shop'], attempt: 1 });
    const { steps } = await this.program.measure(job);
    this.clear(job);
    return steps;
  }

  /**
   * Like `crashAt`, with functions that give other rows in other partitions at each attempt: of each batch there have
   * to be the rows of one attempt alone.
   */
  async crashAttempts(
    moments: readonly CrashPoint[],
    more: Partial<Job> = {},
  ): Promise<{ kills: number; complaint?: string }> {
    const job = this.job({ partitionBy: ['shop'], ...more });
    let kills = 0;
    for (let attempt = 1; attempt <= moments.length; attempt++) {
      const outcome = await this.program.run({ ...job, attempt }, moments[attempt - 1]);
      if (outcome.how === 'killed') kills++;
      else if (outcome.how !== 'done') return { kills, complaint: describe(outcome) };
    }
    const outcome = await this.program.run({ ...job, attempt: moments.length + 1 });
    if (outcome.how !== 'done') return { kills, complaint: describe(outcome) };
    const complaint =
      (await this.judge.complaintOfAttempts(job, smallRows, smallRows / smallFiles)) ??
      (job.manifest === undefined ? undefined : manifestComplaint(job));
    if (complaint !== undefined) {
      const where = moments.map((moment) => JSON.stringify(moment)).join(', ');
      return { kills, complaint: `${this.format}, attempts crash at ${where}: ${complaint}` };
    }
    this.clear(job);
    return { kills };
  }
}

/** Draws `n` different elements. */
export function draw<T>(random: Random, from: readonly T[], n: number): T[] {
  const rest = [...from];
  const drawn: T[] = [];
  while (drawn.length < n && rest.length > 0) drawn.push(...rest.splice(random.int(0, rest.length - 1), 1));
  return drawn;
}
