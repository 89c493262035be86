/**
 * Decimals as `bigint` unscaled numbers: 1.50 at scale 2 is `150n`. Whoever has one knows its scale.
 */

export type Rounding = 'half_up' | 'half_even' | 'ceiling' | 'floor' | 'down';

export const maxPrecision = 38;

const powers: bigint[] = [1n];

/** 10 to the power of `n`. */
export function pow10(n: number): bigint {
  if (n > 1000) return 10n ** BigInt(n);
  for (let i = powers.length; i <= n; i++) powers.push(powers[i - 1]! * 10n);
  return powers[n]!;
}

const limits = Array.from({ length: maxPrecision + 1 }, (_, p) => pow10(p));

/** Whether the unscaled number has at most `precision` digits. */
export function fits(unscaled: bigint, precision: number): boolean {
  const limit = limits[precision]!;
  return unscaled < limit && unscaled > -limit;
}

/** How many digits the unscaled number has; 1 for zero. */
export function countDigits(unscaled: bigint): number {
  return (unscaled < 0n ? -unscaled : unscaled).toString().length;
}

/** `dividend` / `divisor` as a whole number; `half_up` rounds a half away from zero. */
export function divideRounded(dividend: bigint, divisor: bigint, rounding: Rounding): bigint {
  const quotient = dividend / divisor;
  const rest = dividend - quotient * divisor;
  if (rest === 0n) return quotient;
  const negative = rest < 0n !== divisor < 0n;
  return awayFromZero(quotient, rest, divisor, negative, rounding) ? quotient + (negative ? -1n : 1n) : quotient;
}

function awayFromZero(quotient: bigint, rest: bigint, divisor: bigint, negative: boolean, rounding: Rounding): boolean {
  switch (rounding) {
    case 'down':
      return false;
    case 'ceiling':
      return !negative;
    case 'floor':
      return negative;
    default: {
      const twice = (rest < 0n ? -rest : rest) * 2n;
      const whole = divisor < 0n ? -divisor : divisor;
      if (twice !== whole) return twice > whole;
      return rounding === 'half_up' || (quotient & 1n) === 1n;
    }
  }
}

/** The same number at another scale, rounded where digits are lost. */
export function rescale(unscaled: bigint, from: number, to: number, rounding: Rounding): bigint {
  if (from === to) return unscaled;
  return to > from ? unscaled * pow10(to - from) : divideRounded(unscaled, pow10(from - to), rounding);
}

/** Changes scale, rounding half up; null if the number then has more than `precision` digits. */
export function toPrecision(unscaled: bigint, from: number, precision: number, scale: number): bigint | null {
  const changed = rescale(unscaled, from, scale, 'half_up');
  return fits(changed, precision) ? changed : null;
}

const exact = 2n ** 53n;

/** The nearest double. */
export function decimalToDouble(unscaled: bigint, scale: number): number {
  // Both exact as doubles: one division, correctly rounded.
  if (scale >= 0 && scale <= 22 && unscaled <= exact && unscaled >= -exact) return Number(unscaled) / 10 ** scale;
  return Number(`${unscaled}e${-scale}`);
}
