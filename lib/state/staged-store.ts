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
  /** What the batch in hand changed; undefined: removed. */
  protected readonly staged = new Map<string, Put | undefined>();
  protected readonly codec: EntryCodec;
  protected readonly expiries = new Expiries();
  /** The same as bytes, once it is written. */
  private encoded: (string | undefined)[] | undefined;
  private count = 0;

  constructor(readonly layout: StoreLayout) {
    this.codec = new EntryCodec(layout);
  }

  abstract readonly bytes: number;
  /** How many entries are kept. */
  protected abstract readonly keptCount: number;
  protected abstract entryOf(key: string): string | undefined;
  protected abstract keeps(key: string): boolean;
  protected abstract kept(): Iterable<readonly [key: string, entry: string]>;

  get size(): number {
    return this.count;
  }

  get(key: string): Entry | undefined {
    if (this.staged.size > 0) {
      const put = this.staged.get(key);
      if (put !== undefined) return put.value;
      if (this.staged.has(key)) return undefined;
    }
    const entry = this.entryOf(key);
    return entry === undefined ? undefined : this.codec.decode(entry);
  }

  private has(key: string): boolean {
    return this.staged.has(key) ? this.staged.get(key) !== undefined : this.keeps(key);
  }

  private expiryOf(key: string): number | undefined {
    if (this.staged.has(key)) return this.staged.get(key)?.expiry;
    const entry = this.entryOf(key);
    return entry === undefined ? undefined : this.codec.expiryOf(entry);
  }

  put(key: string, value: Entry, expiry?: number): void {
    if (!this.has(key)) this.count++;
    this.staged.set(key, { value, expiry });
    if (expiry !== undefined) this.expiries.add(expiry, key);
  }

  remove(key: string): void {
    if (!this.has(key)) return;
    this.count--;
    this.staged.set(key, undefined);
  }

  *entries(): Generator<readonly [string, Entry]> {
    for (const [key, entry] of this.kept()) if (!this.staged.has(key)) yield [key, this.codec.decode(entry)];
    for (const [key, put] of this.staged) if (put !== undefined) yield [key, put.value];
  }

  *expired(until: number): Generator<readonly [string, Entry]> {
    for (const [key, expiry] of this.expiries.upTo(until)) {
      if (this.expiryOf(key) === expiry) yield [key, this.get(key)!];
    }
  }

  get nextExpiry(): number | undefined {
    return this.expiries.first((key, expiry) => this.expiryOf(key) === expiry);
  }

  abstract write(batchId: number): MaybePromise<Json | undefined>;

  /**
   * What the batch in hand changed, as bytes; what is put cannot be changed any more. Throws TYPE_MISMATCH for a value
   * that cannot be kept.
   */
  protected *changes(): Generator<readonly [key: string, entry: string | undefined]> {
    const { codec } = this;
    this.encoded ??= Array.from(this.staged.values(), (put) => put && codec.encode(put.value, put.expiry));
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
    this.count = this.keptCount;
  }

  abstract close(): MaybePromise<void>;
}
