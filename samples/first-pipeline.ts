/** The first pipeline: large orders from CSV files to Parquet, one folder a shop, each row once. */
import { startQuery } from 'sluice';
import { consoleSink, fileSink, fileSource } from 'sluice/connectors';
import { checkpoint, filterRows, trigger } from 'sluice/operators';
import { data, workspace } from './workspace.js';

const at = workspace('first-pipeline');

const orders$ = fileSource<{ id: number; shop: string; amount: number; at: Date }>({
  format: 'csv',
  path: data('orders'),
  schema: 'id LONG, shop STRING, amount DOUBLE, at TIMESTAMP',
  header: true,
});

const large$ = orders$.pipe(
  filterRows((order) => order.amount > 100),
  trigger({ availableNow: true }),
  checkpoint(at('checkpoint')),
);

await startQuery({
  from: large$,
  to: fileSink({ format: 'parquet', path: at('large'), partitionBy: ['shop'] }),
}).awaitTermination();

// What was written, read back.
const written$ = fileSource({
  format: 'parquet',
  path: at('large'),
  schema: 'id LONG, amount DOUBLE',
  recursiveFileLookup: true,
});
await startQuery({ from: written$.pipe(trigger({ availableNow: true })), to: consoleSink() }).awaitTermination();
