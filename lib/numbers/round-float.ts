import { decimalOfDouble } from './decimal-text.js';
import { type Rounding, decimalToDouble, rescale } from './decimal.js';

/**
 * A double rounded to `scale` digits after the point, as the decimal number that its text shows: 1.005 to two digits is
 * 1.01, though the double lies below it. Of a negative scale that many digits before the point become zero.
 */
export function roundDouble(value: number, scale: number, rounding: 'half_up' | 'half_even'): number {
  // Past any digit of a double, and past its largest.
  if (!Number.isFinite(value) || scale > 340) return value;
  if (scale < -310) return 0;
  return quickly(value, scale) ?? exactly(value, scale, rounding);
}

/** As `roundDouble`, to the nearest double of the rounded decimal, by way of that decimal. */
function exactly(value: number, scale: number, rounding: Rounding): number {
  const { unscaled, scale: digits } = decimalOfDouble(value);
  if (digits <= scale) return value + 0;
  return decimalToDouble(rescale(unscaled, digits, scale, rounding), scale) + 0;
}

function quickly(value: number, scale: number): number | undefined {
  const units = clearUnits(value, scale);
  return units === undefined ? undefined : units / 10 ** scale + 0;
}

/**
 * How many units of the last place of `scale` a double is, rounded. Undefined unless it is clear without the digits of
 * its text: the number is not too large, and not about half way between two.
 */
export function clearUnits(value: number, scale: number): number | undefined {
  if (scale < 0 || scale > 15) return undefined;
  const scaled = Math.abs(value) * 10 ** scale;
  if (!(scaled <= 1e12)) return undefined;
  const whole = Math.floor(scaled);
  const rest = scaled - whole;
  // The product errs by less than 1e12 / 2^52.
  if (rest > 0.4995 && rest < 0.5005) return undefined;
  const units = rest < 0.5 ? whole : whole + 1;
  return value < 0 ? 0 - units : units;
}

/** The double as a decimal, digit by digit: 0.1 has 55. Not for NaN and infinities. */
export function exactDecimal(value: number): { unscaled: bigint; scale: number } {
  let mantissa = value;
  let halvings = 0;
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2;
    halvings++;
  }
  // A half is five tenths.
  return { unscaled: BigInt(mantissa) * 5n ** BigInt(halvings), scale: halvings };
}
