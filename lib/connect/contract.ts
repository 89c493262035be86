import type { Observer } from 'rxjs';
import type { Delivery, Json, MicroBatch } from '../batch/index.js';
import type { Table } from '../columns/index.js';
import type { Condition } from '../expressions/conditions.js';
import type { MaybePromise } from '../maybe-promise.js';
import type { ExplainedBranch, OutputMode } from '../plan/index.js';
import type { Schema, SchemaLike } from '../schema/index.js';
import type { DeadLetterRow } from './dead-letter.js';

/** How much a batch may hold. A source stops at or soon after the first bound that it reaches. */
export interface ReadLimit {
  /** Whether the batch is to hold everything there is, whatever limits the user set (`trigger({ once: true })`). */
  readonly all: boolean;
  readonly rows: number;
  readonly bytes: number;
}

/** What a source's reader finds around it. */
export interface SourceContext {
  /** The name under which offsets are kept. */
  readonly name: string;
  readonly queryId: string;
  readonly runId: string;
  /** The columns that are needed of the schema, in its order; undefined: all. */
  readonly columns: readonly string[] | undefined;
  /**
   * What every row fulfils that matters: rows that do not may be left out of what `read` returns, and need not be.
   * Ranges of offsets are to hold the same rows otherwise, since a restart may come with other conditions.
   */
  readonly conditions: readonly Condition[];
  /** What earlier batches asked to remember, in order. */
  readonly remembered: readonly Json[];
  /** Keeps `entry` durably together with the next batch that is planned. */
  remember(entry: Json): void;
  /** There is new data: plan a batch. Sources that call it need not be polled. */
  wake(): void;
  /**
   * Aborted when the query is stopped while `read` is under way: nobody is to get the rows, and the next start asks for
   * the same range. The query waits for `read` nevertheless: one that may wait for long rejects then, with anything.
   */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch, by the query's clock. */
  now(): number;
}

/** What a source can tell after `latest`. */
export interface SourceStatus {
  /** Up to where data is there, for the progress. */
  readonly latest?: Json;
  /** Whether `latest` stopped at a bound of the engine's, so that more is there to be read at once. */
  readonly cut?: boolean;
  /** Milliseconds until it is worth asking again when there was nothing; undefined: when `wake` is called. */
  readonly pollAfter?: number;
  /** Whether nothing will ever come after what was read. */
  readonly ended?: boolean;
  /** Figures for the progress. */
  readonly metrics?: Readonly<Record<string, string | number>>;
}

/**
 * Reads one source for one run of a query. Offsets are JSON and mean something to the source alone; each is the
 * position of the next row to read.
 */
export interface SourceReader<Row, Offset extends Json> {
  /** Where a new query begins. */
  initial(): MaybePromise<Offset>;
  /** How far the next batch reaches: `start` itself if there is nothing. Called once a firing. */
  latest(start: Offset, limit: ReadLimit): MaybePromise<Offset>;
  /** The rows from `start` up to `end`. After a crash it is asked for the same range again. */
  read(start: Offset, end: Offset): MaybePromise<Table | readonly Row[] | Delivery>;
  /** From now on nothing that comes later is to be reported (`trigger({ availableNow: true })`). */
  freeze?(): MaybePromise<void>;
  /** Everything before `end` is durable downstream. */
  commit?(end: Offset): MaybePromise<void>;
  status?(): SourceStatus;
  /** What still has to be remembered of all that was; without it, everything. */
  memory?(): readonly Json[];
  close?(): MaybePromise<void>;
}

export interface SourceDefinition<Row, Offset extends Json> {
  /** The factory's name, such as `fileSource`. */
  readonly op: string;
  /** The name under which offsets are kept: the user's, or a default that does not depend on position. */
  readonly name: string;
  /** The options in short, for `explain()` and the progress; without secrets. */
  readonly detail?: string;
  readonly schema?: SchemaLike<Row>;
  /** Columns that expressions may name besides; its batches come as a `Delivery` that has them. */
  readonly hidden?: Schema;
  /**
   * Where the rejected records of each `Delivery` go. A batch commits when both its rows and these are durable. The sink
   * is the source's alone, and is closed with the query.
   */
  readonly badRecords?: Observer<MicroBatch<DeadLetterRow>> | undefined;
  readonly supports: {
    /** Whether a range can be read again after a crash. If not, what was in flight is lost: at most once. */
    readonly replay: boolean;
    /** Whether other processes may take over parts of it: operators with state are refused below it. */
    readonly shared?: boolean;
    /** Whether `open` heeds `context.columns`. */
    readonly columns?: boolean;
    /** Whether `open` heeds `context.conditions`, or which of them: it is told of no others. */
    readonly conditions?: boolean | ((condition: Condition) => boolean);
  };
  open(context: SourceContext): MaybePromise<SourceReader<Row, Offset>>;
}

/** What a sink's writer finds around it. */
export interface SinkContext {
  /** Stable over restarts where there is a checkpoint: with the batch id it names a batch for ever. */
  readonly queryId: string;
  readonly runId: string;
  readonly queryName: string | undefined;
  readonly outputMode: OutputMode;
  /** The columns of the first batch. */
  readonly schema: Schema;
  /** Aborted when the query is over and a write is in hand: nobody waits for it any more, `close` waits for its end. */
  readonly signal: AbortSignal;
}

/** Writes the batches of one run of a query to one sink. */
export interface SinkWriter<Row> {
  /**
   * Makes the batch durable; when it returns (or its promise resolves) the batch may be committed. After a crash the
   * same batch id comes again: an exactly-once sink then replaces or skips what it wrote before. Calls never overlap.
   */
  write(batch: MicroBatch<Row>): MaybePromise<void>;
  /** How many rows were written of the batch that was written last; without it, all that it held. */
  outputRows?(): number;
  /** Figures for the progress of the batch that was written last. */
  metrics?(): Readonly<Record<string, string | number>>;
  /** Nothing more will be written, after success or failure. */
  close?(): MaybePromise<void>;
}

export interface SinkDefinition<Row> {
  /** The factory's name, such as `fileSink`. */
  readonly op: string;
  /** The options in short, for `explain()` and the progress; without secrets. */
  readonly detail?: string;
  readonly supports: {
    /** Whether a batch that comes again after a crash leaves each of its rows once. */
    readonly exactlyOnce: boolean;
    /** Without it, `append` alone. */
    readonly outputModes?: readonly OutputMode[];
  };
  open(context: SinkContext): MaybePromise<SinkWriter<Row>>;
  /** Refuses, before the query starts, columns that cannot be written. Only called where they are known by then. */
  check?(schema: Schema): void;
  /** The stream has ended, with an error or well: called once every writer is closed. */
  ended?(end: { readonly error?: unknown }): MaybePromise<void>;
  /** The sinks that this one hands rows on to, as `explain()` draws them. */
  readonly branches?: readonly ExplainedBranch[];
}
