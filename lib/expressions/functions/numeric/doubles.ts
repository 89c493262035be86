import { FixedColumn } from '../../../columns/index.js';
import { valuesOf } from '../../kernels/numbers.js';
import { presentIn } from '../../kernels/validity.js';
import { Constant } from '../../vector.js';
import type { FunctionDef, VectorFunction } from '../define.js';
import { double } from '../params.js';

type About = Pick<FunctionDef, 'summary' | 'examples' | 'aliases'>;

/** A function of one double. */
export function ofDouble(name: string, about: About, compute: (x: number) => number): FunctionDef {
  return {
    name,
    group: 'numeric',
    usage: 'expr',
    ...about,
    params: [double('expr')],
    returns: { kind: 'double' },
    nullable: false,
    total: true,
    evaluate: () => compute,
    vector: () => overDoubles(compute),
  };
}

/** A function of two doubles. */
export function ofDoubles(
  name: string,
  usage: string,
  about: About,
  compute: (x: number, y: number) => number,
): FunctionDef {
  const [first = 'a', second = 'b'] = usage.split(', ');
  return {
    name,
    group: 'numeric',
    usage,
    ...about,
    params: [double(first), double(second)],
    returns: { kind: 'double' },
    nullable: false,
    total: true,
    evaluate: () => compute,
  };
}

/** Computes a column of doubles from the first argument; the others are constants that `compute` knows. */
export const overDoubles =
  (compute: (x: number) => number): VectorFunction =>
  (args, n) => {
    const valid = presentIn(args, n);
    if (valid === undefined) return new Constant({ kind: 'double' }, null);
    const values = valuesOf(args[0]!, n) as Float64Array;
    const out = new Float64Array(n);
    for (let i = 0; i < n; i++) out[i] = compute(values[i]!);
    return new FixedColumn({ kind: 'double' }, out, valid);
  };
