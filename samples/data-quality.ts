/** Rules of quality: good orders go on, bad ones go to a dead-letter directory, each with what is wrong with it. */
import { col, startQuery } from 'sluice';
import { consoleSink, fileSink, fileSource } from 'sluice/connectors';
import { checkpoint, select, selectExpr, trigger, validate, withColumn } from 'sluice/operators';
import { data, workspace } from './workspace.js';

const at = workspace('data-quality');

const orders$ = fileSource({
  format: 'csv',
  path: data('orders'),
  schema: 'id LONG, shop STRING, amount DOUBLE, at TIMESTAMP',
  header: true,
}).pipe(
  withColumn('day', 'CAST(at AS DATE)'),
  validate({
    name: 'orders',
    rules: {
      // A missing value breaks a rule; a rule that lets it pass says so.
      amount_in_range: col('amount').between(50, 300),
      opening_hours: 'hour(at) BETWEEN 9 AND 17',
      known_shop: "shop IS NULL OR shop IN ('Oslo', 'Bergen', 'Tromsø')",
    },
    otherwise: fileSink({ format: 'json', path: at('bad') }),
  }),
  trigger({ availableNow: true }),
  checkpoint(at('checkpoint')),
);

const query = startQuery({ from: orders$, to: consoleSink() });
await query.awaitTermination();
for (const { observedMetrics } of query.recentProgress) console.log(observedMetrics['orders']);

const letters$ = fileSource({
  format: 'json',
  path: at('bad'),
  schema: 'record STRING, rules STRING, position STRING',
}).pipe(
  selectExpr("from_json(record, 'id LONG, shop STRING, amount DOUBLE') AS o", 'rules', 'position'),
  select('o.*', 'rules', 'position'),
  trigger({ availableNow: true }),
);
await startQuery({ from: letters$, to: consoleSink({ truncate: false }) }).awaitTermination();
