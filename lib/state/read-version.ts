import type { Json } from '../batch/index.js';
import { Table } from '../columns/index.js';
import type { Value } from '../expressions/values.js';
import { columnOf } from '../expressions/vector.js';
import type { StructType } from '../schema/index.js';
import type { StoreLayout } from './contract.js';
import { EntryCodec } from './entry-codec.js';
import { keyCodec } from './keys.js';
import { decodeLayout } from './layout.js';
import { readLmdbVersion } from './lmdb-state.js';
import type { LmdbPointer } from './lmdb-pointer.js';
import { isFilePointer, readVersion, storeDirectory, toPointer } from './store-files.js';

/** An entry of a store as rows show it. */
export interface StateRow {
  readonly key: Record<string, unknown>;
  readonly value: Record<string, unknown>;
  /** When it ends, in the operator's own unit; null: it does not. */
  readonly expiry: number | null;
}

/** What a store held after a batch. */
export interface StoreContents {
  readonly layout: StoreLayout;
  readonly numRows: number;
  rows(): Iterable<StateRow>;
}

/** How many rows are made at a time. */
const piece = 1000;

/**
 * A version of a store, all of it in memory, from the directory where the stores of a query are kept; whatever a query
 * does there meanwhile. Throws CHECKPOINT_CORRUPT, also for a version that is no longer kept.
 */
export async function readStore(stateDir: string, name: string, pointer: Json): Promise<StoreContents> {
  const { layout, entries } = await entriesOf(stateDir, name, pointer);
  return { layout, numRows: entries.size, rows: () => rowsOf(layout, entries) };
}

async function entriesOf(
  stateDir: string,
  name: string,
  pointer: Json,
): Promise<{ readonly layout: StoreLayout; readonly entries: ReadonlyMap<string, string> }> {
  if (!isFilePointer(pointer)) {
    const { layout, entries } = await readLmdbVersion(stateDir, name, pointer as unknown as LmdbPointer);
    return { layout: decodeLayout(layout, stateDir), entries };
  }
  const entries = new Map<string, string>();
  let layout!: StoreLayout;
  await readVersion(storeDirectory(stateDir, name), toPointer(name, pointer), (found) => {
    layout = found;
    return { put: (key, entry) => entries.set(key, entry), remove: (key) => entries.delete(key) };
  });
  return { layout, entries };
}

function* rowsOf(layout: StoreLayout, entries: ReadonlyMap<string, string>): Generator<StateRow> {
  const codec = new EntryCodec(layout);
  const keys = keyCodec(layout.key.fields.map((f) => f.type));
  const all = [...entries];
  for (let from = 0; from < all.length; from += piece) {
    const some = all.slice(from, from + piece);
    const key = toRows(layout.key, some.map(([k]) => keys.values(k))); // prettier-ignore
    const value = toRows(layout.value, some.map(([, entry]) => codec.decode(entry))); // prettier-ignore
    for (const [i, [, entry]] of some.entries()) {
      yield { key: key[i]!, value: value[i]!, expiry: codec.expiryOf(entry) ?? null };
    }
  }
}

function toRows(schema: StructType, tuples: readonly (readonly Value[])[]): Record<string, unknown>[] {
  const columns = schema.fields.map(({ type }, c) => columnOf(type, tuples.map((tuple) => tuple[c]!))); // prettier-ignore
  return new Table(schema, columns, tuples.length).toRows();
}
