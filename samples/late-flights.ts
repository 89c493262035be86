/**
 * Flights per hour and airport, with late data: each flight is reported when it leaves, and counts for the hour in which
 * it should have left. Reports that come more than an hour late go to a sink of their own.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { count, sql, startQuery, window } from 'sluice';
import { memorySink, memorySource } from 'sluice/connectors';
import { aggregate, checkpoint, select, withWatermark } from 'sluice/operators';
import { workspace } from './workspace.js';

interface Report {
  readonly date: Date;
  readonly origin: string;
  /** In minutes. */
  readonly delay: number;
}

const file = join(createRequire(import.meta.url).resolve('vega-datasets'), '../../data/flights-20k.json');
const reports = (JSON.parse(readFileSync(file, 'utf8')) as (Omit<Report, 'date'> & { date: string })[])
  .map((report) => ({ ...report, date: new Date(`${report.date.replaceAll('/', '-')}:00Z`) }))
  .sort((a, b) => a.date.getTime() + a.delay * 60_000 - (b.date.getTime() + b.delay * 60_000));

const reports$ = memorySource<Report>({ schema: 'date TIMESTAMP, origin STRING, delay INT' });
const late = memorySink({ queryName: 'late' });
const perHour$ = reports$.pipe(
  withWatermark('date', '1 hour'),
  aggregate({
    by: { origin: 'origin', hour: window('date', '1 hour') },
    values: { flights: count(), delayed: 'count_if(delay > 15)' },
    lateRows: late,
  }),
  select('origin', 'hour.start', 'flights', 'delayed'),
  checkpoint(workspace('late-flights')('checkpoint')),
);

const query = startQuery({ from: perHour$, to: memorySink({ queryName: 'per_hour' }) });
for (let i = 0; i < reports.length; i += 250) {
  reports$.addData(reports.slice(i, i + 250));
  await query.processAllAvailable();
}
const { stateOperators, eventTime } = query.lastProgress!;
await query.stop();

const [busiest] = await sql(
  'SELECT origin, "start", flights, delayed FROM per_hour ORDER BY flights DESC, origin LIMIT 1',
);
console.log('busiest:', busiest);
const [sum] = await sql<{ counted: number }>('SELECT CAST(sum(flights) AS INT) AS counted FROM per_hour');
console.log(`${reports.length} reports: ${sum!.counted} counted, ${late.rows.length} too late,`);
console.log(
  `the rest in ${stateOperators[0]!.numRowsTotal} hours after ${eventTime['watermark']} that are still open.`,
);
