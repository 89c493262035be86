import { type Table, Table as TableOf } from '../../../lib/columns/index.js';
import { type Bound, inputsOf } from '../../../lib/expressions/bound.js';
import { invalid, located } from '../../../lib/expressions/errors.js';
import { evaluate } from '../../../lib/expressions/evaluate.js';
import { Frame } from '../../../lib/expressions/frame.js';
import { takesOrder } from '../../../lib/expressions/functions/aggregate/ordered.js';
import type { Accumulator, AggregateDef, BatchFacts } from '../../../lib/expressions/functions/define.js';
import { findFunction, isAggregate } from '../../../lib/expressions/functions/registry.js';
import { comparator, groupKey, nullsFirst, nullsLast, rowKey } from '../../../lib/expressions/order.js';
import { type Handlers, resolve } from '../../../lib/expressions/resolve.js';
import { Scope } from '../../../lib/expressions/scope.js';
import type { ExpressionSettings } from '../../../lib/expressions/settings.js';
import type { Call, Expression, SortKey } from '../../../lib/expressions/tree.js';
import type { Value } from '../../../lib/expressions/values.js';
import { type ValueReader, columnOf, readerOf, toColumn } from '../../../lib/expressions/vector.js';
import { boolean, field, structOf } from '../../../lib/schema/index.js';

/** An aggregate of an expression, with what it is computed of. */
interface Aggregate {
  readonly bound: Bound;
  readonly accumulator: Accumulator;
  readonly skipsNulls: boolean;
  readonly distinct: boolean;
  readonly args: readonly Bound[];
  readonly filter: Bound | undefined;
  readonly order: readonly { readonly key: Bound; readonly sort: SortKey }[];
}

/** `SELECT by AS g, value AS v FROM table WHERE where GROUP BY by`; without `by` there is one group and no `g`. */
export function grouped(
  table: Table,
  { by, value, where }: { by: Expression | null; value: Expression; where: Expression | null },
  settings: ExpressionSettings,
  batch: BatchFacts,
): Table {
  const scope = Scope.of(table.schema);
  const width = table.columns.length;
  const aggregates: Aggregate[] = [];
  const handlers: Handlers = {
    replace: (expression) => {
      const rewritten = withOrder(expression);
      return rewritten === undefined ? undefined : resolve(rewritten, scope, settings, handlers);
    },
    aggregate: (definition, call, args, binding) => {
      const accumulator = definition.accumulate(binding);
      const nullable = definition.neverNull !== true;
      const bound: Bound = { kind: 'input', index: width + aggregates.length, type: binding.type, nullable };
      aggregates.push({
        bound,
        accumulator,
        skipsNulls: definition.nulls !== 'handle',
        distinct: call.distinct === true,
        args,
        filter: call.filter === undefined ? undefined : resolve(call.filter, scope, settings),
        order: rowOrder(definition, call).map((sort) => ({ key: resolve(sort.child, scope, settings), sort })),
      });
      return bound;
    },
  };
  const key = by === null ? undefined : resolve(by, scope, settings);
  const result = resolve(value, scope, settings, handlers);
  if ([...inputsOf(result)].some((index) => index < width)) {
    const condition = by === null ? 'MISSING_GROUP_BY' : 'MISSING_AGGREGATION';
    const text = 'a column of a group';
    throw located(invalid(condition, 'A column that is no key stands outside of aggregates.'), {
      text,
      from: 0,
      to: 0,
    });
  }

  const all = new Frame(table.columns, table.numRows, batch);
  const frame = where === null ? all : all.select(holding(resolve(where, scope, settings), all));
  const groups = groupsOf(key, frame);
  const keys = groups.map(([first]) => first);
  const columns = aggregates.map((aggregate) => {
    const compute = overRows(aggregate, frame);
    return columnOf(
      aggregate.bound.type,
      groups.map(([, rows]) => compute(rows)),
    );
  });
  const outer = new Frame([...table.columns, ...columns], groups.length, batch);
  const v = toColumn(evaluate(result, outer), groups.length);
  const outV = field('v', result.type);
  if (key === undefined) return new TableOf(structOf([outV]), [v], groups.length);
  return new TableOf(structOf([field('g', key.type), outV]), [columnOf(key.type, keys), v], groups.length);
}

/** `percentile_disc(0.5) WITHIN GROUP (ORDER BY x DESC)` and `first(x) IGNORE NULLS` as plain calls. */
function withOrder(expression: Expression): Expression | undefined {
  if (expression.kind !== 'call') return undefined;
  const definition = findFunction(expression.name);
  if (definition === undefined || !isAggregate(definition)) return undefined;
  const { order, ignoreNulls, ...call } = expression;
  const [sort] = order ?? [];
  const literal = (value: boolean): Expression => ({ kind: 'literal', type: boolean(), value });
  if (sort !== undefined && takesOrder(definition) && definition.withinGroup === 'value') {
    return { ...call, args: [sort.child, ...call.args, literal(sort.descending)] };
  }
  return ignoreNulls === true ? { ...call, args: [...call.args, literal(true)] } : undefined;
}

const rowOrder = (definition: AggregateDef, call: Call): readonly SortKey[] =>
  takesOrder(definition) && definition.withinGroup === 'rows' ? (call.order ?? []) : [];

const reader = (bound: Bound, frame: Frame): ValueReader => readerOf(evaluate(bound, frame));

function holding(condition: Bound, frame: Frame): Int32Array {
  const holds = reader(condition, frame);
  return Int32Array.from(Array.from({ length: frame.numRows }, (_, i) => i).filter((i) => holds(i) === true));
}

/** The key and the rows of each group, in the order in which they begin. */
function groupsOf(key: Bound | undefined, frame: Frame): [Value, number[]][] {
  const rows = Array.from({ length: frame.numRows }, (_, i) => i);
  if (key === undefined) return [[null, rows]];
  const read = reader(key, frame);
  const keyOf = groupKey(key.type);
  const groups = new Map<unknown, [Value, number[]]>();
  for (const i of rows) {
    // Minus zero is zero as a key, as in Spark.
    const value = Object.is(read(i), -0) ? 0 : read(i);
    const group = groups.get(keyOf(value));
    if (group === undefined) groups.set(keyOf(value), [value, [i]]);
    else group[1].push(i);
  }
  return [...groups.values()];
}

function overRows(aggregate: Aggregate, frame: Frame): (rows: readonly number[]) => Value {
  const { accumulator, skipsNulls, distinct, args, filter, order } = aggregate;
  const readers = args.map((arg) => reader(arg, frame));
  const holds = filter === undefined ? () => true : reader(filter, frame);
  const keyOf = rowKey(args.map((arg) => arg.type));
  const orders = order.map(({ key, sort }) => {
    const { type } = key;
    const plain = comparator(type);
    const directed: typeof plain = sort.descending ? (a, b) => plain(b, a) : plain;
    const compare = (sort.nullsFirst ? nullsFirst : nullsLast)(directed);
    const read = reader(key, frame);
    return (a: number, b: number): number => compare(read(a), read(b));
  });
  const compareRows = (a: number, b: number): number => orders.reduce((found, compare) => found || compare(a, b), 0);
  return (rows) => {
    const state = accumulator.init();
    const seen = new Set<unknown>();
    for (const i of orders.length === 0 ? rows : [...rows].sort(compareRows)) {
      if (holds(i) !== true) continue;
      const values = readers.map((read) => read(i));
      if (skipsNulls && values.includes(null)) continue;
      if (distinct) {
        if (seen.has(keyOf(values))) continue;
        seen.add(keyOf(values));
      }
      accumulator.update(state, ...values);
    }
    return accumulator.finish(state);
  };
}
