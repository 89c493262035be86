import type { DataType } from '../../schema/index.js';
import { boolean } from '../../schema/index.js';
import type { Bound } from '../bound.js';
import { boundChildren } from '../bound.js';
import { type Place, invalid, located } from '../errors.js';
import { takesOrder } from '../functions/aggregate/index.js';
import type { Accumulator, AggregateDef, Binding } from '../functions/define.js';
import { findFunction, isAggregate } from '../functions/registry.js';
import { printExpression } from '../print.js';
import { type Handlers, resolve } from '../resolve.js';
import type { Scope } from '../scope.js';
import type { ExpressionSettings } from '../settings.js';
import type { Call, Expression, SortKey } from '../tree.js';
import { distinctly, inOrder } from './wrappers.js';

/** A call of an aggregate: what it is computed of, row by row, and how. */
export interface AggregateCall {
  readonly name: string;
  /** As it would be written. */
  readonly text: string;
  readonly type: DataType;
  readonly nullable: boolean;
  /** Of the accumulator: the arguments, behind them what the rows are ordered by. */
  readonly args: readonly Bound[];
  /** How many of `args` must not be null for a row to be passed in. */
  readonly required: number;
  /** Only rows for which this is true are passed in. */
  readonly filter: Bound | undefined;
  readonly accumulator: Accumulator;
  readonly place: Place;
  /** Neither DISTINCT nor ordered: the accumulator is that of the function itself. */
  readonly plain: boolean;
}

/** The aggregate that a call is of, if it is one. */
export function aggregateOf(expression: Expression): AggregateDef | undefined {
  if (expression.kind !== 'call') return undefined;
  const definition = expression.definition ?? findFunction(expression.name);
  return definition !== undefined && isAggregate(definition) ? definition : undefined;
}

/** Resolves a call of an aggregate over the columns of the input. */
export function resolveAggregate(
  definition: AggregateDef,
  call: Call,
  scope: Scope,
  settings: ExpressionSettings,
): AggregateCall {
  const found: AggregateCall[] = [];
  const marks = new Set<Bound>();
  const inner = plainCall(definition, call);
  resolve(inner, scope, settings, {
    aggregate: (def, bare, args, binding) => {
      if (args.some((arg) => holds(arg, marks))) {
        throw invalid('NESTED_AGGREGATE_FUNCTION', 'An aggregate cannot be computed of another one.');
      }
      found.push({ ...aggregateCall(def, bare, args, binding, scope, settings), text: printExpression(call) });
      // It stands for the result; only whether it is found in arguments matters here.
      const mark: Bound = { kind: 'input', index: 0, type: binding.type, nullable: true };
      marks.add(mark);
      return mark;
    },
  });
  return found.at(-1)!;
}

const holds = (bound: Bound, marks: ReadonlySet<Bound>): boolean =>
  marks.has(bound) || boundChildren(bound).some((child) => holds(child, marks));

/** `f(share) WITHIN GROUP (ORDER BY x DESC)` and `first(x) IGNORE NULLS` with arguments only. */
function plainCall(definition: AggregateDef, call: Call): Call {
  const { order, ignoreNulls, ...bare } = call;
  const flag = (value: boolean): Expression => ({ kind: 'literal', type: boolean(), value });
  const fail = (condition: string, message: string): never => {
    const error = invalid(condition, `${definition.name} ${message}`);
    throw call.place === undefined ? error : located(error, call.place);
  };
  if (takesOrder(definition) && definition.withinGroup === 'value') {
    const group = 'INVALID_WITHIN_GROUP_EXPRESSION';
    if (order === undefined) return fail(`${group}.WITHIN_GROUP_MISSING`, 'needs WITHIN GROUP (ORDER BY …).');
    if (call.distinct) return fail(`${group}.DISTINCT_UNSUPPORTED`, 'cannot be computed of DISTINCT values.');
    const [key, ...more] = order;
    if (key === undefined || more.length > 0) {
      return fail(`${group}.WRONG_NUM_ORDERINGS`, 'is computed of one value: ORDER BY takes one expression.');
    }
    return { ...bare, args: [key.child, ...call.args, flag(key.descending)] };
  }
  if (order !== undefined && !takesOrder(definition)) {
    return fail('INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX', 'takes no WITHIN GROUP.');
  }
  const kept = order === undefined ? bare : { ...bare, order };
  if (ignoreNulls !== true) return kept;
  if (definition.params.at(-1)?.name !== 'ignoreNulls') {
    return fail('INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX', 'takes no IGNORE NULLS.');
  }
  return { ...kept, args: [...call.args.slice(0, 1), flag(true)] };
}

function aggregateCall(
  definition: AggregateDef,
  call: Call,
  given: readonly Bound[],
  binding: Binding,
  scope: Scope,
  settings: ExpressionSettings,
): Omit<AggregateCall, 'text'> {
  const order: readonly SortKey[] = call.order ?? [];
  checkDistinctOrder(call, order);
  const args = [...given, ...order.map((key) => resolve(key.child, scope, settings))];
  const types = args.map((arg) => arg.type);
  let accumulator = definition.accumulate(binding);
  if (order.length > 0) accumulator = inOrder(accumulator, types, given.length, order);
  if (call.distinct === true) accumulator = distinctly(accumulator, types);
  return {
    name: definition.name,
    type: binding.type,
    nullable: definition.neverNull !== true,
    args,
    required: definition.nulls === 'handle' ? 0 : given.length,
    filter:
      call.filter &&
      condition(
        resolve(call.filter, scope, settings, withoutAggregates('INVALID_AGGREGATE_FILTER.CONTAINS_AGGREGATE')),
      ),
    accumulator,
    place: call.place ?? { text: `${definition.name}(…)`, from: 0, to: definition.name.length },
    plain: call.distinct !== true && order.length === 0,
  };
}

/** For where a value of each row is asked, before there are groups. */
export const withoutAggregates = (condition: string): Handlers => ({
  aggregate: ({ name }) => {
    throw invalid(condition, `${name} computes one value of many rows, and here one of each row is asked.`);
  },
});

/** A text that two expressions share if they are the same, whatever the case of names. */
export const textOf = (expression: Expression): string =>
  JSON.stringify(expression, (key: string, value: unknown) => {
    if (key === 'place') return undefined;
    if (typeof value === 'bigint') return `${value}n`;
    return key === 'parts' ? (value as readonly string[]).map((part) => part.toLowerCase()) : value;
  });

/** Of values that are distinct there is no order but their own. */
function checkDistinctOrder({ name, args, distinct }: Call, order: readonly SortKey[]): void {
  if (distinct !== true || order.length === 0) return;
  if (order.length === 1 && textOf(order[0]!.child) === textOf(args[0]!)) return;
  throw invalid(
    'INVALID_WITHIN_GROUP_EXPRESSION.MISMATCH_WITH_DISTINCT_INPUT',
    `${name} of DISTINCT values can be ordered by these values only.`,
  );
}

/** Refuses what is no condition. */
export function condition(bound: Bound): Bound {
  const { kind } = bound.type;
  if (kind === 'boolean' || kind === 'void') return bound;
  const error = invalid('DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN', 'A filter must be a BOOLEAN.');
  throw bound.place === undefined ? error : located(error, bound.place);
}
