import type { Table } from '../../lib/columns/index.js';
import {
  type ReadLimit,
  type SourceContext,
  type SourceReader,
  type SourceStatus,
  defineSource,
} from '../../lib/connect/index.js';
import { SluiceError } from '../../lib/errors/index.js';
import type { Flow } from '../../lib/flow.js';
import { type RateSourceOptions, parseRateOptions } from './options.js';
import { type RateRow, longs, rateRows, rateSchema } from './rows.js';

/**
 * Makes rows by the clock, for demonstrations, tests of load and pipelines without input: `timestamp`, and `value`
 * counting up from 0. The rows of a second are there when the second is over, their timestamps spread evenly over
 * it (rounded to milliseconds), so the first come a second after the start.
 *
 * Replayable: which rows there are follows from when the source was first started, which the checkpoint keeps. A
 * restart goes on where the last run was, and catches up on the time between. `trigger({ availableNow: true })` and
 * `once` give what is due at the start, which is nothing for a new query.
 *
 * Throws INVALID_OPTION and UNKNOWN_OPTION.
 *
 * @example
 * ```ts
 * rateSource({ rowsPerSecond: 5 }).subscribe(consoleSink());
 * ```
 */
export function rateSource(options: RateSourceOptions = {}): Flow<RateRow> {
  const { rowsPerSecond, rampUpSeconds, name } = parseRateOptions(options);
  return defineSource<RateRow, number>({
    op: 'rateSource',
    name,
    detail: `${rowsPerSecond} rows/s${rampUpSeconds > 0 ? ` after ${rampUpSeconds} s` : ''}`,
    schema: rateSchema,
    supports: { replay: true, columns: true },
    open: (context) => new RateReader(context, rowsPerSecond, rampUpSeconds),
  });
}

/** Offsets are whole seconds since the source was first started. */
export class RateReader implements SourceReader<RateRow, number> {
  private readonly createdAt: number;
  private readonly columns: readonly string[];
  private frozen: number | undefined;
  private cut = false;

  constructor(
    private readonly context: SourceContext,
    private readonly rowsPerSecond: number,
    private readonly rampUpSeconds: number,
  ) {
    const [remembered] = context.remembered;
    this.createdAt = typeof remembered === 'number' ? remembered : context.now();
    if (remembered === undefined) context.remember(this.createdAt);
    this.columns = context.columns ?? rateSchema.fields.map((f) => f.name);
  }

  initial(): number {
    return 0;
  }

  freeze(): void {
    this.frozen = this.seconds();
  }

  latest(start: number, limit: ReadLimit): number {
    // A clock that was set back takes back nothing.
    const end = Math.max(start, this.frozen ?? this.seconds());
    const first = this.valueAt(start);
    this.cut = !limit.all && this.valueAt(end) - first > limit.rows;
    if (!this.cut) return end;
    // Values grow with the seconds: the last second within the limit, but one at least.
    let low = start + 1;
    let high = end;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.valueAt(middle) - first <= limit.rows) low = middle;
      else high = middle - 1;
    }
    this.cut = low < end;
    return low;
  }

  read(start: number, end: number): Table {
    const first = this.valueAt(start);
    const length = this.valueAt(end) - first;
    const startTime = this.createdAt + start * 1000;
    const millisPerRow = ((end - start) * 1000) / length;
    return rateRows(length, this.columns, {
      timestamp: () => longs(length, (i) => (startTime + Math.round(i * millisPerRow)) * 1000),
      value: () => longs(length, (i) => first + i),
    });
  }

  status(): SourceStatus {
    const seconds = this.seconds();
    const untilNext = this.createdAt + (seconds + 1) * 1000 - this.context.now();
    return { latest: this.frozen ?? seconds, cut: this.cut, pollAfter: untilNext };
  }

  private seconds(): number {
    return Math.floor((this.context.now() - this.createdAt) / 1000);
  }

  /** How many rows there are `seconds` after the start: Spark's sum, integer division and all. */
  private valueAt(seconds: number): number {
    const { rowsPerSecond, rampUpSeconds } = this;
    const ramp = Math.min(seconds, rampUpSeconds);
    const delta = Math.floor(rowsPerSecond / (rampUpSeconds + 1));
    const value = (delta * ramp * (ramp + 1)) / 2 + (seconds - ramp) * rowsPerSecond;
    if (value <= Number.MAX_SAFE_INTEGER) return value;
    const message = `rateSource: after ${seconds} seconds of ${rowsPerSecond} rows values pass 2^53. Start it anew.`;
    throw new SluiceError('SOURCE_FAILED', message, { details: { source: this.context.name, seconds, rowsPerSecond } });
  }
}
