import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { StraightJob } from './straight.js';

/** The filtered job on one thread of DuckDB: columns and types are declared, as they are for us. */
export async function runDuckdb({ input, outputDir }: StraightJob): Promise<number> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  const types = `{id: 'BIGINT', shop: 'VARCHAR', amount: 'DOUBLE', qty: 'INTEGER', "at": 'TIMESTAMPTZ', paid: 'BOOLEAN', city: 'VARCHAR', note: 'VARCHAR'}`;
  const result = await connection.run(
    `COPY (SELECT id, shop, amount * qty AS total, "at", note
       FROM read_csv('${input}', header = true, columns = ${types}, quote = '"', escape = '"', auto_detect = false)
       WHERE amount > 100)
     TO '${join(outputDir, 'out.parquet')}' (FORMAT parquet, COMPRESSION snappy)`,
  );
  const rows = await result.getRows();
  connection.closeSync();
  instance.closeSync();
  return Number(rows[0]![0]);
}
