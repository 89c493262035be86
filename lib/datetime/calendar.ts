/** Days of the proleptic Gregorian calendar, counted from 1970-01-01. The year before 1 is 0, then -1. */

/** Days from 0000-03-01 to 1970-01-01. */
const EPOCH_FROM_MARCH_0 = 719468;
const DAYS_PER_ERA = 146097;

export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

export function lengthOfMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** The day of a year, month (1 to 12) and day that exist; see `checkedDaysOf`. */
export function daysOf(year: number, month: number, day: number): number {
  // Years that begin in March, in eras of 400 years, so that the leap day is the last of its year.
  const y = month > 2 ? year : year - 1;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = (((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) | 0) + day - 1;
  const dayOfEra = yearOfEra * 365 + (yearOfEra >> 2) - ((yearOfEra / 100) | 0) + dayOfYear;
  return era * DAYS_PER_ERA + dayOfEra - EPOCH_FROM_MARCH_0;
}

/** As `daysOf`, but NaN if there is no such day. */
export function checkedDaysOf(year: number, month: number, day: number): number {
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= 31)) return NaN;
  return day > 28 && day > lengthOfMonth(year, month) ? NaN : daysOf(year, month, day);
}

/** Year, month and day in one number, so that nothing is allocated: `(year * 16 + month) * 32 + day`. */
export function civilOf(days: number): number {
  const shifted = days + EPOCH_FROM_MARCH_0;
  const era = Math.floor(shifted / DAYS_PER_ERA);
  const dayOfEra = shifted - era * DAYS_PER_ERA;
  const leaps = ((dayOfEra / 1460) | 0) - ((dayOfEra / 36524) | 0) + ((dayOfEra / 146096) | 0);
  const yearOfEra = ((dayOfEra - leaps) / 365) | 0;
  const dayOfYear = dayOfEra - (365 * yearOfEra + (yearOfEra >> 2) - ((yearOfEra / 100) | 0));
  const fromMarch = ((5 * dayOfYear + 2) / 153) | 0;
  const day = dayOfYear - (((153 * fromMarch + 2) / 5) | 0) + 1;
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return (year * 16 + month) * 32 + day;
}

/** The parts of what `civilOf` gives. */
export const yearIn = (civil: number): number => Math.floor(civil / 512);
export const monthIn = (civil: number): number => (civil - yearIn(civil) * 512) >> 5;
export const dayIn = (civil: number): number => (civil - yearIn(civil) * 512) & 31;

export const yearOf = (days: number): number => yearIn(civilOf(days));
export const monthOf = (days: number): number => monthIn(civilOf(days));
export const dayOfMonth = (days: number): number => dayIn(civilOf(days));
export const quarterOf = (days: number): number => Math.ceil(monthOf(days) / 3);
export const dayOfYear = (days: number): number => days - daysOf(yearOf(days), 1, 1) + 1;

/** 0 for Monday to 6 for Sunday. */
export function weekday(days: number): number {
  return (((days + 3) % 7) + 7) % 7;
}

/** The year that holds the Thursday of the week: the year to which ISO 8601 counts the week. */
export const isoYear = (days: number): number => yearOf(days - weekday(days) + 3);

/** The week of ISO 8601, 1 to 53: weeks begin on Monday, and the first has at least four days of the year. */
export function isoWeek(days: number): number {
  const thursday = days - weekday(days) + 3;
  return Math.floor((dayOfYear(thursday) - 1) / 7) + 1;
}
