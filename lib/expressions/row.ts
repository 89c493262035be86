import type { Bound, BoundCall, BoundVariable } from './bound.js';
import { ExpressionError, located } from './errors.js';
import type { BatchFacts } from './functions/define.js';
import type { Value } from './values.js';
import type { VectorLambda } from './vector.js';
import { Constant, readerOf } from './vector.js';

/** The row that an expression is computed for. */
export interface RowSource {
  readonly batch: BatchFacts;
  input(index: number): Value;
  variable(variable: BoundVariable): Value;
}

/**
 * Computes an expression for one row at a time: for the body of a lambda where no kernel takes whole columns, and as
 * what the kernels are tested against.
 */
export function evaluateRow(bound: Bound, row: RowSource): Value {
  switch (bound.kind) {
    case 'literal':
      return bound.value;
    case 'input':
      return row.input(bound.index);
    case 'variable':
      return row.variable(bound);
    case 'lambda':
      throw new Error('A lambda is no value.');
    case 'call':
      return callRow(bound, row);
  }
}

function callRow(bound: BoundCall, row: RowSource): Value {
  const { kernel, args } = bound;
  if (kernel.lazy) return kernel.row(args.map((arg) => () => evaluateRow(arg, row)));
  const values: unknown[] = [];
  for (const arg of args) {
    const value = arg.kind === 'lambda' ? lambdaOf(arg, row) : evaluateRow(arg, row);
    if (value === null && kernel.nulls === 'propagate') return null;
    values.push(value);
  }
  try {
    if (!kernel.deterministic && kernel.vector !== undefined) {
      const constants = args.map((arg, i) => vectorOf(arg, values[i]));
      return readerOf(kernel.vector(constants, 1, row.batch) as Constant)(0);
    }
    return (kernel.scalar as (...args: unknown[]) => Value)(...values);
  } catch (error) {
    throw placed(error, bound);
  }
}

function vectorOf(arg: Bound, value: unknown): Constant | VectorLambda {
  if (arg.kind !== 'lambda') return new Constant(arg.type, value as Value);
  throw new Error('A function of the batch takes no lambda.');
}

function lambdaOf(lambda: Extract<Bound, { kind: 'lambda' }>, row: RowSource): (...values: Value[]) => Value {
  const { params, body } = lambda;
  return (...values) =>
    evaluateRow(body, {
      batch: row.batch,
      input: (index) => row.input(index),
      variable: (variable) => {
        const i = params.indexOf(variable);
        return i < 0 ? row.variable(variable) : (values[i] ?? null);
      },
    });
}

/** The error that users see, if `error` is one of an expression. */
export function placed(error: unknown, bound: Bound): unknown {
  if (!(error instanceof ExpressionError)) return error;
  return located(error, bound.place ?? { text: '', from: 0, to: 0 });
}
