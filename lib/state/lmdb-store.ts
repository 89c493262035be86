import type { Json } from '../batch/index.js';
import { diskError } from '../durable.js';
import { SluiceError } from '../errors/index.js';
import type { MaybePromise } from '../maybe-promise.js';
import type { StoreLayout } from './contract.js';
import { decodeLayout, encodeLayout } from './layout.js';
import type { LmdbPointer } from './lmdb-pointer.js';
import type { Environment } from './lmdb.js';
import type { LmdbTables } from './lmdb-tables.js';
import { StagedStore } from './staged-store.js';

/** The file that a store is in. */
export interface LmdbPlace {
  readonly path: string;
  readonly environment: Environment;
  /** The names of the file and its directory are durable. */
  readonly named: Promise<void>;
  readonly versionsToRetain: number;
}

/** What an entry that the batch in hand changed takes in memory, about. */
const perChange = 300;

/**
 * Entries in LMDB, on the disk and in the cache of the system. A batch writes what it changed in one transaction,
 * together with what undoes it: if the batch then does not commit, it is undone.
 */
export class LmdbStore extends StagedStore {
  private total = 0;
  private version = 0;
  /** The transaction of the batch in hand is through. */
  private written = false;
  private readonly encodedLayout: string;

  private constructor(
    layout: StoreLayout,
    private readonly tables: LmdbTables,
    private readonly place: LmdbPlace,
  ) {
    super(layout);
    this.encodedLayout = encodeLayout(layout);
  }

  /** Begins anew, whatever was left under the name by a query that never committed. */
  static create(layout: StoreLayout, tables: LmdbTables, place: LmdbPlace): LmdbStore {
    if (tables.head !== undefined) place.environment.transactionSync(() => tables.empty());
    return new LmdbStore(layout, tables, place);
  }

  /** The store as it was at the pointer: what was written after is undone. Throws CHECKPOINT_CORRUPT. */
  static load({ lmdb: version }: LmdbPointer, tables: LmdbTables, place: LmdbPlace): LmdbStore {
    const head = headAt(tables, version, place.path);
    const store = new LmdbStore(decodeLayout(head.layout, place.path), tables, place);
    store.total = head.count;
    store.version = head.version;
    if (head.version > version) store.undo(version);
    store.clear();
    return store;
  }

  get bytes(): number {
    return this.staged.size * perChange;
  }

  protected get keptCount(): number {
    return this.total;
  }

  protected entryOf(key: string): string | undefined {
    return this.tables.get(key);
  }

  protected kept(): Iterable<readonly [string, string]> {
    return this.tables.all();
  }

  /** What is kept is listed in the tables, what the batch in hand put at another time in memory. */
  override *expired(until: number): ReturnType<StagedStore['expired']> {
    for (const [key, expiry] of this.tables.expiring()) {
      if (expiry > until) break;
      if (this.holds(key, expiry)) this.expiries.add(expiry, key);
    }
    yield* super.expired(until);
  }

  override get nextExpiry(): number | undefined {
    const put = super.nextExpiry;
    for (const [key, expiry] of this.tables.expiring()) {
      if (this.holds(key, expiry)) return put === undefined ? expiry : Math.min(put, expiry);
    }
    return put;
  }

  /** Whether the batch in hand left the expiry of a key as it is in the tables. */
  private holds(key: string, expiry: number): boolean {
    const put = this.staged.get(key);
    return put === undefined || put?.expiry === expiry;
  }

  write(_batchId: number): MaybePromise<Json | undefined> {
    return this.staged.size === 0 ? undefined : this.writeChanges();
  }

  private async writeChanges(): Promise<Json> {
    try {
      const { tables } = this;
      const { named, environment, versionsToRetain } = this.place;
      await named;
      const changes = Array.from(this.changes(), ([key, entry]) => ({ key, entry, before: tables.get(key) }));
      const version = this.version + 1;
      const total = this.total + changes.reduce((sum, { entry, before }) => sum + grown(before, entry), 0);
      // Nothing in it throws: a transaction that began is not taken back.
      await environment.transaction(() => {
        for (const { key, before, entry } of changes) this.exchange(key, before, entry);
        tables.setUndo(version, changes);
        tables.forgetUndos(version - versionsToRetain);
        tables.head = { layout: this.encodedLayout, version, count: total };
      });
      [this.version, this.total, this.written] = [version, total, true];
      return { lmdb: version };
    } catch (error) {
      throw diskError(error, 'CHECKPOINT_UNWRITABLE', 'Writing the state in', this.place.path);
    }
  }

  /** Inside a transaction. */
  private exchange(key: string, before: string | undefined, entry: string | undefined): void {
    const { tables } = this;
    const [old, now] = [this.expiryIn(before), this.expiryIn(entry)];
    tables.set(key, entry);
    if (old === now) return;
    if (old !== undefined) tables.unlist(old, key);
    if (now !== undefined) tables.list(now, key);
  }

  private expiryIn(entry: string | undefined): number | undefined {
    return entry === undefined ? undefined : this.codec.expiryOf(entry);
  }

  /** Goes back to an earlier version. */
  private undo(to: number): void {
    const { tables, encodedLayout: layout } = this;
    this.place.environment.transactionSync(() => {
      for (; this.version > to; this.version--) {
        for (const [key, entry] of tables.undo(this.version)!) {
          const now = tables.get(key);
          this.total += grown(now, entry);
          this.exchange(key, now, entry);
        }
      }
      tables.head = { layout, version: to, count: this.total };
    });
  }

  override commit(): void {
    this.written = false;
    super.commit();
  }

  override discard(): void {
    if (this.written) this.undo(this.version - 1);
    this.written = false;
    super.discard();
  }

  protected override clear(): void {
    this.expiries.clear();
    super.clear();
  }

  close(): void {}
}

const grown = (before: string | undefined, entry: string | undefined): number =>
  (entry === undefined ? 0 : 1) - (before === undefined ? 0 : 1);

/** The head of a store that can go to a version. Throws CHECKPOINT_CORRUPT if that cannot be had. */
export function headAt(tables: LmdbTables, version: number, path: string): NonNullable<LmdbTables['head']> {
  const { head } = tables;
  const undone = head !== undefined && head.version >= version && hasUndos(tables, version + 1, head.version);
  if (undone) return head;
  throw new SluiceError(
    'CHECKPOINT_CORRUPT',
    `${path} holds version ${head?.version ?? 'none'} of a store whose version ${version} is asked for, and cannot go ` +
      'to it. Restore the file from a copy, or start with another checkpoint directory (the query then begins anew).',
    { details: { path, version, found: head?.version } },
  );
}

function hasUndos(tables: LmdbTables, from: number, to: number): boolean {
  for (let version = from; version <= to; version++) if (tables.undo(version) === undefined) return false;
  return true;
}
