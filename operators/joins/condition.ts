import { SluiceError } from '../../lib/errors/index.js';
import { invalid, located } from '../../lib/expressions/errors.js';
import { type Bound, boundChildren, inputsOf, traitsOf } from '../../lib/expressions/bound.js';
import {
  type Expression,
  type ExpressionSettings,
  Scope,
  printExpression,
  resolve,
} from '../../lib/expressions/index.js';
import { call, mapChildren, conjunctsOf } from '../../lib/expressions/tree.js';
import { type Schema, sameType, simpleString } from '../../lib/schema/index.js';

export type Side = 'left' | 'right';

/** What is joined, and how it is called in the condition. */
export interface JoinInputs {
  readonly left: Schema;
  readonly right: Schema;
  readonly as: readonly [left: string, right: string];
}

/** Two expressions that have to be equal, each over the columns of one side. */
export interface JoinKey {
  readonly left: Bound;
  readonly right: Bound;
  /** Null is equal to null. */
  readonly nullSafe: boolean;
}

/** A condition taken apart. Its inputs are the columns of the left side, then those of the right. */
export interface JoinCondition {
  readonly keys: readonly JoinKey[];
  /** What pairs of rows have to fulfil besides; undefined: nothing. */
  readonly rest: Bound | undefined;
  /** The same with what rows have to fulfil for themselves. */
  readonly whole: Bound | undefined;
  /** Its terms. */
  readonly terms: readonly Bound[];
  /** What rows have to fulfil for themselves, by their side, with names as they are there. */
  readonly own: Readonly<Record<Side, readonly Expression[]>>;
  /** The columns that are not null in any row that matches. */
  readonly present: Readonly<Record<Side, readonly string[]>>;
}

/** Takes a condition apart. Throws INVALID_EXPRESSION and UNKNOWN_COLUMN. */
export function joinCondition(on: Expression, inputs: JoinInputs, settings: ExpressionSettings): JoinCondition {
  const scope = scopeOf(inputs);
  const width = inputs.left.fields.length;
  const keys: JoinKey[] = [];
  const terms: Bound[] = [];
  const rests: Expression[] = [];
  const owns: Expression[] = [];
  const own: Record<Side, Expression[]> = { left: [], right: [] };
  const present = new Set<number>();
  for (const tree of conjunctsOf(on).flatMap(bounds)) {
    const bound = resolve(tree, scope, settings);
    checkBoolean(tree, bound);
    const side = sideOf(bound, width);
    const { deterministic } = traitsOf(bound);
    if (side !== undefined && deterministic) {
      owns.push(tree);
      own[side].push(unqualified(tree, inputs.as[side === 'left' ? 0 : 1]));
      continue;
    }
    const key = deterministic ? keyOf(bound, width) : undefined;
    if (deterministic) addPresent(bound, present);
    if (key !== undefined) {
      keys.push(key);
      continue;
    }
    terms.push(bound);
    rests.push(tree);
  }
  const together = ([first, ...others]: readonly Expression[]): Bound | undefined =>
    first &&
    resolve(
      others.reduce((all, term) => call('and', [all, term]), first),
      scope,
      settings,
    );
  const names = (from: number, { fields }: Schema): string[] =>
    fields.flatMap(({ name }, i) => (present.has(from + i) ? [name] : []));
  return {
    keys,
    rest: together(rests),
    whole: together([...owns, ...rests]),
    terms,
    own,
    present: { left: names(0, inputs.left), right: names(width, inputs.right) },
  };
}

/** That the columns of these names are equal. */
export function equalColumns(names: readonly string[], [left, right]: JoinInputs['as']): Expression {
  const terms = names.map((name) =>
    call('=', [
      { kind: 'name', parts: [left, name] },
      { kind: 'name', parts: [right, name] },
    ]),
  );
  return terms.reduce((all, term) => call('and', [all, term]));
}

function scopeOf({ left, right, as }: JoinInputs): Scope {
  const width = left.fields.length;
  return new Scope([
    ...Scope.of(left, as[0]).columns,
    ...right.fields.map(({ name, type, nullable }, i) => ({
      name,
      qualifier: as[1],
      bound: { kind: 'input', index: width + i, type, nullable } as const,
    })),
  ]);
}

/** The bounds of a range, each a term of its own. */
function bounds(tree: Expression): readonly Expression[] {
  if (tree.kind !== 'call' || tree.name !== 'between') return [tree];
  const [value, low, high] = tree.args as [Expression, Expression, Expression];
  return [call('>=', [value, low], tree.place), call('<=', [value, high], tree.place)];
}

function checkBoolean(tree: Expression, { type }: Bound): void {
  if (type.kind === 'boolean' || type.kind === 'void') return;
  const text = printExpression(tree);
  const message = `What is joined on is true or false, not a value of the type ${simpleString(type).toUpperCase()}.`;
  throw located(
    invalid('JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE', message),
    tree.place ?? { text, from: 0, to: text.length },
  );
}

/** The side whose columns alone an expression reads; undefined: of both, or none. */
function sideOf(bound: Bound, width: number): Side | undefined {
  const slots = [...inputsOf(bound)];
  if (slots.length === 0) return undefined;
  if (slots.every((slot) => slot < width)) return 'left';
  return slots.every((slot) => slot >= width) ? 'right' : undefined;
}

function keyOf(bound: Bound, width: number): JoinKey | undefined {
  if (bound.kind !== 'call' || (bound.name !== '=' && bound.name !== '<=>')) return undefined;
  const [a, b] = bound.args as readonly [Bound, Bound];
  if (!sameType(a.type, b.type)) return undefined;
  const nullSafe = bound.name === '<=>';
  const sides = [sideOf(a, width), sideOf(b, width)].join();
  if (sides === 'left,right') return { left: a, right: b, nullSafe };
  return sides === 'right,left' ? { left: b, right: a, nullSafe } : undefined;
}

/** Adds the columns that make an expression null where they are. */
function addPresent(bound: Bound, into: Set<number>): void {
  if (bound.kind === 'input') into.add(bound.index);
  if (bound.kind !== 'call' || bound.kernel.lazy === true || bound.kernel.nulls !== 'propagate') return;
  for (const child of boundChildren(bound)) addPresent(child, into);
}

/** The expression with the names of a side's columns as they are without the other side. */
function unqualified(tree: Expression, qualifier: string): Expression {
  if (tree.kind !== 'name') return mapChildren(tree, (child) => unqualified(child, qualifier));
  const [first, ...others] = tree.parts;
  return others.length > 0 && first!.toLowerCase() === qualifier.toLowerCase() ? { ...tree, parts: others } : tree;
}

/** The error for a join without a pair of columns that have to be equal. */
export const withoutKey = (op: string, as: JoinInputs['as']): SluiceError =>
  new SluiceError(
    'UNSUPPORTED_PIPELINE',
    `${op}: something of the two sides has to be equal, such as ${as[0]}.id = ${as[1]}.id: by it rows find each other. ` +
      'Ranges may be asked for besides.',
  );
