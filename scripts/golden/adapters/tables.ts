import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { map, take } from 'rxjs';
import { type Flow, type StreamingQuery, type Table, startQuery } from 'sluice';
import { type FileSinkOptions, fileSink, rateMicroBatchSource } from 'sluice/connectors';
import { trigger } from 'sluice/operators';

/** Writes a table with `fileSink`, in one batch; also one without rows. */
export async function writeTable(table: Table, options: FileSinkOptions): Promise<void> {
  const one = rateMicroBatchSource({ rowsPerBatch: 1 }).pipe(
    take(1),
    map((batch) => batch.with(table)),
    trigger({ availableNow: true }),
  );
  const query: StreamingQuery = startQuery({ from: one as unknown as Flow, to: fileSink(options) });
  await query.awaitTermination();
}

/** In memory, where there is such a place: nothing has to survive. */
const root = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** A folder that is there while `use` runs. */
export async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(root, 'sluice-golden-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
