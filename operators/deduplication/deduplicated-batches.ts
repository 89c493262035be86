import type { Observer } from 'rxjs';
import type { MicroBatch } from '../../lib/batch/index.js';
import type { Column, Table } from '../../lib/columns/index.js';
import type { OperatorState, OperatorWatermarks } from '../../lib/context/index.js';
import { repeated } from '../../lib/expressions/vector.js';
import { type Schema, sameType, structOf } from '../../lib/schema/index.js';
import { type Entry, type KeyCodec, type StateStore, keyCodec, removeExpired } from '../../lib/state/index.js';

import { columnNamed } from '../columns/column-named.js';
import { eventMillis } from '../columns/event-millis.js';
import { rowsAt } from '../columns/rows-at.js';
import { drift } from '../columns/stable-types.js';

/** What the operators that leave out duplicates have in common. */
export interface DeduplicationDefinition {
  readonly op: string;
  readonly name: string;
  readonly lateRows: Observer<MicroBatch> | undefined;
  /** What rows are the same by; undefined: all columns. */
  readonly columns: readonly string[] | undefined;
  /** Whether a row is forgotten when the watermark has passed it by the delay. */
  readonly within: boolean;
}

interface Options extends DeduplicationDefinition {
  /** The column that carries event time, and by how much rows may be late, in milliseconds. */
  readonly time: { readonly name: string; readonly delay: number } | undefined;
}

interface Ready {
  readonly key: Schema;
  readonly codec: KeyCodec;
  readonly store: StateStore;
  /** Whether event time is among the keys. */
  readonly timed: boolean;
}

/** All there is to know of a row is that it was there. */
const seen: Entry = [];

/** Leaves out rows whose key came before: in the batch, or in an earlier one. */
export class DeduplicatedBatches {
  private ready: Ready | undefined;

  constructor(
    private readonly options: Options,
    private readonly state: OperatorState,
  ) {}

  take(batch: MicroBatch, { late, eviction }: OperatorWatermarks): MicroBatch {
    const n = batch.numRows;
    // Rows without a schema have no columns where there are none.
    const unknown = n === 0 && batch.schema.fields.length === 0;
    const { kept, dropped } = unknown ? nothing : this.sort(batch.table, late);
    const numRowsRemoved = this.evict(eviction);
    this.options.lateRows?.next(rowsAt(batch, Int32Array.from(dropped)));
    this.state.report({
      numRowsTotal: this.ready?.store.size ?? 0,
      numRowsUpdated: kept.length,
      numRowsRemoved,
      numRowsDroppedByWatermark: dropped.length,
      customMetrics: { numDroppedDuplicateRows: n - kept.length - dropped.length },
    });
    return kept.length === n ? batch : rowsAt(batch, Int32Array.from(kept));
  }

  /** Which rows are new, and which came too late. */
  private sort(table: Table, late: number | null): { kept: number[]; dropped: number[] } {
    const { within, time } = this.options;
    const { key, codec, store, timed } = (this.ready ??= this.prepared(table));
    const n = table.numRows;
    const keys = codec.of(this.keyColumns(key, table), n);
    const isTimed = time !== undefined && table.schema.fields.some((f) => f.name === time.name);
    const millis = isTimed ? eventMillis(table, time.name) : undefined;
    const watermark = late ?? NaN;
    const kept: number[] = [];
    const dropped: number[] = [];
    for (let i = 0; i < n; i++) {
      const at = millis === undefined ? NaN : millis[i]!;
      if (at <= watermark) {
        dropped.push(i);
        continue;
      }
      const row = keys[i]!;
      if (store.get(row) !== undefined) continue;
      // As Spark does it: a row without a time is forgotten with those of 1970.
      if (within) store.put(row, seen, (at !== at ? 0 : at) + time!.delay);
      else if (timed && at === at) store.put(row, seen, at);
      else store.put(row, seen);
      kept.push(i);
    }
    return { kept, dropped };
  }

  /** Forgets what no row that is not late can be equal to. */
  private evict(watermark: number | null): number {
    if (watermark === null || this.ready === undefined) return 0;
    return removeExpired(this.ready.store, watermark);
  }

  private prepared({ schema }: Table): Ready {
    const { op, within, columns, time } = this.options;
    const key = columns === undefined ? schema : structOf(columns.map((name) => columnNamed(name, schema)));
    const timed = time !== undefined && key.fields.some((f) => f.name === time.name);
    const store = this.state.store({
      name: this.state.name,
      operator: op,
      key,
      value: structOf([]),
      ...(within ? { settings: { delay: time!.delay } } : {}),
    });
    return { key, codec: keyCodec(key.fields.map((f) => f.type)), store, timed };
  }

  /** The columns of the key. One that rows without a schema happen not to have is null. */
  private keyColumns(key: Schema, table: Table): Column[] {
    const { op, columns } = this.options;
    const { fields } = table.schema;
    const isNew = columns === undefined && fields.some((f) => !key.fields.some(({ name }) => name === f.name));
    const found = key.fields.map(({ name }) => fields.findIndex((f) => f.name === name));
    if (isNew || found.some((i, k) => i >= 0 && !sameType(fields[i]!.type, key.fields[k]!.type))) {
      throw drift(op, 'the columns are others than in the first batches');
    }
    return found.map((i, k) => (i >= 0 ? table.columns[i]! : repeated(key.fields[k]!.type, null, table.numRows)));
  }
}

const nothing = { kept: [], dropped: [] };
