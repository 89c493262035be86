/** Messages that are sent again when no answer came: each passes once, and is forgotten ten minutes later. */
import { startQuery } from 'sluice';
import { memorySink, memorySource } from 'sluice/connectors';
import { checkpoint, dropDuplicatesWithinWatermark, withWatermark } from 'sluice/operators';
import { workspace } from './workspace.js';

interface Message {
  readonly id: string;
  readonly at: Date;
}
const message = (id: string, minute: number): Message => ({ id, at: new Date(Date.UTC(2024, 2, 1, 9, minute)) });

const messages$ = memorySource<Message>({ schema: 'id STRING, at TIMESTAMP' });
const once$ = messages$.pipe(
  withWatermark('at', '10 minutes'),
  dropDuplicatesWithinWatermark(['id']),
  checkpoint(workspace('deduplication')('checkpoint')),
);

const sink = memorySink({ queryName: 'once' });
const query = startQuery({ from: once$, to: sink });
query.progress$.subscribe(({ batchId, numInputRows, stateOperators: [operator] }) => {
  const { numRowsTotal, numRowsDroppedByWatermark, customMetrics } = operator!;
  const dropped = customMetrics['numDroppedDuplicateRows'];
  console.log(
    `batch ${batchId}: ${numInputRows} in, ${dropped} again, ${numRowsDroppedByWatermark} too late, ${numRowsTotal} kept`,
  );
});
for (const batch of [
  [message('a', 0), message('b', 1), message('a', 2)],
  [message('b', 3), message('c', 20)],
  // What is older than the watermark, 9:10, may be one that was forgotten.
  [message('a', 4), message('d', 25)],
]) {
  messages$.addData(batch);
  await query.processAllAvailable();
}
await query.stop();
console.log('passed:', sink.rows.map(({ id }) => id).join(' '));
