/** Parquet: typed columns, compressed; what a filter rules out is not read. */
import { startQuery } from 'sluice';
import { consoleSink, fileSink, fileSource } from 'sluice/connectors';
import { checkpoint, select, trigger, where } from 'sluice/operators';
import { data, workspace } from './workspace.js';

const at = workspace('parquet');

const orders$ = fileSource({
  format: 'csv',
  path: data('orders'),
  schema: 'id LONG, shop STRING, amount DECIMAL(10,2), at TIMESTAMP',
  header: true,
  maxFilesPerTrigger: 1,
});
await startQuery({
  from: orders$.pipe(trigger({ availableNow: true }), checkpoint(at('checkpoint'))),
  to: fileSink({ format: 'parquet', path: at('orders'), compression: 'zstd' }),
}).awaitTermination();

// Of two files one has no order after the first of March: its footer says so.
const late$ = fileSource({
  format: 'parquet',
  path: at('orders'),
  schema: 'id LONG, shop STRING, amount DECIMAL(10,2), at TIMESTAMP',
}).pipe(where("at >= '2024-03-02'"), select('id', 'shop', 'amount'), trigger({ availableNow: true }));
console.log(late$.explain());

const query = startQuery({ from: late$, to: consoleSink() });
await query.awaitTermination();
for (const { sources } of query.recentProgress) {
  for (const { metrics } of sources) console.log(`rows not read: ${metrics?.['numRowsSkipped']}`);
}
