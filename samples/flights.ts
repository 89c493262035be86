/**
 * The main job: three million flights from Parquet, and some more from CSV and JSON, into Parquet by airport.
 *
 *   npm start                 runs, or goes on where it stopped (Ctrl-C and kill -9 included)
 *   npm start -- --reset      begins again
 */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type StreamingQuery, SluiceError, startQuery, struct, long, string, timestamp } from 'sluice';
import { fileSink, fileSource, foreachBatchSink } from 'sluice/connectors';
import { checkpoint, limit, select, trigger, union } from 'sluice/operators';

const home = process.env.SLUICE_SAMPLE_DIR ?? fileURLToPath(new URL('out/flights/', import.meta.url));
const [input, output, checkpoints] = ['in', 'out', 'checkpoint'].map((name) => join(home, name)) as [
  string,
  string,
  string,
];
const schema = struct({ date: timestamp(), delay: long(), distance: long(), origin: string(), destination: string() });
const threeMillion = join(createRequire(import.meta.url).resolve('vega-datasets'), '../../data/flights-3m.parquet');
const copied = 200_000;
const expected = 3_000_000 + 2 * copied;

/** Makes the CSV and the JSON file, once, out of the first flights: a pipeline like any other. */
async function prepare(): Promise<void> {
  for (const format of ['csv', 'json'] as const) {
    const to = join(input, format);
    const flow$ = fileSource({ format: 'parquet', path: threeMillion, schema }).pipe(
      limit(copied),
      trigger({ availableNow: true }),
      checkpoint(join(checkpoints, `make-${format}`)),
    );
    await startQuery({
      from: flow$,
      to: fileSink({ format, path: to, ...(format === 'csv' && { header: true }) }),
    }).awaitTermination();
  }
}

function main(): StreamingQuery {
  const parquet$ = fileSource({ format: 'parquet', path: threeMillion, schema, name: 'parquet' });
  const csv$ = fileSource({ format: 'csv', path: join(input, 'csv'), schema, header: true, name: 'csv' });
  const json$ = fileSource({ format: 'json', path: join(input, 'json'), schema, name: 'json' });

  const flights$ = parquet$.pipe(
    union(csv$, json$),
    select('date', 'origin', 'destination', 'distance', 'delay'),
    trigger({ availableNow: true }),
    checkpoint(join(checkpoints, 'main')),
  );
  return startQuery({
    name: 'flights',
    from: flights$,
    to: fileSink({ format: 'parquet', path: output, partitionBy: ['origin'] }),
  });
}

/** Reads everything back: how many rows there are, in how many files. */
async function count(): Promise<{ rows: number; files: number }> {
  let rows = 0;
  const written$ = fileSource({ format: 'parquet', path: output, schema: 'date TIMESTAMP', recursiveFileLookup: true });
  const counting = foreachBatchSink((batch) => void (rows += batch.numRows));
  await startQuery({ from: written$.pipe(trigger({ availableNow: true })), to: counting }).awaitTermination();
  const files = readdirSync(output, { recursive: true }).filter((name) => String(name).endsWith('.parquet')).length;
  return { rows, files };
}

const number = (n: number): string => Math.round(n).toLocaleString('en-US');
const live = process.stdout.isTTY === true;

if (process.argv.includes('--reset')) rmSync(home, { recursive: true, force: true });
mkdirSync(home, { recursive: true });
if (existsSync(join(checkpoints, 'main')))
  console.log('Going on where the last run stopped (npm start -- --reset begins again).');
await prepare();

const started = performance.now();
const seconds = (): number => (performance.now() - started) / 1000;
const query = main();
let rows = 0;
query.progress$.subscribe({
  next: (progress) => {
    rows += progress.numInputRows;
    const line = `batch ${progress.batchId}  ${number(rows)} rows  ${number(progress.processedRowsPerSecond)} rows/s`;
    process.stdout.write(live ? `\r\u001b[K${line}` : `${line}\n`);
  },
  error: () => undefined,
});
let interrupted = false;
process.once('SIGINT', () => {
  interrupted = true;
  void query.stop();
});

try {
  await query.awaitTermination();
  if (live && rows > 0) process.stdout.write('\n');
  if (interrupted) {
    console.log(`Stopped after ${number(rows)} rows. Start again to go on.`);
  } else {
    const took = seconds();
    const found = await count();
    console.log(`${number(rows)} rows in ${took.toFixed(1)} s, ${number(rows / took)} rows/s`);
    console.log(`${number(found.rows)} rows in ${number(found.files)} files in ${output}`);
    if (found.rows !== expected) throw new Error(`${number(expected)} rows were expected`);
    console.log('Every row is there once.');
  }
} catch (error) {
  console.error(error instanceof SluiceError ? `${error.code}: ${error.message}` : error);
  process.exitCode = 1;
}
