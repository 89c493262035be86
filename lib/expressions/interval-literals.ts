import {
  dayTimeFields,
  parseDayTime,
  parseUnits,
  parseYearMonth,
  printDayTime,
  printYearMonth,
  yearMonthFields,
} from '../datetime/index.js';
import type { DayTimeField, YearMonthField } from '../datetime/index.js';
import { type DataType, dayTimeInterval, yearMonthInterval } from '../schema/index.js';
import { ExpressionError, invalid } from './errors.js';
import type { TypedValue } from './literals.js';
import type { CalendarInterval } from './values.js';

/** The field to which each unit belongs. */
const fieldOf: Readonly<Record<string, DayTimeField | YearMonthField>> = {
  year: 'year',
  month: 'month',
  week: 'day',
  day: 'day',
  hour: 'hour',
  minute: 'minute',
  second: 'second',
  millisecond: 'second',
  microsecond: 'second',
};

const singular = (unit: string): string => unit.replace(/s$/, '');

export const isIntervalUnit = (lower: string): boolean => Object.hasOwn(fieldOf, singular(lower));

/** A number before a unit, such as `1` of `1 DAY`. */
export interface IntervalPart {
  readonly value: string;
  /** Lower case; empty where the value is a text with units of its own. */
  readonly unit: string;
}

/** `INTERVAL 1 DAY 2 HOURS`, `INTERVAL '1-2' YEAR TO MONTH`, `INTERVAL '1 day 2 hours'`. */
export function intervalLiteral(parts: readonly IntervalPart[], to: string | undefined): TypedValue {
  const signed = parts.map(({ value, unit }) => ({ value: oneSign(value), unit: singular(unit) }));
  try {
    const [first] = signed;
    if (to !== undefined) return rangeLiteral(first!.value, first!.unit, singular(to));
    const text = signed.map(({ value, unit }) => `${value} ${unit}`).join(' ');
    const units = text.toLowerCase().match(/(?<![a-z])[a-z]+/g) ?? [];
    return unitsLiteral(text, units.map(singular));
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    // What is wrong with a literal is wrong whatever the data.
    const typed = parts[0]!.unit === '' && error.condition.startsWith('INVALID_INTERVAL_FORMAT');
    throw invalid(typed ? 'INVALID_TYPED_LITERAL' : error.condition, error.message);
  }
}

/** A sign before the quotes and one within make one. */
const oneSign = (value: string): string =>
  value
    .trim()
    .replace(/^-\s*-/, '')
    .replace(/^-\s*\+/, '-');

/** Numbers with units; the interval has the fields from the largest to the smallest. */
function unitsLiteral(text: string, units: readonly string[]): TypedValue {
  const { months, days, micros } = parseUnits(text);
  const fields = units.filter((unit) => Object.hasOwn(fieldOf, unit)).map((unit) => fieldOf[unit]!);
  const ofMonths = yearMonthFields.filter((field) => fields.includes(field));
  const ofTime = dayTimeFields.filter((field) => fields.includes(field));
  if (ofTime.length === 0) return { type: yearMonthInterval(ofMonths[0], ofMonths.at(-1)), value: months };
  if (ofMonths.length > 0) {
    throw invalid(
      '_LEGACY_ERROR_TEMP_0029',
      'An interval has years and months, or days to seconds, not both: add two intervals.',
    );
  }
  const value = BigInt(days) * 86_400_000_000n + micros;
  if (BigInt.asIntN(64, value) !== value) {
    throw invalid('INVALID_INTERVAL_FORMAT.ARITHMETIC_EXCEPTION', 'The interval is too long.');
  }
  return { type: dayTimeInterval(ofTime[0], ofTime.at(-1)), value };
}

/** `'1 02:03:04.5' DAY TO SECOND`: the text has all fields from the first to the last. */
function rangeLiteral(text: string, from: string, to: string): TypedValue {
  if (from === 'year' && to === 'month') {
    return { type: yearMonthInterval(), value: parseYearMonth(text, from, to) };
  }
  const start = dayTimeFields.find((field) => field === from);
  const end = dayTimeFields.find((field) => field === to);
  if (start === undefined || end === undefined || dayTimeFields.indexOf(end) <= dayTimeFields.indexOf(start)) {
    throw invalid(
      'INVALID_INTERVAL_FORMAT.UNSUPPORTED_FROM_TO_EXPRESSION',
      `An interval cannot go from ${from} to ${to}.`,
    );
  }
  return { type: dayTimeInterval(start, end), value: parseDayTime(text, start, end) };
}

/** The literal of an interval; of a calendar interval, which has none, the call that makes it. */
export function intervalText(type: DataType, value: bigint | number | CalendarInterval): string {
  if (type.kind === 'year_month_interval') return printYearMonth(value as number, type.start, type.end);
  if (type.kind === 'day_time_interval') return printDayTime(value as bigint, type.start, type.end);
  const { months, days, micros } = value as CalendarInterval;
  return `make_interval(0, ${months}, 0, ${days}, 0, 0, ${Number(micros) / 1e6})`;
}
