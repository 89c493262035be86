import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { InputFormat } from './data.js';
import type { StraightJob } from './straight.js';

/** A DuckDB of one thread, in memory. Timestamps are in UTC, as ours. */
export async function openDuckdb(): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  return connection;
}

const types = `{id: 'BIGINT', shop: 'VARCHAR', amount: 'DOUBLE', qty: 'INTEGER', "at": 'TIMESTAMPTZ', paid: 'BOOLEAN', city: 'VARCHAR', note: 'VARCHAR'}`;

/** The orders of a file: columns and types are declared, as they are for us. */
export function duckdbScan(format: InputFormat, input: string): string {
  if (format === 'parquet') return `read_parquet('${input}')`;
  if (format === 'json') return `read_json('${input}', format = 'newline_delimited', columns = ${types})`;
  return `read_csv('${input}', header = true, columns = ${types}, quote = '"', escape = '"', auto_detect = false)`;
}

/** The filtered job. */
export async function runDuckdb({ input, outputDir }: StraightJob): Promise<number> {
  const connection = await openDuckdb();
  const result = await connection.run(
    `COPY (SELECT id, shop, amount * qty AS total, "at", note FROM ${duckdbScan('csv', input)} WHERE amount > 100)
     TO '${join(outputDir, 'out.parquet')}' (FORMAT parquet, COMPRESSION snappy)`,
  );
  const rows = await result.getRows();
  connection.closeSync();
  return Number(rows[0]![0]);
}
