import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type * as Lmdb from 'lmdb';
import type { Json } from '../batch/index.js';
import { diskError, makeDirectory, syncDirectory } from '../durable.js';
import type { BackedStore, StateBackend, StoreLayout } from './contract.js';
import { lmdbPackage, openEnvironment } from './lmdb.js';
import type { LmdbPointer } from './lmdb-pointer.js';
import { type LmdbPlace, LmdbStore, headAt } from './lmdb-store.js';
import { otherBackend } from './other-backend.js';
import { isFilePointer } from './store-files.js';
import { LmdbTables } from './lmdb-tables.js';

export interface LmdbStateOptions {
  /** For how many batches back a version can be read. */
  readonly minBatchesToRetain: number;
}

export const lmdbFile = (dir: string): string => join(dir, 'state.lmdb');

/** State in a file of LMDB: it may be larger than memory. One file for all stores of a query. */
export class LmdbState implements StateBackend {
  private readonly lmdb: typeof Lmdb;
  private readonly path: string;
  private place: LmdbPlace | undefined;

  /** Throws MISSING_PACKAGE. */
  constructor(
    private readonly dir: string,
    private readonly options: LmdbStateOptions,
  ) {
    this.lmdb = lmdbPackage();
    this.path = lmdbFile(dir);
  }

  create(layout: StoreLayout): BackedStore {
    return LmdbStore.create(layout, ...this.open(layout.name));
  }

  load(name: string, pointer: Json): BackedStore {
    if (isFilePointer(pointer)) throw otherBackend(name, 'memory', 'lmdb');
    return LmdbStore.load(pointer as unknown as LmdbPointer, ...this.open(name));
  }

  private open(name: string): [LmdbTables, LmdbPlace] {
    try {
      this.place ??= this.openFile();
      return [LmdbTables.open(this.path, this.place.environment, name)!, this.place];
    } catch (error) {
      throw diskError(error, 'CHECKPOINT_UNWRITABLE', 'Opening the state in', this.path);
    }
  }

  private openFile(): LmdbPlace {
    const { dir, path, options } = this;
    mkdirSync(dir, { recursive: true });
    const environment = openEnvironment(this.lmdb, path);
    const named = makeDirectory(dir).then(() => syncDirectory(dir));
    // The first write tells.
    named.catch(() => undefined);
    return { path, environment, named, versionsToRetain: options.minBatchesToRetain };
  }

  async close(): Promise<void> {
    const { place } = this;
    this.place = undefined;
    await place?.named.catch(() => undefined);
    await place?.environment.close();
  }
}

/** The entries of a store at a version, while a query may be running on it. Throws CHECKPOINT_CORRUPT. */
export async function readLmdbVersion(
  dir: string,
  name: string,
  { lmdb: version }: LmdbPointer,
): Promise<{ readonly layout: string; readonly entries: ReadonlyMap<string, string> }> {
  const path = lmdbFile(dir);
  const environment = openEnvironment(lmdbPackage(), path, true);
  try {
    const tables = LmdbTables.open(path, environment, name);
    if (tables === undefined)
      throw diskError(new Error('there is no such store'), 'CHECKPOINT_CORRUPT', 'Reading', path);
    const { layout, version: newest } = headAt(tables, version, path);
    const entries = new Map(tables.all());
    for (let v = newest; v > version; v--) {
      for (const [key, entry] of tables.undo(v)!) {
        if (entry === undefined) entries.delete(key);
        else entries.set(key, entry);
      }
    }
    return { layout, entries };
  } finally {
    await environment.close();
  }
}
