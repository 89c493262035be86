import { Table, columnFrom } from '../../lib/columns/index.js';
import { type ReadLimit, type SourceReader, type SourceStatus, defineSource } from '../../lib/connect/index.js';
import { SluiceError } from '../../lib/errors/index.js';
import type { Flow } from '../../lib/flow.js';
import { field, string, structOf } from '../../lib/schema/index.js';
import { readLog } from './log-file.js';
import { type ReferenceSourceOptions, parseSourceOptions } from './options.js';

export interface ReferenceRow {
  value: string | null;
}

const schema = structOf<ReferenceRow>([field('value', string())]);

/**
 * Reads the records of a file that `referenceSink` writes, and goes on as it grows. Replayable.
 *
 * This is the source to copy: all that a source has to do, and nothing else. The file is read whole each time, which
 * keeps the example short.
 *
 * @example
 * ```ts
 * referenceSource({ path: 'words.log' }).subscribe((batch) => console.log(batch.rows));
 * ```
 */
export function referenceSource(options: ReferenceSourceOptions): Flow<ReferenceRow> {
  const { path, name } = parseSourceOptions(options); // At the call: who misspells an option hears of it at once.
  return defineSource<ReferenceRow, number>({
    op: 'referenceSource',
    name,
    detail: path,
    schema,
    supports: { replay: true },
    open: () => new ReferenceReader(path), // One reader for each run of a query: state of a run belongs there.
  });
}

/** Offsets are JSON and a matter of the source alone: here the number of records before. */
class ReferenceReader implements SourceReader<ReferenceRow, number> {
  private there = 0;
  private cut = false;
  private frozen = Infinity;

  constructor(private readonly path: string) {}

  /** Where a new query begins. One that was here before goes on at the `end` of the last batch that it committed. */
  initial(): number {
    return 0;
  }

  /** How far the next batch reaches; `start` itself: there is nothing. What it answers becomes durable, then is read. */
  async latest(start: number, limit: ReadLimit): Promise<number> {
    this.there = (await readLog(this.path)).records.length;
    if (this.there < start) {
      const message = `${this.path} has ${this.there} records, and ${start} were read from it before.`;
      throw new SluiceError('DATA_LOSS', message, { details: { path: this.path, start, there: this.there } });
    }
    const last = Math.max(start, Math.min(this.there, this.frozen));
    const end = Math.min(last, start + limit.rows);
    this.cut = end < last;
    return end;
  }

  /** For `trigger({ availableNow: true })`: what comes from now on is left for the next run. Called at most once. */
  async freeze(): Promise<void> {
    this.frozen = (await readLog(this.path)).records.length;
  }

  /** The same rows whenever it is asked for the same range: after a crash it is asked again. */
  async read(start: number, end: number): Promise<Table> {
    const values = (await readLog(this.path)).records.slice(start, end);
    return new Table(schema, [columnFrom(string(), values, 'value')], values.length);
  }

  /** `cut`: more can be read at once. `pollAfter`: else, ask again in so many milliseconds. */
  status(): SourceStatus {
    return { latest: this.there, cut: this.cut, pollAfter: 100 };
  }
}
