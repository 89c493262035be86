/** A memory table that a query fills, asked in SQL while it grows. Needs `@duckdb/node-api`. */
import { sql, startQuery } from 'sluice';
import { fileSource, memorySink } from 'sluice/connectors';
import { data } from './workspace.js';

const orders$ = fileSource({
  format: 'csv',
  path: data('orders'),
  schema: 'id LONG, shop STRING, amount DECIMAL(10,2), at TIMESTAMP',
  header: true,
  maxFilesPerTrigger: 1,
});

const query = startQuery({ from: orders$, to: memorySink({ queryName: 'orders' }) });
await query.processAllAvailable();

const totals = await sql<{ shop: string; orders: number; total: unknown; latest: Date }>(`
  SELECT shop, count(*) AS orders, sum(amount) AS total, max("at") AS latest
  FROM orders GROUP BY shop ORDER BY total DESC`);
for (const { shop, orders, total, latest } of totals) {
  console.log(`${shop}: ${orders} orders, ${String(total)} in all, the last on ${latest.toISOString()}`);
}

try {
  await sql('SELECT * FROM ordres');
} catch (error) {
  console.log((error as Error).message);
}
await query.stop();
