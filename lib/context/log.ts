import type { Json, OffsetRange } from '../batch/index.js';
import type { MaybePromise } from '../maybe-promise.js';
import { type StateBackend, VolatileState } from '../state/index.js';

/** A source's part of a planned batch. */
export interface PlannedRange extends OffsetRange {
  /** What kind of source it is: offsets of one kind mean nothing to another. */
  readonly kind: string;
  /** What the source asked to remember from this batch on. */
  readonly memory: readonly Json[];
}

/** What is to be done: durable before any sink sees the batch. */
export interface BatchPlan {
  readonly id: number;
  readonly timestamp: number;
  readonly watermark: number | null;
  /** By the name of each source. */
  readonly sources: Readonly<Record<string, PlannedRange>>;
}

/** What was done: state, watermark and the mark itself become durable in one step. */
export interface BatchCommit {
  readonly id: number;
  /** In force for the next batch. */
  readonly watermark: number | null;
  /** The state of operators that changed, by operator name. */
  readonly state: Readonly<Record<string, Json>>;
}

/** What a log knows of a source. */
export interface SourceRecord {
  readonly kind: string;
  /** Where the next batch begins. */
  readonly offset: Json;
  /** What the source asked to remember, in order. */
  readonly memory: readonly Json[];
  /** Asked for by a run of this process, but in no plan yet. */
  readonly unlogged?: readonly Json[];
}

/** What a query finds when it starts. */
export interface Recovered {
  readonly nextId: number;
  readonly watermark: number | null;
  readonly sources: ReadonlyMap<string, SourceRecord>;
  readonly state: ReadonlyMap<string, Json>;
  /** Planned but not committed: to be done again, the same. */
  readonly pending: BatchPlan | undefined;
}

/** Where a query keeps what it plans and what it has done. */
export interface QueryLog {
  /** The query's id, the same over all restarts. */
  readonly queryId: string;
  /** Takes possession and reads what is there. Throws CHECKPOINT_IN_USE, CHECKPOINT_CORRUPT, CHECKPOINT_UNWRITABLE. */
  open(): MaybePromise<Recovered>;
  plan(plan: BatchPlan): MaybePromise<void>;
  commit(commit: BatchCommit): MaybePromise<void>;
  /**
   * For the continuous trigger, which commits only now and then: ids below `id` may be used before the next commit,
   * so a restart begins at `id` and no id ever means two different batches.
   */
  reserve(id: number): MaybePromise<void>;
  /** What each source still has to remember, asked for when the log is compacted. */
  memoryOf: (source: string) => readonly Json[] | undefined;
  /** Where the stores of operators are kept. */
  readonly stores: StateBackend;
  close(): MaybePromise<void>;
}

/** The log of a query without a checkpoint: it begins anew each time. */
export class VolatileLog implements QueryLog {
  memoryOf = (): undefined => undefined;
  readonly stores = new VolatileState();

  constructor(readonly queryId: string) {}

  open(): Recovered {
    return { nextId: 0, watermark: null, sources: new Map(), state: new Map(), pending: undefined };
  }

  plan(): void {}
  commit(): void {}
  reserve(): void {}
  close(): void {}
}
