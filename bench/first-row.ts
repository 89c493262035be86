import { join } from 'node:path';
import { startQuery } from '../lib/index.js';
import { fileSource, foreachBatchSink } from '../connectors/index.js';
import { checkpoint, trigger } from '../operators/index.js';

/** From nothing to the first row: prints it, and how long what was loaded took. The parent looks at the clock. */
const loaded = performance.now();
const [input, dir, schema] = process.argv.slice(2) as [string, string, string];
const flow$ = fileSource({ format: 'csv', path: input, schema, header: true });
const print = foreachBatchSink((batch) => {
  console.log(JSON.stringify({ loaded, first: performance.now(), row: batch.rows[0] }));
});
const query = startQuery({
  from: flow$.pipe(trigger({ availableNow: true }), checkpoint(join(dir, 'checkpoint'))),
  to: print,
});
await query.awaitTermination();
