import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type DurableStep, hookDurableSteps } from '../../lib/durable.js';
import { startQuery } from '../../lib/query/index.js';
import type { StreamingQuery } from '../../lib/query/index.js';
import { Random } from '../../lib/testing/random.js';
import { type Judge, manifestComplaint } from './data.js';
import { fastDir } from './enumerate.js';
import type { Fault } from './faults.js';
import { type FormatName, type Job, build, keeps } from './jobs.js';
import { Disk } from './power.js';

export interface ModelOptions {
  readonly seed: number;
  readonly judge: Judge;
  readonly fault?: Fault | undefined;
  readonly format?: FormatName;
}

/** One event of a sequence that is told what to do. */
export type ScriptedAct = 'run' | 'change' | { readonly kill: number } | { readonly power: number } | 'lose power';

/** What happened in some sequences. */
export interface Tally {
  sequences: number;
  actions: number;
  runs: number;
  kills: number;
  powerLosses: number;
  stops: number;
  failures: number;
  rows: number;
}

export const emptyTally = (): Tally => ({
  sequences: 0,
  actions: 0,
  runs: 0,
  kills: 0,
  powerLosses: 0,
  stops: 0,
  failures: 0,
  rows: 0,
});

/** More sequences than there are orders of a handful of events to get wrong. */
const maxActions = 12;

class Died extends Error {
  override readonly name = 'Died';
}

/**
 * A query in this process, and beside it the simplest thing that does the same: a list of all rows that were ever
 * added. Whatever happens, the directory holds each at most once, and after a run to the end each exactly once.
 */
class Sequence {
  private readonly random: Random;
  private readonly home = fastDir();
  private readonly places = join(this.home, 'disk');
  private readonly disk: Disk;
  private readonly format: FormatName;
  private readonly log: string[] = [];
  /** The rows that were added. */
  private nextId = 0;
  private files = 0;
  private job: Job;
  /** How many moments the last run had, to draw the next crash from. */
  private moments = 60;

  constructor(
    private readonly options: ModelOptions,
    private readonly tally: Tally,
  ) {
    const random = (this.random = new Random(options.seed));
    // Parquet files take longest to make and to read.
    this.format =
      options.format ?? this.one(['csv', 'json', 'json', 'text', 'text', 'json', 'csv', 'parquet'] as const);
    mkdirSync(join(this.home, 'in'));
    mkdirSync(this.places);
    this.disk = new Disk(this.places);
    this.job = {
      format: this.format,
      input: join(this.home, 'in'),
      out: join(this.places, 'out'),
      checkpoint: join(this.places, 'checkpoint'),
      chunkBytes: 4096,
      ...(random.int(0, 2) === 0 && { segmentBytes: random.int(200, 2000) }),
      ...(options.fault !== undefined && { fault: options.fault }),
      ...(options.fault === undefined && random.int(0, 2) === 0 && { manifest: 'spark' as const }),
    };
    this.change();
  }

  /** Plays at random, or what it is told to. */
  async play(script?: readonly ScriptedAct[]): Promise<void> {
    try {
      await this.addFiles();
      const times = script?.length ?? this.random.int(3, maxActions);
      for (let n = 0; n < times; n++) {
        this.tally.actions++;
        await (script === undefined ? this.act() : this.actOut(script[n]!));
        await this.check('some');
      }
      this.log.push('to the end');
      await this.run({ ...this.job });
      await this.check('all');
      this.tally.sequences++;
      this.tally.rows += this.nextId;
    } catch (error) {
      const told = this.log.map((line, i) => `  ${i + 1}. ${line}`).join('\n');
      throw new Error(
        `the sequence of seed ${this.options.seed} (${this.format}): ${(error as Error).message}\n${told}`,
        { cause: error },
      );
    } finally {
      rmSync(this.home, { recursive: true, force: true });
    }
  }

  private one<T>(from: readonly T[]): T {
    return from[this.random.int(0, from.length - 1)]!;
  }

  private async act(): Promise<void> {
    const { random } = this;
    const acts = [
      () => this.addFiles(),
      () => this.addFiles(),
      () => this.runToEnd(),
      () => this.crash('kill'),
      () => this.crash('kill'),
      () => this.crash('kill'),
      () => this.crash('power'),
      () => this.crash('power'),
      () => this.stop(),
      () => this.fail({ failAt: { batch: this.batchToCome(), when: this.one(['before', 'after'] as const) } }),
      () => this.fail({ throwAt: random.int(0, this.nextId) }),
      () => this.breakDisk(),
      async () => this.change(),
    ];
    await this.one(acts)();
  }

  private async actOut(act: ScriptedAct): Promise<void> {
    if (act === 'run') await this.runToEnd();
    else if (act === 'change') this.change();
    else if (act === 'lose power') this.disk.lose(this.random, true);
    else if ('kill' in act) await this.crash('kill', act.kill);
    else await this.crash('power', act.power);
  }

  /** How many moments a run to the end has. */
  async count(): Promise<number> {
    await this.play(['run']);
    return this.moments;
  }

  private async addFiles(): Promise<void> {
    const sizes = Array.from({ length: this.random.int(1, 4) }, () => this.random.int(0, 40));
    this.log.push(`add files of ${sizes.join(', ')} rows`);
    for (const size of sizes) {
      const [from, to] = [this.nextId, this.nextId + size];
      const aside = join(this.home, 'aside');
      await writeInput(this.options.judge, this.format, aside, from, to);
      renameSync(aside, join(this.job.input, `in-${String(this.files++).padStart(4, '0')}`));
      this.nextId = to;
    }
  }

  /** Options that may change from run to run, also while a batch waits to be done again. */
  private change(): void {
    const { random } = this;
    const { maxFilesPerTrigger: _, rowsPerBatch: __, maxRecordsPerFile: ___, partitionBy: ____, ...rest } = this.job;
    const changed: Partial<Job> = {
      ...(random.int(0, 2) > 0 && { maxFilesPerTrigger: random.int(1, 4) }),
      ...(random.int(0, 1) > 0 && { rowsPerBatch: random.int(1, 50) }),
      ...(random.int(0, 2) === 0 && { maxRecordsPerFile: random.int(5, 40) }),
      ...(this.format !== 'text' && random.int(0, 1) > 0 && { partitionBy: ['shop'] }),
    };
    this.log.push(`options ${JSON.stringify(changed)}`);
    this.job = { ...rest, ...changed };
  }

  private async runToEnd(): Promise<void> {
    this.log.push('run to the end');
    await this.run(this.job);
    await this.check('all');
  }

  /** Everything that would change the disk fails from some moment on, so that what is there is what a kill leaves. */
  private async crash(how: 'kill' | 'power', at = this.random.int(1, Math.ceil(this.moments * 1.1))): Promise<void> {
    const step = await this.run(this.job, at);
    this.log.push(`${how} at moment ${at}: ${step ?? 'it ended before'}`);
    if (step === undefined && how === 'kill') return;
    this.buryOwner();
    if (how === 'power') {
      this.disk.lose(this.random);
      this.tally.powerLosses++;
    } else this.tally.kills++;
  }

  private async stop(): Promise<void> {
    const turns = this.random.int(0, 150);
    const availableNow = this.random.int(0, 1) === 0;
    this.log.push(`stop after ${turns} turns${availableNow ? '' : ', without a trigger'}`);
    this.tally.stops++;
    await this.watched(async () => {
      const query = startQuery(build(this.job, availableNow));
      for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
      await query.stop();
      await query.awaitTermination();
    });
  }

  /** A sink or a user's function throws; the query fails, and can be started again. */
  private async fail(planted: Partial<Job>): Promise<void> {
    this.tally.failures++;
    let how = 'it ended before';
    try {
      await this.run({ ...this.job, ...planted });
    } catch (error) {
      how = String((error as { code?: string }).code);
      if (how !== 'SINK_FAILED' && how !== 'USER_FUNCTION_FAILED') throw error;
    }
    this.log.push(`fail ${JSON.stringify(planted)}: ${how}`);
  }

  /** One step fails, as with a disk that is full for a moment. */
  private async breakDisk(): Promise<void> {
    const at = this.random.int(1, this.moments);
    this.tally.failures++;
    let broken: string | undefined;
    let how = 'no matter';
    try {
      let moment = 0;
      await this.watched(
        async () => {
          await startQuery(build(this.job)).awaitTermination();
        },
        (step, when, path) => {
          if (++moment < at || broken !== undefined || when === 'after' || /lease/.test(path)) return;
          broken = `${step} ${this.short(path)}`;
          throw Object.assign(new Error('ENOSPC: planted'), { code: 'ENOSPC', path });
        },
      );
    } catch (error) {
      how = String((error as { code?: string }).code);
      if (how !== 'CHECKPOINT_UNWRITABLE' && how !== 'FILE_UNWRITABLE') throw error;
    }
    this.log.push(`full disk at moment ${at}: ${broken ?? 'it ended before'}, ${how}`);
  }

  /** Runs to the end, or until it dies at a moment; returns at which. Throws what the query fails with. */
  private async run(job: Job, diesAt = Infinity): Promise<string | undefined> {
    let moment = 0;
    let died: string | undefined;
    const failure = await this.watched(
      async () => {
        let query: StreamingQuery | undefined;
        try {
          query = startQuery(build(job));
          await query.awaitTermination();
          return undefined;
        } catch (error) {
          return error as Error;
        }
      },
      (step, when, path) => {
        if (++moment < diesAt) return;
        died ??= `${when} ${step} ${this.short(path)}`;
        throw new Died();
      },
    );
    if (died === undefined && failure !== undefined) throw failure;
    // The last run of a sequence may have had nothing to do.
    if (died === undefined && moment > 20) this.moments = moment;
    return died;
  }

  private async watched<T>(
    body: () => Promise<T>,
    watch?: (step: DurableStep, when: 'before' | 'after', path: string) => void,
  ): Promise<T> {
    this.tally.runs++;
    const unhook = hookDurableSteps((step, when, path) => {
      this.disk.watch(step, when, path);
      watch?.(step, when, path);
    });
    try {
      return await body();
    } finally {
      unhook();
    }
  }

  /** The process that held the lease is this one, which lives: it becomes one that does not. */
  private buryOwner(): void {
    const dir = this.job.checkpoint;
    const names = exists(dir) ? readdirSync(dir).filter((name) => name.startsWith('lease')) : [];
    for (const name of names) {
      const path = join(dir, name);
      const content = readFileSync(path, 'utf8');
      writeFileSync(path, content.replace(`"pid":${process.pid},`, '"pid":999999999,'));
    }
  }

  private batchToCome(): number {
    return this.random.int(0, 12);
  }

  private short(path: string): string {
    return path.slice(this.places.length + 1).replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '*');
  }

  private async check(part: 'all' | 'some'): Promise<void> {
    const ids = await outputIds(this.options.judge, this.job);
    const seen = new Set<number>();
    for (const id of ids) {
      if (seen.has(id)) throw new Error(`row ${id} is there twice`);
      if (!keeps(id) || id >= this.nextId) throw new Error(`row ${id} should not be there`);
      seen.add(id);
    }
    const complaint = this.job.manifest === undefined ? undefined : manifestComplaint(this.job, part);
    if (complaint !== undefined) throw new Error(complaint);
    if (part === 'some') return;
    for (let id = 0; id < this.nextId; id++) {
      if (keeps(id) && !seen.has(id)) throw new Error(`row ${id} is missing`);
    }
  }
}

/** Plays sequences, each from a seed of its own; throws with the seed and the story of the first that goes wrong. */
export async function playSequences(
  random: Random,
  count: number,
  judge: Judge,
  fault?: Fault,
  tally = emptyTally(),
): Promise<Tally> {
  for (let i = 0; i < count; i++) {
    await new Sequence({ seed: random.int(1, 2 ** 31 - 1), judge, fault }, tally).play();
  }
  return tally;
}

/** Does what it is told; everything else, such as the options, is drawn from the seed. */
export const playScript = (options: ModelOptions, script: readonly ScriptedAct[]): Promise<void> =>
  new Sequence(options, emptyTally()).play(script);

/** How many moments there are in a run of that seed to which nothing happens. */
export const momentsOf = (options: ModelOptions): Promise<number> => new Sequence(options, emptyTally()).count();

const shop = (id: number): string => `s${(id * 31) % 3}`;

async function writeInput(judge: Judge, format: FormatName, path: string, from: number, to: number): Promise<void> {
  const ids = Array.from({ length: to - from }, (_, i) => from + i);
  const lines = (line: (id: number) => string): void => writeFileSync(path, ids.map((id) => `${line(id)}\n`).join(''));
  switch (format) {
    case 'csv':
      writeFileSync(
        path,
        `id,shop,amount,note\n${ids.map((id) => `${id},${shop(id)},${id / 4},"a,\n${id}"\n`).join('')}`,
      );
      break;
    case 'json':
      lines((id) => JSON.stringify({ id, shop: shop(id), amount: id / 4, note: `a\n${id}` }));
      break;
    case 'text':
      lines((id) => `${id}|${shop(id)}`);
      break;
    case 'parquet':
      await judge.ask(
        `COPY (SELECT i AS id, 's' || (i * 31 % 3) AS shop, (i * 0.25)::DOUBLE AS amount, 'a' AS note
         FROM range(${from}, ${to}) t(i)) TO '${path}' (FORMAT parquet)`,
      );
  }
}

/** The ids in the output, read by the plainest means. */
async function outputIds(judge: Judge, job: Job): Promise<number[]> {
  if (!exists(job.out)) return [];
  const names = readdirSync(job.out, { recursive: true }).map(String);
  const files = names.filter((name) => /\.(csv|json|txt|parquet)$/.test(name));
  const ids: number[] = [];
  for (const name of files) {
    const path = join(job.out, name);
    const found: number[] = [];
    if (job.format === 'parquet') {
      for (const row of await judge.ask(`SELECT id::INT AS id FROM read_parquet('${path}')`))
        found.push(row['id'] as number);
    } else {
      const text = readFileSync(path, 'utf8');
      if (!text.endsWith('\n')) throw new Error(`${basename(name)} is not whole`);
      if (job.format === 'json') {
        for (const line of text.trimEnd().split('\n')) found.push((JSON.parse(line) as { id: number }).id);
      } else if (job.format === 'text') {
        for (const line of text.trimEnd().split('\n')) found.push(Number(/^(\d+)\|s\d\|x$/.exec(line)?.[1]));
      } else {
        // Each row has two lines, as the note has an end of line in it.
        for (const [, id] of text.matchAll(/^(\d+),.*"a,$/gm)) found.push(Number(id));
        if (text.split('\n').length - 2 !== 2 * found.length) throw new Error(`${name} is not whole`);
      }
    }
    const folder = /^shop=(s\d)/.exec(name)?.[1];
    const strayed = found.find((id) => folder !== undefined && shop(id) !== folder);
    if (strayed !== undefined) throw new Error(`row ${strayed} is in ${name}`);
    for (const id of found) ids.push(id);
  }
  return ids;
}

function exists(dir: string): boolean {
  try {
    readdirSync(dir);
    return true;
  } catch {
    return false;
  }
}
