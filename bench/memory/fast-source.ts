/** A source a hundred times faster than the sink, for so many seconds; prints the resident memory along the way. */
import { Observable } from 'rxjs';
import { defineSink, defineSource } from '../../connectors/index.js';
import { FixedColumn, Table, long, startQuery, struct } from '../../lib/index.js';
import { microBatch, union } from '../../operators/index.js';

const seconds = Number(process.argv[2]);
const rowsPerBatch = 10_000;
const schema = struct({ n: long() });

/** Asked for rows, it has them at once. */
const pulled$ = defineSource<{ n: number | bigint | null }, number>({
  op: 'counter',
  name: 'counter',
  schema,
  supports: { replay: true },
  open: () => ({
    initial: () => 0,
    latest: (start, { rows }) => start + Math.min(rows, rowsPerBatch),
    read: (start, end) => {
      const values = new BigInt64Array(end - start).map((_, i) => BigInt(start + i));
      return new Table(schema, [new FixedColumn(long(), values)], end - start);
    },
  }),
});

/** Pushes ten thousand rows whenever the event loop has a moment, and stops when it is told to. */
let paused = false;
let pushed = 0;
let wake: () => void = () => undefined;
const pushed$ = new Observable<{ n: number }>((subscriber) => {
  const push = (): void => {
    if (subscriber.closed) return;
    for (let i = 0; i < rowsPerBatch && !paused; i++) subscriber.next({ n: pushed++ });
    if (!paused) setImmediate(push);
  };
  wake = () => setImmediate(push);
  push();
}).pipe(
  microBatch({
    schema,
    maxRows: rowsPerBatch,
    maxBufferedRows: 10 * rowsPerBatch,
    pause: () => (paused = true),
    resume: () => {
      paused = false;
      wake();
    },
  }),
);

/** Takes a hundred times as long as making the rows does, but no less than a timer can wait. */
let written = 0;
const slow = defineSink<{ n: number | bigint | null }>({
  op: 'slow',
  supports: { exactlyOnce: false },
  open: () => ({
    write: (batch) => {
      written += batch.rows.length;
      return new Promise((resolve) => setTimeout(resolve, 50));
    },
  }),
});

const samples: number[] = [];
const sampling = setInterval(() => samples.push(process.memoryUsage.rss()), 100);
const query = startQuery({ from: pulled$.pipe(union(pushed$)), to: slow });
await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
clearInterval(sampling);
await query.stop();
console.log(JSON.stringify({ samples, written, pushed }));
process.exit();
