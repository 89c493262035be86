import { checkedDaysOf, dayOfYear, daysOf, isLeapYear, monthOf, dayOfMonth } from '../calendar.js';
import { zoneOfOffset } from '../zone.js';
import type { Zone } from '../zone.js';
import type { Fields } from './parse.js';

/** A local time, in a zone if the text names one. */
export interface Resolved {
  readonly days: number;
  readonly secondOfDay: number;
  readonly micros: number;
  readonly zone: Zone | undefined;
}

/**
 * Puts together what was read, as Java's strict resolver and Spark after it do: what is missing is taken from
 * 1970-01-01 00:00:00, and what is there twice has to agree. Undefined if there is no such moment.
 */
export function resolve(fields: Fields): Resolved | undefined {
  const days = resolveDate(fields.numbers);
  const secondOfDay = resolveTime(fields.numbers);
  if (days === undefined || secondOfDay === undefined) return undefined;
  const { offset, nano } = fields.numbers;
  const zone = fields.zone ?? (offset === undefined ? undefined : zoneOfOffset(offset));
  if (offset !== undefined && zone === undefined) return undefined;
  return { days, secondOfDay, micros: Math.floor((nano ?? 0) / 1000), zone };
}

type Numbers = Fields['numbers'];

function resolveDate(numbers: Numbers): number | undefined {
  const { month, day, era } = numbers;
  let year = numbers.year;
  // A year of an era that is not given says nothing.
  if (numbers.yearOfEra !== undefined && era !== undefined) {
    if (numbers.yearOfEra < 1) return undefined;
    year = era === 1 ? numbers.yearOfEra : 1 - numbers.yearOfEra;
  }
  const ordinal = numbers.dayOfYear;
  if (ordinal !== undefined && (year === undefined || month === undefined || day === undefined)) {
    const there = year ?? 1970;
    if (ordinal < 1 || ordinal > (isLeapYear(there) ? 366 : 365)) return undefined;
    const days = daysOf(there, 1, 1) + ordinal - 1;
    if (month !== undefined && month !== monthOf(days)) return undefined;
    return day !== undefined && day !== dayOfMonth(days) ? undefined : days;
  }
  const days = checkedDaysOf(year ?? 1970, month ?? 1, day ?? 1);
  if (days !== days || Math.abs(days) > 0x7fff_ffff) return undefined;
  return ordinal !== undefined && ordinal !== dayOfYear(days) ? undefined : days;
}

const within = (value: number | undefined, from: number, to: number): boolean =>
  value === undefined || (value >= from && value <= to);

function resolveTime(numbers: Numbers): number | undefined {
  const { clockHour, clockHalfDayHour, halfDay, minute = 0, second = 0 } = numbers;
  if (!within(numbers.hour, 0, 23) || !within(clockHour, 1, 24)) return undefined;
  if (!within(numbers.halfDayHour, 0, 11) || !within(clockHalfDayHour, 1, 12)) return undefined;
  if (!within(minute, 0, 59) || !within(second, 0, 59)) return undefined;
  const hours = [numbers.hour, clockHour === undefined ? undefined : clockHour % 24];
  const halves = [numbers.halfDayHour, clockHalfDayHour === undefined ? undefined : clockHalfDayHour % 12];
  const half = halves[0] ?? halves[1];
  if (halves[1] !== undefined && halves[1] !== half) return undefined;
  if (half !== undefined && halfDay !== undefined) hours.push(halfDay * 12 + half);
  const hour = hours.find((h) => h !== undefined);
  if (hours.some((h) => h !== undefined && h !== hour)) return undefined;
  if (hour !== undefined) {
    if (half !== undefined && hour % 12 !== half) return undefined;
    if (halfDay !== undefined && Math.floor(hour / 12) !== halfDay) return undefined;
  }
  // Without a half of the day it is the first; `PM` alone is noon.
  return ((hour ?? half ?? (halfDay === 1 ? 12 : 0)) * 60 + minute) * 60 + second;
}
