import type { GoldenCase, GoldenError } from '../../case.js';
import type { GotError } from '../../compare.js';

export type Rows = readonly (readonly unknown[])[];
type Columns = readonly (readonly [name: string, type: string])[];

/** A query: a frame by its name, or operators over one, a join or a union. */
export type Query =
  | string
  | {
      readonly from?: Query;
      readonly join?: { readonly left: Query; readonly right: Query; readonly type: string; readonly on: string };
      readonly union?: readonly Query[];
      readonly ops?: readonly Op[];
    };

/** An operator under its name, with its arguments. */
export type Op = Readonly<Record<string, unknown>>;

/** A file for each source that is named, then the clock moves; or what else a step does. */
export type Step = Readonly<Record<string, Rows>> & {
  readonly advanceMs?: number;
  readonly restart?: boolean;
  /** A restart after the newest commit was lost. */
  readonly dropCommit?: boolean;
  /** Files that come while the query is down. */
  readonly while?: Readonly<Record<string, Rows>>;
  /** Runs the query until it ends by itself. */
  readonly run?: boolean;
  readonly failSinkOnBatch?: number;
};

/** Which keys of a step are no sources. */
export const directives: ReadonlySet<string> = new Set([
  'advanceMs',
  'restart',
  'dropCommit',
  'while',
  'run',
  'failSinkOnBatch',
]);

export interface StateOperator {
  readonly operatorName: string;
  readonly numRowsTotal: number;
  readonly numRowsUpdated: number;
  readonly numRowsRemoved: number;
  readonly numRowsDroppedByWatermark: number;
  readonly numDroppedDuplicateRows?: number;
}

export interface Batch {
  readonly batchId: number;
  readonly batchTimestampMs?: number;
  readonly watermarkMs: number;
  readonly nextWatermarkMs: number;
  readonly noData: boolean;
  readonly numInputRows: number;
  readonly eventTime?: Readonly<Record<string, string>>;
  readonly stateOperators?: readonly StateOperator[];
  readonly rows: Rows;
}

export interface StreamCase extends GoldenCase {
  readonly sources: Readonly<
    Record<string, { readonly schema: string; readonly options?: Readonly<Record<string, string>> | null }>
  >;
  readonly static: Readonly<Record<string, { readonly schema: string; readonly rows: Rows }>>;
  readonly query: Query;
  readonly outputMode: 'append' | 'update' | 'complete';
  readonly trigger?: 'availableNow' | 'once';
  readonly script: readonly Step[];
  readonly failSinkOnBatch?: number;
  readonly expected: {
    readonly schema: Columns | null;
    readonly steps: readonly { readonly batches: readonly Batch[]; readonly failed?: unknown }[];
    readonly error?: GoldenError;
  };
}

export interface Got {
  /** As the first batch had it; undefined if none came. */
  readonly schema?: Columns;
  readonly steps: readonly { readonly batches: readonly Batch[]; readonly failed: boolean }[];
  readonly error?: GotError;
}
