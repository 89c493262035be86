import type { Json } from '../batch/index.js';
import type { MaybePromise } from '../maybe-promise.js';
import type { BackedStore, Entry, StateBackend, StoreLayout } from './contract.js';
import { EntryCodec } from './entry-codec.js';
import { Expiries } from './expiries.js';

/** What the batch in hand put. */
interface Put {
  readonly value: Entry;
  readonly expiry: number | undefined;
}

/** What the engine of JavaScript takes for an entry besides the bytes of its two texts: their heads, a place in a map. */
const perEntry = 90;

/** Entries in a Map, as bytes, and what the batch in hand changes in another above it, as values. */
export class MemoryStore implements BackedStore {
  protected readonly committed = new Map<string, string>();
  /** What the batch in hand changed; undefined: removed. */
  protected readonly staged = new Map<string, Put | undefined>();
  /** The same as bytes, once it is written. */
  private encoded: (string | undefined)[] | undefined;
  private readonly codec: EntryCodec;
  private readonly expiries = new Expiries();
  private count = 0;
  private content = 0;

  constructor(readonly layout: StoreLayout) {
    this.codec = new EntryCodec(layout);
  }

  get size(): number {
    return this.count;
  }

  get bytes(): number {
    return this.content + this.committed.size * perEntry;
  }

  get(key: string): Entry | undefined {
    if (this.staged.size > 0) {
      const put = this.staged.get(key);
      if (put !== undefined) return put.value;
      if (this.staged.has(key)) return undefined;
    }
    const entry = this.committed.get(key);
    return entry === undefined ? undefined : this.codec.decode(entry);
  }

  private has(key: string): boolean {
    return this.staged.has(key) ? this.staged.get(key) !== undefined : this.committed.has(key);
  }

  private expiryOf(key: string): number | undefined {
    if (this.staged.has(key)) return this.staged.get(key)?.expiry;
    const entry = this.committed.get(key);
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
    for (const [key, entry] of this.committed) if (!this.staged.has(key)) yield [key, this.codec.decode(entry)];
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

  write(_batchId: number): MaybePromise<Json | undefined> {
    this.encode();
    return undefined;
  }

  /** What the batch in hand changed, as bytes. */
  protected *changes(): Generator<readonly [key: string, entry: string | undefined]> {
    const encoded = this.encode();
    let i = 0;
    for (const key of this.staged.keys()) yield [key, encoded[i++]];
  }

  /** What is put cannot be changed any more. Throws TYPE_MISMATCH for a value that cannot be kept. */
  private encode(): readonly (string | undefined)[] {
    const { codec } = this;
    this.encoded ??= Array.from(this.staged.values(), (put) => put && codec.encode(put.value, put.expiry));
    return this.encoded;
  }

  commit(): void {
    for (const [key, entry] of this.changes()) this.keep(key, entry);
    this.staged.clear();
    this.encoded = undefined;
  }

  private keep(key: string, entry: string | undefined): void {
    const before = this.committed.get(key);
    if (before !== undefined) this.content -= key.length + before.length;
    if (entry === undefined) {
      this.committed.delete(key);
    } else {
      this.committed.set(key, entry);
      this.content += key.length + entry.length;
    }
  }

  /** A change of a version that is being read back; undefined: removed. */
  protected restore(key: string, entry: string | undefined): void {
    this.keep(key, entry);
    this.count = this.committed.size;
    const expiry = entry === undefined ? undefined : this.codec.expiryOf(entry);
    if (expiry !== undefined) this.expiries.add(expiry, key);
  }

  discard(): void {
    // What was to expire is still in force.
    for (const key of this.staged.keys()) {
      const entry = this.committed.get(key);
      const expiry = entry === undefined ? undefined : this.codec.expiryOf(entry);
      if (expiry !== undefined) this.expiries.add(expiry, key);
    }
    this.staged.clear();
    this.encoded = undefined;
    this.count = this.committed.size;
  }

  close(): MaybePromise<void> {}
}

/** State that ends with its query. */
export class VolatileState implements StateBackend {
  create(layout: StoreLayout): MemoryStore {
    return new MemoryStore(layout);
  }

  load(name: string): never {
    throw new Error(`the state '${name}' was never kept`);
  }

  close(): void {}
}
