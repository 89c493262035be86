import { failed } from '../expressions/errors.js';
import type { ExpressionError } from '../expressions/errors.js';
import { checkedDaysOf, civilOf, dayIn, daysOf, lengthOfMonth, monthIn, yearIn } from './calendar.js';
import { daysIn, isLong, MICROS_PER_DAY, microsFrom, microsOfSecond, SECONDS_PER_DAY, secondsOf } from './instant.js';
import type { Zone } from './zone.js';

const dateOverflow = (): ExpressionError =>
  failed('ARITHMETIC_OVERFLOW', 'The result is beyond the last date that can be held.');

export const timestampOverflow = (): ExpressionError =>
  failed('DATETIME_OVERFLOW', 'The result is beyond the last timestamp that can be held.');

/** The day `months` later; where that month is shorter, its last day. */
function monthsLater(days: number, months: number): number {
  const civil = civilOf(days);
  const total = yearIn(civil) * 12 + monthIn(civil) - 1 + months;
  const year = Math.floor(total / 12);
  const month = total - year * 12 + 1;
  return daysOf(year, month, Math.min(dayIn(civil), lengthOfMonth(year, month)));
}

/** As `monthsLater`. @throws ExpressionError ARITHMETIC_OVERFLOW past 32 bits of days */
export function addMonths(days: number, months: number): number {
  return checkedDate(monthsLater(days, months));
}

/** `days` if it fits 32 bits. @throws ExpressionError ARITHMETIC_OVERFLOW */
export function checkedDate(days: number): number {
  if ((days | 0) !== days) throw dateOverflow();
  return days;
}

/** `micros` if it fits 64 bits. @throws ExpressionError DATETIME_OVERFLOW */
export function checkedTimestamp(micros: bigint): bigint {
  if (!isLong(micros)) throw timestampOverflow();
  return micros;
}

/** The instant, in seconds, that many months and then days later on the clock of `zone`. */
export function shiftSecond(second: number, months: number, days: number, zone: Zone): number {
  let offset = zone.offsetAt(second);
  let instant = second;
  if (months !== 0) {
    const local = instant + offset;
    const date = daysIn(local);
    instant = zone.instantOf(monthsLater(date, months) * SECONDS_PER_DAY + local - date * SECONDS_PER_DAY, offset);
    offset = zone.offsetAt(instant);
  }
  return days === 0 ? instant : zone.instantOf(instant + offset + days * SECONDS_PER_DAY, offset);
}

/**
 * The instant that many months, then days, then microseconds later: months and days on the clock of `zone`, so that an
 * hour stays an hour of the clock through a change of offset; microseconds as they pass.
 *
 * @throws ExpressionError DATETIME_OVERFLOW
 */
export function shiftTimestamp(micros: bigint, months: number, days: number, more: bigint, zone: Zone): bigint {
  if (months === 0 && days === 0) return checkedTimestamp(micros + more);
  const instant = shiftSecond(secondsOf(micros), months, days, zone);
  return checkedTimestamp(microsFrom(instant, microsOfSecond(micros)) + more);
}

/** The instant later by a day-time interval: whole days on the clock of `zone`, the rest as it passes. */
export const addDayTime = (micros: bigint, interval: bigint, zone: Zone): bigint =>
  shiftTimestamp(micros, 0, Number(interval / MICROS_PER_DAY), interval % MICROS_PER_DAY, zone);

/** The time on the clock of `zone` at an instant, as microseconds. */
export function localMicros(micros: bigint, zone: Zone): bigint {
  const second = secondsOf(micros);
  return microsFrom(second + zone.offsetAt(second), microsOfSecond(micros));
}

/** The instant at which the clock of `zone` shows a local time; see `Zone.instantOf`. @throws DATETIME_OVERFLOW */
export const instantMicros = (local: bigint, zone: Zone): bigint =>
  checkedTimestamp(microsFrom(zone.instantOf(secondsOf(local)), microsOfSecond(local)));

/** The day on the clock of `zone`. */
export function dayAt(micros: bigint, zone: Zone): number {
  const second = secondsOf(micros);
  return daysIn(second + zone.offsetAt(second));
}

/** The first instant of a day in `zone`. @throws ExpressionError DATETIME_OVERFLOW */
export const startOfDay = (days: number, zone: Zone): bigint =>
  checkedTimestamp(microsFrom(zone.startOfDay(days * SECONDS_PER_DAY), 0));

/** The last day of the month of a day. */
export function lastDay(days: number): number {
  const civil = civilOf(days);
  return days - dayIn(civil) + lengthOfMonth(yearIn(civil), monthIn(civil));
}

/** The first day after `days` that is a weekday, 0 for Monday to 6 for Sunday. */
export function nextWeekday(days: number, day: number): number {
  const ahead = (day - ((days + 3) % 7) - 1) % 7;
  return days + 1 + ((ahead < 0 ? ahead + 7 : ahead) % 7);
}

/** 0 for Monday to 6 for Sunday, of `mo`, `Mon`, `MONDAY`; undefined if it is none. */
export function weekdayNamed(name: string): number | undefined {
  const at = weekdays.findIndex((day) => {
    const upper = name.toUpperCase();
    return upper === day || upper === day.slice(0, 3) || upper === day.slice(0, 2);
  });
  return at < 0 ? undefined : at;
}

const weekdays = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'];

/** The day of these; undefined if there is none or it is beyond 32 bits. */
export function makeDate(year: number, month: number, day: number): number | undefined {
  const days = checkedDaysOf(year, month, day);
  return (days | 0) === days ? days : undefined;
}
