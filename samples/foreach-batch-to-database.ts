/** Batches into a database file, exactly once: rows and batch id in one transaction. Needs `@duckdb/node-api`. */
import { DuckDBInstance } from '@duckdb/node-api';
import { startQuery } from 'sluice';
import { fileSource, foreachBatchSink } from 'sluice/connectors';
import { checkpoint, trigger } from 'sluice/operators';
import { data, workspace } from './workspace.js';

const at = workspace('foreach-batch-to-database');
const instance = await DuckDBInstance.create(at('orders.duckdb'));
const db = await instance.connect();
await db.run('CREATE TABLE orders (id BIGINT, shop TEXT, amount DOUBLE)');
await db.run('CREATE TABLE done (batch BIGINT)');

const orders$ = fileSource<{ id: number; shop: string; amount: number }>({
  format: 'csv',
  path: data('orders'),
  schema: 'id LONG, shop STRING, amount DOUBLE, at TIMESTAMP',
  header: true,
  maxFilesPerTrigger: 1,
}).pipe(trigger({ availableNow: true }), checkpoint(at('checkpoint')));

const toDatabase = foreachBatchSink<{ id: number; shop: string; amount: number }>(async (batch, batchId) => {
  await db.run('BEGIN');
  const seen = await db.runAndReadAll(`SELECT 1 FROM done WHERE batch = ${batchId}`);
  if (seen.currentRowCount === 0) {
    for (const { id, shop, amount } of batch.rows) {
      await db.run('INSERT INTO orders VALUES ($1, $2, $3)', [BigInt(id), shop, amount]);
    }
    await db.run(`INSERT INTO done VALUES (${batchId})`);
  }
  await db.run('COMMIT');
});

await startQuery({ from: orders$, to: toDatabase }).awaitTermination();
const totals = await db.runAndReadAll('SELECT shop, sum(amount) AS total FROM orders GROUP BY shop ORDER BY shop');
console.table(totals.getRowObjectsJson());
db.closeSync();
instance.closeSync();
