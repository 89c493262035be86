import type { DuckDBConnection } from '@duckdb/node-api';
import { foreachBatchSink } from '../../connectors/foreach/index.js';
import type { Sink } from '../../lib/connect/index.js';

/** Sinks that forget what makes them exactly-once. */
export const databaseFaults = ['forgetsBatch', 'marksFirst'] as const;
export type DatabaseFault = (typeof databaseFaults)[number];

/** What the sink writes to; whoever reads makes it. */
export const tables = `
  CREATE TABLE batches (query_id VARCHAR, batch_id BIGINT, PRIMARY KEY (query_id, batch_id));
  CREATE TABLE rows (id BIGINT, note VARCHAR);`;

/** As docs/guarantees.md says: the ids of query and batch are stored in the transaction that stores the rows. */
export function toDatabase<Row extends { id: number; note: string }>(
  path: string,
  fault: DatabaseFault | undefined,
  mayFail: (when: 'before' | 'after') => void,
): Sink<Row> {
  let connection: Promise<DuckDBConnection> | undefined;
  return foreachBatchSink<Row>(async (batch, batchId) => {
    const database = await (connection ??= connectTo(path));
    const isKnown = async (): Promise<boolean> => {
      const where = `query_id = '${batch.query.id}' AND batch_id = ${batchId}`;
      return (await database.runAndReadAll(`SELECT 1 FROM batches WHERE ${where}`)).currentRowCount > 0;
    };
    await database.run('BEGIN');
    try {
      if (fault === 'forgetsBatch' || !(await isKnown())) {
        if (fault !== 'forgetsBatch')
          await database.run(`INSERT INTO batches VALUES ('${batch.query.id}', ${batchId})`);
        if (fault === 'marksFirst') await database.run('COMMIT; BEGIN');
        for (const { id, note } of batch.rows) await database.run(`INSERT INTO rows VALUES (${id}, '${note}')`);
      }
      mayFail('before');
      await database.run('COMMIT');
    } catch (error) {
      await database.run('ROLLBACK');
      throw error;
    }
    mayFail('after');
  });
}

async function connectTo(path: string): Promise<DuckDBConnection> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  return (await DuckDBInstance.create(path, { threads: '1' })).connect();
}
