import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { openParquet } from '../../../../connectors/file/parquet/index.js';
import { Table } from '../../../../lib/columns/index.js';
import type { Schema } from '../../../../lib/schema/index.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-parquet-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
export function fileOf(bytes: Uint8Array | string): string {
  const path = fileName();
  writeFileSync(path, bytes);
  return path;
}

export const fileName = (): string => join(folder, `${count++}.parquet`);

/** All rows of a file, row group by row group. */
export async function readAll(path: string, schema?: Schema): Promise<Table> {
  const file = await openParquet(path);
  try {
    const { fields } = schema ?? file.schema;
    const parts: Table[] = [];
    for (let rowGroup = 0; rowGroup < file.rowGroups.length; rowGroup++) {
      parts.push(await file.read({ rowGroup, columns: fields }));
    }
    return parts.length === 0 ? Table.empty(schema ?? file.schema) : Table.concat(parts);
  } finally {
    await file.close();
  }
}

let instance: DuckDBInstance | undefined;
let connection: DuckDBConnection | undefined;
afterAll(() => {
  connection?.closeSync();
  instance?.closeSync();
});

/** Asks DuckDB, which has a Parquet reader of its own; `$file` in the text stands for the file. */
export async function duckdb(sql: string, path: string): Promise<Record<string, unknown>[]> {
  instance ??= await DuckDBInstance.create(':memory:', { threads: '1' });
  connection ??= await instance.connect();
  const reader = await connection.runAndReadAll(sql.replaceAll('$file', `'${path}'`));
  return reader.getRowObjectsJson();
}
