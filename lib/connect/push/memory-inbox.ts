import type { Table } from '../../columns/index.js';
import type { ReadLimit, SourceReader, SourceStatus } from '../contract.js';
import { type Feed, Inbox } from './inbox.js';
import type { PushSettings } from './options.js';

/**
 * Items that were pushed and wait in memory. An offset is the number of items taken so far. What waits when the
 * process dies is gone.
 */
export class MemoryInbox<Item, Row> extends Inbox<Item> implements SourceReader<Row, number> {
  private items: Item[] = [];
  private sizes: number[] = [];
  /** When each came; only where a batch may wait for more. */
  private arrivals: number[] = [];
  /** How many of `items` are gone from the front. */
  private head = 0;
  private bytes = 0;
  /** The offset of the first item; known when the query says where it starts. */
  private base: number | undefined;

  constructor(
    private readonly what: string,
    settings: PushSettings,
    feed: Feed,
    now: () => number,
    private readonly toData: (items: Item[]) => Table | readonly Row[],
  ) {
    super(settings, feed, now);
  }

  /** Tells the query when a batch is due. */
  connect(wake: () => void): this {
    this.wake = wake;
    return this;
  }

  initial(): number {
    return 0;
  }

  latest(start: number, limit: ReadLimit): number {
    this.base ??= start;
    const due = this.dueIn();
    if (this.length === 0 && this.failure !== undefined) throw this.failure.error;
    if (due > 0 && !limit.all) return start;
    return start + (limit.all ? this.length : this.fitting(Math.min(this.settings.maxRows, limit.rows), limit.bytes));
  }

  /** Items of before a crash are no longer there: the range is then empty. */
  read(start: number, end: number): Table | readonly Row[] {
    this.base ??= end;
    const from = this.head - this.base;
    return this.toData(this.items.slice(Math.max(start + from, this.head), Math.max(end + from, this.head)));
  }

  commit(end: number): void {
    const taken = Math.min(Math.max(end - (this.base ?? end), 0), this.length);
    for (let i = 0; i < taken; i++) this.forget();
    this.base = end;
    this.compact();
    this.freed();
  }

  status(): SourceStatus {
    const due = this.dueIn();
    const { length, bytes } = this;
    return {
      latest: (this.base ?? 0) + length,
      ended: this.ended && length === 0,
      ...(due > 0 && due < Infinity ? { pollAfter: due } : {}),
      metrics: { bufferedRows: length, bufferedBytes: bytes, droppedRows: this.dropped },
    };
  }

  private get length(): number {
    return this.items.length - this.head;
  }

  protected isFull(part: number): boolean {
    const { maxBufferedRows, maxBufferedBytes } = this.settings;
    return this.length >= part * maxBufferedRows || this.bytes >= part * maxBufferedBytes;
  }

  protected keep(item: Item, bytes: number): void {
    this.items.push(item);
    this.sizes.push(bytes);
    if (this.settings.maxDelay > 0) this.arrivals.push(this.now());
    this.bytes += bytes;
    const { maxRows, maxDelay } = this.settings;
    // The first starts the delay, a full batch ends it, and so does a buffer that takes no more.
    if (this.length === 1 || this.length === maxRows || (maxDelay > 0 && this.isFull(1))) this.wake();
  }

  /** An item of a batch in hand may go: that batch has its own copy. */
  protected dropOldest(): void {
    this.forget();
    if (this.base !== undefined) this.base++;
    if (this.head > this.settings.maxBufferedRows) this.compact();
  }

  protected describe(): string {
    return `${this.what}: ${this.length} rows wait`;
  }

  private forget(): void {
    this.bytes -= this.sizes[this.head]!;
    this.head++;
  }

  private compact(): void {
    this.items = this.items.slice(this.head);
    this.sizes = this.sizes.slice(this.head);
    this.arrivals = this.arrivals.slice(this.head);
    this.head = 0;
  }

  /** How many items fit into a batch: one at least, if there is any. */
  private fitting(rows: number, bytes: number): number {
    const most = Math.min(this.length, rows);
    if (this.bytes <= bytes) return most;
    let taken = 0;
    for (let sum = 0; taken < most; taken++) {
      sum += this.sizes[this.head + taken]!;
      if (sum > bytes && taken > 0) break;
    }
    return taken;
  }

  /** Milliseconds until a batch is due; 0 if it is, Infinity if nothing waits. */
  private dueIn(): number {
    const { length } = this;
    const { maxDelay, maxRows } = this.settings;
    if (length === 0) return Infinity;
    if (maxDelay === 0 || this.ended || this.failure !== undefined || length >= maxRows) return 0;
    // Where no more may wait nothing more will come.
    if (this.isFull(1)) return 0;
    return Math.max(0, this.arrivals[this.head]! + maxDelay - this.now());
  }
}
