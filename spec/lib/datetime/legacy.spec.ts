import {
  LegacyPrinter,
  LegacyReader,
  UTC,
  parseTimestamp,
  printTimestamp,
  zoneOf,
} from '../../../lib/datetime/index.js';

const at = (text: string): bigint => parseTimestamp(text, UTC)!;

// What Java's SimpleDateFormat of the United States prints.
test.each([
  ['YYYY u', '2020 6'],
  ['yyyy-MM-dd HH:mm:ss.SSS', '2020-02-29 10:11:12.123'],
  ['y yy yyyyy', '2020 20 02020'],
  ['M MM MMM MMMM', '2 02 Feb February'],
  ['E EEEE a', 'Sat Saturday AM'],
  ['w W D F u', '9 5 60 5 6'],
  ['k K h S SSSSSS', '10 10 10 123 000123'],
  ['z zzzz Z X XX XXX', 'UTC Coordinated Universal Time +0000 Z Z Z'],
  ["'T' yyyy''MM G []", "T 2020'02 AD []"],
])('prints %s', (pattern, printed) => {
  expect(new LegacyPrinter(pattern).print(at('2020-02-29 10:11:12.123456'), UTC)).toBe(printed);
});

test('the last days of a year may be in the first week of the next', () => {
  expect(new LegacyPrinter('YYYY w').print(at('2019-12-29'), UTC)).toBe('2020 1');
  expect(new LegacyPrinter('YYYY w').print(at('2019-12-28'), UTC)).toBe('2019 52');
});

test('zones', () => {
  const printer = new LegacyPrinter('HH z Z X XXX');
  expect(printer.print(at('2020-07-01 12:00:00'), zoneOf('America/New_York'))).toBe('08 EDT -0400 -04 -04:00');
  expect(printer.print(at('2020-07-01 12:00:00'), zoneOf('+08:00'))).toBe('20 GMT+08:00 +0800 +08 +08:00');
});

test.each([
  ['dd/MM/yyyy', '29/2/2020', '2020-02-29 00:00:00'],
  ['yyyy-MM-dd', '2020-02-29 and more', '2020-02-29 00:00:00'],
  ['yyyyMMdd', '20200229', '2020-02-29 00:00:00'],
  ['yyyy-MM-dd HH:mm:ss.SSS', '2020-02-29 10:11:12.1', '2020-02-29 10:11:12.001'],
  ['MMM d, yyyy', 'FEBRUARY 29, 2020', '2020-02-29 00:00:00'],
  ['dd/MM/yy', '29/02/20', '2020-02-29 00:00:00'],
  ['dd/MM/yy', '28/02/99', '1999-02-28 00:00:00'],
  ['yyyy-DDD', '2020-60', '2020-02-29 00:00:00'],
  ['hh:mm a', '12:30 PM', '1970-01-01 12:30:00'],
  ['kk', '24', '1970-01-01 00:00:00'],
  ['HH Z', '10 -0800', '1970-01-01 18:00:00'],
  ['HH z', '10 GMT+05:30', '1970-01-01 04:30:00'],
  ['HH z', '10 PST', '1970-01-01 18:00:00'],
  ['HH XXX', '10 +05:30', '1970-01-01 04:30:00'],
  ['EEE dd', 'Thu 01', '1970-01-01 00:00:00'],
  ['y G', '2 BC', '-0001-01-01 00:00:00'],
])('reads by %s: %s', (pattern, text, printed) => {
  expect(printTimestamp(new LegacyReader(pattern).read(text, UTC)!, UTC)).toBe(printed);
});

test.each([
  ['dd/MM/yyyy', '31/04/2020'],
  ['dd/MM/yyyy', '2020-02-29'],
  ['HH', '24'],
  ['hh', '13'],
  ['mm', '60'],
  ['EEE dd', 'Fri 01'],
  ['yyyyMMdd', '202002'],
  ['yyyy-DDD', '2021-366'],
  ['z', 'nowhere'],
])('there is no %s of %s', (pattern, text) => {
  expect(new LegacyReader(pattern).read(text, UTC)).toBeUndefined();
});

test.each(['b', 'XXXX', "'open", 'Q'])('%s is no pattern', (pattern) => {
  expect(() => new LegacyReader(pattern)).toThrow(
    expect.objectContaining({ condition: 'INVALID_DATETIME_PATTERN.WITH_SUGGESTION' }),
  );
});
