import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { type Judge, quoted } from './data.js';
import { fastDir } from './enumerate.js';
import { type Channel, feedOf } from './feeds.js';
import { type Killed, Killer } from './killing.js';
import type { Lab } from './lab.js';
import { describe } from './processes.js';
import type { PushedJob, Transport } from './pushed.js';

/** What is killed, to be found by its name; `restarts`: in a query that starts again by itself. */
export const pushedCases = {
  webSocket: { push: 'webSocket', restarts: false },
  socket: { push: 'socket', restarts: false },
  'socket, with restarts': { push: 'socket', restarts: true },
  microBatch: { push: 'microBatch', restarts: false },
} satisfies Record<string, { push: Transport; restarts: boolean }>;

export type PushedCase = keyof typeof pushedCases;

/** How far a process is to come in its life. */
const life = { steps: 240, millis: 800 };

/**
 * Kills a process that is pushed at so often, in rounds of a few lives. Of each connection the files have to hold what
 * was sent up to some row, each row once: up to what was acknowledged at least, and up to exactly what lay in the log
 * when the process died.
 */
export async function killPushed(
  { judge, program, random }: Lab,
  name: PushedCase,
  kills: number,
  fault?: PushedJob['fault'],
): Promise<Killed & { rows: number }> {
  const { push, restarts } = pushedCases[name];
  const dir = fastDir();
  const killer = new Killer(random, life);
  const result: Killed & { rows: number } = {
    kills: 0,
    rounds: 0,
    restarting: 0,
    refused: 0,
    complaint: undefined,
    rows: 0,
  };
  while (result.kills < kills && result.complaint === undefined) {
    const home = mkdtempSync(join(dir, 'round-'));
    const base: PushedJob = {
      push,
      spill: join(home, 'spill'),
      checkpoint: join(home, 'checkpoint'),
      out: join(home, 'out'),
      ...(fault !== undefined && { fault }),
    };
    const feed = await feedOf(push);
    const inLog = new Map<string, number>();
    const lives = Math.min(random.int(2, 6), kills - result.kills);
    for (let n = 0; n < lives && result.complaint === undefined; n++) {
      const child = killer.start(program, {
        ...base,
        ...feed.next(),
        ...(restarts && { flaky: random.int(1, 1e9) }),
      });
      const [outcome] = await Promise.all([child.ended, feed.feed(child)]);
      if (outcome.how === 'killed') result.kills++;
      else result.complaint = describe(outcome);
      for (const [channel, rows] of rowsInLog(base.spill)) inLog.set(channel, rows);
      result.complaint ??= await complaintOf(judge, base, feed.channels, inLog, 'some');
    }
    if (result.complaint === undefined) {
      const child = program.start({ ...base, ...feed.next() });
      const feeding = feed.feed(child);
      await child.ready;
      await feed.finish();
      child.signal('SIGTERM');
      const stopped = await child.ended;
      await feeding;
      const drained = await program.run({ ...base, ...feed.next(), drain: true });
      if (stopped.how !== 'stopped' || drained.how !== 'done') {
        result.complaint = `${describe(stopped)}, then ${describe(drained)}`;
      }
    }
    result.complaint ??= await complaintOf(judge, base, feed.channels, inLog, 'all');
    result.rows += await rowsIn(judge, base);
    result.rounds++;
    feed.close();
    rmSync(home, { recursive: true });
  }
  rmSync(dir, { recursive: true });
  return result;
}

const rowsOf = (job: PushedJob): string => `SELECT value, split_part(value, '|', 1) AS channel,
  split_part(value, '|', 2)::INT AS n, split_part(value, '|', 3)::INT AS id
  FROM (SELECT unnest(string_split(content[:-2], chr(10))) AS value FROM read_text(${quoted(join(job.out, '*.txt'))}))`;

async function rowsIn(judge: Judge, job: PushedJob): Promise<number> {
  if (!(await judge.anyFile(join(job.out, '*.txt')))) return 0;
  const [{ n } = { n: 0 }] = await judge.ask(`SELECT count(*)::INT AS n FROM (${rowsOf(job)})`);
  return n as number;
}

/** What is wrong with the files, as DuckDB reads them: after a kill, or in the end. */
async function complaintOf(
  judge: Judge,
  job: PushedJob,
  channels: readonly Channel[],
  inLog: ReadonlyMap<string, number>,
  part: 'some' | 'all',
): Promise<string | undefined> {
  const found = (await judge.anyFile(join(job.out, '*.txt')))
    ? await judge.ask(`SELECT channel, count(*)::INT AS rows, count(DISTINCT n)::INT AS distinct_rows, max(n) + 1 AS upto,
        count(*) FILTER (value <> concat_ws('|', channel, n, id, repeat('x', n % 150)))::INT AS wrong
        FROM (${rowsOf(job)}) GROUP BY ALL`)
    : [];
  const counts = new Map(found.map((each) => [each['channel'] as string, each as Record<string, number>]));
  for (const name of counts.keys()) {
    if (!channels.some((channel) => channel.name === name)) return `rows of ${name}, which never was`;
  }
  for (const { name, sent, safe } of channels) {
    const { rows = 0, distinct_rows: distinct = 0, upto = 0, wrong = 0 } = counts.get(name) ?? {};
    const told = `${name}: ${rows} rows, ${distinct} of them distinct, up to ${upto} of ${sent} that were sent`;
    if (rows !== distinct) return `${told}: some are twice`;
    if (wrong > 0 || upto > sent) return `${told}: ${wrong} are wrong`;
    if (part === 'some') continue;
    if (rows !== upto) return `${told}: some are missing`;
    if (rows < safe) return `${told}: ${safe} were acknowledged`;
    const held = inLog.get(name);
    if (held !== undefined && held !== rows) return `${told}: ${held} had been accepted`;
  }
  return undefined;
}

/** How far the rows of each channel come in the log of a process that is dead. */
function rowsInLog(dir: string): Map<string, number> {
  const rows = new Map<string, number>();
  for (const name of existsSync(dir) ? readdirSync(dir).sort() : []) {
    if (!name.endsWith('.spill')) continue;
    const bytes = readFileSync(join(dir, name));
    // A block is its length, its checksum, and records, each behind its length. What is torn was never accepted.
    for (let at = 8; at + 8 <= bytes.length; at += 8 + bytes.readUInt32LE(at)) {
      const block = bytes.subarray(at + 8, at + 8 + bytes.readUInt32LE(at));
      if (crc32(block) !== bytes.readUInt32LE(at + 4)) break;
      const found = block.toString('latin1').matchAll(/([a-z]+\d*-\d+)\|(\d+)\|\d+\|x*/g);
      for (const [, channel, n] of found) rows.set(channel!, Number(n) + 1);
    }
  }
  return rows;
}
