import {
  checkedMicros,
  checkedMonths,
  isLong,
  MICROS_PER_DAY,
  MICROS_PER_HOUR,
  MICROS_PER_MINUTE,
} from '../../../datetime/index.js';
import { calendarInterval, dayTimeInterval, yearMonthInterval } from '../../../schema/index.js';
import { failed } from '../../errors.js';
import type { CalendarInterval } from '../../values.js';
import type { FunctionDef } from '../define.js';
import { int, optional } from '../params.js';
import { orNull } from './make.js';
import { seconds } from './params.js';

function interval(years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, micros = 0n): CalendarInterval {
  const allMonths = years * 12 + months;
  const allDays = weeks * 7 + days;
  const allMicros = BigInt(hours) * MICROS_PER_HOUR + BigInt(minutes) * MICROS_PER_MINUTE + micros;
  if ((allMonths | 0) !== allMonths || (allDays | 0) !== allDays || !isLong(allMicros)) {
    throw failed('ARITHMETIC_OVERFLOW', 'The interval is too long. Use try_make_interval to get NULL instead.');
  }
  return { months: allMonths, days: allDays, micros: allMicros };
}

const usage = '[years[, months[, weeks[, days[, hours[, minutes[, seconds]]]]]]]';
const parts = ['years', 'months', 'weeks', 'days', 'hours', 'minutes'].map((name) => optional(int(name)));

function makeInterval(name: string, lenient: boolean): FunctionDef {
  return {
    name,
    group: 'datetime',
    usage,
    summary: `An interval of months, days and microseconds, which stay apart. ${lenient ? 'Null' : 'With ANSI an error, else null,'} if it is too long.`,
    examples: [
      [`${name}(1, 2, 0, 3, 4, 5, 6.5)`, '1 years 2 months 3 days 4 hours 5 minutes 6.5 seconds'],
      [`${name}(0, 0, 1)`, '7 days'],
    ],
    params: [...parts, optional(seconds(18)('seconds'))],
    returns: calendarInterval(),
    evaluate: ({ ansi }) => (ansi && !lenient ? interval : orNull(interval as (...args: never[]) => CalendarInterval)),
  };
}

const makeDayTime: FunctionDef = {
  name: 'make_dt_interval',
  group: 'datetime',
  usage: '[days[, hours[, minutes[, seconds]]]]',
  summary: 'An interval of days to seconds.',
  examples: [['make_dt_interval(1, 2, 3, 4.5)', "INTERVAL '1 02:03:04.5' DAY TO SECOND"]],
  params: [...parts.slice(3), optional(seconds(18)('seconds'))],
  returns: dayTimeInterval(),
  nullable: false,
  evaluate:
    () =>
    (days = 0, hours = 0, minutes = 0, micros = 0n) =>
      checkedMicros(
        BigInt(days) * MICROS_PER_DAY + BigInt(hours) * MICROS_PER_HOUR + BigInt(minutes) * MICROS_PER_MINUTE + micros,
      ),
};

const makeYearMonth: FunctionDef = {
  name: 'make_ym_interval',
  group: 'datetime',
  usage: '[years[, months]]',
  summary: 'An interval of years and months.',
  examples: [['make_ym_interval(1, 2)', "INTERVAL '1-2' YEAR TO MONTH"]],
  params: parts.slice(0, 2),
  returns: yearMonthInterval(),
  nullable: false,
  evaluate:
    () =>
    (years = 0, months = 0) =>
      checkedMonths(years * 12 + months),
};

export const intervalMakers: readonly FunctionDef[] = [
  makeInterval('make_interval', false),
  makeInterval('try_make_interval', true),
  makeDayTime,
  makeYearMonth,
];
