import { outcome } from '../../constants.js';

// Results of Spark 4.
test.each([
  ["DATE '2020-01-31' + 1", 'date 2020-02-01'],
  ["1S + DATE '2020-01-31'", 'date 2020-02-01'],
  ["DATE '2020-01-31' - 31", 'date 2019-12-31'],
  ["DATE '2020-01-31' + NULL", 'date NULL'],
  ["DATE '2020-01-31' + 1.5", 'DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES'],
  ["TIMESTAMP '2020-01-01 00:00:00' + 1", 'DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES'],
  ["DATE '2020-03-01' - DATE '2020-02-01'", "interval day INTERVAL '29' DAY"],
  ["DATE '2020-01-01' - '2019-01-01'", "interval day INTERVAL '365' DAY"],
  ["TIMESTAMP '2020-01-02 01:00:00' - DATE '2020-01-01'", "interval day to second INTERVAL '1 01:00:00' DAY TO SECOND"],
  [
    "TIMESTAMP_NTZ '2020-01-01 00:00:01' - TIMESTAMP '2020-01-01 00:00:00'",
    "interval day to second INTERVAL '0 00:00:01' DAY TO SECOND",
  ],
  ["DATE '2020-01-31' + INTERVAL 1 MONTH", 'date 2020-02-29'],
  ["INTERVAL 1 MONTH + DATE '2020-01-31'", 'date 2020-02-29'],
  ["DATE '2020-01-31' + INTERVAL 1 DAY", 'date 2020-02-01'],
  ["DATE '2020-01-01' + INTERVAL 1 HOUR", 'timestamp 2020-01-01 01:00:00'],
  ["DATE '2020-01-31' + make_interval(0, 1)", 'date 2020-02-29'],
  ["DATE '2020-01-31' + make_interval(0, 1, 0, 0, 1)", 'INVALID_INTERVAL_WITH_MICROSECONDS_ADDITION'],
  ["TIMESTAMP '2020-03-31 10:00:00' - INTERVAL 1 MONTH", 'timestamp 2020-02-29 10:00:00'],
  ["TIMESTAMP '2020-01-01 00:00:00' + make_interval(0, 1, 0, 1, 1)", 'timestamp 2020-02-02 01:00:00'],
  ["'2020-01-01' + INTERVAL 1 DAY", 'string 2020-01-02 00:00:00'],
  ["'2020-01-01' + INTERVAL 1 MONTH", 'DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES'],
  ["TIMESTAMP '294247-01-10 04:00:54' + INTERVAL 1 SECOND", 'DATETIME_OVERFLOW'],
  ['INTERVAL 1 DAY + INTERVAL 1 HOUR', "interval day to hour INTERVAL '1 01' DAY TO HOUR"],
  ['INTERVAL 1 DAY - NULL', 'interval day NULL'],
  ['INTERVAL 1 MONTH + INTERVAL 1 DAY', 'DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES'],
  ["INTERVAL '178956970-7' YEAR TO MONTH + INTERVAL 1 MONTH", 'INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION'],
  ["try_add(INTERVAL '178956970-7' YEAR TO MONTH, INTERVAL 1 MONTH)", 'interval year to month NULL'],
  ['make_interval(1, 2) - make_interval(0, 3, 0, 4)', 'interval 11 months -4 days'],
  ['INTERVAL 1 MONTH * 1.5', "interval year to month INTERVAL '0-2' YEAR TO MONTH"],
  ['2 * INTERVAL 1 DAY', "interval day to second INTERVAL '2 00:00:00' DAY TO SECOND"],
  ["INTERVAL 1 DAY * '1.5'", "interval day to second INTERVAL '1 12:00:00' DAY TO SECOND"],
  ['INTERVAL 3 MONTH / 2', "interval year to month INTERVAL '0-2' YEAR TO MONTH"],
  ['INTERVAL -3 MONTH / 2', "interval year to month INTERVAL '-0-2' YEAR TO MONTH"],
  ['INTERVAL 1 DAY / 0', 'INTERVAL_DIVIDED_BY_ZERO'],
  ['INTERVAL 1 DAY * 106751992', 'INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION'],
  ['make_interval(1, 2, 3, 4, 5, 6, 7.5) * 2', 'interval 2 years 4 months 50 days 10 hours 12 minutes 15 seconds'],
  ['make_interval(1) / 2', 'interval 6 months'],
  ['1 / INTERVAL 1 DAY', 'DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES'],
])('%s', (sql, shown) => {
  expect(outcome(sql)).toBe(shown);
});

test('without ANSI hours move a date through the timestamp of its midnight', () => {
  expect(outcome("DATE '2020-01-31' + make_interval(0, 0, 0, 0, 25)", { ansi: false })).toBe('date 2020-02-01');
  expect(outcome('make_interval(1) / 0', { ansi: false })).toBe('interval NULL');
});

test.each([
  ['a day of 23 hours', "TIMESTAMP '2020-03-07 12:00:00' + INTERVAL 1 DAY", 'timestamp 2020-03-08 12:00:00'],
  ['an hour that passes', "TIMESTAMP '2020-11-01 01:30:00' + INTERVAL 1 HOUR", 'timestamp 2020-11-01 01:30:00'],
  [
    'a difference on the clock',
    "TIMESTAMP '2020-03-09 00:00:00' - TIMESTAMP '2020-03-08 00:00:00'",
    "interval day to second INTERVAL '1 00:00:00' DAY TO SECOND",
  ],
])('in New York: %s', (_, sql, shown) => {
  expect(outcome(sql, { timeZone: 'America/New_York' })).toBe(shown);
});

test.each([
  ['INTERVAL 1 WEEK', "interval day INTERVAL '7' DAY"],
  ["INTERVAL '1 day -2 hours'", "interval day to hour INTERVAL '0 22' DAY TO HOUR"],
  ["INTERVAL -'-1-2' YEAR TO MONTH", "interval year to month INTERVAL '1-2' YEAR TO MONTH"],
  ["INTERVAL '10:11' HOUR TO MINUTE", "interval hour to minute INTERVAL '10:11' HOUR TO MINUTE"],
  ['INTERVAL 1 MILLISECOND 2 MICROSECONDS', "interval second INTERVAL '00.001002' SECOND"],
  ["INTERVAL 'abc'", 'INVALID_TYPED_LITERAL'],
  ["INTERVAL '1 25:00' DAY TO MINUTE", 'INVALID_INTERVAL_FORMAT.INTERVAL_PARSING'],
  ['INTERVAL 1 MONTH 1 DAY', '_LEGACY_ERROR_TEMP_0029'],
  ["DATE 'epoch'", 'date 1970-01-01'],
  ["TIMESTAMP ' EPOCH '", 'timestamp 1970-01-01 00:00:00'],
  ["TIMESTAMP 'now'", 'INVALID_TYPED_LITERAL'],
  ["TIMESTAMP_NTZ '2020-01-01 10:00:00+05:00'", 'timestamp_ntz 2020-01-01 10:00:00'],
])('the literal %s', (sql, shown) => {
  expect(outcome(sql)).toBe(shown);
});
