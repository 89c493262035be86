/**
 * Java's conversions between numbers, where JavaScript's differ.
 */

const max64 = 2n ** 63n - 1n;
const min64 = -(2n ** 63n);
/** 2^63 as a double: what a long cannot reach. */
const limit64 = 2 ** 63;

/** `(int) value`: the fraction is cut, NaN is 0, and what is too large becomes the largest. */
export function doubleToInt(value: number): number {
  if (value >= 2147483647) return 2147483647;
  if (value <= -2147483648) return -2147483648;
  return value | 0;
}

/** `(long) value`: the fraction is cut, NaN is 0, and what is too large becomes the largest. */
export function doubleToLong(value: number): bigint {
  if (value >= limit64) return max64;
  if (value <= -limit64) return min64;
  return value !== value ? 0n : BigInt(Math.trunc(value));
}

export const wrapLong = (value: bigint): bigint => BigInt.asIntN(64, value);

export const wrapInt = (value: bigint): number => Number(BigInt.asIntN(32, value));

export const fitsLong = (value: bigint): boolean => value >= min64 && value <= max64;

/** The largest long where `value` lies above it, the smallest where it lies below. */
export const saturateLong = (value: bigint): bigint => (value > max64 ? max64 : value < min64 ? min64 : value);

/** `(float) value`: rounded once, where by way of a double it would be twice. */
export function longToFloat(value: bigint): number {
  const double = Number(value);
  if (Number.isSafeInteger(double)) return Math.fround(double);
  // The bits that no double holds only matter as "a little more than a half": one bit stands for them all.
  const head = value >> 10n;
  const sticky = (value & 1023n) === 0n ? head : head | 1n;
  return Math.fround(Number(sticky)) * 1024;
}
