import type { Observer } from 'rxjs';
import type { MicroBatch } from '../../lib/batch/index.js';
import { Table } from '../../lib/columns/index.js';
import type { OperatorState, OperatorWatermarks } from '../../lib/context/index.js';
import type { Bound } from '../../lib/expressions/index.js';
import type { BatchFacts } from '../../lib/expressions/functions/define.js';
import type { Value } from '../../lib/expressions/values.js';
import { columnOf, readerOf } from '../../lib/expressions/vector.js';
import { type Schema, boolean, field, int, structOf } from '../../lib/schema/index.js';
import type { Entry, StoreLayout } from '../../lib/state/index.js';
import type { Inputs } from '../../lib/stateful.js';
import { eventMillis, millisOf } from '../columns/event-millis.js';
import type { JoinCondition, JoinInputs, Side } from './condition.js';
import { type JoinOutput, JoinedRows } from './output.js';
import { JoinKeys, type KeyedRows, matching, whereTrue } from './pairs.js';
import { JoinSide, type KeptRow } from './side.js';
import { type JoinKind, isOuter } from './types.js';

/** When rows of a side can be given up. */
export type Retention =
  /** When the watermark has passed the event time that is this one of the keys. */
  | { readonly by: 'key'; readonly index: number }
  /** When a watermark that follows from the condition has passed the event time in this column. */
  | { readonly by: 'column'; readonly index: number; readonly watermark: (mark: number) => number };

export interface SideOptions {
  /** The column that carries event time. */
  readonly time: string | undefined;
  readonly retention: Retention | undefined;
  /** Rows that do not fulfil it match nothing. */
  readonly filter: Bound | undefined;
  readonly lateRows: Observer<MicroBatch> | undefined;
}

export interface StreamJoin {
  readonly kind: JoinKind;
  readonly inputs: JoinInputs;
  readonly condition: JoinCondition;
  readonly output: JoinOutput;
  readonly sides: Readonly<Record<Side, SideOptions>>;
}

/** A join of two streams at run time: what came of each is kept for what comes of the other. */
export class JoinedBatches {
  private readonly left: SideRun;
  private readonly right: SideRun;
  private readonly keyTimes = new Map<string, number>();

  constructor(
    private readonly join: StreamJoin,
    private readonly state: OperatorState,
  ) {
    this.left = new SideRun(join, 'left', state, this.keyTimes);
    this.right = new SideRun(join, 'right', state, this.keyTimes);
  }

  take([leftBatch, rightBatch]: Inputs, { late, eviction }: OperatorWatermarks): MicroBatch {
    const { kind, inputs, output, condition } = this.join;
    const { left, right } = this;
    const batch = (leftBatch ?? rightBatch)!;
    const { facts } = batch;
    const rows = new JoinedRows(inputs, output);
    const semi = kind === 'semi';
    this.keyTimes.clear();

    const leftLate = left.receive(leftBatch, late, facts, rows);
    const rightLate = right.receive(rightBatch, late, facts, rows);
    const candidates = new Candidates();
    candidates.ofOld(right.fresh, left);
    candidates.ofNew(left.fresh, right);
    const [leftAll, rightAll] = [left.all(), right.all()];
    const pairs = matching(candidates.pairs, condition.rest, leftAll, rightAll, facts);
    left.mark(pairs.left);
    right.mark(pairs.right);
    if (!semi) rows.add(leftAll.gather(pairs.left), rightAll.gather(pairs.right));
    else rows.add(leftAll.gather(left.matchedPositions()), undefined);

    // Of the side that is looked at first, rows still meet what comes with them; of the other they need not be kept
    // where no later row can match.
    const leftUntil = left.until(eviction);
    const rightUntil = right.until(eviction);
    const updated = left.keep(semi ? leftUntil : undefined, rows) + right.keep(semi ? undefined : rightUntil, rows);
    const removed = (semi ? left.removeMatched() : 0) + left.evict(leftUntil, rows) + right.evict(rightUntil, rows);
    this.state.report({
      numRowsTotal: left.size + right.size,
      numRowsUpdated: updated,
      numRowsRemoved: removed,
      numRowsDroppedByWatermark: leftLate + rightLate,
    });
    return rows.batch(batch);
  }
}

/** Pairs of rows that have the same key, by their positions among all rows of their sides. */
class Candidates {
  private readonly left: number[] = [];
  private readonly right: number[] = [];

  /** The rows of the right side that came now, with all of the left. */
  ofOld(right: KeyedRows, left: SideRun): void {
    for (const [key, rows] of right.byKey) {
      if (right.unmatchable.has(key)) continue;
      const fresh = left.fresh.byKey.get(key);
      const old = left.recall(key);
      for (const r of rows) {
        if (fresh !== undefined) for (const l of fresh) this.add(l, r);
        for (let l = old.from; l < old.to; l++) this.add(l, r);
      }
    }
  }

  /** The rows of the left side that came now, with what was kept of the right. */
  ofNew(left: KeyedRows, right: SideRun): void {
    for (const [key, rows] of left.byKey) {
      if (left.unmatchable.has(key)) continue;
      const old = right.recall(key);
      for (const l of rows) for (let r = old.from; r < old.to; r++) this.add(l, r);
    }
  }

  private add(left: number, right: number): void {
    this.left.push(left);
    this.right.push(right);
  }

  get pairs(): { left: Int32Array; right: Int32Array } {
    return { left: Int32Array.from(this.left), right: Int32Array.from(this.right) };
  }
}

/** One side of a join in a batch: the rows that came, those that were kept and are asked for, and which matched. */
class SideRun {
  /** The rows that came and may match, or are kept. */
  fresh!: KeyedRows;
  private readonly kept: JoinSide;
  private readonly keys: JoinKeys;
  private readonly schema: Schema;
  private readonly options: SideOptions;
  private readonly outer: boolean;
  /** Whether it is of interest which rows matched. */
  private readonly marked: boolean;
  /** Rows that were kept and may match now: their positions are behind those of the fresh ones. */
  private recalled: KeptRow[] = [];
  private matched = new Uint8Array(0);

  /** @param keyTimes of the keys that came in the batch: when their rows can be given up, where the key says it */
  constructor(
    { inputs, condition, kind, sides }: StreamJoin,
    private readonly side: Side,
    state: OperatorState,
    private readonly keyTimes: Map<string, number>,
  ) {
    this.schema = inputs[side];
    this.options = sides[side];
    this.outer = isOuter(kind, side);
    this.marked = this.outer || (kind === 'semi' && side === 'left');
    this.keys = new JoinKeys(condition.keys, side, side === 'left' ? 0 : inputs.left.fields.length);
    const layout: StoreLayout = {
      name: `${state.name}/${side}`,
      operator: 'join',
      key: structOf([
        field('key', structOf(condition.keys.map((key, i) => field(`key${i}`, key[side].type)))),
        field('row', int()),
      ]),
      value: structOf([...this.schema.fields, field('#matched', boolean()), field('#rows', int())]),
      settings: { type: kind },
    };
    const { retention } = this.options;
    const width = this.schema.fields.length;
    this.kept = new JoinSide(state.store(layout), width, (key, entry) => {
      if (retention === undefined) return undefined;
      if (retention.by === 'key') return this.keyTimes.get(key);
      const micros = entry[retention.index] as bigint | null;
      return micros === null ? undefined : Math.ceil(Number(micros) / 1000);
    });
  }

  get size(): number {
    return this.kept.size;
  }

  /** Takes what came; gives how many rows of it came too late. */
  receive(batch: MicroBatch | undefined, late: number | null, facts: BatchFacts, rows: JoinedRows): number {
    const { time, filter, lateRows } = this.options;
    this.recalled = [];
    let table = batch === undefined || batch.numRows === 0 ? Table.empty(this.schema) : this.columnsOf(batch.table);
    let dropped = 0;
    const isLate =
      time === undefined || late === null ? undefined : eventMillis(table, time).map((at) => +(at <= late));
    if (isLate?.includes(1) === true) {
      const [lost, inTime] = split(table.numRows, (i) => isLate[i] === 1);
      dropped = lost.length;
      lateRows?.next(batch!.with(table.gather(lost)));
      table = table.gather(inTime);
    } else if (batch !== undefined) lateRows?.next(batch.with(Table.empty(this.schema)));
    if (filter !== undefined && table.numRows > 0) table = this.filtered(table, filter, facts, rows);
    this.fresh = this.keys.of(table, facts);
    this.rememberTimes();
    return dropped;
  }

  /** The columns as they are declared, in that order. */
  private columnsOf(table: Table): Table {
    const { fields } = this.schema;
    return new Table(
      this.schema,
      fields.map((f) => table.column(f.name)),
      table.numRows,
    );
  }

  /** Rows that match nothing, whatever comes, come out at once. */
  private filtered(table: Table, filter: Bound, facts: BatchFacts, rows: JoinedRows): Table {
    const kept = whereTrue(filter, table.columns, table.numRows, facts);
    if (kept.length === table.numRows) return table;
    const is = new Uint8Array(table.numRows);
    for (const i of kept) is[i] = 1;
    const [alone] = split(table.numRows, (i) => is[i] === 0);
    if (this.outer) this.addAlone(table.gather(alone), rows);
    return table.gather(kept);
  }

  private addAlone(table: Table, rows: JoinedRows): void {
    if (this.side === 'left') rows.add(table, undefined);
    else rows.add(undefined, table);
  }

  private rememberTimes(): void {
    const { retention } = this.options;
    if (retention?.by !== 'key') return;
    const millis = millisOf(this.fresh.keys[retention.index]!);
    for (const [key, [first]] of this.fresh.byKey) {
      const at = millis[first!]!;
      if (at === at) this.keyTimes.set(key, at);
    }
  }

  /** The rows that were kept of a key: from which position to which they are among all. */
  recall(key: string): { readonly from: number; readonly to: number } {
    const from = this.fresh.table.numRows + this.recalled.length;
    for (const row of this.kept.rowsOf(key)) this.recalled.push(row);
    return { from, to: this.fresh.table.numRows + this.recalled.length };
  }

  /** The rows that came, and those that were recalled. */
  all(): Table {
    const { table } = this.fresh;
    this.matched = new Uint8Array(this.marked ? table.numRows + this.recalled.length : 0);
    if (this.recalled.length === 0) return table;
    return Table.concat([
      table,
      tableOf(
        this.schema,
        this.recalled.map(({ entry }) => entry),
      ),
    ]);
  }

  /** Rows at these positions have matched. */
  mark(positions: Int32Array): void {
    if (this.marked) for (const i of positions) this.matched[i] = 1;
  }

  matchedPositions(): Int32Array {
    return split(this.matched.length, (i) => this.matched[i] === 1)[0];
  }

  /** Up to when rows can be given up. */
  until(eviction: number | null): number | undefined {
    const { retention } = this.options;
    if (retention === undefined || eviction === null) return undefined;
    return retention.by === 'key' ? eviction : retention.watermark(eviction);
  }

  /** Keeps what came for what will come, save what can be given up already; gives how many rows that is. */
  keep(until: number | undefined, rows: JoinedRows): number {
    const { table, byKey } = this.fresh;
    const read = table.columns.map(readerOf);
    const alone: number[] = [];
    let kept = 0;
    for (const [key, positions] of byKey) {
      const values: Value[][] = [];
      const matched: boolean[] = [];
      for (const i of positions) {
        const isMatched = this.marked && this.matched[i] === 1;
        if (this.marked && !this.outer && isMatched) continue;
        const row = read.map((column) => column(i));
        const expiry = until === undefined ? undefined : this.kept.expiryOf(key, row);
        if (expiry !== undefined && expiry <= until!) {
          if (this.outer && !isMatched) alone.push(i);
          continue;
        }
        values.push(row);
        matched.push(isMatched);
      }
      if (values.length === 0) continue;
      this.kept.add(key, values, matched);
      kept += values.length;
    }
    if (this.outer) this.matchRecalled();
    if (alone.length > 0) this.addAlone(table.gather(Int32Array.from(alone)), rows);
    return kept;
  }

  private matchRecalled(): void {
    const n = this.fresh.table.numRows;
    this.recalled.forEach((row, i) => {
      if (this.matched[n + i] === 1 && !this.kept.isMatched(row.entry)) this.kept.match(row);
    });
  }

  /** Gives up what was kept and has matched. */
  removeMatched(): number {
    const n = this.fresh.table.numRows;
    const gone = this.recalled.filter((_, i) => this.matched[n + i] === 1);
    this.kept.remove(gone);
    return gone.length;
  }

  /** Gives up what nothing can match any more; of what never matched, the rows come out. */
  evict(until: number | undefined, rows: JoinedRows): number {
    if (until === undefined) return 0;
    const evicted = this.kept.evict(until);
    if (this.outer) {
      const alone = evicted.filter((entry) => !this.kept.isMatched(entry));
      if (alone.length > 0) this.addAlone(tableOf(this.schema, alone), rows);
    }
    return evicted.length;
  }
}

/** The columns of rows that were kept. */
function tableOf(schema: Schema, entries: readonly Entry[]): Table {
  const columns = schema.fields.map(({ type }, c) =>
    columnOf(
      type,
      entries.map((entry) => entry[c]!),
    ),
  );
  return new Table(schema, columns, entries.length);
}

/** The positions for which something holds, and the others. */
function split(n: number, holds: (i: number) => boolean): readonly [Int32Array, Int32Array] {
  const yes: number[] = [];
  const no: number[] = [];
  for (let i = 0; i < n; i++) (holds(i) ? yes : no).push(i);
  return [Int32Array.from(yes), Int32Array.from(no)];
}
