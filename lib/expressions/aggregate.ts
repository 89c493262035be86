import type { StructColumn } from '../columns/index.js';
import { type Column, Table } from '../columns/index.js';
import { type Field, type Schema, type StructType, field, structOf } from '../schema/index.js';
import {
  type AggregateCall,
  aggregateOf,
  condition,
  resolveAggregate,
  textOf,
  withoutAggregates,
} from './aggregation/calls.js';
import { takeColumns, type Rows } from './aggregation/bulk.js';
import { groupRows, keyColumn } from './aggregation/grouping.js';
import { joinSessions, sessionColumn, sessionsOf } from './aggregation/sessions.js';
import { type GroupState, GroupStates, type Part, running } from './aggregation/states.js';
import { type Bound, type BoundVariable, boundChildren, traitsOf } from './bound.js';
import { invalid, located } from './errors.js';
import { evaluate } from './evaluate.js';
import { Frame } from './frame.js';
import type { BatchFacts } from './functions/define.js';
import { positionsOf, truthOf } from './kernels/booleans.js';
import { type FoundWindow, OnlyWindow } from './only-window.js';
import { resolve } from './resolve.js';
import { Scope } from './scope.js';
import { type ExpressionSettings, defaultSettings } from './settings.js';
import type { Call, Expression } from './tree.js';
import type { Value } from './values.js';
import { Constant, readerOf, toColumn } from './vector.js';

/** `SELECT by…, values… WHERE where GROUP BY by…`. Names of the results are the names of the properties. */
export interface Aggregation {
  /** What the rows are grouped by. Without any, all rows are one group, which is there without rows, too. */
  readonly by?: Readonly<Record<string, Expression>>;
  /** Aggregates, and expressions over aggregates and what is grouped by, such as `sum(a) / count(*)`. */
  readonly values: Readonly<Record<string, Expression>>;
  /** Only rows for which this is true. */
  readonly where?: Expression;
}

/** The groups of some rows, and the state of each. */
export interface Groups {
  /** A row for each group. */
  readonly keys: readonly Column[];
  readonly states: readonly GroupState[];
}

/** The groups of a table. Sessions are not merged yet: each is of the rows of one start and one end. */
export interface TableGroups extends Groups {
  /** The groups of its rows: the row `rows[i]` (`i` itself without `rows`) is in group `ids[i]`. */
  readonly ids: Int32Array;
  readonly rows: Int32Array | null;
}

/**
 * Finds out what an aggregation means over columns of this schema. Throws INVALID_EXPRESSION or UNKNOWN_COLUMN
 * pointing at the place, also for a column that stands outside of aggregates and is nothing that is grouped by.
 */
export function compileAggregation(
  aggregation: Aggregation,
  schema: Schema,
  settings: ExpressionSettings = defaultSettings,
): CompiledAggregation {
  const scope = Scope.of(schema);
  const window = new OnlyWindow((type): BoundVariable => ({ kind: 'variable', type, nullable: false }));
  const inKeys = { ...withoutAggregates('GROUP_BY_AGGREGATE'), window: window.handler };
  const by = Object.entries(aggregation.by ?? {}).map(([name, expression]) => ({
    name,
    expression,
    bound: resolve(expression, scope, settings, inKeys),
  }));
  const calls: AggregateCall[] = [];
  const outer = outerScope(scope, by);
  const known = new Map(by.map(({ expression, bound }, index) => [textOf(expression), { index, bound }]));
  const replace = (expression: Expression): Bound | undefined => {
    const key = expression.kind === 'name' ? undefined : known.get(textOf(expression));
    if (key !== undefined) return { ...key.bound, kind: 'input', index: key.index };
    const definition = aggregateOf(expression);
    if (definition === undefined || expression.kind !== 'call') return undefined;
    const call = resolveAggregate(definition, expression, scope, settings);
    const same = isRepeatable(call, expression) ? calls.findIndex(({ text }) => text === call.text) : -1;
    return inputAt(by.length + (same < 0 ? calls.push(call) - 1 : same), call);
  };
  const values = Object.entries(aggregation.values).map(([name, expression]) => {
    const bound = resolve(expression, outer, settings, { replace });
    checkGrouped(bound, by.length === 0);
    return { name, bound };
  });
  const where =
    aggregation.where &&
    condition(resolve(aggregation.where, scope, settings, withoutAggregates('INVALID_WHERE_CONDITION')));
  return new CompiledAggregation(by, calls, values, where, window.found);
}

/** Whether the same call gives the same. */
const isRepeatable = ({ args, filter }: AggregateCall, { definition }: Call): boolean =>
  definition === undefined && [...args, ...(filter ? [filter] : [])].every((bound) => traitsOf(bound).deterministic);

const inputAt = (index: number, { type, nullable }: Pick<Bound, 'type' | 'nullable'>): Bound => ({
  kind: 'input',
  index,
  type,
  nullable,
});

/** Columns that are no keys have positions from here on, where no row of a result has any. */
const UNGROUPED = 2 ** 31;

/** What names mean outside of aggregates: a key is there, any other column is known but must not be used. */
function outerScope(scope: Scope, by: readonly { readonly bound: Bound }[]): Scope {
  const place = (index: number): number => {
    const key = by.findIndex(({ bound }) => bound.kind === 'input' && bound.index === index);
    return key < 0 ? UNGROUPED + index : key;
  };
  return new Scope(
    scope.columns.map((column) => ({
      ...column,
      bound: column.bound.kind === 'input' ? { ...column.bound, index: place(column.bound.index) } : column.bound,
    })),
  );
}

function checkGrouped(bound: Bound, global: boolean): void {
  if (bound.kind === 'input' && bound.index >= UNGROUPED) {
    const what = 'This column is not grouped by, and stands outside of aggregates: each group has many values of it.';
    const error = invalid(global ? 'MISSING_GROUP_BY' : 'MISSING_AGGREGATION', `${what} Use first(…), for example.`);
    throw bound.place === undefined ? error : located(error, bound.place);
  }
  for (const child of boundChildren(bound)) checkGrouped(child, global);
}

interface Named {
  readonly name: string;
  readonly bound: Bound;
}

/** An aggregation that is ready to run over tables of one schema. */
export class CompiledAggregation {
  /** The columns of the result: the keys, then the values. */
  readonly schema: Schema;
  readonly keys: readonly Field[];
  /** Which of the keys is the session, if rows are grouped by theirs. */
  readonly session: number | undefined;
  readonly states: GroupStates;
  /** What the windows that are grouped by are like, other than sessions: their width and so on. */
  readonly windows: string | undefined;

  constructor(
    private readonly by: readonly Named[],
    calls: readonly AggregateCall[],
    private readonly values: readonly Named[],
    private readonly where: Bound | undefined,
    private readonly window: FoundWindow | undefined,
  ) {
    const of = ({ name, bound }: Named): Field => field(name, bound.type, bound.nullable);
    this.keys = by.map(of);
    this.schema = structOf([...this.keys, ...values.map(of)]);
    const windowKey = by.findIndex(({ bound }) => bound === window?.result);
    this.session = windowKey >= 0 && window!.windowing.merges ? windowKey : undefined;
    this.states = new GroupStates(calls);
    this.windows = window?.windowing.merges === false ? window.windowing.identity : undefined;
  }

  /** The groups of a table, with the states of their aggregates. Throws EXPRESSION_FAILED. */
  accumulate(table: Table, batch: BatchFacts): TableGroups {
    const all = new Frame(table.columns, table.numRows, batch);
    const chosen = this.where && truePositions(this.where, all);
    const { frame, rows } = this.inWindows(chosen === undefined ? all : all.select(chosen));
    const n = frame.numRows;
    const keys = this.by.map(({ bound }) => toColumn(evaluate(bound, frame), n));
    const grouping = groupRows(
      keys.map((key, i) => this.toGroupBy(key, i)),
      n,
    );
    const states = new Array<Value[]>(grouping.count);
    for (let g = 0; g < states.length; g++) states[g] = this.states.fresh();
    for (const part of this.states.parts) take(part, frame, grouping.ids, states);
    return {
      keys: keys.map((key) => keyColumn(key, grouping)),
      states,
      ids: grouping.ids,
      rows: chosen === undefined ? rows : (rows?.map((row) => chosen[row]!) ?? chosen),
    };
  }

  /** The rows with their windows. */
  private inWindows(frame: Frame): { readonly frame: Frame; readonly rows: Int32Array | null } {
    if (this.window === undefined) return { frame, rows: null };
    const { windowing, args, result } = this.window;
    const { rows, windows } = windowing.assign(
      args.map((arg) => evaluate(arg, frame)),
      frame.numRows,
    );
    const variables = new Map([[result as BoundVariable, windows]]);
    return { frame: rows === null ? frame.beside(variables) : frame.expand(rows, variables), rows };
  }

  /** Windows of one width are told apart by their starts. */
  private toGroupBy(key: Column, index: number): Column {
    const isWindow = this.by[index]!.bound === this.window?.result && !this.window.windowing.merges;
    return isWindow ? (key as StructColumn).children[0]! : key;
  }

  /** The result for groups: one row a group, in their order. Throws EXPRESSION_FAILED. */
  finish({ keys, states }: Groups, batch: BatchFacts): Table {
    const count = states.length;
    const frame = new Frame([...keys, ...this.states.results(states)], count, batch);
    const values = this.values.map(({ bound }) => toColumn(evaluate(bound, frame), count));
    return new Table(this.schema, [...keys, ...values], count);
  }

  /** The result for a table. */
  over(table: Table, batch: BatchFacts): Table {
    const groups = this.accumulate(table, batch);
    return this.finish(this.session === undefined ? groups : this.withSessions(groups, this.session), batch);
  }

  private withSessions({ keys, states }: Groups, session: number): Groups {
    const windows = keys[session] as StructColumn;
    const { ids, count, first } = groupRows(keys.toSpliced(session, 1), states.length);
    const members = Array.from({ length: count }, (): number[] => []);
    for (let i = 0; i < ids.length; i++) members[ids[i]!]!.push(i);
    const all = sessionsOf(windows, states);
    const merged = (before: GroupState, after: GroupState): GroupState => this.states.merged(before, after);
    const joined = (all.length === 0 ? [] : members).map((own) =>
      joinSessions(
        own.map((i) => all[i]!),
        merged,
      ),
    );
    const owners = Int32Array.from(joined.flatMap((sessions, g) => sessions.map(() => first[g]!)));
    const sessions = joined.flat();
    return {
      keys: keys.map((key, i) =>
        i === session ? sessionColumn(windows.type as StructType, sessions) : key.gather(owners),
      ),
      states: sessions.map(({ state }) => state),
    };
  }
}

function truePositions(bound: Bound, frame: Frame): Int32Array {
  const { yes } = truthOf(evaluate(bound, frame), frame.numRows);
  return positionsOf(yes, frame.numRows);
}

/** Takes rows into the fresh states of their groups. */
function take({ call, from, width }: Part, frame: Frame, ids: Int32Array, states: readonly Value[][]): void {
  const chosen = call.filter && truePositions(call.filter, frame);
  const inner = chosen === undefined ? frame : frame.select(chosen);
  const args = call.args.map((arg) => evaluate(arg, inner));
  const own = chosen === undefined ? ids : chosen.map((i) => ids[i]!);
  const rows = presentRows(args.slice(0, call.required), own);
  if (takeColumns(call, args, rows, states, from)) return;
  const { accumulator } = call;
  const alone = states.map((state) => state.slice(from, from + width));
  running(call, () => {
    takeRows(call, args, rows, alone);
    alone.forEach((state) => accumulator.seal?.(state));
  });
  for (let g = 0; g < states.length; g++) {
    for (let i = 0; i < width; i++) states[g]![from + i] = alone[g]![i]!;
  }
}

/** The rows in which none of the arguments is null. */
function presentRows(args: readonly (Column | Constant)[], ids: Int32Array): Rows {
  const n = ids.length;
  if (args.some((arg) => arg instanceof Constant && arg.value === null)) {
    return { positions: new Int32Array(0), ids, length: 0 };
  }
  const gaps = args.filter((arg): arg is Column => !(arg instanceof Constant) && arg.nullCount > 0);
  if (gaps.length === 0) return { positions: null, ids, length: n };
  const positions = new Int32Array(n);
  let length = 0;
  for (let i = 0; i < n; i++) if (gaps.every((arg) => arg.isValid(i))) positions[length++] = i;
  return { positions: positions.subarray(0, length), ids, length };
}

function takeRows(
  { accumulator }: AggregateCall,
  args: readonly (Column | Constant)[],
  { positions, ids, length }: Rows,
  states: readonly Value[][],
): void {
  const readers = args.map(readerOf);
  const [first] = readers;
  for (let k = 0; k < length; k++) {
    const i = positions === null ? k : positions[k]!;
    const state = states[ids[i]!]!;
    if (readers.length === 1) accumulator.update(state, first!(i));
    else accumulator.update(state, ...readers.map((read) => read(i)));
  }
}
