import { outcome } from '../../constants.js';

const newYork = { timeZone: 'America/New_York' };

// Results of Spark 4.
test.each([
  ["year('2020-05-17')", 'int 2020'],
  ["dayofweek(DATE '2020-05-17')", 'int 1'],
  ["weekday(DATE '2020-05-17')", 'int 6'],
  ["weekofyear('2021-01-03')", 'int 53'],
  ["dayname(DATE '2020-05-17')", 'string Sun'],
  ["hour('2020-05-17 10:11:12')", 'int 10'],
  ["extract(DOW_ISO FROM DATE '2020-05-17')", 'int 7'],
  ["extract(yearofweek FROM '2021-01-01')", 'int 2020'],
  ["extract(SECOND FROM TIMESTAMP '1969-12-31 23:59:59.5')", 'decimal(8,6) 59.500000'],
  ["extract(YEAR FROM INTERVAL '-3-4' YEAR TO MONTH)", 'int -3'],
  ["extract(DAY FROM INTERVAL '1 02:03:04' DAY TO SECOND)", 'int 1'],
  ['extract(SECOND FROM make_interval(0, 0, 0, 0, 0, 0, 90.5))', 'decimal(8,6) 30.500000'],
  ['extract(DAY FROM make_interval(0, 0, 0, 1, 25))', 'int 2'],
  ["date_part(NULL, DATE '2020-01-01')", 'double NULL'],
  ["extract(EPOCH FROM TIMESTAMP '2020-01-01 00:00:00')", 'INVALID_EXTRACT_FIELD'],
  ["extract(DAY FROM INTERVAL '3-4' YEAR TO MONTH)", 'INVALID_EXTRACT_FIELD'],
  ['extract(SECOND FROM 5)', 'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE'],
  ["date_add(DATE '2020-01-01', 2147483647)", 'date -5877591-06-21'],
  ["date_add(DATE '2020-01-01', '1')", 'date 2020-01-02'],
  ["date_add(DATE '2020-01-01', 1L)", 'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE'],
  ["date_sub('2020-01-01', 1S)", 'date 2019-12-31'],
  ["dateadd(DAY, 1, DATE '2020-01-01')", 'timestamp 2020-01-02 00:00:00'],
  ["timestampadd(DAY, 1, TIMESTAMP_NTZ '2020-02-29 01:00:00')", 'timestamp_ntz 2020-03-01 01:00:00'],
  ["timestampadd(YEAR, 1000000, TIMESTAMP '2020-02-29 00:00:00')", 'DATETIME_OVERFLOW'],
  ["datediff(MONTH, DATE '2020-01-31', DATE '2020-03-30')", 'bigint 1'],
  ["datediff('2020-03-01', '2020-02-28')", 'int 2'],
  [
    "months_between(TIMESTAMP '1997-02-28 10:30:00', TIMESTAMP '1996-10-30 00:00:00', false)",
    'double 3.9495967741935485',
  ],
  ["next_day(DATE '2020-01-06', 'Monday')", 'date 2020-01-13'],
  ["next_day(DATE '2020-01-06', 'xx')", 'ILLEGAL_DAY_OF_WEEK'],
  ["trunc(TIMESTAMP '2020-05-17 10:00:00', 'MM')", 'date 2020-05-01'],
  ["date_trunc('DD', DATE '2020-05-17')", 'timestamp 2020-05-17 00:00:00'],
  ["date_trunc('nope', DATE '2020-05-17')", 'timestamp NULL'],
  ["date_format(TIMESTAMP '2020-02-29 10:11:12', NULL)", 'string NULL'],
  ["date_format('2020-01-01', 'YYYY')", 'INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_WEEK_BASED_PATTERN'],
  ["from_unixtime(0, 'EEE, d MMM yyyy HH:mm:ss Z')", 'string Thu, 1 Jan 1970 00:00:00 +0000'],
  ["to_date('202009', 'yyyyMM')", 'date 2020-09-01'],
  ["to_date('29/2/2020', 'dd/MM/yyyy')", 'CANNOT_PARSE_TIMESTAMP'],
  ['to_date(20200101)', 'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE'],
  ['to_timestamp(1582971072)', 'timestamp 2020-02-29 10:11:12'],
  ["to_timestamp('abc')", 'CAST_INVALID_INPUT'],
  ["to_timestamp(DATE '2020-01-01', 'x')", 'timestamp 2020-01-01 00:00:00'],
  ["to_timestamp_ntz('2020-01-01 10', 'yyyy-MM-dd HH')", 'timestamp_ntz 2020-01-01 10:00:00'],
  ["try_to_timestamp('x', 'yyyy')", 'timestamp NULL'],
  ["try_to_date('2020-02-30')", 'date NULL'],
  ["unix_timestamp('2020-02-29T10:11:12')", 'CANNOT_PARSE_TIMESTAMP'],
  ["to_unix_timestamp('2020-02-29 10:11:12')", 'bigint 1582971072'],
  ["unix_timestamp(TIMESTAMP '1969-12-31 23:59:59.5')", 'bigint 0'],
  ["unix_seconds(TIMESTAMP '1969-12-31 23:59:59.5')", 'bigint -1'],
  ["unix_millis(TIMESTAMP '1969-12-31 23:59:59.9995')", 'bigint -1'],
  ['timestamp_seconds(1.5D)', 'timestamp 1970-01-01 00:00:01.5'],
  ["timestamp_seconds(double('NaN'))", 'timestamp NULL'],
  ['timestamp_seconds(1.1234567)', 'ROUNDING_NECESSARY'],
  ['timestamp_millis(9223372036854775807)', 'DATETIME_OVERFLOW'],
  ['timestamp_micros(-1)', 'timestamp 1969-12-31 23:59:59.999999'],
  ['make_date(2021, 2, 29)', 'DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION'],
  ['make_date(NULL, 1, 1)', 'date NULL'],
  ['make_timestamp(2020, 2, 29, 24, 0, 0)', 'DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION'],
  ['make_timestamp(2020, 1, 1, 0, 0, 60)', 'timestamp 2020-01-01 00:01:00'],
  ['make_timestamp(2020, 1, 1, 0, 0, 60.5)', 'INVALID_FRACTION_OF_SECOND'],
  ["make_timestamp(2020, 2, 29, 10, 11, 12.5, 'America/New_York')", 'timestamp 2020-02-29 15:11:12.5'],
  ['try_make_timestamp(2020, 1, 1, 0, 0, 60.5)', 'timestamp NULL'],
  ["date_add(DATE '2020-01-01', '1.2')", 'SECOND_FUNCTION_ARGUMENT_NOT_INTEGER'],
  ["unix_date('2020-01-01')", 'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE'],
  ["unix_seconds(DATE '2020-01-01')", 'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE'],
  ["timestamp_seconds('1')", 'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE'],
  ['timestamp_millis(1.5)', 'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE'],
  ['timestamp_millis(NULL)', 'timestamp NULL'],
  ['timestamp_seconds(1e18D)', 'timestamp +294247-01-10 04:00:54.775807'],
  ['make_interval(2147483647)', 'ARITHMETIC_OVERFLOW'],
  ['make_ym_interval(178956970, 8)', 'INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION'],
  ['try_make_interval(2147483647)', 'interval NULL'],
  ["convert_timezone('Europe/Paris', TIMESTAMP_NTZ '2020-07-01 12:00:00')", 'timestamp_ntz 2020-07-01 14:00:00'],
  ["from_utc_timestamp('2020-01-01 12:00:00', '+05:30')", 'timestamp 2020-01-01 17:30:00'],
  ["from_utc_timestamp('2020-01-01', 'nope')", 'INVALID_TIMEZONE'],
  ["time_trunc('HOUR', 1)", 'UNSUPPORTED_TIME_TYPE'],
])('%s', (sql, shown) => {
  expect(outcome(sql)).toBe(shown);
});

test.each([
  ["next_day(DATE '2020-01-06', 'xx')", 'date NULL'],
  ["to_date('29/2/2020', 'dd/MM/yyyy')", 'date NULL'],
  ["to_timestamp('2020-02-30 00:00:00')", 'timestamp NULL'],
  ["unix_timestamp('abc')", 'bigint NULL'],
  ['make_date(2020, 13, 1)', 'date NULL'],
  ['make_timestamp(2020, 2, 29, 24, 0, 0)', 'timestamp NULL'],
  ['make_interval(2147483647)', 'interval NULL'],
])('without ANSI %s', (sql, shown) => {
  expect(outcome(sql, { ansi: false })).toBe(shown);
});

test.each([
  ["day(TIMESTAMP '2020-07-01 02:00:00Z')", 'int 30'],
  ["hour(TIMESTAMP_NTZ '2020-01-01 05:00:00')", 'int 5'],
  ["hour(TIMESTAMP '2020-01-01 05:00:00Z')", 'int 0'],
  ["date_trunc('day', TIMESTAMP '2020-03-08 12:00:00')", 'timestamp 2020-03-08 00:00:00'],
  ["date_format(TIMESTAMP '2020-07-01 12:00:00Z', 'HH:mm XXX z VV')", 'string 08:00 -04:00 EDT America/New_York'],
  ["unix_timestamp('2020-07-01', 'yyyy-MM-dd')", 'bigint 1593576000'],
  ['from_unixtime(1593561600)', 'string 2020-06-30 20:00:00'],
  ["to_utc_timestamp(TIMESTAMP '2020-07-01 12:00:00', 'America/New_York')", 'timestamp 2020-07-01 16:00:00'],
  ['current_timezone()', 'string America/New_York'],
])('in New York %s', (sql, shown) => {
  expect(outcome(sql, newYork)).toBe(shown);
});

test('the current time is that at which the batch was planned', () => {
  expect(outcome('current_timestamp()')).toBe('timestamp 2023-11-14 22:13:20');
  expect(outcome('now()', { timeZone: '+05:00' })).toBe('timestamp 2023-11-15 03:13:20');
  expect(outcome('localtimestamp()', { timeZone: '+05:00' })).toBe('timestamp_ntz 2023-11-15 03:13:20');
  expect(outcome('curdate()', { timeZone: '+05:00' })).toBe('date 2023-11-15');
  expect(outcome('unix_timestamp()')).toBe('bigint 1700000000');
});

describe('texts that a pattern of Spark 2 matches and one of Spark 3 does not', () => {
  const sql = "to_date('29/2/2020', 'dd/MM/yyyy')";

  test.each([
    ['CORRECTED', 'CANNOT_PARSE_TIMESTAMP'],
    ['EXCEPTION', 'INCONSISTENT_BEHAVIOR_CROSS_VERSION.PARSE_DATETIME_BY_NEW_PARSER'],
    ['LEGACY', 'date 2020-02-29'],
  ] as const)('%s', (timeParserPolicy, shown) => {
    expect(outcome(sql, { timeParserPolicy })).toBe(shown);
  });

  test('what neither matches is no matter of the policy', () => {
    expect(outcome("to_date('31/04/2020', 'dd/MM/yyyy')", { timeParserPolicy: 'EXCEPTION' })).toBe(
      'CANNOT_PARSE_TIMESTAMP',
    );
    expect(outcome("to_date('31/04/2020', 'dd/MM/yyyy')", { timeParserPolicy: 'LEGACY' })).toBe(
      'CANNOT_PARSE_TIMESTAMP',
    );
    expect(outcome("to_date('x', 'dd[/MM]V')", { timeParserPolicy: 'EXCEPTION' })).toBe(
      'INVALID_DATETIME_PATTERN.WITH_SUGGESTION',
    );
  });

  test('patterns mean what they did', () => {
    const timeParserPolicy = 'LEGACY';
    expect(outcome("date_format(TIMESTAMP '2020-02-29 10:11:12', 'YYYY u')", { timeParserPolicy })).toBe(
      'string 2020 6',
    );
    expect(outcome("unix_timestamp('2020-2-29', 'yyyy-MM-dd')", { timeParserPolicy })).toBe('bigint 1582934400');
  });
});
