import type { MicroBatch } from '../../lib/batch/index.js';
import { type Table, columnFrom } from '../../lib/columns/index.js';
import { type Sink, type SinkContext, type SinkWriter, defineSink } from '../../lib/connect/index.js';
import { string } from '../../lib/schema/index.js';
import { readLog, writeLog } from './log-file.js';
import { type ReferenceOptions, parseSinkOptions } from './options.js';
import type { ReferenceRow } from './source.js';

/**
 * Appends the column `value`, a string, to a file, one record a row. **Exactly once**: which batches are in stands in
 * the same file, and is replaced together with them in one step. One query writes to a file at a time.
 *
 * This is the sink to copy: all that a sink has to do, and nothing else. The file is written whole each time, which
 * keeps the example short.
 *
 * @example
 * ```ts
 * words$.pipe(checkpoint('checkpoint/')).subscribe(referenceSink({ path: 'words.log' }));
 * ```
 */
export function referenceSink(options: ReferenceOptions): Sink<ReferenceRow> {
  const { path } = parseSinkOptions(options);
  return defineSink<ReferenceRow>({
    op: 'referenceSink',
    detail: path,
    supports: { exactlyOnce: true }, // No `outputModes`: append alone, since a record cannot be taken back.
    open: (context) => new ReferenceWriter(path, context), // With the first batch of a run.
  });
}

/** `write` is called with one batch after the other; nobody has to hold a batch or catch an error here. */
class ReferenceWriter implements SinkWriter<ReferenceRow> {
  constructor(
    private readonly path: string,
    private readonly context: SinkContext,
  ) {}

  /** When it resolves the batch is durable, and may be committed. */
  async write(batch: MicroBatch<ReferenceRow>): Promise<void> {
    if (batch.numRows === 0) return;
    const { queryId } = this.context;
    const { batches, records } = await readLog(this.path);
    // After a crash between the write and the commit the batch comes again, under the same id.
    if (batch.id <= (batches[queryId] ?? -1)) return;
    await writeLog(this.path, {
      batches: { ...batches, [queryId]: batch.id },
      records: [...records, ...recordsOf(batch.table)],
    });
  }
}

/** Throws UNKNOWN_COLUMN without a column `value`, and TYPE_MISMATCH if it holds anything but strings. */
function recordsOf(table: Table): (string | null)[] {
  const column = table.column('value');
  const values = Array.from({ length: table.numRows }, (_, i) => column.get(i));
  columnFrom(string(), values, 'value');
  return values as (string | null)[];
}
