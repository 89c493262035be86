import type { Json } from '../batch/index.js';
import type { Value } from '../expressions/values.js';
import type { MaybePromise } from '../maybe-promise.js';
import type { StructType } from '../schema/index.js';

/**
 * What a store holds: kept beside the state, so that it can be read by itself, and so that a pipeline whose state
 * would be something else is refused (CHECKPOINT_MISMATCH) instead of misreading it.
 */
export interface StoreLayout {
  /** Unique in its query: the name of the operator, with what the store is for after a slash if it has several. */
  readonly name: string;
  /** The kind of operator, such as `aggregate`. */
  readonly operator: string;
  readonly key: StructType;
  readonly value: StructType;
  /** What else must not change between restarts, such as the width of a window. */
  readonly settings?: Readonly<Record<string, Json>>;
}

/** One value for each field of the layout's `value`. Belongs to the store once it is put: copied to be changed. */
export type Entry = readonly Value[];

/**
 * Entries by key. What is changed belongs to the batch in hand: it is in force for the next one if the batch commits,
 * else forgotten. All of it is synchronous, since an operator turns a batch into a batch at once.
 *
 * Keys are strings made by a `KeyCodec` from the values of the layout's `key`.
 */
export interface StateStore {
  readonly layout: StoreLayout;
  /** How many entries there are, with what is changed by the batch in hand. */
  readonly size: number;
  /** About how many bytes of memory they take. */
  readonly bytes: number;
  get(key: string): Entry | undefined;
  /** When the entry of a key expires; undefined: never, or there is none. */
  expiryOf(key: string): number | undefined;
  /**
   * Sets the entry of a key. `expiry` is where `expired` finds it, in the operator's own unit; without it, never. What
   * an earlier entry of the key said counts no more.
   */
  put(key: string, value: Entry, expiry?: number): void;
  remove(key: string): void;
  /** All entries. Nothing may be changed while going through them. */
  entries(): Iterable<readonly [key: string, value: Entry]>;
  /** The entries whose expiry is at most `until`, the earliest first. Each has to be removed or put anew on the way. */
  expired(until: number): Iterable<readonly [key: string, value: Entry]>;
  /** The earliest expiry of an entry; undefined if none has one. */
  readonly nextExpiry: number | undefined;
}

/** A store with what the engine does with it around a batch. */
export interface BackedStore extends StateStore {
  /**
   * Makes what the batch in hand changed durable, without putting it in force: gives what `open` needs to find it,
   * which becomes durable with the commit of the batch. Undefined if nothing changed.
   */
  write(batchId: number): MaybePromise<Json | undefined>;
  /** The batch committed: what it changed is in force. */
  commit(): void;
  /** The batch did not commit: what it changed is forgotten. */
  discard(): void;
  close(): MaybePromise<void>;
}

/** Where the stores of a query are kept. */
export interface StateBackend {
  /** A new store. At once: nothing of it is durable before its first `write`. */
  create(layout: StoreLayout): BackedStore;
  /** A store of this name as it was when `write` gave `pointer`, with the layout it had. Throws CHECKPOINT_CORRUPT. */
  load(name: string, pointer: Json): MaybePromise<BackedStore>;
  close(): MaybePromise<void>;
}
