import { join } from 'node:path';
import { fileSink } from '../connectors/file/index.js';
import { startQuery } from '../lib/index.js';
import { checkpoint, trigger } from '../operators/index.js';
import { type InputFormat, ordersFile, ordersTable } from './data.js';
import { duckdbScan, openDuckdb } from './duckdb.js';
import { tables } from './tables.js';

/** Writing orders that are in memory as columns. */
export interface WritingJob {
  readonly side: 'ours' | 'duckdb';
  readonly format: InputFormat;
  readonly rows: number;
}

const batchRows = 250_000;

/** Gets the columns ready. What comes back writes them and counts the rows; ours are synced and committed then. */
export async function prepareWriting(job: WritingJob, outputDir: string): Promise<() => Promise<number>> {
  return job.side === 'ours' ? sluiceWriter(job, outputDir) : duckdbWriter(job, outputDir);
}

function sluiceWriter({ format, rows }: WritingJob, outputDir: string): () => Promise<number> {
  const from = tables(ordersTable(batchRows), rows / batchRows).pipe(
    trigger({ availableNow: true }),
    checkpoint(join(outputDir, 'checkpoint')),
  );
  const path = join(outputDir, 'out');
  return async () => {
    const to = fileSink(format === 'csv' ? { format, path, header: true, escape: '"' } : { format, path });
    const query = startQuery({ from, to });
    let written = 0;
    query.progress$.subscribe({
      next: ({ sink }) => (written += sink.numOutputRows),
      error: () => undefined,
    });
    await query.awaitTermination();
    return written;
  };
}

const copyOptions: Record<InputFormat, string> = {
  csv: 'FORMAT csv, HEADER',
  json: 'FORMAT json',
  parquet: 'FORMAT parquet, COMPRESSION snappy',
};

/** The same rows again and again, as ours. */
async function duckdbWriter({ format, rows }: WritingJob, outputDir: string): Promise<() => Promise<number>> {
  const connection = await openDuckdb();
  await connection.run(
    `CREATE TABLE orders AS SELECT o.* FROM ${duckdbScan('csv', ordersFile('csv', batchRows))} o, range(${rows / batchRows})`,
  );
  return async () => {
    const sql = `COPY orders TO '${join(outputDir, `out.${format}`)}' (${copyOptions[format]})`;
    const written = await (await connection.run(sql)).getRows();
    return Number(written[0]![0]);
  };
}
