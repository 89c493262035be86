/** Ten rows a second, a batch every second, for three seconds. */
import { startQuery } from 'sluice';
import { consoleSink, rateSource } from 'sluice/connectors';
import { mapRows, trigger } from 'sluice/operators';

const ticks$ = rateSource({ rowsPerSecond: 10 }).pipe(
  trigger({ processingTime: '1 second' }),
  mapRows((tick) => ({ ...tick, even: Number(tick.value) % 2 === 0 })),
);

const query = startQuery({ name: 'ticks', from: ticks$, to: consoleSink({ numRows: 5, truncate: false }) });
setTimeout(() => void query.stop(), 3_500);
await query.awaitTermination();
console.log(query.recentProgress.map((p) => `batch ${p.batchId}: ${p.numInputRows} rows`).join('\n'));
