import { dayOfMonth, dayOfYear, daysOf, isLeapYear, weekday, yearOf } from '../calendar.js';

/** Weeks as in the United States: they begin on Sunday, and the first of a year or month has its first day. */

/** 0 for Sunday to 6 for Saturday. */
const fromSunday = (days: number): number => (weekday(days) + 1) % 7;

/** The week of the month, from 1. */
export const weekOfMonth = (days: number): number => weekAt(days, dayOfMonth(days));

/** The week of `weekYear`, from 1. */
export const weekOfYear = (days: number): number => (inNextYear(days) ? 1 : weekAt(days, dayOfYear(days)));

/** The year to which the week of a day belongs: the next one where its first day is in that week. */
export const weekYear = (days: number): number => yearOf(days) + (inNextYear(days) ? 1 : 0);

function weekAt(days: number, day: number): number {
  const first = days - day + 1;
  return Math.floor((day - 1 + fromSunday(first)) / 7) + 1;
}

function inNextYear(days: number): boolean {
  const year = yearOf(days);
  const left = daysOf(year, 1, 1) + (isLeapYear(year) ? 366 : 365) - days;
  return left <= 6 - fromSunday(days);
}
