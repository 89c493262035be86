import type { Table } from '../../lib/columns/index.js';
import { type SourceContext, type SourceReader, defineSource } from '../../lib/connect/index.js';
import { SluiceError } from '../../lib/errors/index.js';
import type { Flow } from '../../lib/flow.js';
import { type RateMicroBatchSourceOptions, lastMillis, parseRateMicroBatchOptions } from './options.js';
import { type RateRow, longs, rateRows, rateSchema } from './rows.js';

/**
 * Makes the same rows in the same batches at every run, whatever the clock says: each batch holds exactly
 * `rowsPerBatch` rows, all with the timestamp of their batch, and `value` counts up from 0. For tests and
 * measurements that have to be repeated.
 *
 * It always has rows: without a trigger batches follow one another as fast as the sink takes them.
 * `trigger({ availableNow: true })` and `once` give one batch. A batch is not split, so it has to fit into memory.
 * Replayable.
 *
 * Throws MISSING_OPTION, INVALID_OPTION and UNKNOWN_OPTION.
 *
 * @example
 * ```ts
 * rateMicroBatchSource({ rowsPerBatch: 1000 }).pipe(take(3)).subscribe((batch) => console.log(batch.id, batch.numRows));
 * ```
 */
export function rateMicroBatchSource(options: RateMicroBatchSourceOptions): Flow<RateRow> {
  const { name, ...shape } = parseRateMicroBatchOptions(options);
  return defineSource<RateRow, RateMicroBatchOffset>({
    op: 'rateMicroBatchSource',
    name,
    detail: `${shape.rowsPerBatch} rows/batch`,
    schema: rateSchema,
    supports: { replay: true, columns: true },
    open: (context) => new RateMicroBatchReader(context, shape),
  });
}

/** The value and the timestamp of the next batch. */
type RateMicroBatchOffset = { readonly offset: number; readonly timestamp: number };

class RateMicroBatchReader implements SourceReader<RateRow, RateMicroBatchOffset> {
  private readonly columns: readonly string[];
  private isFrozen = false;
  private last: RateMicroBatchOffset | undefined;

  constructor(
    context: SourceContext,
    private readonly shape: Omit<ReturnType<typeof parseRateMicroBatchOptions>, 'name'>,
  ) {
    this.columns = context.columns ?? rateSchema.fields.map((f) => f.name);
  }

  initial(): RateMicroBatchOffset {
    return { offset: 0, timestamp: this.shape.startTimestamp };
  }

  /** There is no end to freeze at: one more batch, and nothing after. */
  freeze(): void {
    this.isFrozen = true;
  }

  latest(start: RateMicroBatchOffset): RateMicroBatchOffset {
    if (this.isFrozen && this.last !== undefined) return this.last;
    const { rowsPerBatch, advanceMillisPerBatch } = this.shape;
    const offset = start.offset + rowsPerBatch;
    const timestamp = start.timestamp + advanceMillisPerBatch;
    if (start.timestamp > lastMillis || !Number.isSafeInteger(offset)) {
      const message = 'rateMicroBatchSource: the next batch is later than any Date, or its values pass 2^53.';
      throw new SluiceError('SOURCE_FAILED', message, { details: { ...start } });
    }
    this.last = { offset, timestamp };
    return this.last;
  }

  read(start: RateMicroBatchOffset, end: RateMicroBatchOffset): Table {
    const length = end.offset - start.offset;
    return rateRows(length, this.columns, {
      timestamp: () => new BigInt64Array(length).fill(BigInt(start.timestamp) * 1000n),
      value: () => longs(length, (i) => start.offset + i),
    });
  }
}
