import type { SchedulerLike, Subscriber } from 'rxjs';
import type { Delivery, Json, MicroBatch } from '../batch/index.js';
import { Table } from '../columns/index.js';
import { deadLetterSchema } from '../connect/dead-letter.js';
import type { ReadLimit, SourceDefinition, SourceReader, SourceStatus } from '../connect/contract.js';
import { SluiceError } from '../errors/index.js';
import type { Condition } from '../expressions/conditions.js';
import { type MaybePromise, chain } from '../maybe-promise.js';
import type { Schema } from '../schema/index.js';
import type { PlannedRange, SourceRecord } from './log.js';

/** A source as it takes part in a query. */
export interface SeatedSource {
  readonly definition: SourceDefinition<unknown, Json>;
  readonly schema: Schema | undefined;
  readonly columns: readonly string[] | undefined;
  readonly conditions?: readonly Condition[];
  /**
   * Only of one that has no rows, but a choice to keep: its offset is durable with the plan of each batch. Called when
   * the query opens it, with what was chosen last; undefined: nothing yet. It goes along with others: where they are
   * through, it is.
   */
  readonly choice?: (chosen: Json | undefined) => void;
}

/** The query, as far as a seat needs it. */
export interface SeatHost {
  readonly id: string;
  readonly runId: string;
  readonly clock: SchedulerLike;
  /** Aborted when what sources are reading is given up. */
  readonly signal: AbortSignal;
  wake(): void;
  /** Calls `body` so that what it subscribes finds the query. */
  run<T>(body: () => T): T;
}

/** One subscribed source in a query: its reader, where it stands, and the subscriber that gets its batches. */
export class Seat {
  /** Where the next batch begins, once the reader is open. */
  offset: Json = null;
  private reader: SourceReader<unknown, Json> | undefined;
  /** What the source asked to remember and no plan holds yet. */
  private unlogged: Json[] = [];

  constructor(
    readonly name: string,
    private readonly source: SeatedSource,
    private readonly subscriber: Subscriber<MicroBatch>,
    private readonly host: SeatHost,
  ) {}

  get op(): string {
    return this.source.definition.op;
  }

  get description(): string {
    return `${this.op}[${this.name}]`;
  }

  get schema(): Schema | undefined {
    const { schema, columns } = this.source;
    return schema && columns ? { ...schema, fields: schema.fields.filter((f) => columns.includes(f.name)) } : schema;
  }

  get closed(): boolean {
    return this.subscriber.closed;
  }

  /** Whether it only goes along with others. */
  get isChoice(): boolean {
    return this.source.choice !== undefined;
  }

  get isOpen(): boolean {
    return this.reader !== undefined;
  }

  get status(): SourceStatus {
    return this.reader?.status?.() ?? {};
  }

  /**
   * Opens the reader and finds where it starts: where the last run committed, else at the source's beginning.
   * `planned` is where its part of a batch ends that is to be done again.
   */
  open(record: SourceRecord | undefined, planned: Json | undefined, freeze: boolean): MaybePromise<void> {
    this.unlogged = [...(record?.unlogged ?? [])];
    if (record !== undefined && record.kind !== this.op) {
      throw new SluiceError(
        'CHECKPOINT_MISMATCH',
        `The checkpoint knows the source '${this.name}' as a ${record.kind}, the pipeline has a ${this.op} of that name. ` +
          'Give the new source another name, or start with another checkpoint directory.',
        { details: { source: this.name, checkpoint: record.kind, pipeline: this.op } },
      );
    }
    const { host } = this;
    this.source.choice?.(planned ?? record?.offset);
    const opened = this.source.definition.open({
      name: this.name,
      queryId: host.id,
      runId: host.runId,
      columns: this.source.columns,
      conditions: this.source.conditions ?? [],
      remembered: record?.memory ?? [],
      remember: (entry) => this.unlogged.push(entry),
      wake: () => host.wake(),
      signal: host.signal,
      now: () => host.clock.now(),
    });
    return chain(opened, (reader) => {
      this.reader = reader;
      return chain(record === undefined ? reader.initial() : record.offset, (offset) => {
        this.offset = offset;
        return freeze && reader.freeze !== undefined ? reader.freeze() : undefined;
      });
    });
  }

  get canFreeze(): boolean {
    return this.reader?.freeze !== undefined;
  }

  latest(limit: ReadLimit): MaybePromise<Json> {
    return this.reader!.latest(this.offset, limit);
  }

  /** The range up to `end`, with what is to be remembered from now on. */
  range(end: Json): PlannedRange {
    const memory = this.unlogged;
    this.unlogged = [];
    return { kind: this.op, start: this.offset, end, memory };
  }

  read(start: Json, end: Json): MaybePromise<Table | readonly unknown[] | Delivery> {
    if (sameOffset(start, end)) return this.schema === undefined ? [] : Table.empty(this.schema);
    return this.reader!.read(start, end);
  }

  commit(end: Json): MaybePromise<void> {
    this.offset = end;
    return this.reader?.commit?.(end);
  }

  /** What the source still has to remember, if it can tell. */
  memory(): readonly Json[] | undefined {
    return this.reader?.memory?.();
  }

  /** Whether the source itself knows what it has to remember. */
  get remembers(): boolean {
    return this.reader?.memory !== undefined;
  }

  /** What the next seat of this name has to know: `record` is what was committed. */
  handOver(record: SourceRecord): SourceRecord {
    return { ...record, memory: this.memory() ?? record.memory, unlogged: this.unlogged };
  }

  /** Hands a batch on, and what is not among its rows to whoever takes bad records. */
  next(batch: MicroBatch, rejected: Delivery['rejected']): void {
    const { badRecords } = this.source.definition;
    this.host.run(() => {
      badRecords?.next(batch.with(rejected?.(batch.id) ?? Table.empty(deadLetterSchema)));
      this.subscriber.next(batch);
    });
  }

  error(error: unknown): void {
    this.host.run(() => this.subscriber.error(error));
  }

  complete(): void {
    this.host.run(() => {
      this.source.definition.badRecords?.complete();
      this.subscriber.complete();
    });
  }

  close(): MaybePromise<void> {
    const { reader } = this;
    this.reader = undefined;
    return reader?.close?.();
  }
}

/** Whether two offsets are the same position: JSON equality, whatever the order of keys. */
export function sameOffset(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const keys = Object.keys(a);
  return (
    Array.isArray(a) === Array.isArray(b) &&
    keys.length === Object.keys(b).length &&
    keys.every(
      (k) => Object.hasOwn(b, k) && sameOffset((a as Record<string, Json>)[k]!, (b as Record<string, Json>)[k]!),
    )
  );
}
