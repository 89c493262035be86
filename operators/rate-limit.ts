import { Observable } from 'rxjs';
import type { MicroBatch } from '../lib/batch/index.js';
import { inQuery } from '../lib/context/index.js';
import { SluiceError } from '../lib/errors/index.js';
import { type FlowOperator, flowOperator } from '../lib/operator.js';
import { type Size, custom, parseOptions, size } from '../lib/options/index.js';
import { roughSize } from './rough-size.js';

/** One of these, or both. */
export interface RateLimitOptions {
  /** How many rows may pass in a second on average; also less than one. */
  rowsPerSecond?: number;
  /** How many bytes may pass in a second on average, as the rows take them in memory: `'10m'`. */
  bytesPerSecond?: Size;
}

const spec = {
  rowsPerSecond: custom(
    (v): v is number => typeof v === 'number' && Number.isFinite(v) && v > 0,
    'a number greater than 0',
  ),
  bytesPerSecond: size(),
};

/**
 * Bounds how fast rows pass. A batch holds about what one second allows at most (the interval of
 * `trigger({ processingTime })`, if that is longer), and the next one starts when the time that it is worth has passed:
 * nothing is buffered, sources are read later. What is not used is not saved up.
 *
 * There is one batch at a time, so the whole query keeps to the slowest of its limits; counted is what passes here, so
 * above a `union` it is the rows of that branch alone. A batch that operators above made larger, or that a source
 * cannot divide, passes whole and is paid for by a longer wait. `trigger({ once: true })` takes everything in one batch
 * all the same. Throws INVALID_OPTION.
 *
 * @example
 * ```ts
 * fileSource({ format: 'json', path: 'orders/' }).pipe(rateLimit({ rowsPerSecond: 500 })).subscribe(consoleSink());
 * ```
 */
export function rateLimit<Row>(options: RateLimitOptions): FlowOperator<Row, Row> {
  const { rowsPerSecond: rows, bytesPerSecond: bytes } = parseOptions('rateLimit', options, spec);
  if (rows === undefined && bytes === undefined) {
    throw new SluiceError('INVALID_OPTION', 'rateLimit: give rowsPerSecond, bytesPerSecond or both.');
  }
  const rate = { rows: rows ?? Infinity, bytes: bytes ?? Infinity };
  const detail = [rows && `${rows} rows/s`, bytes && `${bytes} bytes/s`].filter(Boolean).join(', ');
  const seconds = (batch: MicroBatch): number =>
    Math.max(batch.numRows / rate.rows, bytes === undefined ? 0 : bytesOf(batch) / bytes);
  return flowOperator((input) => ({
    op: 'rateLimit',
    detail,
    schema: input.schema,
    hidden: input.hidden,
    eventTime: input.eventTime,
    needs: (wanted) => wanted,
    passes: (conditions) => conditions,
    connect: ([source]) =>
      new Observable((subscriber) =>
        inQuery(subscriber, (context, destination) => {
          const release = context.addRate(rate);
          const subscription = source!.subscribe({
            next: (batch) => {
              context.charge(seconds(batch) * 1000);
              destination.next(batch);
            },
            error: (error: unknown) => destination.error(error),
            complete: () => destination.complete(),
          });
          return () => {
            release();
            subscription.unsubscribe();
          };
        }),
      ),
  }));
}

function bytesOf(batch: MicroBatch): number {
  if (!batch.isColumnar) return batch.rows.reduce((sum, row) => sum + roughSize(row), 0);
  return batch.table.columns.reduce((sum, column) => sum + column.byteLength, 0);
}
