/** Two sources of different columns become one stream, which goes to several sinks, by condition. */
import { otherwise, startQuery } from 'sluice';
import { fileSink, fileSource, memorySink, memorySource, route } from 'sluice/connectors';
import { checkpoint, retryWithBackoff, trigger, unionByName } from 'sluice/operators';
import { data, workspace } from './workspace.js';

const at = workspace('many-sources-many-sinks');

const fromFiles$ = fileSource({
  name: 'files',
  format: 'csv',
  path: data('orders'),
  schema: 'id LONG, shop STRING, amount DOUBLE, at TIMESTAMP',
  header: true,
}).pipe(retryWithBackoff({ maxRetries: 5 }));

const fromDesk = memorySource({ name: 'desk', schema: 'amount INT, id INT, clerk STRING' });
fromDesk.addData([{ amount: 1200, id: 900, clerk: 'ada' }]);

const orders$ = fromFiles$.pipe(
  unionByName(fromDesk, { allowMissingColumns: true }),
  trigger({ availableNow: true }),
  checkpoint(at('checkpoint')),
);

const big = memorySink({ queryName: 'big' });
const query = startQuery({
  from: orders$,
  to: route([
    ['amount > 200', { to: big, name: 'big' }],
    ['shop IS NULL', fileSink({ format: 'json', path: at('no-shop') })],
    [otherwise, fileSink({ format: 'parquet', path: at('small') })],
  ]),
});
console.log(query.explain());
await query.awaitTermination();
for (const { sources, sink } of query.recentProgress) {
  console.log(`${sources.map(({ numInputRows }) => numInputRows).join(' + ')} rows in, ${sink.numOutputRows} out`);
  console.log(sink.metrics);
}
console.log(big.rows.map(({ id, amount, clerk }) => ({ id, amount, clerk })));
