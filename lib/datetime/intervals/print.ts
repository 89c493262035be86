import type { CalendarInterval } from '../../expressions/values.js';
import { MICROS_PER_HOUR, MICROS_PER_MINUTE, MICROS_PER_SECOND } from '../instant.js';
import { dayTimeFields, fieldsName, microsPer, MONTHS_PER_YEAR } from './fields.js';
import type { DayTimeField, YearMonthField } from './fields.js';

/** `INTERVAL '1-2' YEAR TO MONTH`, as standard SQL writes it. */
export function printYearMonth(months: number, start: YearMonthField, end: YearMonthField): string {
  const abs = Math.abs(months);
  const years = `${months < 0 ? '-' : ''}${Math.floor(abs / MONTHS_PER_YEAR)}`;
  const body = start === 'month' ? `${months}` : end === 'year' ? years : `${years}-${abs % MONTHS_PER_YEAR}`;
  return `INTERVAL '${body}' ${fieldsName(start, end)}`;
}

/** `INTERVAL '1 02:03:04.5' DAY TO SECOND`, as standard SQL writes it. */
export function printDayTime(micros: bigint, start: DayTimeField, end: DayTimeField): string {
  let rest = micros < 0n ? -micros : micros;
  let body = micros < 0n ? '-' : '';
  const first = dayTimeFields.indexOf(start);
  for (let i = first; i <= dayTimeFields.indexOf(end); i++) {
    const field = dayTimeFields[i]!;
    const value = `${rest / microsPer[field]}`;
    rest %= microsPer[field];
    if (i > first) body += field === 'hour' ? ' ' : ':';
    body += field === 'day' ? value : value.padStart(2, '0');
    if (field === 'second') body += fraction(rest);
  }
  return `INTERVAL '${body}' ${fieldsName(start, end)}`;
}

/** `1 years 2 months 3 days 4 hours 5 minutes 6.5 seconds`, without the parts that are 0. */
export function printInterval({ months, days, micros }: CalendarInterval): string {
  const parts: string[] = [];
  const part = (value: number | bigint, unit: string): void => {
    if (value !== 0 && value !== 0n) parts.push(`${value} ${unit}`);
  };
  part(Math.trunc(months / MONTHS_PER_YEAR), 'years');
  part(months % MONTHS_PER_YEAR, 'months');
  part(days, 'days');
  part(micros / MICROS_PER_HOUR, 'hours');
  part((micros % MICROS_PER_HOUR) / MICROS_PER_MINUTE, 'minutes');
  const rest = micros % MICROS_PER_MINUTE;
  if (rest !== 0n) parts.push(`${decimalSeconds(rest)} seconds`);
  return parts.length === 0 ? '0 seconds' : parts.join(' ');
}

/** Microseconds as seconds with a point, without zeros at the end. */
function decimalSeconds(micros: bigint): string {
  const abs = micros < 0n ? -micros : micros;
  return `${micros < 0n ? '-' : ''}${abs / MICROS_PER_SECOND}${fraction(abs % MICROS_PER_SECOND)}`;
}

const fraction = (micros: bigint): string =>
  micros === 0n ? '' : `.${`${micros}`.padStart(6, '0').replace(/0+$/, '')}`;
