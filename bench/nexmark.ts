import { median } from './children.js';
import type { Line } from './lines.js';
import { type QueryName, queries } from './nexmark/queries.js';
import type { NexmarkJob } from './nexmark/run.js';
import type { JobResult, Task } from './work.js';

const events = 500_000;
const turns = 3;

/** What a query has to reach: a share of the loop's rate, from files or from memory, and events a second. */
const bars: Partial<Record<QueryName, { from: NexmarkJob['from']; ratio: number; rate?: number }>> = {
  q0: { from: 'files', ratio: 0.7 },
  q1: { from: 'files', ratio: 0.7 },
  q2: { from: 'files', ratio: 0.7 },
  keys: { from: 'memory', ratio: 0.4, rate: 300_000 },
};

/** The queries of Nexmark from files and from memory, with a checkpoint, and loops by hand without one, in turns. */
export async function nexmark(
  run: (task: Task) => Promise<JobResult>,
  limitsOf: (shares: NonNullable<JobResult['shares']>) => string,
): Promise<Line[]> {
  const lines: Line[] = [];
  for (const query of Object.keys(queries) as QueryName[]) {
    const measured = {
      files: query === 'keys' ? undefined : await inTurns(run, { query, from: 'files' }),
      memory: await inTurns(run, { query, from: 'memory' }),
    };
    const job = { task: 'nexmark', query, from: 'memory', side: 'ours', events } as const;
    const { shares } = await run({ ...job, profile: true });
    const bar = bars[query];
    const reached = bar && measured[bar.from]!;
    lines.push({
      what: query === 'keys' ? 'windows of 100,000 keys, in memory' : `Nexmark ${query}`,
      measured: [measured.files && `files ${show(measured.files)}`, `memory ${show(measured.memory)}`]
        .filter((text) => text !== undefined)
        .join('; '),
      bar:
        bar === undefined
          ? ''
          : `${bar.from} >= ${bar.ratio.toFixed(2)}${bar.rate === undefined ? '' : `, ${bar.rate} a second`}`,
      passed: reached === undefined || (reached.ratio >= bar!.ratio && reached.rate >= (bar!.rate ?? 0)),
      limits: limitsOf(shares ?? []),
    });
  }
  return lines;
}

interface Measured {
  /** Of the loop's rate. */
  readonly ratio: number;
  /** Events a second. */
  readonly rate: number;
  readonly loop: number;
}

async function inTurns(
  run: (task: Task) => Promise<JobResult>,
  what: Pick<NexmarkJob, 'query' | 'from'>,
): Promise<Measured> {
  const loop: number[] = [];
  const ours: number[] = [];
  for (let i = 0; i < turns; i++) {
    const byHand = await run({ task: 'nexmark', ...what, side: 'loop', events });
    const piped = await run({ task: 'nexmark', ...what, side: 'ours', events });
    if (byHand.rows !== piped.rows) throw new Error(`${what.query}: ${piped.rows} rows, by hand ${byHand.rows}`);
    loop.push(byHand.seconds);
    ours.push(piped.seconds);
  }
  const ratio = median(loop.map((seconds, i) => seconds / ours[i]!));
  return { ratio, rate: events / median(ours), loop: events / median(loop) };
}

const show = ({ ratio, rate, loop }: Measured): string =>
  `${ratio.toFixed(2)} (${(rate / 1e6).toFixed(2)} M/s of ${(loop / 1e6).toFixed(2)} M/s)`;
