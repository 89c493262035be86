import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { parse } from 'fast-csv';
import { fileSource } from '../connectors/file/index.js';
import type { MicroBatch } from '../lib/batch/index.js';
import { startQuery } from '../lib/index.js';
import { select, trigger } from '../operators/index.js';
import { type InputFormat, csvFormat, ordersDdl } from './data.js';
import { duckdbScan, openDuckdb } from './duckdb.js';

/** Reading a file of orders, to columns or to what the reader makes of it. */
export interface ReadingJob {
  readonly side: 'ours' | 'duckdb' | 'library';
  readonly format: InputFormat;
  readonly input: string;
  /** How many there are. */
  readonly rows: number;
  /** The columns to read; all if not given. */
  readonly columns?: readonly string[];
}

type Run = () => Promise<number>;

/** Gets everything ready that has nothing to do with the file. What comes back reads it, and counts the rows. */
export async function prepareReading(job: ReadingJob): Promise<Run> {
  if (job.side === 'ours') return () => readWithSluice(job);
  if (job.side === 'duckdb') return duckdbReader(job);
  return () => libraries[job.format](job);
}

async function readWithSluice({ format, input, columns }: ReadingJob): Promise<number> {
  const options = { path: input, schema: ordersDdl };
  const read$ = fileSource(format === 'csv' ? { format, ...options, ...csvFormat } : { format, ...options });
  const all = columns === undefined ? read$ : read$.pipe(select(...columns));
  let rows = 0;
  const to = {
    next: (batch: MicroBatch) => void (rows += batch.numRows),
    error: () => undefined,
    complete: () => undefined,
  };
  const query = startQuery({ from: all.pipe(trigger({ availableNow: true })), to });
  await query.awaitTermination();
  return rows;
}

/** DuckDB's columns as it gives them out, chunk by chunk: no value is made of them. */
async function duckdbReader({ format, input, columns }: ReadingJob): Promise<Run> {
  const connection = await openDuckdb();
  const names = columns?.map((name) => `"${name}"`).join(', ') ?? '*';
  return async () => {
    const result = await connection.stream(`SELECT ${names} FROM ${duckdbScan(format, input)}`);
    let rows = 0;
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return rows;
      rows += chunk.rowCount;
    }
  };
}

/** As far as it is used here; the package has no types. */
interface ParquetJs {
  readonly ParquetReader: {
    openFile(
      path: string,
    ): Promise<{ getCursor(columns?: readonly string[]): { next(): Promise<object | null> }; close(): Promise<void> }>;
  };
}

const libraries: Record<InputFormat, (job: ReadingJob) => Promise<number>> = {
  async csv({ input }) {
    let rows = 0;
    const records = createReadStream(input).pipe(parse({ headers: true })) as AsyncIterable<object>;
    for await (const _ of records) rows++;
    return rows;
  },

  /** `JSON.parse` line by line, and of each object the members that are wanted, into arrays. */
  async json({ input, columns = [] }) {
    const values: unknown[][] = columns.map(() => []);
    const take = (line: string): void => {
      const row = JSON.parse(line) as Record<string, unknown>;
      for (let c = 0; c < columns.length; c++) values[c]!.push(row[columns[c]!]);
    };
    let rest = '';
    for await (const piece of createReadStream(input, { encoding: 'utf8', highWaterMark: 1 << 20 })) {
      const lines = (rest + (piece as string)).split('\n');
      rest = lines.pop()!;
      for (const line of lines) take(line);
    }
    return values[0]!.length;
  },

  async parquet({ input }) {
    const { ParquetReader } = createRequire(import.meta.url)('parquetjs-lite') as ParquetJs;
    const reader = await ParquetReader.openFile(input);
    const cursor = reader.getCursor();
    let rows = 0;
    while ((await cursor.next()) !== null) rows++;
    await reader.close();
    return rows;
  },
};
