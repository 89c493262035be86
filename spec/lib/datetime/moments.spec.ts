import fc from 'fast-check';
import {
  UTC,
  addDayTime,
  addMonths,
  addUnits,
  lastDay,
  monthsBetween,
  nextWeekday,
  parseDate,
  parseTimestamp,
  printDate,
  printTimestamp,
  shiftTimestamp,
  shiftUnit,
  startOfDay,
  truncateDate,
  truncateTimestamp,
  truncationUnit,
  unitsBetween,
  weekday,
  weekdayNamed,
  zoneOf,
} from '../../../lib/datetime/index.js';

const at = (text: string, zone = UTC): bigint => parseTimestamp(text, zone)!;
const day = (text: string): number => parseDate(text)!;
const failing = (condition: string) => expect.objectContaining({ condition });
const HOUR = 3_600_000_000n;
const newYork = zoneOf('America/New_York');

test.each([
  ['2020-01-31', 1, '2020-02-29'],
  ['2020-02-29', -12, '2019-02-28'],
  ['2019-02-28', 1, '2019-03-28'],
  ['2020-12-31', 2, '2021-02-28'],
  ['0000-01-01', -1, '-0001-12-01'],
])('%s and %d months', (from, months, to) => {
  expect(printDate(addMonths(day(from), months))).toBe(to);
});

test('months past the last date', () => {
  expect(() => addMonths(day('2020-01-01'), 2147483647)).toThrow(failing('ARITHMETIC_OVERFLOW'));
});

describe('on the clock of New York', () => {
  test.each([
    ['a second into the hour that is not', '2020-03-08 01:59:59', 0, 0, 1_000_000n, '2020-03-08 03:00:00'],
    ['an hour that passes', '2020-11-01 01:30:00', 0, 0, HOUR, '2020-11-01 06:30:00Z'],
    ['a day of 23 hours', '2020-03-07 12:00:00', 0, 1, 0n, '2020-03-08 16:00:00Z'],
    ['into the gap', '2020-03-07 02:30:00', 0, 1, 0n, '2020-03-08 07:30:00Z'],
    ['a month', '2020-03-31 10:00:00', -1, 0, 0n, '2020-02-29 10:00:00'],
    ['months before days', '2020-01-30 10:00:00', 1, 1, 0n, '2020-03-01 10:00:00'],
  ])('%s', (_, from, months, days, micros, to) => {
    expect(shiftTimestamp(at(from, newYork), months, days, micros, newYork)).toBe(at(to, newYork));
  });

  test('the second of two equal hours stays the second', () => {
    const second = at('2020-11-01 06:30:00');
    expect(shiftTimestamp(second, 0, 1, 0n, newYork)).toBe(at('2020-11-02 06:30:00'));
    expect(shiftTimestamp(at('2020-10-31 05:30:00'), 0, 1, 0n, newYork)).toBe(at('2020-11-01 05:30:00'));
    expect(truncateTimestamp(second, 'hour', newYork)).toBe(at('2020-11-01 06:00:00'));
  });

  test('an interval of 25 hours is a day and an hour', () => {
    expect(addDayTime(at('2020-03-07 12:00:00', newYork), 25n * HOUR, newYork)).toBe(at('2020-03-08 17:00:00'));
    expect(addDayTime(at('2020-03-08 12:00:00', newYork), -25n * HOUR, newYork)).toBe(at('2020-03-07 16:00:00'));
  });
});

test('timestamps past 64 bits', () => {
  const last = at('294247-01-10 04:00:54.775807');
  expect(() => shiftTimestamp(last, 0, 0, 1n, UTC)).toThrow(failing('DATETIME_OVERFLOW'));
  expect(() => addUnits(0n, 'year', 2147483647n, UTC)).toThrow(failing('DATETIME_OVERFLOW'));
  expect(() => addUnits(0n, 'hour', 2n ** 62n, UTC)).toThrow(failing('DATETIME_OVERFLOW'));
});

test.each([
  ['week', '2020-05-11'],
  ['MM', '2020-05-01'],
  ['Quarter', '2020-04-01'],
  ['yy', '2020-01-01'],
])('the beginning of the %s', (name, first) => {
  const unit = truncationUnit(name)!;
  expect(printDate(truncateDate(day('2020-05-17'), unit as 'week'))).toBe(first);
  expect(truncateTimestamp(at('2020-05-17 10:11:12', newYork), unit, newYork)).toBe(at(first, newYork));
});

test.each([
  ['day', '1969-12-31 00:00:00'],
  ['hour', '1969-12-31 23:00:00'],
  ['minute', '1969-12-31 23:59:00'],
  ['second', '1969-12-31 23:59:58'],
  ['millisecond', '1969-12-31 23:59:58.123'],
  ['microsecond', '1969-12-31 23:59:58.123456'],
])('before 1970 the %s begins before, too', (name, first) => {
  expect(printTimestamp(truncateTimestamp(at('1969-12-31 23:59:58.123456'), truncationUnit(name)!, UTC), UTC)).toBe(
    first,
  );
});

test('hours of zones that are half an hour off', () => {
  const zone = zoneOf('Asia/Kolkata');
  expect(truncateTimestamp(at('2020-07-01 20:00:00'), 'hour', zone)).toBe(at('2020-07-01 19:30:00'));
  expect(truncateTimestamp(at('2020-07-01 20:00:00'), 'day', zone)).toBe(at('2020-07-01 18:30:00'));
});

test('a name that is no unit', () => {
  expect([truncationUnit('nope'), truncationUnit('constructor'), shiftUnit('toString'), shiftUnit('decade')]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test.each([
  ['2020-03-31', '2020-02-29', true, 1],
  ['2020-01-15', '2020-02-15', true, -1],
  ['1997-02-28 10:30:00', '1996-10-30', true, 3.94959677],
  ['1997-02-28 10:30:00', '1996-10-30', false, 3.9495967741935485],
])('months between %s and %s', (a, b, round, months) => {
  expect(monthsBetween(at(a), at(b), round, UTC)).toBe(months);
});

test.each([
  ['DAY', '2020-01-01 12:00:00', '2020-01-02 11:00:00', 0n],
  ['hour', '2020-01-01 00:00:00', '2020-01-02 01:30:00', 25n],
  ['month', '2020-01-31', '2020-02-29', 0n],
  ['month', '2020-01-29 10:00:00', '2020-02-29 09:59:59', 0n],
  ['month', '2020-02-29', '2020-01-30', 0n],
  ['month', '2020-02-29', '2020-01-29', -1n],
  ['quarter', '2020-01-01', '2020-12-31', 3n],
  ['year', '2020-02-29', '2021-02-28', 0n],
  ['week', '2020-01-15', '2020-01-01', -2n],
])('%s from %s to %s', (unit, from, to, count) => {
  expect(unitsBetween(shiftUnit(unit)!, at(from), at(to), UTC)).toBe(count);
});

test('what is added lies between', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('day', 'week', 'month', 'quarter', 'year', 'hour'),
      fc.bigInt({ min: -500n, max: 500n }),
      fc.integer({ min: 1, max: 28 }),
      (unit, count, dayOfMonth) => {
        const from = at(`2020-03-${dayOfMonth} 12:00:00`);
        const to = addUnits(from, shiftUnit(unit)!, count, UTC);
        expect(unitsBetween(shiftUnit(unit)!, from, to, UTC)).toBe(count);
      },
    ),
  );
});

test('the next weekday is one to seven days later', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1_000_000, max: 1_000_000 }), fc.integer({ min: 0, max: 6 }), (from, wanted) => {
      const next = nextWeekday(from, wanted);
      expect(weekday(next)).toBe(wanted);
      expect(next - from).toBeGreaterThanOrEqual(1);
      expect(next - from).toBeLessThanOrEqual(7);
    }),
  );
});

test('names of weekdays have two letters, three or all', () => {
  expect(['mo', 'Tue', 'SUNDAY', 'm', 'mond', ''].map(weekdayNamed)).toEqual([
    0,
    1,
    6,
    undefined,
    undefined,
    undefined,
  ]);
});

test('the last day of a month', () => {
  expect(printDate(lastDay(day('2020-02-01')))).toBe('2020-02-29');
  expect(printDate(lastDay(day('2019-12-31')))).toBe('2019-12-31');
});

test('the beginning of a day in a zone', () => {
  expect(startOfDay(day('2020-03-08'), newYork)).toBe(at('2020-03-08 05:00:00'));
});
