import type { MicroBatch } from '../../lib/batch/index.js';
import { type Column, type Table, columnFrom } from '../../lib/columns/index.js';
import { type Compiled, type ExpressionSettings, compile } from '../../lib/expressions/index.js';
import { columnOf } from '../../lib/expressions/vector.js';
import { sameColumns } from '../../lib/plan/used-columns.js';
import { type Schema, field, structOf } from '../../lib/schema/index.js';
import { type KeyCodec, keyCodec } from '../../lib/state/index.js';
import { eventMillis } from '../columns/event-millis.js';
import { StableTypes, drift, isDeclared } from '../columns/stable-types.js';
import { type GroupKey, keyAt, partsOf } from './group-key.js';

/** The rows of a batch with one key. */
export interface Group {
  readonly key: unknown;
  readonly rows: unknown[];
}

/** The keys of groups, as stores have them and as functions of the user get them. */
export class Keys {
  readonly codec: KeyCodec;

  constructor(
    private readonly by: GroupKey,
    readonly schema: Schema,
  ) {
    this.codec = keyCodec(schema.fields.map((f) => f.type));
  }

  ofGiven(given: unknown): string {
    const { fields } = this.schema;
    const columns = partsOf(this.by, given).map((value, i) => columnFrom(fields[i]!.type, [value], fields[i]!.name));
    return this.codec.of(columns, 1)[0]!;
  }

  toGiven(key: string): unknown {
    const { fields } = this.schema;
    const columns = this.codec.values(key).map((value, i) => columnOf(fields[i]!.type, [value]));
    return keyAt(this.by, columns, 0);
  }
}

/** A batch by the keys of its rows. */
export interface Keyed {
  /** Undefined as long as nothing has said of which types they are. */
  readonly keys: Keys | undefined;
  /** In the order of their first rows. */
  readonly groups: Map<string, Group>;
  /** The positions of the rows that came too late. */
  readonly dropped: Int32Array;
}

interface Ready {
  readonly input: Schema;
  readonly compiled: readonly Compiled[];
  readonly keys: Keys;
}

export interface KeyedRowsOptions {
  readonly op: string;
  readonly by: GroupKey;
  readonly settings: ExpressionSettings;
  /** The column by whose time rows are late; undefined: none is. */
  readonly time: string | undefined;
}

/** Puts the rows of batches into groups of one key each. */
export class KeyedRows {
  private ready: Ready | undefined;
  private readonly types: StableTypes;

  constructor(private readonly options: KeyedRowsOptions) {
    this.types = new StableTypes(options.op, options.by.trees);
  }

  of(batch: MicroBatch, late: number | null): Keyed {
    const groups = new Map<string, Group>();
    const dropped: number[] = [];
    // Of plain values types are known when there are some.
    if (batch.numRows > 0 || isDeclared(batch.schema)) {
      const table = this.types.typed(batch.table);
      const ready = this.readyFor(table);
      if (batch.numRows > 0) this.group(batch, table, ready, late ?? NaN, groups, dropped);
    }
    return { keys: this.ready?.keys, groups, dropped: Int32Array.from(dropped) };
  }

  private group(
    batch: MicroBatch,
    table: Table,
    { compiled, keys }: Ready,
    watermark: number,
    groups: Map<string, Group>,
    dropped: number[],
  ): void {
    const { by, time } = this.options;
    const n = batch.numRows;
    const columns: readonly Column[] = compiled.map((one) => one.over(table, batch.facts));
    const texts = keys.codec.of(columns, n);
    const millis = time === undefined ? undefined : eventMillis(table, time);
    const { rows } = batch;
    for (let i = 0; i < n; i++) {
      if (millis !== undefined && millis[i]! <= watermark) {
        dropped.push(i);
        continue;
      }
      const group = groups.get(texts[i]!);
      if (group === undefined) groups.set(texts[i]!, { key: keyAt(by, columns, i), rows: [rows[i]] });
      else group.rows.push(rows[i]);
    }
  }

  private readyFor({ schema }: Table): Ready {
    const last = this.ready;
    if (last !== undefined && sameColumns(last.input, schema)) return last;
    const { op, by, settings } = this.options;
    const compiled = by.trees.map((tree) => compile(tree, schema, settings));
    const key = structOf(compiled.map(({ type }, i) => field(by.names[i]!, type)));
    const known = last?.keys;
    if (known !== undefined && !sameColumns(known.schema, key)) {
      throw drift(op, 'the keys have other types than at first');
    }
    return (this.ready = { input: schema, compiled, keys: known ?? new Keys(by, key) });
  }
}

/** A key as messages show it. */
export const showKey = (key: unknown): string =>
  JSON.stringify(key, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)) ?? String(key);
