import type { Json } from '../batch/index.js';
import type { MaybePromise } from '../maybe-promise.js';
import type { StateBackend, StoreLayout } from './contract.js';
import { StagedStore } from './staged-store.js';

/** What the engine of JavaScript takes for an entry besides the bytes of its two texts: their heads, a place in a map. */
const perEntry = 90;

/** Entries in a Map. */
export class MemoryStore extends StagedStore {
  protected readonly committed = new Map<string, string>();
  /** What was ever put, and how often: what an entry takes on the average. */
  private content = 0;
  private puts = 0;

  get bytes(): number {
    return this.committed.size * (perEntry + (this.puts === 0 ? 0 : Math.round(this.content / this.puts)));
  }

  protected get keptCount(): number {
    return this.committed.size;
  }

  protected entryOf(key: string): string | undefined {
    return this.committed.get(key);
  }

  protected kept(): Iterable<readonly [string, string]> {
    return this.committed;
  }

  write(_batchId: number): MaybePromise<Json | undefined> {
    // What cannot be kept is said here, before the batch counts.
    this.changes().next();
    return undefined;
  }

  override commit(): void {
    for (const [key, entry] of this.changes()) this.keep(key, entry);
    super.commit();
  }

  private keep(key: string, entry: string | undefined): void {
    if (entry === undefined) {
      this.committed.delete(key);
    } else {
      this.committed.set(key, entry);
      this.puts++;
      this.content += key.length + entry.length;
    }
  }

  /** A change of a version that is being read back; undefined: removed. */
  protected restore(key: string, entry: string | undefined): void {
    this.keep(key, entry);
    if (entry !== undefined) this.list(key, entry);
  }

  private list(key: string, entry: string): void {
    const expiry = this.codec.expiryOf(entry);
    if (expiry !== undefined) this.expiries.add(expiry, key);
  }

  override discard(): void {
    // What was to expire is still in force.
    for (const key of this.staged.keys()) {
      const entry = this.committed.get(key);
      if (entry !== undefined) this.list(key, entry);
    }
    super.discard();
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
