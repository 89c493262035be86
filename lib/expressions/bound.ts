import type { DataType } from '../schema/index.js';
import type { Place } from './errors.js';
import type { BatchFacts, ScalarFunction, VectorFunction } from './functions/define.js';
import type { Frame } from './frame.js';
import type { Value } from './values.js';
import type { Constant } from './vector.js';
import type { Column } from '../columns/index.js';

/** An expression whose names, functions and types are settled: what is evaluated. */
export type Bound = BoundLiteral | BoundInput | BoundVariable | BoundLambda | BoundCall;

interface Base {
  readonly type: DataType;
  readonly nullable: boolean;
  readonly place?: Place | undefined;
}

export interface BoundLiteral extends Base {
  readonly kind: 'literal';
  readonly value: Value;
}

/** A column of the input, by its position. */
export interface BoundInput extends Base {
  readonly kind: 'input';
  readonly index: number;
}

/** A parameter of a lambda. Told from others by identity. */
export interface BoundVariable extends Base {
  readonly kind: 'variable';
}

export interface BoundLambda extends Base {
  readonly kind: 'lambda';
  readonly params: readonly BoundVariable[];
  readonly body: Bound;
}

export interface BoundCall extends Base {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Bound[];
  readonly kernel: Kernel;
}

/** How a call is computed. */
export type Kernel = EagerKernel | LazyKernel;

/** All arguments first. */
export interface EagerKernel {
  readonly lazy?: undefined;
  /** `propagate`: null where an argument is, and `scalar` does not see it. */
  readonly nulls: 'propagate' | 'handle';
  /** Cannot throw. */
  readonly total: boolean;
  readonly deterministic: boolean;
  readonly scalar: ScalarFunction;
  readonly vector?: VectorFunction | undefined;
}

/** Which arguments are computed, and for which rows, depends on the others: `AND`, `CASE`, `COALESCE`. */
export interface LazyKernel {
  readonly lazy: true;
  readonly row: (args: readonly (() => Value)[]) => Value;
  readonly vector: (args: readonly Bound[], frame: Frame, evaluate: Evaluate) => Column | Constant;
}

export type Evaluate = (bound: Bound, frame: Frame) => Column | Constant;

export type { BatchFacts };

export const boundLiteral = (type: DataType, value: Value, place?: Place): BoundLiteral => ({
  kind: 'literal',
  type,
  value,
  nullable: value === null,
  place,
});

/** The arguments and bodies below a bound expression. */
export function boundChildren(bound: Bound): readonly Bound[] {
  if (bound.kind === 'call') return bound.args;
  return bound.kind === 'lambda' ? [bound.body] : [];
}

const memo = new WeakMap<Bound, { total: boolean; deterministic: boolean }>();

/** Whether it gives a value for every row, never an error, and the same value for the same row. */
export function traitsOf(bound: Bound): { readonly total: boolean; readonly deterministic: boolean } {
  const known = memo.get(bound);
  if (known !== undefined) return known;
  const own =
    bound.kind === 'call' && bound.kernel.lazy === undefined ? bound.kernel : { total: true, deterministic: true };
  let { total, deterministic } = own;
  for (const child of boundChildren(bound)) {
    const traits = traitsOf(child);
    total &&= traits.total;
    deterministic &&= traits.deterministic;
  }
  const traits = { total, deterministic };
  memo.set(bound, traits);
  return traits;
}

/** The input columns that an expression reads. */
export function inputsOf(bound: Bound, into: Set<number> = new Set()): Set<number> {
  if (bound.kind === 'input') into.add(bound.index);
  for (const child of boundChildren(bound)) inputsOf(child, into);
  return into;
}
