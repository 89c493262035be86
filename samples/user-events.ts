/** A stream to try things on: user events, made of the ticks of a rate source, and what was bought. */
import { col, concat, lit, startQuery, when } from 'sluice';
import { consoleSink, rateSource } from 'sluice/connectors';
import { observe, select, trigger, where } from 'sluice/operators';

const third = col('value').mod(3);

const events$ = rateSource({ rowsPerSecond: 30 }).pipe(
  trigger({ processingTime: '1 second' }),
  select(
    'timestamp',
    when(third.eq(0), 'click').when(third.eq(1), 'view').otherwise('purchase').as('event_type'),
    concat(lit('user_'), col('value').mod(7)).as('user_id'),
    when(third.eq(2), col('value').mod(100).add(1).mul(1.5)).as('amount'),
  ),
  observe('events', { rows: 'count(*)', users: 'count(DISTINCT user_id)' }),
);

const purchases$ = events$.pipe(where("event_type = 'purchase' AND amount > 2"), select('user_id', 'amount'));
console.log(purchases$.explain());

const query = startQuery({ name: 'purchases', from: purchases$, to: consoleSink({ numRows: 3 }) });
setTimeout(() => void query.stop(), 3_500);
await query.awaitTermination();
for (const { batchId, observedMetrics } of query.recentProgress) console.log(`batch ${batchId}:`, observedMetrics);
