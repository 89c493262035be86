import {
  dayOfMonth,
  dayOfYear,
  daysOf,
  isoWeek,
  lastDay,
  microsOfSecond,
  monthOf,
  printDate,
  quarterOf,
  SECONDS_PER_DAY,
  secondsOf,
  UTC,
  weekday,
  wholeSeconds,
  yearOf,
  zoneOf,
} from '../../../datetime/index.js';
import type { Zone } from '../../../datetime/index.js';
import { date as dateType, int, string } from '../../../schema/index.js';
import type { Binding, FunctionDef } from '../define.js';
import { date } from '../params.js';
import { mapNumbers } from './columns.js';
import { moment } from './params.js';

const day = daysOf(2024, 2, 29);

/** A number that a date has. */
function ofDate(
  name: string,
  summary: string,
  compute: (days: number) => number,
  aliases: readonly string[] = [],
): FunctionDef {
  return {
    name,
    aliases,
    group: 'datetime',
    usage: 'date',
    summary,
    examples: [[`${name}(DATE '${printDate(day)}')`, String(compute(day))]],
    params: [date('date')],
    returns: int(),
    nullable: false,
    total: true,
    evaluate: () => compute,
    vector: () => mapNumbers(int(), compute, compute),
  };
}

/** The zone of the clock on which a timestamp is read: that of the session, or none. */
export const clockOf = ({ types, zone }: Pick<Binding, 'types' | 'zone'>, i = 0): Zone =>
  types[i]?.kind === 'timestamp_ntz' ? UTC : zoneOf(zone);

/** A number that a time of the day has, from the seconds since midnight. */
function ofTime(name: string, compute: (second: number) => number): FunctionDef {
  const at = (zone: Zone) => (second: number) => {
    const local = second + zone.offsetAt(second);
    return compute(local - Math.floor(local / SECONDS_PER_DAY) * SECONDS_PER_DAY);
  };
  return {
    name,
    group: 'datetime',
    usage: 'timestamp',
    summary: `The ${name} of a timestamp, on the clock of the session's time zone.`,
    examples: [[`${name}(TIMESTAMP '2024-02-29 10:11:12.5')`, String(compute((10 * 60 + 11) * 60 + 12))]],
    params: [moment('timestamp')],
    returns: int(),
    nullable: false,
    total: true,
    evaluate: (binding) => {
      const of = at(clockOf(binding));
      return (micros: bigint) => of(secondsOf(micros));
    },
    vector: (binding) => {
      const of = at(clockOf(binding));
      return mapNumbers(
        int(),
        (micros) => of(wholeSeconds(micros)),
        (micros: bigint) => of(secondsOf(micros)),
      );
    },
  };
}

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const weekdays = 'Mon Tue Wed Thu Fri Sat Sun'.split(' ');

function nameOf(name: string, what: string, compute: (days: number) => string): FunctionDef {
  return {
    name,
    group: 'datetime',
    usage: 'date',
    summary: `The English name of the ${what} of a date, three letters long.`,
    examples: [[`${name}(DATE '${printDate(day)}')`, compute(day)]],
    params: [date('date')],
    returns: string(),
    nullable: false,
    total: true,
    evaluate: () => compute,
  };
}

const lastDayDef: FunctionDef = {
  name: 'last_day',
  group: 'datetime',
  usage: 'date',
  summary: 'The last day of the month of a date.',
  examples: [["last_day(DATE '2024-02-03')", '2024-02-29']],
  params: [date('date')],
  returns: dateType(),
  nullable: false,
  total: true,
  evaluate: () => lastDay,
  vector: () => mapNumbers(dateType(), lastDay, lastDay),
};

/** Seconds with their fraction, as microseconds: what `extract(SECOND FROM …)` gives. */
export function secondWithFraction(micros: bigint, zone: Zone): bigint {
  const second = secondsOf(micros);
  const local = second + zone.offsetAt(second);
  return BigInt((((local % 60) + 60) % 60) * 1_000_000 + microsOfSecond(micros));
}

export const fields: readonly FunctionDef[] = [
  ofDate('year', 'The year of a date.', yearOf),
  ofDate('quarter', 'The quarter of a date, 1 to 4.', quarterOf),
  ofDate('month', 'The month of a date, 1 to 12.', monthOf),
  ofDate('day', 'The day of the month of a date, 1 to 31.', dayOfMonth, ['dayofmonth']),
  ofDate('dayofyear', 'The day of the year of a date, 1 to 366.', dayOfYear),
  ofDate(
    'dayofweek',
    'The day of the week of a date, 1 for Sunday to 7 for Saturday.',
    (d) => ((weekday(d) + 1) % 7) + 1,
  ),
  ofDate('weekday', 'The day of the week of a date, 0 for Monday to 6 for Sunday.', weekday),
  ofDate(
    'weekofyear',
    'The week of ISO 8601 in which a date is, 1 to 53: weeks begin on Monday, the first has at least four days.',
    isoWeek,
  ),
  ofTime('hour', (second) => Math.floor(second / 3600)),
  ofTime('minute', (second) => Math.floor(second / 60) % 60),
  ofTime('second', (second) => second % 60),
  nameOf('dayname', 'weekday', (days) => weekdays[weekday(days)]!),
  nameOf('monthname', 'month', (days) => months[monthOf(days) - 1]!),
  lastDayDef,
];
