import { Observable } from 'rxjs';
import type { MicroBatch } from '../../lib/batch/index.js';
import { Table } from '../../lib/columns/index.js';
import { SluiceError } from '../../lib/errors/index.js';
import type { Expression, ExpressionSettings } from '../../lib/expressions/index.js';
import { type MaybePromise, chain, whenReady } from '../../lib/maybe-promise.js';
import { failBatch } from '../../lib/operator.js';
import type { BatchStream } from '../../lib/plan/index.js';
import { sameColumns, typedFor } from '../../lib/plan/used-columns.js';
import type { Schema } from '../../lib/schema/index.js';
import { type JoinCondition, type JoinInputs, joinCondition } from './condition.js';
import { type JoinOutput, JoinedRows, joinOutput } from './output.js';
import { JoinKeys, type KeyedRows, matching } from './pairs.js';
import type { JoinKind } from './types.js';

export type TableLoader = () => MaybePromise<readonly unknown[]>;

export interface TableJoin {
  readonly load: TableLoader;
  /** The rows as columns that have types. */
  readonly typed: (rows: readonly unknown[]) => Table;
  /** In milliseconds. */
  readonly refresh: number | undefined;
  readonly kind: JoinKind;
  readonly as: JoinInputs['as'];
  readonly using: readonly string[];
  readonly tree: Expression;
  readonly settings: ExpressionSettings;
}

/** Joins batches with a table, which is loaded before the first one and whenever it is too old. */
export function withTable(source: BatchStream, join: TableJoin): BatchStream {
  return new Observable<MicroBatch>((subscriber) => {
    let table: LookedUp | undefined;
    let loading = 0;
    let completed = false;
    const current = (batch: MicroBatch): MaybePromise<LookedUp> => {
      const { refresh = Infinity } = join;
      if (table !== undefined && batch.timestamp - table.loadedAt < refresh) return table;
      return chain(join.load(), (rows) => (table = new LookedUp(join, join.typed(rows), batch.timestamp)));
    };
    return source.subscribe({
      next: (batch) => {
        const done = batch.hold();
        loading++;
        const finish = (): void => {
          loading--;
          done();
          if (completed && loading === 0) subscriber.complete();
        };
        whenReady(
          () => loaded(() => current(batch)),
          (now) => {
            subscriber.next(now.join(batch));
            finish();
          },
          (error) => {
            failBatch(subscriber, batch, error);
            done();
          },
        );
      },
      error: (error: unknown) => subscriber.error(error),
      complete: () => {
        completed = true;
        if (loading === 0) subscriber.complete();
      },
    });
  });
}

/** What a loader throws is the user's. */
function loaded(load: () => MaybePromise<LookedUp>): MaybePromise<LookedUp> {
  const failed = (error: unknown): never => {
    throw SluiceError.from(error, 'USER_FUNCTION_FAILED', 'joinTable: the table could not be loaded', {});
  };
  try {
    const value = load();
    return 'then' in value ? value.then(undefined, failed) : value;
  } catch (error) {
    return failed(error);
  }
}

interface Ready {
  readonly schema: Schema;
  readonly inputs: JoinInputs;
  readonly condition: JoinCondition;
  readonly output: JoinOutput;
  readonly keys: JoinKeys;
  readonly rows: KeyedRows;
}

/** A table, found by its keys. */
class LookedUp {
  private ready: Ready | undefined;

  constructor(
    private readonly options: TableJoin,
    private readonly table: Table,
    readonly loadedAt: number,
  ) {}

  join(batch: MicroBatch): MicroBatch {
    const { kind, tree } = this.options;
    // Rows without a schema have no columns where there are none.
    const unknown = batch.numRows === 0 && batch.schema.fields.length === 0;
    if (unknown && this.ready === undefined) return batch;
    const left = unknown ? Table.empty(this.ready!.inputs.left) : batch.table;
    const typed = typedFor([tree], left);
    const { inputs, condition, output, keys, rows } = this.readyFor(left.schema, typed, batch);
    const { texts } = keys.texts(typed, batch.facts);
    const candidates = { left: [] as number[], right: [] as number[] };
    texts.forEach((text, l) => {
      const found = rows.unmatchable.has(text) ? undefined : rows.byKey.get(text);
      if (found === undefined) return;
      for (const r of found) {
        candidates.left.push(l);
        candidates.right.push(r);
      }
    });
    const all = { left: Int32Array.from(candidates.left), right: Int32Array.from(candidates.right) };
    const pairs = matching(all, condition.whole, typed, this.table, batch.facts);
    const joined = new JoinedRows(inputs, output);
    if (kind === 'inner' || kind === 'left') joined.add(left.gather(pairs.left), this.table.gather(pairs.right));
    if (kind === 'inner') return joined.batch(batch);
    const matched = new Uint8Array(left.numRows);
    for (const l of pairs.left) matched[l] = 1;
    const alone = Int32Array.from({ length: left.numRows }, (_, l) => l).filter(
      (l) => (matched[l] === 1) === (kind === 'semi'),
    );
    joined.add(left.gather(alone), undefined);
    return joined.batch(batch, kind === 'left' && alone.length > 0 ? merged(pairs.left, alone) : undefined);
  }

  private readyFor(schema: Schema, typed: Table, { facts }: MicroBatch): Ready {
    if (this.ready !== undefined && sameColumns(this.ready.schema, typed.schema)) return this.ready;
    const { as, kind, using, tree, settings } = this.options;
    const right = this.table.schema;
    const condition = joinCondition(tree, { left: typed.schema, right, as }, settings);
    const inputs = { left: schema, right, as };
    const width = schema.fields.length;
    return (this.ready = {
      schema: typed.schema,
      inputs,
      condition,
      output: joinOutput(inputs, kind, using),
      keys: new JoinKeys(condition.keys, 'left', 0),
      rows: new JoinKeys(condition.keys, 'right', width).of(this.table, facts),
    });
  }
}

/** The order in which pairs, and behind them rows without one, are in the order of the rows. */
function merged(pairs: Int32Array, alone: Int32Array): Int32Array {
  const order = new Int32Array(pairs.length + alone.length);
  let p = 0;
  let a = 0;
  for (let i = 0; i < order.length; i++) {
    const isPair = a === alone.length || (p < pairs.length && pairs[p]! < alone[a]!);
    order[i] = isPair ? p++ : pairs.length + a++;
  }
  return order;
}
