import { civilOf, dayIn, daysOf, monthIn, weekday, yearIn } from './calendar.js';
import { daysIn, microsFrom, MICROS_PER_SECOND, SECONDS_PER_DAY, secondsOf } from './instant.js';
import { checkedTimestamp, dayAt, startOfDay } from './shift.js';
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

const microsIn: Readonly<Record<string, bigint>> = { millisecond: 1000n, second: MICROS_PER_SECOND };
const secondsIn: Readonly<Record<string, number>> = { minute: 60, hour: 3600, day: SECONDS_PER_DAY };

/** The beginning of the unit on the clock of `zone`. @throws ExpressionError DATETIME_OVERFLOW */
export function truncateTimestamp(micros: bigint, unit: DateUnit | TimeUnit, zone: Zone): bigint {
  if (isDateUnit(unit)) return startOfDay(truncateDate(dayAt(micros, zone), unit), zone);
  if (unit === 'microsecond') return micros;
  const small = microsIn[unit];
  if (small !== undefined) {
    const rest = micros % small;
    return checkedTimestamp(micros - (rest < 0n ? rest + small : rest));
  }
  const second = secondsOf(micros);
  const offset = zone.offsetAt(second);
  const local = second + offset;
  const size = secondsIn[unit]!;
  const start = size === SECONDS_PER_DAY ? daysIn(local) * size : Math.floor(local / size) * size;
  return checkedTimestamp(microsFrom(zone.instantOf(start, offset), 0));
}
