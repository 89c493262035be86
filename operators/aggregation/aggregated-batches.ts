import type { Observer } from 'rxjs';
import type { MicroBatch } from '../../lib/batch/index.js';
import { Table } from '../../lib/columns/index.js';
import type { OperatorState, OperatorWatermarks } from '../../lib/context/index.js';
import {
  type Aggregation,
  type CompiledAggregation,
  type Groups,
  type TableGroups,
  compileAggregation,
} from '../../lib/expressions/aggregate.js';
import type { Expression, ExpressionSettings } from '../../lib/expressions/index.js';
import { sameColumns } from '../../lib/plan/used-columns.js';
import { type Schema, formatDdl, parseDdl, sameType, structOf } from '../../lib/schema/index.js';
import { KeptGroups } from './kept-groups.js';
import { KeptSessions } from './kept-sessions.js';
import { rowsAt } from '../columns/rows-at.js';
import { StableTypes, drift, isDeclared } from '../columns/stable-types.js';

export interface AggregatedOptions extends Aggregation {
  readonly op: string;
  /** All expressions. */
  readonly trees: readonly Expression[];
  readonly settings: ExpressionSettings;
  /** Which of the keys carries event time. */
  readonly eventTimeKey: number | undefined;
  readonly lateRows: Observer<MicroBatch> | undefined;
}

/** What a batch did to the groups that are kept. */
export interface GroupChanges {
  /** What comes out. */
  readonly out: Groups;
  /** How many groups are kept now. */
  readonly total: number;
  readonly updated: number;
  readonly removed: number;
  /** Which groups of the batch came too late; undefined if none did. */
  readonly late: Uint8Array | undefined;
}

/** Groups that are kept from batch to batch. */
export interface Kept {
  take(groups: TableGroups, marks: OperatorWatermarks): GroupChanges;
}

interface Ready {
  readonly schema: Schema;
  readonly compiled: CompiledAggregation;
  readonly kept: Kept;
}

/** An aggregation at run time: a batch of rows becomes one of groups. */
export class AggregatedBatches {
  private ready: Ready | undefined;
  private readonly types: StableTypes;

  constructor(
    private readonly options: AggregatedOptions,
    private readonly state: OperatorState,
  ) {
    this.types = new StableTypes(options.op, options.trees);
  }

  take(batch: MicroBatch, marks: OperatorWatermarks): MicroBatch {
    const table = this.typed(batch);
    if (table === undefined) {
      this.options.lateRows?.next(batch);
      return batch;
    }
    const { compiled, kept } = this.readyFor(table, isDeclared(batch.schema));
    const groups = compiled.accumulate(table, batch.facts);
    const { out, total, updated, removed, late } = kept.take(groups, marks);
    const lateRows = late === undefined ? new Int32Array(0) : rowsOnlyIn(late, groups, table.numRows);
    this.options.lateRows?.next(rowsAt(batch, lateRows));
    this.state.report({
      numRowsTotal: total,
      numRowsUpdated: updated,
      numRowsRemoved: removed,
      numRowsDroppedByWatermark: late?.reduce((sum, is) => sum + is, 0) ?? 0,
      customMetrics: { numLateRows: lateRows.length },
    });
    return batch.with(compiled.finish(out, batch.facts));
  }

  /** Undefined as long as the types are unknown: those of plain values are known when there are some, or were some. */
  private typed(batch: MicroBatch): Table | undefined {
    if (this.ready === undefined && this.input !== undefined) this.types.learn(parseDdl(this.input));
    if (batch.numRows > 0 || isDeclared(batch.schema)) return this.types.typed(batch.table);
    const known = this.ready?.schema ?? (this.input === undefined ? undefined : parseDdl(this.input));
    return known && Table.empty(known);
  }

  /** The types of the columns of which the state in the checkpoint was made, where they were not declared. */
  private get input(): string | undefined {
    return this.state.kept?.settings?.['input'] as string | undefined;
  }

  private readyFor(table: Table, declared: boolean): Ready {
    const { schema } = table;
    const last = this.ready;
    if (last !== undefined && sameColumns(last.schema, schema)) return last;
    const compiled = compileAggregation(this.options, schema, this.options.settings);
    if (last !== undefined && !sameState(last.compiled, compiled)) {
      throw drift(this.options.op, 'the columns have other types than in the first batches');
    }
    const { eventTimeKey } = this.options;
    const input = this.input ?? (declared ? undefined : formatDdl(this.types.used(table)));
    const settings = { ...(compiled.windows && { windows: compiled.windows }), ...(input && { input }) };
    const kept =
      compiled.session === undefined
        ? new KeptGroups(compiled, eventTimeKey, this.state, settings)
        : new KeptSessions(compiled, eventTimeKey !== undefined, this.state, settings);
    return (this.ready = { schema, compiled, kept });
  }
}

const sameState = (a: CompiledAggregation, b: CompiledAggregation): boolean =>
  sameType(structOf(a.keys), structOf(b.keys)) && sameType(structOf(a.states.fields), structOf(b.states.fields));

/** The rows of a table that are in some of these groups, and in no other. */
function rowsOnlyIn(groups: Uint8Array, { ids, rows }: TableGroups, n: number): Int32Array {
  const inSome = new Uint8Array(n);
  const inOther = new Uint8Array(n);
  for (let i = 0; i < ids.length; i++) (groups[ids[i]!] === 1 ? inSome : inOther)[rows === null ? i : rows[i]!] = 1;
  return Int32Array.from({ length: n }, (_, row) => row).filter((row) => inSome[row] === 1 && inOther[row] === 0);
}
