import type { Table } from '../../columns/index.js';
import { resolve } from 'node:path';
import { SluiceError } from '../../errors/index.js';
import type { ReadLimit, SourceReader, SourceStatus } from '../contract.js';
import { type Feed, Inbox } from './inbox.js';
import type { PushSettings } from './options.js';
import type { Codec } from './row-codec.js';
import { SpillLog } from './spill-log.js';

/** Logs of this process that are being closed: a source that is subscribed again waits for its own. */
const closing = new Map<string, Promise<void>>();

/**
 * Items that were pushed and wait in a durable log. An offset is the number of the item in it; what is committed is
 * trimmed. Everything that comes while a sync is under way goes with the next one.
 */
export class SpillInbox<Item, Row> extends Inbox<Item> implements SourceReader<Row, number> {
  private log: SpillLog | undefined;
  /** What is not yet on the disk. */
  private pending: Uint8Array[] = [];
  private pendingKept: ((() => void) | undefined)[] = [];
  private pendingBytes = 0;
  private writing: Promise<void> | undefined;
  private committed = 0;
  private planned = 0;
  /** When the first item came that no batch has; 0 if it was there when the last batch was planned. */
  private since = 0;
  private frozen = Infinity;
  private readonly spill: { readonly dir: string; readonly maxBytes: number };
  /** At most so much is written and synced in one piece; and no record is larger. */
  private readonly blockBytes: number;
  /** What `latest` read, for `read`. */
  private ahead: { readonly start: number; readonly items: Item[] } | undefined;

  constructor(
    private readonly what: string,
    settings: PushSettings & { readonly spill: NonNullable<PushSettings['spill']> },
    feed: Feed,
    now: () => number,
    private readonly codec: Codec<Item>,
    private readonly toData: (items: Item[]) => Table | readonly Row[],
  ) {
    super(settings, feed, now);
    this.spill = { ...settings.spill, dir: resolve(settings.spill.dir) };
    // Four segments and a block make less than half of the bound with nothing but the last segment left.
    this.blockBytes = Math.min(1 << 20, Math.ceil(settings.spill.maxBytes / 8));
  }

  /** Opens the log; what came before waits in memory. */
  async open(wake: () => void): Promise<this> {
    const { dir, maxBytes } = this.spill;
    await closing.get(dir);
    const log = await SpillLog.open(dir, Math.min(16 << 20, Math.ceil(maxBytes / 4)));
    this.committed = this.planned = log.first;
    this.wake = wake;
    this.log = log;
    this.flush();
    return this;
  }

  initial(): number {
    return this.opened.first;
  }

  freeze(): void {
    this.frozen = this.opened.end;
  }

  async latest(start: number, limit: ReadLimit): Promise<number> {
    const { end } = this.opened;
    this.demand(start);
    // What is trimmed was committed: with a continuous trigger the checkpoint may not know yet.
    const from = Math.max(start, this.opened.first);
    this.committed = this.planned = from;
    const last = Math.min(end, this.frozen);
    if (last <= from && this.writing === undefined && this.failure !== undefined) throw this.failure.error;
    if (last <= from || (this.dueIn(last - from) > 0 && !limit.all)) return start;
    const rows = limit.all ? Infinity : Math.min(this.settings.maxRows, limit.rows);
    this.since = this.now();
    const items = await this.load(from, { rows: Math.min(rows, last - from), bytes: limit.bytes });
    this.ahead = { start: from, items };
    this.planned = from + items.length;
    if (this.planned < end) this.since = 0;
    return this.planned;
  }

  async read(start: number, end: number): Promise<Table | readonly Row[]> {
    const { ahead } = this;
    this.ahead = undefined;
    const from = Math.max(start, this.opened.first);
    if (ahead?.start === from && ahead.items.length === end - from) return this.toData(ahead.items);
    this.demand(end);
    this.planned = end;
    return this.toData(end <= from ? [] : await this.load(from, { rows: end - from, bytes: Infinity }));
  }

  async commit(end: number): Promise<void> {
    this.committed = end;
    await this.opened.trim(end);
    this.freed();
  }

  status(): SourceStatus {
    const end = this.log?.end ?? 0;
    const waiting = Math.min(end, this.frozen) - this.planned;
    const due = this.dueIn(waiting);
    return {
      latest: end,
      ended: this.ended && waiting <= 0 && this.pending.length === 0 && this.writing === undefined,
      ...(due > 0 && due < Infinity ? { pollAfter: due } : {}),
      metrics: {
        bufferedRows: end - this.committed + this.pending.length,
        bufferedBytes: (this.log?.bytes ?? 0) + this.pendingBytes,
        droppedRows: this.dropped,
      },
    };
  }

  /** Writes what has been taken, then lets go of the directory. */
  async close(): Promise<void> {
    const { dir } = this.spill;
    const done = this.closeLog();
    const quietly = done.then(undefined, () => undefined);
    closing.set(dir, quietly);
    await done.finally(() => {
      if (closing.get(dir) === quietly) closing.delete(dir);
    });
  }

  private async closeLog(): Promise<void> {
    const { log } = this;
    if (log === undefined) return;
    this.ended = true;
    this.wake = () => undefined;
    while (this.writing !== undefined) await this.writing;
    try {
      if (this.committed >= log.end) await log.trim(log.end, true);
    } finally {
      await log.close();
    }
  }

  protected isFull(part: number): boolean {
    const { maxBufferedRows, maxBufferedBytes } = this.settings;
    return (
      this.pending.length >= part * maxBufferedRows ||
      this.pendingBytes >= part * maxBufferedBytes ||
      (this.log?.bytes ?? 0) + this.pendingBytes >= part * this.spill.maxBytes
    );
  }

  protected keep(item: Item, _bytes: number, kept: (() => void) | undefined): void {
    let record: Uint8Array;
    try {
      record = this.codec.encode(item);
    } catch (error) {
      this.fail(SluiceError.from(error, 'TYPE_MISMATCH', `${this.what}: writing a row to the spill directory`));
      return;
    }
    if (record.length > this.blockBytes) {
      const message =
        `${this.what}: a row of ${record.length} bytes is more than fits into a block of the spill directory ` +
        `(${this.blockBytes}). Raise \`buffer.maxBytes\`, of which it is an eighth and a megabyte at most.`;
      this.fail(new SluiceError('RECORD_TOO_LARGE', message, { details: { bytes: record.length } }));
      return;
    }
    this.pending.push(record);
    this.pendingKept.push(kept);
    this.pendingBytes += record.length + 64;
    this.flush();
  }

  /** The factory refuses the policy. */
  protected dropOldest(): void {}

  protected describe(): string {
    return `${this.what}: ${this.pending.length} rows wait for the disk, ${this.log?.bytes ?? 0} bytes are on it,`;
  }

  private get opened(): SpillLog {
    return this.log!;
  }

  private flush(): void {
    if (this.writing !== undefined || this.log === undefined || this.pending.length === 0) return;
    // In the next turn, so that all that comes in this one goes with it.
    this.writing = new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => this.writeBlock(this.log!))
      .then(
        () => this.written(),
        (error: unknown) => {
          this.writing = undefined;
          this.pending = [];
          this.fail(error);
        },
      );
  }

  private async writeBlock(log: SpillLog): Promise<void> {
    let count = 0;
    for (
      let bytes = 0;
      count < this.pending.length && (count === 0 || bytes + this.pending[count]!.length <= this.blockBytes);
      count++
    ) {
      bytes += this.pending[count]!.length;
    }
    const before = log.end;
    await log.append(this.pending.slice(0, count));
    if (before === this.planned) this.since = this.now();
    for (const record of this.pending.splice(0, count)) this.pendingBytes -= record.length + 64;
    for (const kept of this.pendingKept.splice(0, count)) kept?.();
  }

  private written(): void {
    this.writing = undefined;
    this.flush();
    this.freed();
    this.wake();
  }

  private async load(start: number, most: { rows: number; bytes: number }): Promise<Item[]> {
    return (await this.opened.read(start, most)).map((record) => this.codec.decode(record));
  }

  /** Throws DATA_LOSS if the log ends before `offset`. */
  private demand(offset: number): void {
    const { end, first } = this.opened;
    if (offset <= end) return;
    const message =
      `${this.what}: the checkpoint is at row ${offset}, and the spill directory ${this.spill.dir} holds rows ` +
      `${first} to ${end}: it is another one, or was emptied. Restore it, or give the source another \`name\`.`;
    throw new SluiceError('DATA_LOSS', message, { details: { path: this.spill.dir, offset, first, end } });
  }

  /** Milliseconds until a batch of `waiting` items is due; Infinity if there is none. */
  private dueIn(waiting: number): number {
    const { maxDelay, maxRows } = this.settings;
    if (waiting <= 0) return Infinity;
    if (maxDelay === 0 || waiting >= maxRows || this.ended || this.failure !== undefined || this.isPaused) return 0;
    return Math.max(0, this.since + maxDelay - this.now());
  }
}
