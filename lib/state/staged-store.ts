import type { Json } from '../batch/index.js';
import type { MaybePromise } from '../maybe-promise.js';
import type { BackedStore, Entry, StoreLayout } from './contract.js';
import { EntryCodec } from './entry-codec.js';
import { Expiries } from './expiries.js';

/** What the batch in hand put. */
interface Put {
  readonly value: Entry;
  readonly expiry: number | undefined;
}

/** What the batch in hand changes, as values in memory, above what is kept, as bytes anywhere. */
export abstract class StagedStore implements BackedStore {
  /** What the batch in hand changed; null: removed. */
  protected readonly staged = new Map<string, Put | null>();
  protected readonly codec: EntryCodec;
  protected readonly expiries = new Expiries();
  /** The same as bytes, once it is written. */
  private encoded: (string | undefined)[] | undefined;
  private count = 0;
  /** What was found out of the key that was asked for last: who puts something has mostly looked what there was. */
  private lastKey: string | undefined;
  private lastThere = false;
  private lastExpiry: number | undefined;
  /** Keys were taken off the list of expiries in this batch. */
  private delisted = false;

  constructor(readonly layout: StoreLayout) {
    this.codec = new EntryCodec(layout);
  }

  abstract readonly bytes: number;
  /** How many entries are kept. */
  protected abstract readonly keptCount: number;
  protected abstract entryOf(key: string): string | undefined;
  protected abstract kept(): Iterable<readonly [key: string, entry: string]>;

  get size(): number {
    return this.count;
  }

  get(key: string): Entry | undefined {
    const put = this.staged.get(key);
    if (put !== undefined) {
      this.remember(key, put !== null, put?.expiry);
      return put?.value;
    }
    const entry = this.entryOf(key);
    const value = entry === undefined ? undefined : this.codec.decode(entry);
    this.remember(key, entry !== undefined, this.codec.expiry);
    return value;
  }

  expiryOf(key: string): number | undefined {
    this.lookUp(key);
    return this.lastExpiry;
  }

  private remember(key: string, there: boolean, expiry: number | undefined): void {
    this.lastKey = key;
    this.lastThere = there;
    this.lastExpiry = there ? expiry : undefined;
  }

  /** Finds out whether the key is there, and when it expires, unless it was the last one that was asked for. */
  private lookUp(key: string): void {
    if (key === this.lastKey) return;
    const put = this.staged.get(key);
    if (put !== undefined) {
      this.remember(key, put !== null, put?.expiry);
      return;
    }
    const entry = this.entryOf(key);
    this.remember(key, entry !== undefined, entry === undefined ? undefined : this.codec.expiryOf(entry));
  }

  put(key: string, value: Entry, expiry?: number): void {
    this.lookUp(key);
    if (!this.lastThere) this.count++;
    this.staged.set(key, { value, expiry });
    // Where it is listed already it need not be again, unless it may have been taken off the list.
    if (expiry !== undefined && (this.delisted || this.lastExpiry !== expiry)) this.expiries.add(expiry, key);
    this.lastThere = true;
    this.lastExpiry = expiry;
  }

  remove(key: string): void {
    this.lookUp(key);
    if (!this.lastThere) return;
    this.count--;
    this.staged.set(key, null);
    this.lastThere = false;
    this.lastExpiry = undefined;
  }

  *entries(): Generator<readonly [string, Entry]> {
    for (const [key, entry] of this.kept()) if (!this.staged.has(key)) yield [key, this.codec.decode(entry)];
    for (const [key, put] of this.staged) if (put !== null) yield [key, put.value];
  }

  *expired(until: number): Generator<readonly [string, Entry]> {
    this.delisted = true;
    for (const [key, expiry] of this.expiries.upTo(until)) {
      const value = this.get(key);
      if (value !== undefined && this.lastExpiry === expiry) yield [key, value];
    }
  }

  get nextExpiry(): number | undefined {
    return this.expiries.first((key, expiry) => {
      this.lookUp(key);
      return this.lastExpiry === expiry;
    });
  }

  abstract write(batchId: number): MaybePromise<Json | undefined>;

  /**
   * What the batch in hand changed, as bytes; what is put cannot be changed any more. Throws TYPE_MISMATCH for a value
   * that cannot be kept.
   */
  protected *changes(): Generator<readonly [key: string, entry: string | undefined]> {
    const { codec } = this;
    this.encoded ??= Array.from(this.staged.values(), (put) =>
      put === null ? undefined : codec.encode(put.value, put.expiry),
    );
    let i = 0;
    for (const key of this.staged.keys()) yield [key, this.encoded[i++]];
  }

  commit(): void {
    this.clear();
  }

  discard(): void {
    this.clear();
  }

  /** No batch is in hand any more. */
  protected clear(): void {
    this.staged.clear();
    this.encoded = undefined;
    this.lastKey = undefined;
    this.delisted = false;
    this.count = this.keptCount;
  }

  abstract close(): MaybePromise<void>;
}
