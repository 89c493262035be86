import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Judge, quoted } from './data.js';
import type { EvolvingJob } from './evolving.js';

const files = 6;
const rowsPerFile = 30;
/** The first files that have these columns. */
const firstWithNote = 2;
const firstWithExtra = 4;

const isBad = (id: number): boolean => id % 10 === 3;

function csvRecord(id: number, file: number): string {
  if (isBad(id)) return id % 20 === 3 ? `bad-${id},1` : `bad-${id},1,2,3,4,5`;
  return [id, id / 4, ...(file >= firstWithNote ? [`n${id}`] : []), ...(file >= firstWithExtra ? [-id] : [])].join();
}

function jsonRecord(id: number, file: number): string {
  if (isBad(id)) return id % 20 === 3 ? `{"id":"bad-${id}"}` : `{bad-${id}`;
  const note = file >= firstWithNote && { note: `n${id}` };
  return JSON.stringify({ id, amount: id / 4, ...note, ...(file >= firstWithExtra && { extra: -id }) });
}

function contentOf(format: 'csv' | 'json', file: number): string {
  const header = ['id', 'amount', 'note', 'extra'].slice(0, file < firstWithNote ? 2 : file < firstWithExtra ? 3 : 4);
  const record = format === 'csv' ? csvRecord : jsonRecord;
  const records = Array.from({ length: rowsPerFile }, (_, i) => record(file * rowsPerFile + i, file));
  return [...(format === 'csv' ? [header.join()] : []), ...records].map((line) => `${line}\n`).join('');
}

/** Its data, and what it has to make of them. */
export const evolving = {
  makeInput(format: 'csv' | 'json', dir: string): void {
    for (let file = 0; file < files; file++) {
      const folder = join(dir, `shop=s${file % 2}`);
      mkdirSync(folder, { recursive: true });
      const path = join(folder, `in-${file}.${format}.gz`);
      writeFileSync(path, gzipSync(contentOf(format, file)));
      utimesSync(path, 1_700_000_000 + file, 1_700_000_000 + file);
    }
  },

  /** What is wrong with the rows or the bad records, as DuckDB reads them: each has to be there once. */
  async complaint(judge: Judge, job: EvolvingJob, part: 'all' | 'some'): Promise<string | undefined> {
    const rows = `SELECT id, shop, amount, note, extra FROM read_json(${quoted(join(job.out, '**', '*.json.gz'))},
      format = 'newline_delimited', hive_partitioning = true, hive_types = {'shop': VARCHAR},
      columns = {'id': 'BIGINT', 'amount': 'DOUBLE', 'note': 'VARCHAR', 'extra': 'BIGINT'})`;
    const goodRows = `SELECT i AS id, 's' || (i // ${rowsPerFile} % 2) AS shop, i * 0.5 AS amount,
      CASE WHEN i // ${rowsPerFile} >= ${firstWithNote} THEN 'n' || i END AS note,
      CASE WHEN i // ${rowsPerFile} >= ${firstWithExtra} THEN -i END AS extra
      FROM range(${files * rowsPerFile}) t(i) WHERE i % 10 <> 3 AND i % 7 <> 0`;
    const letters = `SELECT regexp_extract(record, 'bad-(\\d+)', 1)::BIGINT AS id,
      regexp_extract(position, 'in-(\\d)', 1)::BIGINT AS file FROM read_json(${quoted(join(job.bad, '*.json'))},
      format = 'newline_delimited', columns = {'record': 'VARCHAR', 'position': 'VARCHAR'})`;
    const badRecords = `SELECT i AS id, i // ${rowsPerFile} AS file FROM range(${files * rowsPerFile}) t(i) WHERE i % 10 = 3`;
    const differs = async (what: string, glob: string, found: string, wanted: string): Promise<string | undefined> => {
      const complaint = await judge.difference((await judge.anyFile(glob)) ? found : undefined, wanted, part);
      return complaint && `${what}: ${complaint}`;
    };
    return (
      (await differs('rows', join(job.out, '**', '*.json.gz'), rows, goodRows)) ??
      (await differs('bad records', join(job.bad, '*.json'), letters, badRecords))
    );
  },
};
