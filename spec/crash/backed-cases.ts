import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CrashPoint } from '../../lib/testing/crash.js';
import type { BackedJob } from './backed.js';
import { type Judge, quoted } from './data.js';
import { fastDir } from './enumerate.js';
import { joinedData, rowsPerSource } from './joined-data.js';
import { type Killed, killAtRandom } from './killing.js';
import type { Lab } from './lab.js';
import { describe } from './processes.js';

const flows = { primary: 'north', backup: 'east' } as const;

/** The rows of both; those of the backup begin at 1000. */
const wanted = `SELECT i AS id, 'n' || i || '!' AS note FROM range(2000) t(i) WHERE i % 1000 < ${rowsPerSource}`;

/**
 * Kills a query with a fallback so often, or until there is a complaint. At any time each sink has to hold no row twice,
 * and no gap; each batch the rows of one flow. In the end one of the flows has to be there whole, and when what is left
 * of both is read by the same checkpoint, all rows, each once.
 */
export async function killBacked(
  { judge, program, random }: Lab,
  kills: number,
  planted: { readonly fault?: BackedJob['fault']; readonly at?: CrashPoint } = {},
): Promise<Killed & { switches: number }> {
  const dir = fastDir();
  let switches = 0;
  try {
    mkdirSync(join(dir, 'homes'));
    await joinedData.makeInput(judge, join(dir, 'in'));
    const killed = await killAtRandom<BackedJob>({
      program,
      random,
      kills,
      at: planted.at,
      dir: join(dir, 'homes'),
      job: async (home) => {
        const job: BackedJob = {
          ...flows,
          input: join(dir, 'in'),
          out: join(home, 'out'),
          database: join(home, 'database'),
          checkpoint: join(home, 'checkpoint'),
          returnAfter: 0,
          ...(planted.fault !== undefined && { fault: planted.fault }),
        };
        await joinedData.makeDatabase(judge, job);
        return job;
      },
      vary: (job) => ({ ...job, flaky: random.int(1, 1e9), returnAfter: random.int(0, 2) * 4 }),
      complaint: async (job, part) => {
        const complaint = await complaintOf(judge, job, 'some');
        if (complaint !== undefined || part === 'some') return complaint;
        switches += await timesGoneOver(judge, job);
        const whole = (await wholeFlows(judge, job)) > 0 ? undefined : 'neither flow is there whole';
        const drained = await program.run({ ...job, drain: true });
        if (drained.how !== 'done') return `reading what is left: ${describe(drained)}`;
        return whole ?? complaintOf(judge, job, 'all');
      },
    });
    return { ...killed, switches };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const globOf = (job: BackedJob): string => join(job.out, 'a', '*.json');
const filesOf = (job: BackedJob): string =>
  `(SELECT id::BIGINT AS id, note, filename FROM read_json(${quoted(globOf(job))}, filename = true))`;

async function complaintOf(judge: Judge, job: BackedJob, part: 'all' | 'some'): Promise<string | undefined> {
  const inFiles = (await judge.anyFile(globOf(job)))
    ? ((await judge.difference(`SELECT id, note FROM ${filesOf(job)}`, wanted, part)) ??
      (await disorder(judge, filesOf(job), part)))
    : undefined;
  const inDatabase = await judge.inDatabase(
    job.database,
    'READ_ONLY',
    async (name) =>
      (await judge.difference(`SELECT id, note FROM ${name}.rows`, wanted, part)) ??
      (await disorder(judge, `(SELECT id, note, 'it' AS filename FROM ${name}.rows)`, 'all')),
  );
  return (inFiles && `files: ${inFiles}`) ?? (inDatabase && `database: ${inDatabase}`);
}

/** Rows that are missing below others of their flow, or batches with rows of both. */
async function disorder(judge: Judge, rows: string, part: 'all' | 'some'): Promise<string | undefined> {
  const [found] = await judge.ask(`SELECT
    (SELECT count(*) FROM (SELECT id // 1000 AS flow FROM ${rows} GROUP BY flow HAVING max(id) % 1000 + 1 <> count(*)))::INT AS gaps,
    (SELECT count(*) FROM (SELECT filename FROM ${rows} GROUP BY filename HAVING max(id) // 1000 <> min(id) // 1000))::INT AS mixed`);
  const { gaps, mixed } = found as Record<'gaps' | 'mixed', number>;
  if (gaps > 0) return 'rows are missing between others';
  return part === 'some' && mixed > 0 ? 'a batch has rows of both flows' : undefined;
}

async function wholeFlows(judge: Judge, job: BackedJob): Promise<number> {
  const [found] = await judge.ask(`SELECT count(*)::INT AS n FROM (
    SELECT id // 1000 AS flow FROM ${filesOf(job)} GROUP BY flow HAVING count(*) = ${rowsPerSource})`);
  return found!['n'] as number;
}

/** How often the next batch was of the other flow. */
async function timesGoneOver(judge: Judge, job: BackedJob): Promise<number> {
  const [found] = await judge.ask(`SELECT count(*)::INT AS n FROM (
    SELECT flow <> lag(flow) OVER (ORDER BY batch) AS changed FROM (
      SELECT regexp_extract(filename, 'part-(\\d+)', 1)::INT AS batch, min(id) // 1000 AS flow FROM ${filesOf(job)} GROUP BY batch))
    WHERE changed`);
  return found!['n'] as number;
}
