import { civilOf, dayIn, daysOf, monthIn, weekday, yearIn } from './calendar.js';
import { daysIn, microsFrom, SECONDS_PER_DAY, secondsOf } from './instant.js';
import { checkedTimestamp } from './shift.js';
import type { Zone } from './zone.js';

export type DateUnit = 'week' | 'month' | 'quarter' | 'year';
export type TimeUnit = 'microsecond' | 'millisecond' | 'second' | 'minute' | 'hour' | 'day';

const names: Readonly<Record<string, DateUnit | TimeUnit>> = {
  MICROSECOND: 'microsecond',
  MILLISECOND: 'millisecond',
  SECOND: 'second',
  MINUTE: 'minute',
  HOUR: 'hour',
  DAY: 'day',
  DD: 'day',
  WEEK: 'week',
  MON: 'month',
  MONTH: 'month',
  MM: 'month',
  QUARTER: 'quarter',
  YEAR: 'year',
  YYYY: 'year',
  YY: 'year',
};

/** The unit that `trunc` and `date_trunc` mean by a name, in any case; undefined if none. */
export function truncationUnit(name: string): DateUnit | TimeUnit | undefined {
  const upper = name.toUpperCase();
  return Object.hasOwn(names, upper) ? names[upper] : undefined;
}

export const isDateUnit = (unit: DateUnit | TimeUnit): unit is DateUnit =>
  unit === 'week' || unit === 'month' || unit === 'quarter' || unit === 'year';

/** The first day of the week (a Monday), month, quarter or year of a day. */
export function truncateDate(days: number, unit: DateUnit): number {
  if (unit === 'week') return days - weekday(days);
  const civil = civilOf(days);
  const month = monthIn(civil);
  if (unit === 'month') return days - dayIn(civil) + 1;
  return daysOf(yearIn(civil), unit === 'year' ? 1 : month - ((month - 1) % 3), 1);
}

const secondsIn = { second: 1, minute: 60, hour: 3600, day: SECONDS_PER_DAY } as const;

/** Units of whole seconds. */
type WholeUnit = DateUnit | keyof typeof secondsIn;

export const isWholeUnit = (unit: DateUnit | TimeUnit): unit is WholeUnit =>
  unit !== 'microsecond' && unit !== 'millisecond';

/** The instant, in seconds, at which the unit begins on the clock of `zone`. */
export function truncateSecond(second: number, unit: WholeUnit, zone: Zone): number {
  if (unit === 'second') return second;
  const offset = zone.offsetAt(second);
  const local = second + offset;
  if (isDateUnit(unit)) return zone.startOfDay(truncateDate(daysIn(local), unit) * SECONDS_PER_DAY);
  const size = secondsIn[unit];
  return zone.instantOf(Math.floor(local / size) * size, offset);
}

/** The beginning of the unit on the clock of `zone`. @throws ExpressionError DATETIME_OVERFLOW */
export function truncateTimestamp(micros: bigint, unit: DateUnit | TimeUnit, zone: Zone): bigint {
  if (unit === 'microsecond') return micros;
  if (isWholeUnit(unit)) return checkedTimestamp(microsFrom(truncateSecond(secondsOf(micros), unit, zone), 0));
  const rest = micros % 1000n;
  return checkedTimestamp(micros - (rest < 0n ? rest + 1000n : rest));
}
