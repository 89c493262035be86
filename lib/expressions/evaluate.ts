import type { Column } from '../columns/index.js';
import { type Bound, type BoundCall, type BoundLambda, type EagerKernel, traitsOf } from './bound.js';
import type { Frame } from './frame.js';
import { scatter } from './kernels/scatter.js';
import { evaluateRow, placed } from './row.js';
import type { Value } from './values.js';
import { Constant, type Vector, VectorLambda, columnOf, readerOf } from './vector.js';

/** Computes an expression for all rows of a frame, a function at a time over whole columns. */
export function evaluate(bound: Bound, frame: Frame): Column | Constant {
  switch (bound.kind) {
    case 'literal':
      return new Constant(bound.type, bound.value);
    case 'input':
      return frame.column(bound.index);
    case 'variable':
      return frame.variable(bound);
    case 'lambda':
      throw new Error('A lambda is no column.');
    case 'call':
      return evaluateCall(bound, frame);
  }
}

function evaluateCall(bound: BoundCall, frame: Frame): Column | Constant {
  if (frame.numRows === 0) return columnOf(bound.type, []);
  const { kernel } = bound;
  if (kernel.lazy) return kernel.vector(bound.args, frame, evaluate);
  const args = argumentsOf(bound, kernel, frame);
  try {
    if (kernel.deterministic && args.every((arg) => arg instanceof Constant)) return constantCall(bound, kernel, args);
    if (kernel.vector === undefined) return lift(bound, kernel, args, frame.numRows);
    return kernel.vector(args, frame.numRows, frame.batch) as Column | Constant;
  } catch (error) {
    throw placed(error, bound);
  }
}

function argumentsOf({ args }: BoundCall, kernel: EagerKernel, frame: Frame): Vector[] {
  const out: Vector[] = [];
  for (const arg of args) {
    if (arg.kind === 'lambda') out.push(vectorLambda(arg, frame));
    else if (kernel.nulls === 'handle' || out.length === 0 || traitsOf(arg).total) out.push(evaluate(arg, frame));
    else out.push(evaluateWhereAsked(arg, out, frame));
  }
  return out;
}

/**
 * An argument behind others, any of which being null settles the result: an error in such a row is none. Errors are
 * rare, so it is tried for all rows first.
 */
function evaluateWhereAsked(arg: Bound, before: readonly Vector[], frame: Frame): Column | Constant {
  try {
    return evaluate(arg, frame);
  } catch (error) {
    const asked = before.some((vector) => vector instanceof Constant && vector.value === null)
      ? new Int32Array(0)
      : positionsPresent(before, frame.numRows);
    if (asked.length === frame.numRows) throw error;
    return scatter(arg.type, [{ positions: asked, values: evaluate(arg, frame.select(asked)) }], frame.numRows);
  }
}

function positionsPresent(vectors: readonly Vector[], n: number): Int32Array {
  const columns = vectors.filter(
    (vector) => !(vector instanceof Constant) && !(vector instanceof VectorLambda),
  ) as Column[];
  return Int32Array.from({ length: n }, (_, i) => i).filter((i) => columns.every((column) => column.isValid(i)));
}

/** The arguments being constants of this batch, the result is one; no rows, no result and no error. */
function constantCall(bound: BoundCall, kernel: EagerKernel, args: readonly Constant[]): Constant {
  const values = args.map((arg) => arg.value);
  const missing = kernel.nulls === 'propagate' && values.includes(null);
  return new Constant(bound.type, missing ? null : (kernel.scalar as (...values: Value[]) => Value)(...values));
}

/** Runs a function of one row over columns. */
function lift(bound: BoundCall, kernel: EagerKernel, args: readonly Vector[], n: number): Column {
  const scalar = kernel.scalar as (...args: unknown[]) => Value;
  const propagate = kernel.nulls === 'propagate';
  const out = new Array<Value>(n);
  const readers = args.map((arg) => (arg instanceof VectorLambda ? lambdaReader(arg) : readerOf(arg)));
  const [first, second] = readers;
  if (readers.length === 1) {
    for (let i = 0; i < n; i++) {
      const a = first!(i);
      out[i] = propagate && a === null ? null : scalar(a);
    }
  } else if (readers.length === 2) {
    for (let i = 0; i < n; i++) {
      const a = first!(i);
      const b = second!(i);
      out[i] = propagate && (a === null || b === null) ? null : scalar(a, b);
    }
  } else {
    const values = new Array<unknown>(readers.length);
    for (let i = 0; i < n; i++) {
      let missing = false;
      for (let k = 0; k < readers.length; k++) missing = (values[k] = readers[k]!(i)) === null || missing;
      out[i] = propagate && missing ? null : scalar(...values);
    }
  }
  return columnOf(bound.type, out);
}

function lambdaReader(lambda: VectorLambda): (i: number) => unknown {
  return (i) =>
    (...values: Value[]) =>
      lambda.call(i, values);
}

function vectorLambda({ params, body, type }: BoundLambda, frame: Frame): VectorLambda {
  const readers = new Map<Column, (i: number) => Value>();
  const read = (column: Column, i: number): Value => {
    let reader = readers.get(column);
    if (reader === undefined) readers.set(column, (reader = readerOf(column)));
    return reader(i);
  };
  return new VectorLambda(
    type,
    (columns, parents) => {
      const variables = new Map(params.map((param, i) => [param, columns[i]!] as const));
      const inner = frame.expand(parents, variables);
      const out = evaluate(body, inner);
      return out instanceof Constant ? columnOf(type, new Array<Value>(parents.length).fill(out.value)) : out;
    },
    (row, values) =>
      evaluateRow(body, {
        batch: frame.batch,
        input: (index) => read(frame.column(index), row),
        variable: (variable) => {
          const i = params.indexOf(variable);
          return i < 0 ? read(frame.variable(variable), row) : (values[i] ?? null);
        },
      }),
  );
}
