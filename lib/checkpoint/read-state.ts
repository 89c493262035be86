import { resolve } from 'node:path';
import type { Json } from '../batch/index.js';
import { belongsTo, storePrefix } from '../context/stateful.js';
import { parseOptions, text, wholeNumber } from '../options/index.js';
import type { Schema } from '../schema/index.js';
import { type StateRow, type StoreContents, readStore } from '../state/index.js';
import { stateDirectory } from './checkpoint-log.js';
import { type Done, readLog } from './read-log.js';

export interface ReadStateOptions {
  /** Only the stores of the operator of this name. Default: those of all. */
  operator?: string;
  /** As it was after this batch; the last `minBatchesToRetain` are kept. Default: the last that is committed. */
  batchId?: number;
}

/** A store of an operator, after a batch. */
export interface StateStoreView {
  /** The name of the operator, with what the store is for after a slash if it has several. */
  readonly name: string;
  /** The kind of operator. */
  readonly operator: string;
  readonly keySchema: Schema;
  readonly valueSchema: Schema;
  /** What else must not change between restarts. */
  readonly settings: Readonly<Record<string, Json>>;
  readonly numRows: number;
  /** The entries, made while they are gone through. */
  rows(): Iterable<StateRow>;
}

/** What a query knows after a batch. */
export interface CheckpointState {
  readonly queryId: string;
  /** The batch; null before the first is committed. */
  readonly batchId: number | null;
  /** The batch that is planned and not committed, if there is one. */
  readonly plannedBatchId: number | null;
  /** In force for the next batch; null without one. */
  readonly watermark: Date | null;
  /** Where each source goes on, by its name. */
  readonly sources: Readonly<Record<string, { readonly kind: string; readonly offset: Json }>>;
  readonly stores: readonly StateStoreView[];
}

const spec = { operator: text(), batchId: wholeNumber({ min: 0 }) };

/** A running query removes files now and then, and what is found in its log a moment later is there. */
const attempts = 5;

/**
 * Reads what a query keeps in its checkpoint: offsets, watermark, and the state of its operators, whose stores it brings
 * into memory. Changes nothing, and may be used while the query is running. Throws PATH_NOT_FOUND, CHECKPOINT_CORRUPT, and
 * INVALID_OPTION for a batch that is not kept (any more).
 *
 * @example
 * ```ts
 * const { watermark, stores } = await readState('checkpoint/');
 * for (const { key, value } of stores[0].rows()) console.log(key, value);
 * ```
 */
export async function readState(dir: string, options: ReadStateOptions = {}): Promise<CheckpointState> {
  const { operator, batchId } = parseOptions('readState', options, spec);
  const path = resolve(dir);
  for (let attempt = 1; ; attempt++) {
    const done = await readLog(path, batchId);
    try {
      return viewOf(done, await storesOf(path, done, operator));
    } catch (error) {
      const newer = await readLog(path, batchId);
      if (attempt === attempts || newer.batchId === done.batchId) throw error;
    }
  }
}

function storesOf(dir: string, { snapshot }: Done, operator: string | undefined): Promise<StoreContents[]> {
  const names = [...snapshot.state.keys()].flatMap((key) =>
    key.startsWith(storePrefix) ? key.slice(storePrefix.length) : [],
  );
  const wanted = names.filter((name) => operator === undefined || belongsTo(name, operator));
  return Promise.all(
    wanted.map((name) => readStore(stateDirectory(dir), name, snapshot.state.get(storePrefix + name)!)),
  );
}

function viewOf({ snapshot, batchId }: Done, stores: readonly StoreContents[]): CheckpointState {
  const { queryId, pending, watermark, sources } = snapshot;
  return {
    queryId,
    batchId,
    plannedBatchId: pending?.id ?? null,
    watermark: watermark === null ? null : new Date(watermark),
    sources: Object.fromEntries([...sources].map(([name, { kind, offset }]) => [name, { kind, offset }])),
    stores: stores.map((contents) => {
      const { name, operator, key, value, settings } = contents.layout;
      return {
        name,
        operator,
        keySchema: key,
        valueSchema: value,
        settings: settings ?? {},
        numRows: contents.numRows,
        rows: () => contents.rows(),
      };
    }),
  };
}
