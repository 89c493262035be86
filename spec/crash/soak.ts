import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '../../lib/testing/random.js';
import { type Judge, leftovers } from './data.js';
import { type FormatName, type Job, keeps } from './jobs.js';
import { type ChildProgram, type Outcome, describe } from './processes.js';

/** How a run is ended before its time. */
export type Interruption = 'kill' | 'stop' | 'throw';

export interface SoakOptions {
  readonly judge: Judge;
  readonly program: ChildProgram;
  readonly random: Random;
  readonly format: FormatName;
  /** A directory that the soak may fill. */
  readonly dir: string;
  readonly rows: number;
  readonly files: number;
  readonly how: Interruption;
  /** Goes on, from an empty directory again and again, until there were so many interruptions. */
  readonly interruptions: number;
  readonly more?: Partial<Job>;
}

export interface SoakResult {
  interruptions: number;
  rounds: number;
  /** Input rows of all rounds. */
  rows: number;
  /** How often somebody read the directory meanwhile, and found rows. */
  looks: number;
  millis: number;
  complaint?: string;
}

/**
 * Interrupts processes at random moments until they are through, and has DuckDB read the directory all the while: it
 * may never see a row twice, nor a file that is not whole, which is one that is another later.
 */
export async function soak(options: SoakOptions): Promise<SoakResult> {
  const { judge, program, random, format, dir, rows, how } = options;
  const begun = performance.now();
  const result: SoakResult = { interruptions: 0, rounds: 0, rows: 0, looks: 0, millis: 0 };
  const input = join(dir, 'in');
  await judge.makeInput(format, input, rows, options.files);
  const jobIn = (home: string): Job => ({
    format,
    input,
    out: join(home, 'out'),
    checkpoint: join(home, 'checkpoint'),
    rowsPerBatch: Math.ceil(rows / 24),
    ...(format === 'csv' || format === 'parquet' ? { partitionBy: ['shop'] } : {}),
    ...options.more,
  });
  const { millis } = await program.measure(jobIn(join(dir, 'undisturbed')));
  rmSync(join(dir, 'undisturbed'), { recursive: true });

  while (result.interruptions < options.interruptions && result.complaint === undefined) {
    const home = join(dir, `round-${result.rounds}`);
    mkdirSync(home);
    const job = jobIn(home);
    const reader = new Reader(judge, job, random);
    const reading = reader.read();
    let complaint: string | undefined;
    for (let before = -1; complaint === undefined;) {
      const enough = result.interruptions >= options.interruptions || before === result.interruptions;
      before = result.interruptions;
      const outcome = await (enough ? program.run(job) : interrupted(program, job, how, random, millis, rows));
      if (outcome.how === 'done') break;
      if (outcome.how !== { kill: 'killed', stop: 'stopped', throw: 'failed' }[how]) complaint = describe(outcome);
      if (how === 'throw' && !/planted/.test(outcome.lines.join())) complaint = describe(outcome);
      result.interruptions++;
    }
    reader.done = true;
    await reading;
    result.looks += reader.looks;
    complaint ??= reader.complaint ?? (await judge.complaint(job, rows)) ?? (await reader.last());
    if (how !== 'kill') complaint ??= leftovers(job);
    if (complaint !== undefined) result.complaint = `${format}, ${how}, round ${result.rounds}: ${complaint}`;
    result.rounds++;
    result.rows += rows;
    rmSync(home, { recursive: true, force: true });
  }
  rmSync(input, { recursive: true });
  result.millis = performance.now() - begun;
  return result;
}

async function interrupted(
  program: ChildProgram,
  job: Job,
  how: Interruption,
  random: Random,
  millis: number,
  rows: number,
): Promise<Outcome> {
  if (how === 'throw') {
    let throwAt = random.int(0, rows - 1);
    while (!keeps(throwAt)) throwAt = random.int(0, rows - 1);
    const when = random.int(0, 1) === 0 ? 'before' : 'after';
    const planted = random.int(0, 1) === 0 ? { throwAt } : { failAt: { batch: random.int(0, 23), when } as const };
    return program.run({ ...job, ...planted });
  }
  const child = program.start(job);
  await child.ready;
  await pause(random.int(0, Math.ceil(millis / 2)));
  if (child.running) child.signal(how === 'kill' ? 'SIGKILL' : 'SIGTERM');
  return child.ended;
}

/** Somebody who reads the directory while it is written. */
class Reader {
  done = false;
  looks = 0;
  complaint: string | undefined;
  private readonly files = new Map<string, string>();

  constructor(
    private readonly judge: Judge,
    private readonly job: Job,
    private readonly random: Random,
  ) {}

  async read(): Promise<void> {
    while (!this.done && this.complaint === undefined) {
      try {
        await this.look();
      } catch (error) {
        this.complaint = `a reader could not read: ${(error as Error).message}`;
      }
      await pause(this.random.int(0, 80));
    }
  }

  /** At the end everything has to be as it was seen. */
  async last(): Promise<string | undefined> {
    await this.look();
    return this.complaint;
  }

  private async look(): Promise<void> {
    const { seen, files } = await this.judge.look(this.job);
    if (seen.rows > 0) this.looks++;
    if (seen.rows !== seen.distinct)
      this.complaint = `a reader saw ${seen.rows} rows, ${seen.distinct} of them distinct`;
    for (const [name, content] of files) {
      const before = this.files.get(name) ?? content;
      if (before !== content)
        this.complaint = `a reader saw a file that was not whole: ${name} has ${content}, had ${before}`;
      this.files.set(name, content);
    }
    for (const name of this.files.keys())
      if (!files.has(name)) this.complaint = `a reader saw ${name}, and then it was gone`;
  }
}
