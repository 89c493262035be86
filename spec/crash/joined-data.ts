import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { tables } from './database.js';
import { type Judge, quoted } from './data.js';
import { type JoinedJob, sourceNames } from './joined.js';

export const rowsPerSource = 120;
const filesPerSource = 3;

/** The ids of the sources lie apart. */
const firstOf = (source: string): number => sourceNames.indexOf(source as 'north') * 1000;

/** The input of joined jobs, and what they have to make of it. */
export const joinedData = {
  async makeInput(judge: Judge, dir: string): Promise<void> {
    for (const source of sourceNames) {
      const folder = join(dir, source);
      mkdirSync(folder, { recursive: true });
      for (let file = 0; file < filesPerSource; file++) {
        const from = firstOf(source) + (rowsPerSource / filesPerSource) * file;
        const rows = `SELECT i AS id, 'n' || i AS note FROM range(${from}, ${from + rowsPerSource / filesPerSource}) t(i)`;
        await judge.ask(`COPY (${rows}) TO ${quoted(join(folder, `in-${file}.json`))} (FORMAT json)`);
      }
    }
  },

  /** Makes the database of a job. */
  async makeDatabase(judge: Judge, job: Pick<JoinedJob, 'database'>): Promise<void> {
    await judge.inDatabase(job.database, '', (name) => judge.ask(`USE ${name}; ${tables}; USE memory`));
  },

  /** What is wrong with what DuckDB finds in the folders and the database of a job: each row of each has to be there once. */
  async complaint(judge: Judge, job: JoinedJob, part: 'all' | 'some'): Promise<string | undefined> {
    const wanted = (which: string): string => `SELECT i AS id, 'n' || i || '!' AS note
      FROM range(${sourceNames.length * 1000}) t(i)
      WHERE i % 1000 < ${rowsPerSource} AND i % 7 <> 0 ${job.sinks === 'route' ? `AND ${which}` : ''}`;
    const files = async (name: string, format: 'json' | 'parquet', which: string): Promise<string | undefined> => {
      const glob = join(job.out, name, `*.${format}`);
      const found = `SELECT id::BIGINT AS id, note FROM read_${format}(${quoted(glob)})`;
      const complaint = await judge.difference((await judge.anyFile(glob)) ? found : undefined, wanted(which), part);
      return complaint && `files ${name}: ${complaint}`;
    };
    const database = await judge.inDatabase(job.database, 'READ_ONLY', (name) =>
      judge.difference(`SELECT id, note FROM ${name}.rows`, wanted('i % 3 = 1'), part),
    );
    return (
      (await files('a', 'json', 'i % 3 = 0')) ??
      (await files('b', 'parquet', 'i % 3 = 2')) ??
      (database && `database: ${database}`)
    );
  },
};
