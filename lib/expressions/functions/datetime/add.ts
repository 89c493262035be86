import {
  addMonths,
  addUnits,
  checkedDate,
  monthsBetween,
  nextWeekday,
  shiftUnit,
  unitsBetween,
  weekdayNamed,
  zoneOf,
} from '../../../datetime/index.js';
import type { ShiftUnit } from '../../../datetime/index.js';
import { date as dateType, double, int, long as longType } from '../../../schema/index.js';
import type { DataType } from '../../../schema/index.js';
import type { Bound, EagerKernel } from '../../bound.js';
import { failed, invalid } from '../../errors.js';
import type { Binder, FunctionDef, SpecialDef } from '../define.js';
import { any, boolean, date, int as intParam, long, optional, text, timestamp } from '../params.js';
import { clockOf } from './fields.js';
import { dayCount, moment, taken } from './params.js';

function unitOf(arg: Bound, name: string): ShiftUnit {
  const unit = arg.kind === 'literal' && typeof arg.value === 'string' ? shiftUnit(arg.value) : undefined;
  if (unit !== undefined) return unit;
  throw invalid(
    'INVALID_PARAMETER_VALUE.DATETIME_UNIT',
    `${name} needs a unit without quotes: YEAR, QUARTER, MONTH, WEEK, DAY, HOUR, MINUTE, SECOND, MILLISECOND or MICROSECOND.`,
  );
}

const eager = (scalar: EagerKernel['scalar'], total: boolean): EagerKernel => ({
  nulls: 'propagate',
  total,
  deterministic: true,
  scalar,
});

function call(name: string, args: readonly Bound[], type: DataType, kernel: EagerKernel, binder: Binder): Bound {
  return binder.apply(
    name,
    args,
    type,
    args.some((arg) => arg.nullable),
    kernel,
  );
}

/** `timestampadd(unit, quantity, timestamp)` */
function bindAddUnits(args: readonly Bound[], name: string, binder: Binder): Bound {
  const unit = unitOf(args[0]!, name);
  const quantity = taken(args[1]!, long('quantity'), name, binder);
  const start = taken(args[2]!, moment('timestamp'), name, binder);
  const zone = clockOf({ types: [start.type], zone: binder.zone });
  const kernel = eager((n: bigint, micros: bigint) => addUnits(micros, unit, n, zone), false);
  return call('timestampadd', [quantity, start], start.type, kernel, binder);
}

/** `timestampdiff(unit, start, end)` */
function bindUnitsBetween(args: readonly Bound[], name: string, binder: Binder): Bound {
  const unit = unitOf(args[0]!, name);
  const [start, end] = [args[1]!, args[2]!].map((arg) => taken(arg, timestamp('timestamp'), name, binder));
  const zone = zoneOf(binder.zone);
  const kernel = eager((from: bigint, to: bigint) => unitsBetween(unit, from, to, zone), true);
  return call('timestampdiff', [start!, end!], longType(), kernel, binder);
}

/** Sums of days wrap around, as in Spark. */
function bindAddDays(args: readonly Bound[], name: string, sign: 1 | -1, binder: Binder): Bound {
  const start = taken(args[0]!, date('start'), name, binder);
  const given = args[1]!;
  if (given.kind === 'literal' && typeof given.value === 'string' && !/^\s*[+-]?\d{1,10}\s*$/.test(given.value)) {
    throw invalid('SECOND_FUNCTION_ARGUMENT_NOT_INTEGER', `${name}: '${given.value}' is no whole number of days.`);
  }
  const days = taken(given, dayCount('days'), name, binder);
  const kernel = eager((day: number, n: number) => (day + sign * n) | 0, true);
  return call(name, [start, days], dateType(), kernel, binder);
}

function bindDaysBetween(args: readonly Bound[], name: string, binder: Binder): Bound {
  const [end, start] = args.map((arg) => taken(arg, date('date'), name, binder));
  return call(
    'datediff',
    [end!, start!],
    int(),
    eager((a: number, b: number) => (a - b) | 0, true),
    binder,
  );
}

const dateAdd: SpecialDef = {
  name: 'date_add',
  aliases: ['dateadd'],
  group: 'datetime',
  usage: 'start, days | unit, quantity, timestamp',
  summary:
    'The date that many days after a date. With a unit such as HOUR or MONTH first: the timestamp that many units after a timestamp, as timestampadd.',
  examples: [
    ["date_add(DATE '2024-02-28', 2)", '2024-03-01'],
    ["dateadd(HOUR, 5, TIMESTAMP '2024-02-28 22:00:00')", '2024-02-29 03:00:00'],
  ],
  params: [any('start'), any('days'), optional(any('timestamp'))],
  bind: (args, binder) =>
    args.length === 3 ? bindAddUnits(args, 'date_add', binder) : bindAddDays(args, 'date_add', 1, binder),
};

const dateSub: SpecialDef = {
  name: 'date_sub',
  group: 'datetime',
  usage: 'start, days',
  summary: 'The date that many days before a date.',
  examples: [["date_sub(DATE '2024-03-01', 1)", '2024-02-29']],
  params: [any('start'), any('days')],
  bind: (args, binder) => bindAddDays(args, 'date_sub', -1, binder),
};

const dateDiff: SpecialDef = {
  name: 'datediff',
  aliases: ['date_diff'],
  group: 'datetime',
  usage: 'end, start | unit, start, end',
  summary:
    'The days from a start to an end. With a unit first the order is the other way around, as in timestampdiff: whole units, a BIGINT.',
  examples: [
    ["datediff(DATE '2024-03-01', DATE '2024-02-28')", '2'],
    ["datediff(HOUR, TIMESTAMP '2024-02-28 00:00:00', TIMESTAMP '2024-02-29 01:30:00')", '25'],
  ],
  params: [any('end'), any('start'), optional(any('end'))],
  bind: (args, binder) =>
    args.length === 3 ? bindUnitsBetween(args, 'datediff', binder) : bindDaysBetween(args, 'datediff', binder),
};

const timestampAdd: SpecialDef = {
  name: 'timestampadd',
  group: 'datetime',
  usage: 'unit, quantity, timestamp',
  summary:
    'The timestamp that many units later: YEAR, QUARTER, MONTH, WEEK, DAY and DAYOFYEAR on the clock of the session, HOUR, MINUTE, SECOND, MILLISECOND and MICROSECOND as they pass.',
  examples: [["timestampadd(MONTH, 1, TIMESTAMP '2024-01-31 10:00:00')", '2024-02-29 10:00:00']],
  params: [any('unit'), any('quantity'), any('timestamp')],
  bind: (args, binder) => bindAddUnits(args, 'timestampadd', binder),
};

const timestampDiff: SpecialDef = {
  name: 'timestampdiff',
  group: 'datetime',
  usage: 'unit, start, end',
  summary: 'How many whole units lie between two timestamps, negative if the end comes before the start.',
  examples: [["timestampdiff(MONTH, TIMESTAMP '2024-01-31 00:00:00', TIMESTAMP '2024-03-30 00:00:00')", '1']],
  params: [any('unit'), any('start'), any('end')],
  bind: (args, binder) => bindUnitsBetween(args, 'timestampdiff', binder),
};

const addMonthsDef: FunctionDef = {
  name: 'add_months',
  group: 'datetime',
  usage: 'start, months',
  summary: 'The date that many months after a date; where that month is shorter, its last day.',
  examples: [["add_months(DATE '2024-01-31', 1)", '2024-02-29']],
  params: [date('start'), intParam('months')],
  returns: dateType(),
  nullable: false,
  evaluate: () => addMonths,
};

const monthsBetweenDef: FunctionDef = {
  name: 'months_between',
  group: 'datetime',
  usage: 'a, b[, round]',
  summary:
    'The months from b to a. The same day of two months, or the last of both, is a whole number of months apart; else the rest is a fraction of 31 days. Rounded to eight digits unless `round` is false.',
  examples: [
    ["months_between(DATE '2024-03-31', DATE '2024-02-29')", '1.0'],
    ["months_between(TIMESTAMP '1997-02-28 10:30:00', TIMESTAMP '1996-10-30 00:00:00')", '3.94959677'],
  ],
  params: [timestamp('a'), timestamp('b'), optional(boolean('round'))],
  returns: double(),
  nullable: false,
  total: true,
  evaluate: ({ zone }) => {
    const clock = zoneOf(zone);
    return (a: bigint, b: bigint, round = true) => monthsBetween(a, b, round, clock);
  },
};

const nextDay: FunctionDef = {
  name: 'next_day',
  group: 'datetime',
  usage: 'start, weekday',
  summary:
    "The first date after a date that is this weekday: 'MO', 'MON', 'MONDAY' and so on in any case. Another text is an error with ANSI, else null.",
  examples: [["next_day(DATE '2024-02-29', 'Thu')", '2024-03-07']],
  params: [date('start'), text('weekday')],
  returns: dateType(),
  evaluate:
    ({ ansi }) =>
    (start: number, name: string) => {
      const wanted = weekdayNamed(name);
      if (wanted !== undefined) return checkedDate(nextWeekday(start, wanted));
      if (!ansi) return null;
      throw failed('ILLEGAL_DAY_OF_WEEK', `'${name}' is no weekday. Write it as MON or MONDAY.`);
    },
};

export const additions = [
  dateAdd,
  dateSub,
  dateDiff,
  timestampAdd,
  timestampDiff,
  addMonthsDef,
  monthsBetweenDef,
  nextDay,
] as const;
