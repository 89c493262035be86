import { type DataType, type Schema, sameType } from '../schema/index.js';
import type { Bound, BoundCall } from './bound.js';
import { isAtomic } from './coerce.js';
import { comparator } from './order.js';
import { printExpression } from './print.js';
import { fieldIndex } from './scope.js';
import { call } from './tree.js';
import { type Comparison, uncast } from './uncast.js';
import type { Value } from './values.js';

export type ConditionOperator = Comparison | 'isNull' | 'isNotNull';

/**
 * What a row has to fulfil, said so that files can tell for many rows at once whether any of them does: a column, or
 * a field of a struct, beside constants. The order is that of expressions (`comparator`), and a missing value fulfils
 * `isNull` alone.
 */
export interface Condition {
  readonly column: string;
  /** The fields below the column that lead to the value; usually none. */
  readonly path: readonly string[];
  readonly op: ConditionOperator;
  /** The type of the column or field as the expression sees it. */
  readonly type: DataType;
  /** Of that type, none of them null: one for a comparison, any number for `in`, which nothing fulfils if it has none. */
  readonly values: readonly Value[];
  /** As `explain()` shows it. */
  readonly text: string;
}

/** What is known of a column in some rows. What is undefined is not known. */
export interface ColumnFacts {
  readonly numRows: number;
  readonly nullCount: number | undefined;
  /**
   * No value is less, none greater; they need not be there themselves. Of floats NaN does not count.
   */
  readonly min: Value | undefined;
  readonly max: Value | undefined;
  /** Of floats, whether there is no NaN. */
  readonly withoutNaN?: boolean;
}

/**
 * The conditions that every row fulfils for which a predicate is true: its conjuncts that compare a column with
 * constants. What is left out for them is never computed, so that, as in Spark, an error of another part of the
 * predicate does not show for rows that one of them rules out.
 */
export function conditionsOf(predicate: Bound, schema: Schema): readonly Condition[] {
  return conjuncts(predicate, false).flatMap((conjunct) => {
    const test = testIn(conjunct);
    const target = test && targetOf(test.operand, schema);
    const plain = target && plainTest(test, target);
    if (plain === undefined) return [];
    const { column, path, type } = target!;
    const condition = { column, path, type, ...plain };
    return [{ ...condition, text: textOf(condition) }];
  });
}

/** The same condition of a column of another name. */
export function ofColumn(condition: Condition, column: string): Condition {
  if (condition.column === column) return condition;
  const renamed = { ...condition, column };
  return { ...renamed, text: textOf(renamed) };
}

/** Whether some row may fulfil the condition, given what is known of its column. */
export function mayHold({ op, type, values }: Condition, facts: ColumnFacts): boolean {
  const { numRows, nullCount, min, max, withoutNaN = false } = facts;
  if (numRows === 0) return false;
  if (op === 'isNull') return nullCount !== 0;
  if (nullCount === numRows) return false;
  if (op === 'isNotNull') return true;
  const compare = comparator(type);
  const floats = type.kind === 'float' || type.kind === 'double';
  const isNaN = (value: Value): boolean => floats && Number.isNaN(value);
  // NaN is greater than any other.
  const above = (value: Value): boolean => max === undefined || (floats && !withoutNaN) || compare(max, value) > 0;
  const below = (value: Value): boolean => min === undefined || isNaN(value) || compare(min, value) < 0;
  const among = (value: Value): boolean =>
    isNaN(value) ||
    ((min === undefined || compare(min, value) <= 0) && (max === undefined || compare(max, value) >= 0));
  const [value = null] = values;
  switch (op) {
    case '=':
    case 'in':
      return values.some(among);
    case '<':
      return below(value);
    case '<=':
      return below(value) || among(value);
    case '>':
      return above(value) && !isNaN(value);
    case '>=':
      return above(value) || among(value);
  }
}

interface Conjunct {
  readonly bound: Bound;
  readonly negated: boolean;
}

/** What is true if a predicate is true, or false. */
function conjuncts(bound: Bound, negated: boolean): readonly Conjunct[] {
  if (bound.kind === 'call') {
    if (bound.name === 'not') return conjuncts(bound.args[0]!, !negated);
    if (bound.name === (negated ? 'or' : 'and')) return bound.args.flatMap((arg) => conjuncts(arg, negated));
  }
  return [{ bound, negated }];
}

interface Test {
  readonly op: ConditionOperator;
  readonly operand: Bound;
  /** Of the type of the operand. */
  readonly values: readonly Value[];
}

const opposite = { '=': undefined, '<': '>=', '<=': '>', '>': '<=', '>=': '<' } as const;
const mirrored = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;
type Order = keyof typeof mirrored;
const isOrder = (name: string): name is Order => Object.hasOwn(mirrored, name);

function testIn({ bound, negated }: Conjunct): Test | undefined {
  if (bound.type.kind !== 'boolean') return undefined;
  if (bound.kind !== 'call' || bound.name === '[]') return { op: '=', operand: bound, values: [!negated] };
  const { name, args } = bound;
  if (name === 'isnull' || name === 'isnotnull') {
    return { op: (name === 'isnull') === negated ? 'isNotNull' : 'isNull', operand: args[0]!, values: [] };
  }
  if (name === 'in' && !negated) return membership(bound);
  const [a, b] = args;
  if (a === undefined || b === undefined) return undefined;
  if (name === '<=>') return sameness(a, b, negated);
  if (!isOrder(name)) return undefined;
  const turned = a.kind === 'literal';
  const [operand, literal] = turned ? [b, a] : [a, b];
  if (literal.kind !== 'literal') return undefined;
  const order = turned ? mirrored[name] : name;
  const op = negated ? opposite[order] : order;
  if (op === undefined) return undefined;
  // What is compared with null is never true, nor false.
  return literal.value === null ? { op: 'in', operand, values: [] } : { op, operand, values: [literal.value] };
}

function sameness(a: Bound, b: Bound, negated: boolean): Test | undefined {
  const [operand, literal] = a.kind === 'literal' ? [b, a] : [a, b];
  if (literal.kind !== 'literal') return undefined;
  if (literal.value === null) return { op: negated ? 'isNotNull' : 'isNull', operand, values: [] };
  return negated ? undefined : { op: '=', operand, values: [literal.value] };
}

function membership({ args: [operand, ...list] }: BoundCall): Test | undefined {
  const values: Value[] = [];
  for (const item of list) {
    if (item.kind !== 'literal') return undefined;
    if (item.value !== null) values.push(item.value);
  }
  return { op: 'in', operand: operand!, values };
}

interface Target {
  readonly column: string;
  readonly path: readonly string[];
  readonly type: DataType;
  /** To what it is cast before it is compared. */
  readonly cast: DataType;
}

/** The column, or field of one, that an operand is. */
function targetOf(operand: Bound, schema: Schema): Target | undefined {
  const cast = operand.type;
  let bound = operand.kind === 'call' && operand.name === 'cast' ? operand.args[0]! : operand;
  const { type } = bound;
  const path: string[] = [];
  while (bound.kind === 'call' && bound.name === '[]') {
    const [of, name] = bound.args as readonly [Bound, Bound];
    if (of.type.kind !== 'struct' || name.kind !== 'literal') return undefined;
    path.unshift(of.type.fields[fieldIndex(of.type, name.value as string)]!.name);
    bound = of;
  }
  if (bound.kind !== 'input') return undefined;
  return { column: schema.fields[bound.index]!.name, path, type, cast };
}

/** A test of what the column is cast to as one of the column itself. */
function plainTest({ op, values }: Test, { type, cast }: Target): Pick<Condition, 'op' | 'values'> | undefined {
  if (op !== 'isNull' && op !== 'isNotNull') return isAtomic(type) ? uncast(op, values, cast, type) : undefined;
  return sameType(cast, type) ? { op, values } : undefined;
}

function textOf({ column, path, op, type, values }: Omit<Condition, 'text'>): string {
  const name = { kind: 'name', parts: [column, ...path] } as const;
  if (op === 'in' && values.length === 0) return 'false';
  const literals = values.map((value) => ({ kind: 'literal', type, value }) as const);
  // On its own it needs no brackets.
  return printExpression(call(op.toLowerCase(), [name, ...literals])).replace(/^\((.*)\)$/s, '$1');
}
