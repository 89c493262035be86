import { MICROS_PER_DAY, MICROS_PER_HOUR, MICROS_PER_MINUTE, MICROS_PER_SECOND } from '../instant.js';

/** The fields of day-time intervals, from the largest. */
export const dayTimeFields = ['day', 'hour', 'minute', 'second'] as const;
export type DayTimeField = (typeof dayTimeFields)[number];

/** The fields of year-month intervals, from the larger. */
export const yearMonthFields = ['year', 'month'] as const;
export type YearMonthField = (typeof yearMonthFields)[number];

export const MONTHS_PER_YEAR = 12;

export const microsPer: Readonly<Record<DayTimeField, bigint>> = {
  day: MICROS_PER_DAY,
  hour: MICROS_PER_HOUR,
  minute: MICROS_PER_MINUTE,
  second: MICROS_PER_SECOND,
};

/** `DAY TO SECOND`, or `DAY` if it begins and ends with it. */
export const fieldsName = (start: string, end: string): string =>
  (start === end ? start : `${start} to ${end}`).toUpperCase();
