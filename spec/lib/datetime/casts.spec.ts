import fc from 'fast-check';
import { MAX_LONG, MIN_LONG, microsFrom, microsOfSecond, secondsOf } from '../../../lib/datetime/instant.js';
import { parseDate } from '../../../lib/datetime/parse-date.js';
import { parseTimestamp, parseTimestampNtz } from '../../../lib/datetime/parse-timestamp.js';
import { printDate, printTimestamp, printTimestampNtz } from '../../../lib/datetime/print.js';
import { UTC, zoneOf } from '../../../lib/datetime/zone.js';

const longs = fc.bigInt({ min: MIN_LONG, max: MAX_LONG });

test('seconds and the rest of all 64-bit values', () => {
  fc.assert(
    fc.property(fc.oneof(longs, fc.bigInt({ min: -9_007_199_254_740_993n, max: 9_007_199_254_740_993n })), (micros) => {
      expect(BigInt(secondsOf(micros)) * 1_000_000n + BigInt(microsOfSecond(micros))).toBe(micros);
      expect(microsFrom(secondsOf(micros), microsOfSecond(micros))).toBe(micros);
    }),
  );
});

describe('dates', () => {
  test('what is printed is read again, over all days of six-digit years', () => {
    fc.assert(
      fc.property(fc.integer({ min: -365_000_000, max: 365_000_000 }), (days) => {
        expect(parseDate(printDate(days))).toBe(days);
      }),
    );
  });

  test.each([
    ['2020', 18262],
    ['2020-02', 18293],
    ['2020-2-9', 18301],
    ['2020-02-29T10:00:00', 18321],
    ['2020-02-29 junk', 18321],
    ['\u0000 2020-02-29\t\u007f', 18321],
    ['+2020-01-01', 18262],
    ['-0001-01-01', -719893],
    ['10000-01-01', 2932897],
    ['0000-01-01', -719528],
  ])("'%s'", (text, days) => {
    expect(parseDate(text)).toBe(days);
  });

  test.each([
    '',
    ' ',
    '20200229',
    '2020/02/29',
    '12-31-2020',
    '2020-',
    '2020-02-',
    '2020-02-30',
    '202',
    '2020-02 x',
    '2020-02-29x',
    '+-2020',
    '2020-002-01',
    'epoch',
    'now',
  ])("'%s' is none", (text) => {
    expect(parseDate(text)).toBeUndefined();
  });

  test('years are printed with four digits at least, and a sign past 9999', () => {
    expect([printDate(-719162), printDate(2932897), printDate(-719893)]).toEqual([
      '0001-01-01',
      '+10000-01-01',
      '-0001-01-01',
    ]);
  });
});

describe('timestamps', () => {
  test('what is printed is read again, over all of 64 bits', () => {
    for (const zone of [UTC, zoneOf('+05:30'), zoneOf('Asia/Kathmandu')]) {
      fc.assert(
        fc.property(fc.bigInt({ min: MIN_LONG + 86_400_000_000n, max: MAX_LONG - 86_400_000_000n }), (micros) => {
          expect(parseTimestamp(printTimestamp(micros, UTC) + '+00:00', zone)).toBe(micros);
          expect(parseTimestampNtz(printTimestampNtz(micros))).toBe(micros);
        }),
        { numRuns: 50 },
      );
    }
  });

  test.each([
    ['2020-02-29 10:11:12.1234567', '2020-02-29 10:11:12.123456'],
    ['2020-02-29', '2020-02-29 00:00:00'],
    ['2020', '2020-01-01 00:00:00'],
    ['2020-2-9 1:2:3', '2020-02-09 01:02:03'],
    ['2020-02-29T10', '2020-02-29 10:00:00'],
    ['2020-02-29T10:11', '2020-02-29 10:11:00'],
    ['2020-02-29 10:11:12 Europe/Paris', '2020-02-29 09:11:12'],
    ['2020-02-29 10:11:12Z', '2020-02-29 10:11:12'],
    ['2020-02-29 10:11:12.5+1:30', '2020-02-29 08:41:12.5'],
    ['2020-02-29 10:11:12. PST', '2020-02-29 18:11:12'],
    ['2020-02-29 10:11:12GMT+8', '2020-02-29 02:11:12'],
    ['\n2020-02-29 10:11:12 ', '2020-02-29 10:11:12'],
    ['294247-01-10T04:00:54.775807Z', '+294247-01-10 04:00:54.775807'],
    ['-290308-12-21T19:59:05.224192Z', '-290308-12-21 19:59:05.224192'],
  ])("'%s'", (text, printed) => {
    expect(printTimestamp(parseTimestamp(text, UTC)!, UTC)).toBe(printed);
  });

  test.each([
    '',
    'abc',
    '1582934400',
    '2020-02-30 00:00:00',
    '2020-02-29 24:00:00',
    '2020-02-29 10:60',
    '2020-02-29 10:11:12 XYZ',
    '2020-02-29 10:11Z',
    '2020-02-29Z',
    '2020-02-29T',
    '2020-02-29 10:',
    '294248-01-01 00:00:00',
    '294247-01-10T04:00:54.775808Z',
    '1000000-01-01',
    '2020-02-29  10:11',
    'now',
    'T10:11:12',
  ])("'%s' is none", (text) => {
    expect(parseTimestamp(text, UTC)).toBeUndefined();
  });

  test('a local time has no zone: one in the text is dropped, or refused', () => {
    expect(parseTimestampNtz('2020-02-29 10:11:12+08:00')).toBe(1582971072000000n);
    expect(parseTimestampNtz('2020-02-29 10:11:12+08:00', false)).toBeUndefined();
  });

  test('on the clock of a zone, with seconds of local mean time', () => {
    const zone = zoneOf('America/New_York');
    expect(printTimestamp(parseTimestamp('1800-01-01 00:00:00Z', zone)!, zone)).toBe('1799-12-31 19:03:58');
    expect(parseTimestamp('1900-01-01 00:00:00', zone)).toBe(parseTimestamp('1900-01-01 05:00:00', UTC));
  });
});
