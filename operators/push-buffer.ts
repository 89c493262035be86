import type { SourceReader, SourceStatus } from '../lib/connect/index.js';
import { SluiceError } from '../lib/errors/index.js';

/** What happens to rows that are pushed when the buffer is full. */
export type Overflow = 'pause' | 'error' | 'dropOldest' | 'dropNewest';

export interface PushBufferOptions {
  /** At most so many rows in a batch; a batch starts as soon as they are there. */
  readonly maxRows: number;
  /** A batch starts at the latest so long, in milliseconds, after its first row came. */
  readonly maxDelay: number;
  readonly maxBufferedRows: number;
  readonly overflow: Overflow;
  readonly pause?: (() => void) | undefined;
  readonly resume?: (() => void) | undefined;
}

/**
 * Rows that were pushed and wait to be taken in batches: the reader of a source that cannot be asked. Bounded; an
 * offset is the number of rows taken so far. Rows that were in hand when the process died are gone.
 */
export class PushBuffer<Row> implements SourceReader<Row, number> {
  private rows: Row[] = [];
  /** The offset of the first row in `rows`; known when the query says where it starts. */
  private base: number | undefined;
  /** When each of `rows` came. */
  private arrivals: number[] = [];
  private paused = false;
  private dropped = 0;
  private ended = false;
  private failure: { readonly error: unknown } | undefined;
  private wake: () => void = () => undefined;

  constructor(
    private readonly options: PushBufferOptions,
    private readonly now: () => number,
  ) {}

  /** Tells the query when a batch is due. */
  connect(wake: () => void): this {
    this.wake = wake;
    return this;
  }

  push(row: Row): void {
    if (this.ended || this.failure !== undefined) return;
    if (this.rows.length >= this.options.maxBufferedRows && !this.makeRoom()) return;
    this.rows.push(row);
    this.arrivals.push(this.now());
    // The first row starts the delay, a full batch ends it.
    if (this.rows.length === 1 || this.rows.length === this.options.maxRows) this.wake();
    if (this.rows.length >= this.options.maxBufferedRows && !this.paused && this.options.overflow === 'pause') {
      this.paused = true;
      this.options.pause?.();
    }
  }

  end(): void {
    this.ended = true;
    this.wake();
  }

  fail(error: unknown): void {
    this.failure ??= { error };
    this.wake();
  }

  initial(): number {
    return 0;
  }

  latest(start: number, limit: { readonly all: boolean; readonly rows: number }): number {
    this.base ??= start;
    const due = this.dueIn();
    if (this.rows.length === 0 && this.failure !== undefined) throw this.failure.error;
    if (due > 0 && !limit.all) return start;
    return start + Math.min(this.rows.length, limit.all ? Infinity : Math.min(this.options.maxRows, limit.rows));
  }

  /** Rows of before a crash are no longer there: the range is then empty. */
  read(start: number, end: number): Row[] {
    this.base ??= end;
    return this.rows.slice(Math.max(start - this.base, 0), Math.max(end - this.base, 0));
  }

  commit(end: number): void {
    const taken = Math.max(end - (this.base ?? end), 0);
    this.base = end;
    this.rows = this.rows.slice(taken);
    this.arrivals = this.arrivals.slice(taken);
    if (this.paused && this.rows.length < this.options.maxBufferedRows / 2) {
      this.paused = false;
      this.options.resume?.();
    }
  }

  status(): SourceStatus {
    const due = this.dueIn();
    return {
      latest: (this.base ?? 0) + this.rows.length,
      ended: this.ended && this.rows.length === 0,
      ...(due > 0 && due < Infinity ? { pollAfter: due } : {}),
      metrics: { bufferedRows: this.rows.length, droppedRows: this.dropped },
    };
  }

  /** Milliseconds until a batch is due; 0 if it is, Infinity if nothing waits. */
  private dueIn(): number {
    if (this.rows.length === 0) return Infinity;
    if (this.ended || this.failure !== undefined || this.rows.length >= this.options.maxRows) return 0;
    return Math.max(0, this.arrivals[0]! + this.options.maxDelay - this.now());
  }

  /** Applies the overflow policy; false if the new row is not to be kept. */
  private makeRoom(): boolean {
    const { overflow, maxBufferedRows } = this.options;
    if (overflow === 'dropOldest') {
      // A row of a batch in hand may go: that batch has its own copy.
      this.rows.shift();
      this.arrivals.shift();
      if (this.base !== undefined) this.base++;
      this.dropped++;
      return true;
    }
    if (overflow === 'dropNewest') {
      this.dropped++;
      return false;
    }
    const why =
      overflow === 'pause'
        ? 'An Observable cannot be paused: give `pause` and `resume` of what feeds it, another `overflow`, or use fromIterable.'
        : 'Raise maxBufferedRows, speed up the sink, or choose another `overflow`.';
    this.fail(new SluiceError('BUFFER_OVERFLOW', `microBatch: ${maxBufferedRows} rows wait and more came. ${why}`));
    return false;
  }
}
