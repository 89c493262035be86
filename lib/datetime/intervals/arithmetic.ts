import { failed } from '../../expressions/errors.js';
import type { ExpressionError } from '../../expressions/errors.js';
import type { CalendarInterval } from '../../expressions/values.js';
import { isLong, MAX_LONG, MIN_LONG } from '../instant.js';

/** `instead` is the function that gives null instead. */
export const intervalOverflow = (instead?: string): ExpressionError =>
  failed(
    `INTERVAL_ARITHMETIC_OVERFLOW.${instead === undefined ? 'WITHOUT' : 'WITH'}_SUGGESTION`,
    `The result is beyond what an interval can hold. Use ${instead === undefined ? 'smaller values' : `${instead} to get NULL instead`}.`,
  );

const dividedByZero = (): ExpressionError =>
  failed('INTERVAL_DIVIDED_BY_ZERO', 'An interval cannot be divided by zero. Use try_divide to get null instead.');

/** `micros` if it fits a day-time interval. @throws ExpressionError INTERVAL_ARITHMETIC_OVERFLOW */
export function checkedMicros(micros: bigint, instead?: string): bigint {
  if (!isLong(micros)) throw intervalOverflow(instead);
  return micros;
}

/** `months` if it fits a year-month interval. @throws ExpressionError INTERVAL_ARITHMETIC_OVERFLOW */
export function checkedMonths(months: number, instead?: string): number {
  if ((months | 0) !== months) throw intervalOverflow(instead);
  return months;
}

/** The quotient rounded to the nearest, halves away from zero. */
export function divideHalfUp(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  const rest = dividend - quotient * divisor;
  const twice = rest < 0n ? -2n * rest : 2n * rest;
  if (twice < (divisor < 0n ? -divisor : divisor)) return quotient;
  return dividend < 0n === divisor < 0n ? quotient + 1n : quotient - 1n;
}

/** A double rounded to the nearest, halves away from zero, as a bigint. @throws ExpressionError if it is not finite */
function roundHalfUp(value: number): bigint {
  if (!Number.isFinite(value)) throw intervalOverflow();
  const abs = Math.abs(value);
  const floor = Math.floor(abs);
  const rounded = BigInt(abs - floor >= 0.5 ? floor + 1 : floor);
  return value < 0 ? -rounded : rounded;
}

/** A number by which an interval is multiplied or divided: whole, exact with a scale, or a double. */
export type Factor = { readonly unscaled: bigint; readonly scale: number } | number;

/** Microseconds or months times a factor, rounded half up; not checked against their range. */
export function scaleUp(value: bigint, factor: Factor): bigint {
  if (typeof factor === 'number') return roundHalfUp(Number(value) * factor);
  return divideHalfUp(value * factor.unscaled, 10n ** BigInt(factor.scale));
}

/** As `scaleUp`, divided. @throws ExpressionError INTERVAL_DIVIDED_BY_ZERO */
export function scaleDown(value: bigint, factor: Factor): bigint {
  if (typeof factor === 'number') {
    if (factor === 0) throw dividedByZero();
    return roundHalfUp(Number(value) / factor);
  }
  if (factor.unscaled === 0n) throw dividedByZero();
  return divideHalfUp(value * 10n ** BigInt(factor.scale), factor.unscaled);
}

/** The sum of two intervals, part by part; wraps around without ANSI mode. */
export function addIntervals(
  a: CalendarInterval,
  b: CalendarInterval,
  ansi: boolean,
  instead?: string,
): CalendarInterval {
  return interval(a.months + b.months, a.days + b.days, a.micros + b.micros, ansi, instead);
}

export function subtractIntervals(
  a: CalendarInterval,
  b: CalendarInterval,
  ansi: boolean,
  instead?: string,
): CalendarInterval {
  return interval(a.months - b.months, a.days - b.days, a.micros - b.micros, ansi, instead);
}

export function negateInterval(a: CalendarInterval, ansi: boolean): CalendarInterval {
  return interval(-a.months, -a.days, -a.micros, ansi);
}

function interval(months: number, days: number, micros: bigint, ansi: boolean, instead?: string): CalendarInterval {
  if (!ansi) return { months: months | 0, days: days | 0, micros: BigInt.asIntN(64, micros) };
  return {
    months: checkedMonths(months, instead),
    days: checkedMonths(days, instead),
    micros: checkedMicros(micros, instead),
  };
}

/**
 * An interval times a number: fractions of months are cut off, those of days go into the microseconds. Without ANSI
 * mode what is too large becomes the largest.
 */
export function multiplyInterval(a: CalendarInterval, by: number, ansi: boolean): CalendarInterval {
  return fromDoubles(a.months * by, a.days * by, Number(a.micros) * by, ansi);
}

/** As `multiplyInterval`, divided; by zero null without ANSI mode. @throws ExpressionError INTERVAL_DIVIDED_BY_ZERO */
export function divideInterval(a: CalendarInterval, by: number, ansi: boolean): CalendarInterval | null {
  if (by === 0) {
    if (ansi) throw dividedByZero();
    return null;
  }
  return fromDoubles(a.months / by, a.days / by, Number(a.micros) / by, ansi);
}

function fromDoubles(months: number, days: number, micros: number, ansi: boolean): CalendarInterval {
  const clamp = (value: number): number => Math.min(Math.max(Math.trunc(value) || 0, -2147483648), 2147483647);
  const cut = ansi ? (value: number) => checkedMonths(Math.trunc(value) + 0) : clamp;
  const wholeDays = cut(days);
  const total = Math.round(micros + 86_400_000_000 * (days - wholeDays));
  return { months: cut(months), days: wholeDays, micros: saturated(total) };
}

function saturated(micros: number): bigint {
  if (micros !== micros) return 0n;
  if (micros >= 2 ** 63) return MAX_LONG;
  return micros <= -(2 ** 63) ? MIN_LONG : BigInt(micros);
}
