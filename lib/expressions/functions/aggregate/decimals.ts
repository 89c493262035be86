import { type DecimalType, decimal } from '../../../schema/index.js';

/** A decimal of so many digits, 38 at most, with as many after the point as asked for. */
export const boundedAt38 = (precision: number, scale: number): DecimalType =>
  decimal(Math.min(precision, 38), Math.min(scale, 38));

/** The least unscaled number that has too many digits for the type. */
export const limitOf = ({ precision }: DecimalType): bigint => 10n ** BigInt(precision);

/** The quotient rounded to the nearest, halves away from zero. */
export function divideHalfUp(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  const rest = dividend % divisor;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  if (twice < divisor) return quotient;
  return dividend < 0n ? quotient - 1n : quotient + 1n;
}
