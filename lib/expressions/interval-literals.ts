import {
  type DataType,
  type DayTimeIntervalType,
  type DayTimeUnit,
  type YearMonthUnit,
  dayTimeInterval,
  intervalUnits,
  yearMonthInterval,
} from '../schema/index.js';
import { invalid } from './errors.js';
import type { TypedValue } from './literals.js';
import type { CalendarInterval } from './values.js';

const dayTimeUnits: Readonly<Record<string, readonly [field: DayTimeUnit, micros: bigint]>> = {
  week: ['day', 604_800_000_000n],
  day: ['day', 86_400_000_000n],
  hour: ['hour', 3_600_000_000n],
  minute: ['minute', 60_000_000n],
  second: ['second', 1_000_000n],
  millisecond: ['second', 1000n],
  microsecond: ['second', 1n],
};
const monthUnits: Readonly<Record<string, readonly [field: YearMonthUnit, months: number]>> = {
  year: ['year', 12],
  month: ['month', 1],
};
const dayTimeOrder: readonly DayTimeUnit[] = ['day', 'hour', 'minute', 'second'];

const singular = (unit: string): string => unit.replace(/s$/, '');

export const isIntervalUnit = (lower: string): boolean =>
  Object.hasOwn(dayTimeUnits, singular(lower)) || Object.hasOwn(monthUnits, singular(lower));

/** A number before a unit, such as `1` of `1 DAY`. */
export interface IntervalPart {
  readonly value: string;
  /** Lower case; empty where the value is a text with units of its own. */
  readonly unit: string;
}

/** `INTERVAL 1 DAY 2 HOURS`, `INTERVAL '1-2' YEAR TO MONTH`, `INTERVAL '1 day 2 hours'`. */
export function intervalLiteral(parts: readonly IntervalPart[], to: string | undefined): TypedValue {
  const [first] = parts;
  if (to !== undefined) return rangeLiteral(first!.value, singular(first!.unit), singular(to));
  if (first!.unit === '') return intervalLiteral(partsOf(first!.value), undefined);
  const units = parts.map(({ value, unit }) => ({ value: value.trim(), unit: singular(unit) }));
  if (units.every(({ unit }) => unit in monthUnits)) {
    const months = units.reduce((sum, { value, unit }) => sum + wholeNumber(value, unit) * monthUnits[unit]![1], 0);
    const fields = units.map(({ unit }) => monthUnits[unit]![0]);
    const type = yearMonthInterval(
      fields.includes('year') ? 'year' : 'month',
      fields.includes('month') ? 'month' : 'year',
    );
    return { type, value: checkedMonths(months) };
  }
  if (units.some(({ unit }) => unit in monthUnits)) {
    throw invalid(
      '_LEGACY_ERROR_TEMP_0029',
      'An interval has years and months, or days to seconds, not both: add two intervals.',
    );
  }
  const micros = units.reduce((sum, { value, unit }) => sum + microsOf(value, unit), 0n);
  const at = units.map(({ unit }) => dayTimeOrder.indexOf(dayTimeUnits[unit]![0]));
  const type = dayTimeInterval(dayTimeOrder[Math.min(...at)], dayTimeOrder[Math.max(...at)]);
  return { type, value: checkedMicros(micros) };
}

/** The numbers and units of `'1 day -2 hours'`. */
function partsOf(text: string): IntervalPart[] {
  const words = text
    .trim()
    .toLowerCase()
    .replace(/^interval\s+/, '')
    .replace(/([+-])\s+/g, '$1');
  const parts = [...words.matchAll(/([+-]?[\d.]+)\s+([a-z]+)(?:\s+|$)/gy)].map(([, value, unit]) => ({
    value: value!,
    unit: unit!,
  }));
  const read = [...words.matchAll(/([+-]?[\d.]+)\s+([a-z]+)(?:\s+|$)/gy)].reduce((sum, [all]) => sum + all.length, 0);
  if (parts.length === 0 || read < words.length || !parts.every(({ unit }) => isIntervalUnit(unit))) {
    throw invalid('INVALID_INTERVAL_FORMAT', `'${text}' is no interval; write it as in INTERVAL '1 day 2 hours'.`);
  }
  return parts;
}

function wholeNumber(value: string, unit: string): number {
  if (/^[+-]?\d{1,10}$/.test(value)) return Number(value);
  throw invalid('INVALID_INTERVAL_FORMAT', `'${value}' is no whole number of ${unit}s.`);
}

function microsOf(value: string, unit: string): bigint {
  const match = /^([+-]?)(\d{0,18})(?:\.(\d{0,9}))?$/.exec(value);
  const [, sign, whole = '', fraction = ''] = match ?? [];
  const [, micros] = dayTimeUnits[unit]!;
  if (match === null || whole + fraction === '' || (fraction !== '' && unit !== 'second')) {
    throw invalid('INVALID_INTERVAL_FORMAT', `'${value}' is no number of ${unit}s.`);
  }
  const total = BigInt(whole === '' ? '0' : whole) * micros + BigInt(fraction.padEnd(6, '0').slice(0, 6));
  return sign === '-' ? -total : total;
}

/** `'1 02:03:04.5' DAY TO SECOND`: the text has all fields from the first to the last. */
function rangeLiteral(text: string, from: string, to: string): TypedValue {
  if (from === 'year' && to === 'month') {
    const [, sign, years, months] = /^\s*([+-]?)(\d{1,9})-(\d{1,2})\s*$/.exec(text) ?? [];
    if (years === undefined || Number(months) > 11) throw badRange(text, from, to);
    const total = Number(years) * 12 + Number(months);
    return { type: yearMonthInterval(), value: checkedMonths(sign === '-' ? -total : total) };
  }
  const first = dayTimeOrder.indexOf(from as DayTimeUnit);
  const last = dayTimeOrder.indexOf(to as DayTimeUnit);
  if (first < 0 || last <= first)
    throw invalid(
      'INVALID_INTERVAL_FORMAT.UNSUPPORTED_FROM_TO_EXPRESSION',
      `An interval cannot go from ${from} to ${to}.`,
    );
  const pattern = dayTimeOrder
    .slice(first, last + 1)
    .map((unit) => (unit === 'second' ? '(\\d{1,9}(?:\\.\\d{0,9})?)' : '(\\d{1,9})'));
  const separated = pattern
    .map((part, i) => part + (i === pattern.length - 1 ? '' : first + i === 0 ? '\\s+' : ':'))
    .join('');
  const match = new RegExp(`^\\s*([+-]?)${separated}\\s*$`).exec(text);
  if (match === null) throw badRange(text, from, to);
  const limits = { day: Infinity, hour: 23, minute: 59, second: 59.999999999 };
  let micros = 0n;
  match.slice(2).forEach((value, i) => {
    const unit = dayTimeOrder[first + i]!;
    if (i > 0 && Number(value) > limits[unit]) throw badRange(text, from, to);
    micros += microsOf(value, unit);
  });
  const type = dayTimeInterval(from as DayTimeUnit, to as DayTimeUnit);
  return { type, value: checkedMicros(match[1] === '-' ? -micros : micros) };
}

const badRange = (text: string, from: string, to: string): Error =>
  invalid(
    'INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING',
    `'${text}' is no interval of ${from} to ${to}, such as '1 02:03:04' is of day to second.`,
  );

function checkedMonths(months: number): number {
  if ((months | 0) === months) return months;
  throw invalid('INVALID_INTERVAL_FORMAT.ARITHMETIC_EXCEPTION', 'The interval is too long.');
}

function checkedMicros(micros: bigint): bigint {
  if (BigInt.asIntN(64, micros) === micros) return micros;
  throw invalid('INVALID_INTERVAL_FORMAT.ARITHMETIC_EXCEPTION', 'The interval is too long.');
}

/** The literal of an interval, in the one unit that holds it whole. */
export function intervalText(type: DataType, value: bigint | number | CalendarInterval): string {
  const units = type.kind === 'calendar_interval' ? '' : intervalUnits(type as DayTimeIntervalType).toUpperCase();
  if (type.kind === 'year_month_interval') {
    const total = Math.abs(value as number);
    const sign = (value as number) < 0 ? '-' : '';
    const text = { YEAR: `${total / 12}`, MONTH: `${total}` }[units] ?? `${Math.floor(total / 12)}-${total % 12}`;
    return `INTERVAL '${sign}${text}' ${units}`;
  }
  if (type.kind === 'day_time_interval') {
    const micros = value as bigint;
    const { start, end } = type;
    const sign = micros < 0n ? '-' : '';
    let left = micros < 0n ? -micros : micros;
    const fields = dayTimeOrder.slice(dayTimeOrder.indexOf(start), dayTimeOrder.indexOf(end) + 1).map((unit) => {
      const size = dayTimeUnits[unit]![1];
      const whole = left / size;
      left %= size;
      return unit === 'second' && left > 0n ? `${whole}.${String(left).padStart(6, '0')}` : String(whole);
    });
    const text = fields
      .map((field, i) => field + (i === fields.length - 1 ? '' : start === 'day' && i === 0 ? ' ' : ':'))
      .join('');
    return `INTERVAL '${sign}${text}' ${units}`;
  }
  const { months, days, micros } = value as CalendarInterval;
  return `make_interval(0, ${months}, 0, ${days}, 0, 0, ${Number(micros) / 1e6})`;
}
