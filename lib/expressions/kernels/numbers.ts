import { FixedColumn, type FixedValues, fixedArrays } from '../../columns/index.js';
import { Constant, type Vector } from '../vector.js';

/*
 * 64-bit integers as doubles: a loop over a BigInt64Array makes an object a value, and nearly all longs and timestamps
 * are below 2^53, where a double is exact. Those that are not take the slow way.
 */

const twoTo32 = 4294967296;
const maxSafe = 9007199254740992;

/** The values of a column of numbers; a constant is repeated. Undefined for anything else. */
export function valuesOf(vector: Vector, n: number): FixedValues | undefined {
  if (vector instanceof FixedColumn) return vector.values;
  if (!(vector instanceof Constant) || vector.value === null) return undefined;
  const { kind } = vector.type;
  if (!Object.hasOwn(fixedArrays, kind)) return undefined;
  const values = new fixedArrays[kind as keyof typeof fixedArrays](n);
  return (values as Float64Array).fill(vector.value as number);
}

/** Numbers whose order and sums are those of `values`, exactly; undefined if some are past 2^53. */
export function exactNumbers(values: FixedValues): Exclude<FixedValues, BigInt64Array> | undefined {
  return values instanceof BigInt64Array ? doublesOf(values) : values;
}

export function doublesOf(values: BigInt64Array): Float64Array | undefined {
  const n = values.length;
  const words = new Int32Array(values.buffer, values.byteOffset, n * 2);
  const out = new Float64Array(n);
  let widest = 0;
  for (let i = 0; i < n; i++) {
    const high = words[2 * i + 1]!;
    widest |= high ^ (high >> 31);
    out[i] = high * twoTo32 + (words[2 * i]! >>> 0);
  }
  return widest < 1 << 21 ? out : undefined;
}

/** Whole numbers as 64-bit integers; undefined if one is past 2^53, where it may have been rounded. */
export function longsOf(doubles: Float64Array): BigInt64Array | undefined {
  const n = doubles.length;
  const out = new BigInt64Array(n);
  const words = new Int32Array(out.buffer);
  let safe = true;
  for (let i = 0; i < n; i++) {
    const value = doubles[i]!;
    safe &&= value > -maxSafe && value < maxSafe;
    const high = Math.floor(value / twoTo32);
    words[2 * i] = value - high * twoTo32;
    words[2 * i + 1] = high;
  }
  return safe ? out : undefined;
}
