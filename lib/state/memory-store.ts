import type { Json } from '../batch/index.js';
import type { MaybePromise } from '../maybe-promise.js';
import type { BackedStore, Entry, StateBackend, StoreLayout } from './contract.js';
import type { Held } from './entry-codec.js';
import { Expiries } from './expiries.js';
import { weightOf } from './weight.js';

/** Every so many puts one is weighed. */
const weighed = 64;

/** Entries in a Map, and what the batch in hand changes in another above it. */
export class MemoryStore implements BackedStore {
  protected readonly committed = new Map<string, Held>();
  /** What the batch in hand changed; undefined: removed. */
  protected readonly staged = new Map<string, Held | undefined>();
  private readonly expiries = new Expiries();
  private count = 0;
  private puts = 0;
  private weight = 0;

  constructor(readonly layout: StoreLayout) {}

  get size(): number {
    return this.count;
  }

  get bytes(): number {
    return Math.round(this.count * this.weight);
  }

  get(key: string): Entry | undefined {
    return this.held(key)?.value;
  }

  private held(key: string): Held | undefined {
    if (this.staged.size > 0) {
      const staged = this.staged.get(key);
      if (staged !== undefined || this.staged.has(key)) return staged;
    }
    return this.committed.get(key);
  }

  put(key: string, value: Entry, expiry?: number): void {
    if (this.held(key) === undefined) this.count++;
    this.staged.set(key, { value, expiry });
    this.added(key, value, expiry);
  }

  /** An entry of a version that is being read back. */
  protected restore(key: string, value: Entry, expiry: number | undefined): void {
    this.committed.set(key, { value, expiry });
    this.count = this.committed.size;
    this.added(key, value, expiry);
  }

  /** A version that is being read back has it no more. */
  protected forget(key: string): void {
    this.committed.delete(key);
    this.count = this.committed.size;
  }

  private added(key: string, value: Entry, expiry: number | undefined): void {
    if (expiry !== undefined) this.expiries.add(expiry, key);
    if (this.puts++ % weighed !== 0) return;
    const weight = weightOf(key, value);
    this.weight = this.weight === 0 ? weight : this.weight + (weight - this.weight) / 16;
  }

  remove(key: string): void {
    if (this.held(key) === undefined) return;
    this.count--;
    this.staged.set(key, undefined);
  }

  *entries(): Generator<readonly [string, Entry]> {
    for (const [key, { value }] of this.committed) if (!this.staged.has(key)) yield [key, value];
    for (const [key, held] of this.staged) if (held !== undefined) yield [key, held.value];
  }

  *expired(until: number): Generator<readonly [string, Entry]> {
    for (const [key, expiry] of this.expiries.upTo(until)) {
      const held = this.held(key);
      if (held?.expiry === expiry) yield [key, held.value];
    }
  }

  get nextExpiry(): number | undefined {
    return this.expiries.first((key, expiry) => this.held(key)?.expiry === expiry);
  }

  write(_batchId: number): MaybePromise<Json | undefined> {
    return undefined;
  }

  commit(): void {
    for (const [key, held] of this.staged) {
      if (held === undefined) this.committed.delete(key);
      else this.committed.set(key, held);
    }
    this.staged.clear();
  }

  discard(): void {
    // What was to expire is still in force.
    for (const key of this.staged.keys()) {
      const held = this.committed.get(key);
      if (held?.expiry !== undefined) this.expiries.add(held.expiry, key);
    }
    this.staged.clear();
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
