import { type Column, Table } from '../columns/index.js';
import { type Field, type Schema, field, structOf } from '../schema/index.js';
import {
  type AggregateCall,
  aggregateOf,
  condition,
  resolveAggregate,
  running,
  textOf,
  withoutAggregates,
} from './aggregation/calls.js';
import { takeColumns, type Rows } from './aggregation/bulk.js';
import { type Grouping, groupRows, keyColumn } from './aggregation/grouping.js';
import { type Bound, boundChildren } from './bound.js';
import { invalid, located } from './errors.js';
import { evaluate } from './evaluate.js';
import { Frame } from './frame.js';
import type { BatchFacts } from './functions/define.js';
import { positionsOf, truthOf } from './kernels/booleans.js';
import { resolve } from './resolve.js';
import { Scope } from './scope.js';
import { type ExpressionSettings, defaultSettings } from './settings.js';
import type { Expression } from './tree.js';
import type { Value } from './values.js';
import { Constant, columnOf, readerOf, toColumn } from './vector.js';

/** `SELECT by…, values… WHERE where GROUP BY by…`. Names of the results are the names of the properties. */
export interface Aggregation {
  /** What the rows are grouped by. Without any, all rows are one group, which is there without rows, too. */
  readonly by?: Readonly<Record<string, Expression>>;
  /** Aggregates, and expressions over aggregates and what is grouped by, such as `sum(a) / count(*)`. */
  readonly values: Readonly<Record<string, Expression>>;
  /** Only rows for which this is true. */
  readonly where?: Expression;
}

/** Groups and the state of each aggregate of each group: what is kept between batches. */
export interface Groups {
  /** A row for each group. */
  readonly keys: readonly Column[];
  readonly count: number;
  /** `states[a][g]` is that of aggregate `a` for group `g`, values of the types `stateTypes[a]`. */
  readonly states: readonly (readonly Value[][])[];
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
  const by = Object.entries(aggregation.by ?? {}).map(([name, expression]) => ({
    name,
    expression,
    bound: resolve(expression, scope, settings, withoutAggregates('GROUP_BY_AGGREGATE')),
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
    calls.push(call);
    return inputAt(by.length + calls.length - 1, call);
  };
  const values = Object.entries(aggregation.values).map(([name, expression]) => {
    const bound = resolve(expression, outer, settings, { replace });
    checkGrouped(bound, by.length === 0);
    return { name, bound };
  });
  const where =
    aggregation.where &&
    condition(resolve(aggregation.where, scope, settings, withoutAggregates('INVALID_WHERE_CONDITION')));
  return new CompiledAggregation(by, calls, values, where);
}

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

  constructor(
    private readonly by: readonly Named[],
    private readonly calls: readonly AggregateCall[],
    private readonly values: readonly Named[],
    private readonly where: Bound | undefined,
  ) {
    const of = ({ name, bound }: Named): Field => field(name, bound.type, bound.nullable);
    this.schema = structOf([...by, ...values].map(of));
  }

  /** The types of the state of each aggregate, as `Groups` keep them. */
  get stateTypes() {
    return this.calls.map((call) => call.accumulator.state);
  }

  /** The groups of a table, with the states of their aggregates. Throws EXPRESSION_FAILED. */
  accumulate(table: Table, batch: BatchFacts): Groups {
    const all = new Frame(table.columns, table.numRows, batch);
    const frame = this.where === undefined ? all : all.select(truePositions(this.where, all));
    const n = frame.numRows;
    const keys = this.by.map(({ bound }) => toColumn(evaluate(bound, frame), n));
    const grouping = groupRows(keys, n);
    return {
      keys: keys.map((key) => keyColumn(key, grouping)),
      count: grouping.count,
      states: this.calls.map((call) => statesOf(call, frame, grouping)),
    };
  }

  /** The result for groups: one row a group, in the order in which the groups began. Throws EXPRESSION_FAILED. */
  finish({ keys, count, states }: Groups, batch: BatchFacts): Table {
    const results = this.calls.map((call, a) =>
      columnOf(
        call.type,
        running(call, () => states[a]!.map((state) => call.accumulator.finish(state))),
      ),
    );
    const frame = new Frame([...keys, ...results], count, batch);
    const values = this.values.map(({ bound }) => toColumn(evaluate(bound, frame), count));
    return new Table(this.schema, [...keys, ...values], count);
  }

  /** The result for a table. */
  over(table: Table, batch: BatchFacts): Table {
    return this.finish(this.accumulate(table, batch), batch);
  }
}

function truePositions(bound: Bound, frame: Frame): Int32Array {
  const { yes } = truthOf(evaluate(bound, frame), frame.numRows);
  return positionsOf(yes, frame.numRows);
}

/** The states of an aggregate for the groups of these rows. */
function statesOf(call: AggregateCall, frame: Frame, { ids, count }: Grouping): Value[][] {
  const states = Array.from({ length: count }, () => call.accumulator.init());
  const chosen = call.filter && truePositions(call.filter, frame);
  const inner = chosen === undefined ? frame : frame.select(chosen);
  const args = call.args.map((arg) => evaluate(arg, inner));
  const own = chosen === undefined ? ids : chosen.map((i) => ids[i]!);
  const rows = presentRows(args.slice(0, call.required), own);
  running(call, () => {
    if (!takeColumns(call, args, rows, states)) takeRows(call, args, rows, states);
  });
  return states;
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
