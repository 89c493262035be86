import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Judge, quoted } from './data.js';
import type { StatefulJob } from './stateful.js';

const rows = 240;
const files = 4;

/** Each second one, up to four seconds late, so never behind the watermark, which begins at 0. */
const left = `SELECT i AS id, 'k' || (i * 7 % 5) AS k, 10000 + i * 1000 + (i * i * 37 % 4000) AS ms, i % 11 AS v
  FROM range(${rows}) t(i)`;
const right = `SELECT i AS id, 'k' || (i * 3 % 5) AS k, 10000 + i * 1000 + (i * i * 53 % 4000) AS ms, i % 7 AS v
  FROM range(${rows}) t(i) WHERE i % 3 <> 0`;

/** What comes last, long after: it moves the watermark past all else. */
const last = `SELECT ${rows} AS id, 'the end' AS k, 1000000000 AS ms, 0 AS v`;

/** What the files of each source hold, with the place of each row among them. */
const inputs = {
  left: `SELECT *, id AS place FROM (${left} UNION ALL ${last})`,
  right: `SELECT *, id AS place FROM (${right} UNION ALL ${replaceKey(last)})`,
  repeated: `SELECT *, id AS place FROM (${left} UNION ALL ${last})
    UNION ALL SELECT *, id + 2.5 FROM (${left}) WHERE id % 2 = 0 UNION ALL SELECT *, id + 40.5 FROM (${left}) WHERE id % 3 = 0`,
};

/** Of the last rows of a join none may match. */
function replaceKey(sql: string): string {
  return sql.replace('the end', 'the other end');
}

const groups = (of: string): string => `SELECT k, begun, count(*) AS n, sum(v) AS total FROM (${of}) GROUP BY ALL`;

const fours = `SELECT 'group' AS k, min(ms) AS begun, count(*) AS n, sum(v) AS total FROM (${left}) GROUP BY id // 4`;

/** What has to come out, by the definition of the data: nothing of ours has seen it. */
const wanted: Readonly<Record<string, string>> = {
  windows: groups(`SELECT k, ms // 10000 * 10000 AS begun, v FROM (${left})`),
  sessions: groups(`SELECT k, min(ms) OVER (PARTITION BY k, nth) AS begun, v FROM (
    SELECT *, sum(CASE WHEN ms - before <= 5000 THEN 0 ELSE 1 END) OVER (PARTITION BY k ORDER BY ms) AS nth FROM (
      SELECT *, lag(ms) OVER (PARTITION BY k ORDER BY ms) AS before FROM (${left})))`),
  duplicates: `SELECT k, ms AS begun, id AS n, v AS total FROM (${left} UNION ALL ${last})`,
  join: `SELECT l.k AS k, l.ms AS begun, l.id AS n, r.id AS total FROM (${left}) l LEFT JOIN (${right}) r
    ON l.k = r.k AND r.ms BETWEEN l.ms AND l.ms + 3000`,
  groups: fours,
  transform: fours,
};

/** The input of jobs that keep state, and what they have to make of it. */
export const statefulData = {
  async makeInput(judge: Judge, dir: string): Promise<void> {
    for (const [name, sql] of Object.entries(inputs)) {
      mkdirSync(join(dir, name), { recursive: true });
      for (let file = 0; file < files; file++) {
        const of = `SELECT id, k, strftime(epoch_ms(ms), '%Y-%m-%dT%H:%M:%S.%gZ') AS at, v FROM (${sql})
          WHERE least(floor(place * ${files} / ${rows}), ${files - 1}) = ${file} ORDER BY place`;
        await judge.ask(`COPY (${of}) TO ${quoted(join(dir, name, `in-${file}.json`))} (FORMAT json)`);
      }
    }
  },

  /** How what DuckDB finds in the files differs from what has to be there. */
  async complaint(judge: Judge, { keeps, out }: StatefulJob, part: 'all' | 'some'): Promise<string | undefined> {
    const glob = join(out, '*.json');
    const columns = "{'k': 'VARCHAR', 'begun': 'BIGINT', 'n': 'BIGINT', 'total': 'BIGINT'}";
    const found = `SELECT k, begun, n, total FROM read_json(${quoted(glob)}, columns = ${columns})`;
    const same = `SELECT k, begun::BIGINT AS begun, n::BIGINT AS n, total::BIGINT AS total FROM (${wanted[keeps]})`;
    return judge.difference((await judge.anyFile(glob)) ? found : undefined, same, part);
  },
};
