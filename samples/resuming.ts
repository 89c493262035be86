/** A query that is stopped in the middle, and one that goes on from its checkpoint: each row once. */
import { startQuery } from 'sluice';
import type { MicroBatch } from 'sluice';
import { foreachBatchSink, rateMicroBatchSource } from 'sluice/connectors';
import { checkpoint } from 'sluice/operators';
import { workspace } from './workspace.js';

const at = workspace('resuming');
const numbers$ = rateMicroBatchSource({ rowsPerBatch: 1000 }).pipe(checkpoint(at('checkpoint')));

const seen = new Set<number>();
let rows = 0;
let highest = -1;
const take = (batch: MicroBatch<{ value: number | bigint | null }>): void => {
  for (const { value } of batch.rows) {
    seen.add(Number(value));
    highest = Math.max(highest, Number(value));
  }
  rows += batch.numRows;
};

for (let run = 1; run <= 3; run++) {
  const query = startQuery({ from: numbers$, to: foreachBatchSink(take) });
  await new Promise((resolve) => setTimeout(resolve, 200));
  await query.stop();
  const [first, last] = [query.recentProgress[0], query.lastProgress];
  console.log(`run ${run}: batches ${first?.batchId} to ${last?.batchId} of query ${query.id}`);
}
const once = rows === seen.size && seen.size === highest + 1;
console.log(once ? 'Every row once.' : `${rows} rows, ${seen.size} of them different, the last ${highest}`);
if (!once) process.exitCode = 1;
