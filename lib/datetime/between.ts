import { civilOf, dayIn, lengthOfMonth, monthIn, yearIn } from './calendar.js';
import { MICROS_PER_DAY, MICROS_PER_HOUR, MICROS_PER_MINUTE, MICROS_PER_SECOND } from './instant.js';
import { dayAt, localMicros, shiftTimestamp, startOfDay, timestampOverflow } from './shift.js';
import type { Zone } from './zone.js';

/** Units of `timestampadd` and `timestampdiff`. */
export type ShiftUnit = keyof typeof exact | 'month' | 'quarter' | 'year';

/** Units of a fixed length, in microseconds. */
const exact = {
  microsecond: 1n,
  millisecond: 1000n,
  second: MICROS_PER_SECOND,
  minute: MICROS_PER_MINUTE,
  hour: MICROS_PER_HOUR,
  day: MICROS_PER_DAY,
  week: 7n * MICROS_PER_DAY,
} as const;

const months = { month: 1, quarter: 3, year: 12 } as const;

const isExact = (unit: ShiftUnit): unit is keyof typeof exact => unit in exact;

/** The unit of a name in any case (`dayofyear` is a day); undefined if there is none. */
export function shiftUnit(name: string): ShiftUnit | undefined {
  const unit = name.toLowerCase();
  if (unit === 'dayofyear') return 'day';
  return Object.hasOwn(exact, unit) || Object.hasOwn(months, unit) ? (unit as ShiftUnit) : undefined;
}

/** The instant that many units later on the clock of `zone`. @throws ExpressionError DATETIME_OVERFLOW */
export function addUnits(micros: bigint, unit: ShiftUnit, quantity: bigint, zone: Zone): bigint {
  if (!isExact(unit)) {
    const count = quantity * BigInt(months[unit]);
    if (BigInt.asIntN(32, count) !== count) throw timestampOverflow();
    return shiftTimestamp(micros, Number(count), 0, 0n, zone);
  }
  const total = quantity * exact[unit];
  if (BigInt.asIntN(64, total) !== total) throw timestampOverflow();
  return shiftTimestamp(micros, 0, Number(total / MICROS_PER_DAY), total % MICROS_PER_DAY, zone);
}

/** How many whole units lie between two instants on the clock of `zone`; negative if `end` is before `start`. */
export function unitsBetween(unit: ShiftUnit, start: bigint, end: bigint, zone: Zone): bigint {
  const from = localMicros(start, zone);
  const to = localMicros(end, zone);
  if (isExact(unit)) return (to - from) / exact[unit];
  return BigInt(Math.trunc(wholeMonths(from, to) / months[unit]));
}

function wholeMonths(from: bigint, to: bigint): number {
  const [a, timeA] = split(from);
  const [b, timeB] = split(to);
  const difference = (yearIn(b) - yearIn(a)) * 12 + monthIn(b) - monthIn(a);
  const rest = dayIn(b) - dayIn(a) || Math.sign(Number(timeB - timeA));
  if (difference > 0 && rest < 0) return difference - 1;
  return difference < 0 && rest > 0 ? difference + 1 : difference;
}

/** The day as `civilOf` gives it, and the microseconds since its beginning. */
function split(local: bigint): [civil: number, time: bigint] {
  const rest = local % MICROS_PER_DAY;
  const time = rest < 0n ? rest + MICROS_PER_DAY : rest;
  return [civilOf(Number((local - time) / MICROS_PER_DAY)), time];
}

/**
 * The months from `b` to `a`, with the rest as a fraction of a month of 31 days, if wished rounded to eight digits. Two
 * instants on the same day of a month, or both on the last, are whole months apart whatever the time.
 */
export function monthsBetween(a: bigint, b: bigint, round: boolean, zone: Zone): number {
  const dayA = dayAt(a, zone);
  const dayB = dayAt(b, zone);
  const civilA = civilOf(dayA);
  const civilB = civilOf(dayB);
  const whole = (yearIn(civilA) - yearIn(civilB)) * 12 + monthIn(civilA) - monthIn(civilB);
  if (dayIn(civilA) === dayIn(civilB) || (isLast(civilA) && isLast(civilB))) return whole;
  const second = (micros: bigint, day: number): number => Number((micros - startOfDay(day, zone)) / MICROS_PER_SECOND);
  const seconds = (dayIn(civilA) - dayIn(civilB)) * 86_400 + second(a, dayA) - second(b, dayB);
  const difference = whole + seconds / (31 * 86_400);
  return round ? Math.round(difference * 1e8) / 1e8 : difference;
}

const isLast = (civil: number): boolean => dayIn(civil) === lengthOfMonth(yearIn(civil), monthIn(civil));
