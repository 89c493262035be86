/** Many small batches, few files: what was written is merged beside the batches that follow. */
import { readdirSync } from 'node:fs';
import { startQuery } from 'sluice';
import { fileSink, rateMicroBatchSource } from 'sluice/connectors';
import { checkpoint, trigger } from 'sluice/operators';
import { workspace } from './workspace.js';

const at = workspace('compaction');

const query = startQuery({
  from: rateMicroBatchSource({ rowsPerBatch: 10 }).pipe(trigger({ processingTime: 10 }), checkpoint(at('checkpoint'))),
  to: fileSink({ format: 'json', path: at('out'), compact: { minFiles: 4, every: 4 } }),
});

// Each batch is a file of its own; after a hundred of them few are left.
query.progress$.subscribe(({ batchId }) => {
  if (batchId === 100) void query.stop();
});
await query.awaitTermination();

const files = readdirSync(at('out')).filter((name) => name.endsWith('.json'));
const { numOutputRows, metrics } = query.lastProgress!.sink;
console.log(
  `${query.lastProgress!.batchId + 1} batches of ${numOutputRows} rows in fewer than 50 files: ${files.length < 50}`,
);
console.log(`merged: ${Number(metrics.numFilesCompacted) > 50}, failed: ${metrics.numCompactionFailures}`);
