import type { MicroBatch } from '../../lib/batch/index.js';
import { Table } from '../../lib/columns/index.js';
import { Sink, type SinkContext, type SinkWriter } from '../../lib/connect/index.js';
import type { Schema } from '../../lib/schema/index.js';
import { type MemoryTable, memoryTables } from '../../lib/sql/tables.js';
import { type MemorySinkOptions, parseMemorySink } from './options.js';

/** One batch that a memory sink has taken. */
export interface MemoryBatch<Row> {
  readonly id: number;
  readonly rows: readonly Row[];
}

/** Keeps what a query writes; `In` is what it accepts. */
export class MemorySink<Row, In = Row> extends Sink<In> {
  private readonly store: Store<Row>;

  /** @internal Made by `memorySink`. */
  constructor(options: MemorySinkOptions) {
    const { queryName } = parseMemorySink(options);
    const store = new Store<Row>(queryName);
    super({
      op: 'memorySink',
      ...(queryName === undefined ? {} : { detail: queryName }),
      supports: { exactlyOnce: true, outputModes: ['append', 'update', 'complete'] },
      open: (context) => store.open(context) as SinkWriter<unknown>,
    });
    this.store = store;
  }

  /** All rows so far, in order; in complete mode those of the last batch. A new array each time. */
  get rows(): Row[] {
    return this.store.batches.flatMap((batch) => batch.rows);
  }

  /** The batches so far, in order, empty ones included; in complete mode the last. */
  get batches(): readonly MemoryBatch<Row>[] {
    return [...this.store.batches];
  }

  /** Forgets all rows. A batch that comes again after that is known still, and skipped. */
  clear(): void {
    this.store.batches = [];
  }
}

/** What was written, by all runs of all queries that wrote to the sink. */
class Store<Row> implements MemoryTable {
  batches: Kept<Row>[] = [];
  schema: Schema | undefined;
  /** By query id: the newest batch that is in. */
  private readonly latest = new Map<string, number>();

  constructor(private readonly name: string | undefined) {}

  open({ queryId, queryName, outputMode }: SinkContext): SinkWriter<Row> {
    const name = this.name ?? queryName;
    if (name !== undefined) memoryTables.set(name, this);
    return {
      write: (batch) => {
        if (batch.id <= (this.latest.get(queryId) ?? -1)) return;
        this.latest.set(queryId, batch.id);
        if (!batch.untyped) this.schema = batch.schema;
        const kept = new Kept(batch);
        if (outputMode === 'complete') this.batches = [kept];
        else this.batches.push(kept);
      },
    };
  }
}

/** The data of a batch without the batch, which would keep its whole query alive. Each view is made when asked for. */
class Kept<Row> implements MemoryBatch<Row> {
  readonly id: number;
  private readonly schema?: Schema;
  private rowView: readonly Row[] | undefined;
  private tableView: Table | undefined;

  constructor(batch: MicroBatch<Row>) {
    this.id = batch.id;
    if (!batch.untyped) this.schema = batch.schema;
    if (batch.isColumnar && !batch.untyped) this.tableView = batch.table;
    else this.rowView = batch.rows;
  }

  get rows(): readonly Row[] {
    return (this.rowView ??= this.table.toRows() as Row[]);
  }

  get table(): Table {
    return (this.tableView ??= Table.fromRows(this.rowView!, this.schema));
  }
}

/**
 * Keeps all rows in memory, for tests and for looking at small results. In the output mode `complete` each batch
 * takes the place of all before it; in `append` and `update` its rows are added.
 *
 * **Exactly once** within the process: a batch that comes again after a failure is skipped. What an earlier process
 * had in memory is gone, whatever the checkpoint says.
 *
 * Throws INVALID_OPTION and UNKNOWN_OPTION.
 *
 * @example
 * ```ts
 * const results = memorySink<{ word: string }>({ queryName: 'results' });
 * await startQuery({ from: words.pipe(trigger({ availableNow: true })), to: results }).awaitTermination();
 * console.log(results.rows);
 * ```
 */
export function memorySink(options?: MemorySinkOptions): MemorySink<Record<string, unknown>, unknown>;
export function memorySink<Row>(options?: MemorySinkOptions): MemorySink<Row>;
export function memorySink<Row>(options: MemorySinkOptions = {}): MemorySink<Row> {
  return new MemorySink<Row>(options);
}
