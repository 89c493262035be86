import fc from 'fast-check';
import {
  addIntervals,
  divideInterval,
  multiplyInterval,
  negateInterval,
  parseDayTime,
  parseUnits,
  parseYearMonth,
  printDayTime,
  printInterval,
  printYearMonth,
  scaleDown,
  scaleUp,
  tryParseUnits,
} from '../../../lib/datetime/index.js';
import type { DayTimeField } from '../../../lib/datetime/index.js';

const failing = (condition: string) => expect.objectContaining({ condition });
const SECOND = 1_000_000n;
const ranges: [DayTimeField, DayTimeField][] = [
  ['day', 'day'],
  ['day', 'hour'],
  ['day', 'minute'],
  ['day', 'second'],
  ['hour', 'hour'],
  ['hour', 'minute'],
  ['hour', 'second'],
  ['minute', 'minute'],
  ['minute', 'second'],
  ['second', 'second'],
];
const unit = { day: 86_400n * SECOND, hour: 3_600n * SECOND, minute: 60n * SECOND, second: 1n };

test.each(ranges)('%s to %s: what is printed is read again', (start, end) => {
  fc.assert(
    fc.property(fc.bigInt({ min: -9_000_000_000_000_000_000n, max: 9_000_000_000_000_000_000n }), (n) => {
      const micros = n - (n % unit[end]);
      expect(parseDayTime(printDayTime(micros, start, end), start, end)).toBe(micros);
    }),
    { numRuns: 30 },
  );
});

test.each([
  ['1 02:03:04', 'day', 'second', 93784n * SECOND],
  ['-1 02:03:04.5', 'day', 'second', -93784_500000n],
  ["INTERVAL '1 02:03:04' DAY TO SECOND", 'day', 'second', 93784n * SECOND],
  ["interval -'-1 02:03:04' day to second", 'day', 'second', 93784n * SECOND],
  [' +02:03 ', 'hour', 'minute', 7380n * SECOND],
  ['90', 'second', 'second', 90n * SECOND],
  ['-1.123456789', 'second', 'second', -1_123456n],
  ['1 2', 'day', 'hour', 26n * 3600n * SECOND],
  ['3:4.05', 'minute', 'second', 184_050000n],
] as const)('%s as %s to %s', (text, start, end, micros) => {
  expect(parseDayTime(text, start, end)).toBe(micros);
});

test.each([
  ['abc', 'day', 'second', 'UNMATCHED_FORMAT_STRING_WITH_NOTICE'],
  ['1', 'day', 'second', 'UNMATCHED_FORMAT_STRING_WITH_NOTICE'],
  ['1 day', 'day', 'day', 'UNMATCHED_FORMAT_STRING_WITH_NOTICE'],
  ['1.5', 'day', 'day', 'UNMATCHED_FORMAT_STRING_WITH_NOTICE'],
  ["INTERVAL '1' DAY", 'hour', 'hour', 'UNMATCHED_FORMAT_STRING_WITH_NOTICE'],
  ['1:2', 'day', 'hour', 'UNMATCHED_FORMAT_STRING_WITH_NOTICE'],
  ['1 24:00', 'day', 'minute', 'INTERVAL_PARSING'],
  ['1 02:60', 'day', 'minute', 'INTERVAL_PARSING'],
  ['106751992', 'day', 'day', 'INTERVAL_PARSING'],
] as const)('%s is no interval %s to %s', (text, start, end, condition) => {
  expect(() => parseDayTime(text, start, end)).toThrow(failing(`INVALID_INTERVAL_FORMAT.${condition}`));
});

test.each([
  ['1-2', 'year', 'month', 14, "INTERVAL '1-2' YEAR TO MONTH"],
  ['-1-2', 'year', 'month', -14, "INTERVAL '-1-2' YEAR TO MONTH"],
  ['2', 'year', 'year', 24, "INTERVAL '2' YEAR"],
  ['-13', 'month', 'month', -13, "INTERVAL '-13' MONTH"],
  ["INTERVAL -'1-2' YEAR TO MONTH", 'year', 'month', -14, "INTERVAL '-1-2' YEAR TO MONTH"],
  ['178956970-7', 'year', 'month', 2147483647, "INTERVAL '178956970-7' YEAR TO MONTH"],
] as const)('%s as %s to %s', (text, start, end, months, printed) => {
  expect(parseYearMonth(text, start, end)).toBe(months);
  expect(printYearMonth(months, start, end)).toBe(printed);
});

test.each([
  ['1 year', 'year', 'month', 'UNMATCHED_FORMAT_STRING'],
  ['1', 'year', 'month', 'UNMATCHED_FORMAT_STRING'],
  ['1-2', 'year', 'year', 'UNMATCHED_FORMAT_STRING'],
  ['1-12', 'year', 'month', 'INTERVAL_PARSING'],
  ['178956970-8', 'year', 'month', 'INTERVAL_PARSING'],
] as const)('%s is no interval %s to %s', (text, start, end, condition) => {
  expect(() => parseYearMonth(text, start, end)).toThrow(failing(`INVALID_INTERVAL_FORMAT.${condition}`));
});

test('day-time intervals as Spark prints them', () => {
  expect(printDayTime(93784_500000n, 'day', 'second')).toBe("INTERVAL '1 02:03:04.5' DAY TO SECOND");
  expect(printDayTime(-300n * SECOND, 'minute', 'minute')).toBe("INTERVAL '-05' MINUTE");
  expect(printDayTime(0n, 'second', 'second')).toBe("INTERVAL '00' SECOND");
  expect(printDayTime(-(2n ** 63n), 'day', 'second')).toBe("INTERVAL '-106751991 04:00:54.775808' DAY TO SECOND");
});

describe('numbers with units', () => {
  test.each([
    ['1 day 2 hours', 0, 1, 7200n * SECOND],
    ['interval 1 YEAR 2 months', 14, 0, 0n],
    ['-1 week +3 days', 0, -4, 0n],
    ['- 1 month', -1, 0, 0n],
    ['1.5 seconds', 0, 0, 1_500000n],
    ['.5 second', 0, 0, 500000n],
    ['-1.123456789 seconds', 0, 0, -1_123456n],
    ['1 millisecond 2 microseconds', 0, 0, 1002n],
    ['\t1\nday ', 0, 1, 0n],
  ])("'%s'", (text, months, days, micros) => {
    expect(parseUnits(text)).toEqual({ months, days, micros });
  });

  test.each([
    ['', 'INPUT_IS_EMPTY'],
    ['interval', 'INPUT_IS_EMPTY'],
    ['intervals 1 day', 'INVALID_PREFIX'],
    ['abc', 'UNRECOGNIZED_NUMBER'],
    ['1', 'MISSING_UNIT'],
    ['-', 'MISSING_NUMBER'],
    ['1 fortnight', 'INVALID_UNIT'],
    ['1 dayss', 'INVALID_UNIT'],
    ['1.5 days', 'INVALID_FRACTION'],
    ['1a day', 'INVALID_VALUE'],
    ['1.1234567890 seconds', 'INVALID_PRECISION'],
    ['2147483648 days', 'ARITHMETIC_EXCEPTION'],
  ])("'%s' is none", (text, condition) => {
    expect(() => parseUnits(text)).toThrow(failing(`INVALID_INTERVAL_FORMAT.${condition}`));
    expect(tryParseUnits(text)).toBeUndefined();
  });

  test('what is printed is read again', () => {
    const int = fc.integer({ min: -2147483648, max: 2147483647 });
    fc.assert(
      fc.property(int, int, fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }), (months, days, micros) => {
        expect(parseUnits(printInterval({ months, days, micros }))).toEqual({ months, days, micros });
      }),
    );
  });

  test('as Spark prints them', () => {
    expect(printInterval({ months: 0, days: 0, micros: 0n })).toBe('0 seconds');
    expect(printInterval({ months: -14, days: 3, micros: 14_706_500000n })).toBe(
      '-1 years -2 months 3 days 4 hours 5 minutes 6.5 seconds',
    );
    expect(printInterval({ months: 0, days: 0, micros: -500000n })).toBe('-0.5 seconds');
  });
});

describe('arithmetic', () => {
  test('halves are rounded away from zero', () => {
    expect([scaleUp(1n, { unscaled: 15n, scale: 1 }), scaleUp(-1n, { unscaled: 15n, scale: 1 })]).toEqual([2n, -2n]);
    expect([scaleUp(1n, 2.5), scaleUp(-1n, 2.5), scaleUp(1n, 0.49999999999999994)]).toEqual([3n, -3n, 0n]);
    expect([
      scaleDown(5n, { unscaled: 2n, scale: 0 }),
      scaleDown(-5n, { unscaled: 2n, scale: 0 }),
      scaleDown(7n, 2),
    ]).toEqual([3n, -3n, 4n]);
  });

  test('by zero', () => {
    const condition = 'INTERVAL_DIVIDED_BY_ZERO';
    expect(() => scaleDown(5n, { unscaled: 0n, scale: 0 })).toThrow(failing(condition));
    expect(() => scaleDown(5n, 0)).toThrow(failing(condition));
    expect(() => divideInterval({ months: 1, days: 0, micros: 0n }, 0, true)).toThrow(failing(condition));
    expect(divideInterval({ months: 1, days: 0, micros: 0n }, 0, false)).toBeNull();
  });

  test('not finite', () => {
    expect(() => scaleUp(5n, NaN)).toThrow(failing('INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION'));
  });

  test('calendar intervals: fractions of days go into the microseconds, those of months are lost', () => {
    const interval = { months: 3, days: 3, micros: 4n };
    expect(multiplyInterval(interval, 0.5, true)).toEqual({ months: 1, days: 1, micros: 43_200_000_002n });
    expect(divideInterval(interval, 2, true)).toEqual({ months: 1, days: 1, micros: 43_200_000_002n });
    expect(negateInterval(interval, true)).toEqual({ months: -3, days: -3, micros: -4n });
  });

  test('what does not fit is an error, or wraps around without ANSI mode', () => {
    const a = { months: 2147483647, days: 0, micros: 0n };
    const b = { months: 1, days: 0, micros: 0n };
    expect(() => addIntervals(a, b, true)).toThrow(failing('INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION'));
    expect(addIntervals(a, b, false).months).toBe(-2147483648);
    expect(() => multiplyInterval(a, 2, true)).toThrow(failing('INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION'));
    expect(multiplyInterval(a, 2, false).months).toBe(2147483647);
  });
});
