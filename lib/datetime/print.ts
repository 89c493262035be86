import { civilOf, dayIn, monthIn, yearIn } from './calendar.js';
import { daysIn, microsOfSecond, SECONDS_PER_DAY, secondsOf } from './instant.js';
import type { Zone } from './zone.js';

const two = Array.from({ length: 100 }, (_, i) => (i < 10 ? `0${i}` : `${i}`));

/** `2020-02-29`; years past 9999 with a `+`, before 0 with a `-`. */
export function printDate(days: number): string {
  const civil = civilOf(days);
  return `${printYear(yearIn(civil))}-${two[monthIn(civil)]!}-${two[dayIn(civil)]!}`;
}

function printYear(year: number): string {
  if (year >= 1000 && year <= 9999) return `${year}`;
  const digits = `${Math.abs(year)}`.padStart(4, '0');
  return year < 0 ? `-${digits}` : year > 9999 ? `+${digits}` : digits;
}

/** `2020-02-29 10:11:12.5` on the clock of `zone`: as many digits after the second as are needed, none if it is whole. */
export function printTimestamp(micros: bigint, zone: Zone): string {
  const second = secondsOf(micros);
  return printLocal(second + zone.offsetAt(second), microsOfSecond(micros));
}

export const printTimestampNtz = (micros: bigint): string => printLocal(secondsOf(micros), microsOfSecond(micros));

function printLocal(local: number, micros: number): string {
  const days = daysIn(local);
  const second = local - days * SECONDS_PER_DAY;
  const minute = (second / 60) | 0;
  const clock = `${two[(minute / 60) | 0]!}:${two[minute % 60]!}:${two[second % 60]!}`;
  return `${printDate(days)} ${clock}${printFraction(micros)}`;
}

/** `.5` of 500000 microseconds, nothing of none. */
const printFraction = (micros: number): string =>
  micros === 0 ? '' : `.${`${micros}`.padStart(6, '0').replace(/0+$/, '')}`;
