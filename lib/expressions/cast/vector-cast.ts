import type { Column } from '../../columns/index.js';
import { type DataType, sameType } from '../../schema/index.js';
import type { VectorFunction } from '../functions/define.js';
import { Constant } from '../vector.js';
import { castFunction } from './cast.js';
import type { CastOptions } from './options.js';
import { decimalCast } from './vector/decimals.js';
import { textCast } from './vector/from-text.js';
import { numberCast } from './vector/numbers.js';
import { toTextCast } from './vector/to-text.js';

/** The cast of whole columns, for the pairs of types where that is much quicker than a value at a time. */
export function vectorCast(from: DataType, to: DataType, options: CastOptions): VectorFunction | undefined {
  if (sameType(from, to)) return undefined;
  const scalar = castFunction(from, to, options);
  const cast =
    numberCast(from, to, scalar, options) ??
    textCast(from, to, scalar) ??
    toTextCast(from, to, options) ??
    decimalCast(from, to, scalar);
  if (cast === undefined) return undefined;
  return ([argument]) =>
    argument instanceof Constant ? new Constant(to, scalar(argument.value)) : cast(argument as Column);
}
