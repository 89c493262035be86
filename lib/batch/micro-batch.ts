import type { RecordBatch } from 'apache-arrow';
import { tableToArrow } from '../columns/arrow.js';
import { type Column, Table } from '../columns/index.js';
import { factsOf } from '../expressions/facts.js';
import type { BatchFacts } from '../expressions/functions/define.js';
import type { Schema } from '../schema/index.js';
import type { HiddenColumns } from './delivery.js';
import type { Layout } from './layout.js';
import type { Done, Settlement } from './settlement.js';

/** JSON, the form of offsets and of everything else that a checkpoint keeps. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A source's part in a batch: what it gave, from `start` up to `end`. */
export interface OffsetRange {
  readonly start: Json;
  readonly end: Json;
}

/** What all batches of one firing share. */
export interface BatchHead {
  /** Counts up from 0 over the life of the query, also over restarts; a replay has the same id. */
  readonly id: number;
  /** By the name of each source: the range that this batch holds. */
  readonly offsets: Readonly<Record<string, OffsetRange>>;
  /** When the batch was planned, in milliseconds since the epoch; the same when it is replayed. */
  readonly timestamp: number;
  /** No event older than this is expected, in milliseconds since the epoch; null without a watermark. */
  readonly watermark: number | null;
  /** The watermark of the batch before: what is not after it came too late. */
  readonly lateWatermark?: number | null;
  readonly settlement: Settlement;
  /** The query that the batch belongs to, as far as sinks and operators need it. */
  readonly query: BatchQuery;
}

/** What a sink says of a batch that it wrote. */
export interface SinkReport {
  readonly outputRows: number;
  readonly sink: string;
  readonly metrics?: Readonly<Record<string, string | number>>;
}

/** The query, as a batch shows it to sinks and operators. */
export interface BatchQuery {
  /** Stable over restarts where there is a checkpoint. */
  readonly id: string;
  readonly runId: string;
  readonly name: string | undefined;
  readonly outputMode: 'append' | 'update' | 'complete';
  /** Calls `close` when the query has ended, and waits for it. */
  onEnd(close: () => void | PromiseLike<void>): void;
  /** A sink that got an error through its stream tells the query, so that the batch in hand cannot commit. */
  abort(error: unknown): void;
  /** Counts for the progress of the batch in hand. */
  report(written: SinkReport): void;
  /** Figures of this name for the `observedMetrics` of the batch in hand. */
  observe(name: string, metrics: Readonly<Record<string, unknown>>): void;
}

const factsByHead = new WeakMap<BatchHead, BatchFacts>();

/** The columns of a batch by name. */
export type Columns<Row> = { readonly [K in keyof Row & string]: Column } & { readonly [name: string]: Column };

/**
 * The element of every flow: the rows of one firing. `rows` and `columns` are two views of the same data, each made
 * from the other when first asked for. Immutable.
 *
 * Whoever keeps a batch past the `next` that brought it (to write it, to wait for something) must `hold()` it; the
 * query commits a batch when everyone who held it is done.
 *
 * @example
 * ```ts
 * flow$.subscribe((batch) => {
 *   const done = batch.hold();
 *   save(batch.id, batch.rows).then(() => done(), done);
 * });
 * ```
 */
export class MicroBatch<Row = Record<string, unknown>> {
  private rowView: readonly Row[] | undefined;
  private tableView: Table | undefined;
  private columnView: Columns<Row> | undefined;
  private dealing: Layout | undefined;
  private beside: HiddenColumns | undefined;
  private readonly declared: Schema | undefined;

  /** @internal Batches are made by sources; derive others by `with`. */
  constructor(
    private readonly head: BatchHead,
    data: Table | readonly Row[],
    schema?: Schema,
  ) {
    if (data instanceof Table) {
      this.tableView = data;
      this.declared = data.schema;
    } else {
      this.rowView = data;
      this.declared = schema;
    }
  }

  get id(): number {
    return this.head.id;
  }

  get offsets(): Readonly<Record<string, OffsetRange>> {
    return this.head.offsets;
  }

  /** When the batch was planned, in milliseconds since the epoch; the same when it is replayed. */
  get timestamp(): number {
    return this.head.timestamp;
  }

  /** No event older than this is expected, in milliseconds since the epoch; null without a watermark. */
  get watermark(): number | null {
    return this.head.watermark;
  }

  /** @internal The watermark of the batch before: what is not after it came too late. */
  get lateWatermark(): number | null {
    return this.head.lateWatermark ?? null;
  }

  get query(): BatchQuery {
    return this.head.query;
  }

  /**
   * @internal What expressions may know of the batch. One for all batches of a firing: random functions that stand
   * in several places go on drawing where the others stopped.
   */
  get facts(): BatchFacts {
    let facts = factsByHead.get(this.head);
    if (facts === undefined) {
      facts = factsOf(this.id, this.timestamp, this.query.id);
      factsByHead.set(this.head, facts);
    }
    return facts;
  }

  get numRows(): number {
    return this.rowView?.length ?? this.table.numRows;
  }

  /** The rows as plain objects. Made once, on first use: only a pipeline that asks for rows pays for them. */
  get rows(): readonly Row[] {
    return (this.rowView ??= this.table.toRows() as Row[]);
  }

  /** The columns by name, laid out as Arrow does. Their order is that of `schema`. */
  get columns(): Columns<Row> {
    return (this.columnView ??= this.columnsByName());
  }

  private columnsByName(): Columns<Row> {
    const { schema, columns } = this.table;
    const byName: Record<string, Column> = Object.create(null) as Record<string, Column>;
    schema.fields.forEach((f, i) => (byName[f.name] = columns[i]!));
    return byName as Columns<Row>;
  }

  /** The columns with their schema, in order. */
  get table(): Table {
    return (this.tableView ??= Table.fromRows(this.rowView ?? [], this.declared));
  }

  /** The types of the columns; columns of rows whose types nobody declared have the type `any`. */
  get schema(): Schema<Row> {
    return (this.declared ?? this.table.schema) as Schema<Row>;
  }

  /** Whether the data is there as columns already. */
  get isColumnar(): boolean {
    return this.tableView !== undefined;
  }

  /** Whether the data is there as rows only, with no declared types. */
  get untyped(): boolean {
    return this.declared === undefined;
  }

  /** The same batch (id, offsets, settlement) with other data. */
  with<R>(rows: readonly R[], schema?: Schema<R>): MicroBatch<R>;
  with<R = Row>(table: Table): MicroBatch<R>;
  with<R>(data: Table | readonly R[], schema?: Schema<R>): MicroBatch<R> {
    return new MicroBatch<R>(this.head, data, schema).laidOutAs(this);
  }

  /**
   * @internal Columns that expressions may name and that are no part of the batch, such as the file that a row came
   * from. What is derived has them only if it has the same rows, and says so.
   */
  get hidden(): HiddenColumns | undefined {
    return this.beside;
  }

  /** @internal The same batch with hidden columns for its rows. */
  withHidden(hidden: HiddenColumns | undefined): MicroBatch<Row> {
    if (hidden === undefined && this.beside === undefined) return this;
    const batch = this.copy();
    batch.beside = hidden;
    return batch;
  }

  private copy(): MicroBatch<Row> {
    return this.isColumnar ? this.with<Row>(this.table) : this.with(this.rows, this.declared as Schema<Row>);
  }

  /** @internal How the rows are dealt out to files; undefined: they are in one. What is derived keeps it. */
  get layout(): Layout | undefined {
    return this.dealing;
  }

  /** @internal The same batch with another layout. */
  dealtOut(layout: Layout): MicroBatch<Row> {
    const batch = this.copy();
    batch.dealing = layout;
    batch.beside = this.beside;
    return batch;
  }

  /** Takes over what a batch keeps when it gets other data. */
  protected laidOutAs(other: MicroBatch<never> | MicroBatch<unknown>): this {
    this.dealing = (other as MicroBatch).dealing;
    return this;
  }

  /** Keeps the batch from committing until the returned function is called, with an error if it failed. */
  hold(): Done {
    return this.head.settlement.hold();
  }

  /**
   * @internal Holds the batch while waiting for another of its firing; `alone` is called when none will come, `failed`
   * if that is because the batch failed, or a part of it is lost.
   */
  wait(alone: (failed: boolean) => void): Done {
    return this.head.settlement.wait(alone);
  }

  /** The batch cannot be made durable: it, and with it the query, fails. */
  fail(error: unknown): void {
    this.head.settlement.fail(error);
  }

  /** @internal The same rows, to be settled apart from this batch and told of by another view of its query. */
  apart(settlement: Settlement, query: BatchQuery): MicroBatch<Row> {
    const head: BatchHead = { ...this.head, settlement, query };
    const data = this.isColumnar ? this.table : this.rows;
    return new MicroBatch<Row>(head, data, this.declared).laidOutAs(this);
  }

  /** As a `RecordBatch` of apache-arrow, sharing memory. Columns without a declared type get one from their values. */
  toArrow(): RecordBatch {
    return tableToArrow(this.table);
  }

  /** Whether two batches come of the same firing. */
  isOf(other: MicroBatch<never> | MicroBatch): boolean {
    return this.head === (other as MicroBatch).head;
  }
}
