import { type CastOptions, castFunction } from '../../../../lib/expressions/cast/index.js';
import { ExpressionError } from '../../../../lib/expressions/errors.js';
import type { Value } from '../../../../lib/expressions/values.js';
import { Decimal, type DataType, parseType } from '../../../../lib/schema/index.js';

const utc = { ansi: true, zone: 'UTC' };
const legacy = { ansi: false, zone: 'UTC' };
const any: DataType = { kind: 'any' };

function cast(from: DataType | string, to: string, value: Value, options: CastOptions = utc): Value {
  const source = typeof from === 'string' ? parseType(from) : from;
  return castFunction(source, parseType(to), options)(value);
}

/** The condition of the error. */
function condition(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ExpressionError) return error.condition;
    throw error;
  }
  return 'none';
}

const maxLong = 2n ** 63n - 1n;
const second = 1_000_000n;

// What Spark gives in both modes.
describe.each([
  ['with ANSI', utc],
  ['without ANSI', legacy],
])('%s', (_name, options) => {
  it.each<[string, string, Value, Value]>([
    ['INT', 'INT', 1, 1],
    ['STRING', 'TINYINT', ' 1\n', 1],
    ['STRING', 'BIGINT', '9223372036854775807', maxLong],
    ['STRING', 'DOUBLE', 'nan', NaN],
    ['STRING', 'FLOAT', '16777217', 16777216],
    ['STRING', 'DECIMAL(5,2)', ' 1.245 ', 125n],
    ['STRING', 'BOOLEAN', ' YES ', true],
    ['STRING', 'BOOLEAN', 'f', false],
    ['STRING', 'BINARY', 'é', Uint8Array.of(0xc3, 0xa9)],
    ['BINARY', 'STRING', Uint8Array.of(0xc3, 0xa9, 0xff), 'é\udcff'],
    ['BOOLEAN', 'DECIMAL(3,1)', true, 10n],
    ['BOOLEAN', 'BIGINT', true, 1n],
    ['DOUBLE', 'INT', -1.9, -1],
    ['DOUBLE', 'BOOLEAN', NaN, true],
    ['DOUBLE', 'BOOLEAN', -0, false],
    ['DECIMAL(2,1)', 'BOOLEAN', 0n, false],
    ['DECIMAL(2,1)', 'DECIMAL(10,0)', 25n, 3n],
    ['DECIMAL(2,1)', 'TINYINT', -19n, -1],
    ['DECIMAL(20,1)', 'BIGINT', 15n, 1n],
    ['DECIMAL(20,1)', 'DOUBLE', 1n, 0.1],
    ['DECIMAL(2,1)', 'FLOAT', 1n, Math.fround(0.1)],
    ['FLOAT', 'DECIMAL(20,10)', Math.fround(0.1), 1000000015n],
    ['DOUBLE', 'DECIMAL(10,2)', Infinity, null],
    ['DOUBLE', 'DECIMAL(10,2)', 1e-300, 0n],
    ['BIGINT', 'FLOAT', 9007199791611905n, 9007200328482816],
    ['BIGINT', 'DOUBLE', maxLong, 2 ** 63],
    ['INT', 'TIMESTAMP', -1, -second],
    ['DECIMAL(2,1)', 'TIMESTAMP', 15n, 1_500_000n],
    ['DOUBLE', 'TIMESTAMP', 1.5, 1_500_000n],
    // In seconds a long can say more than microseconds hold.
    ['BIGINT', 'TIMESTAMP', maxLong, maxLong],
    ['TIMESTAMP', 'BIGINT', -1n, -1n],
    ['TIMESTAMP', 'DOUBLE', 1_500_000n, 1.5],
    ['TIMESTAMP', 'DECIMAL(10,3)', 1_500_000n, 1500n],
    ['TIMESTAMP', 'DATE', -1n, -1],
    ['TIMESTAMP_NTZ', 'DATE', -1n, -1],
    ['DATE', 'TIMESTAMP_NTZ', 1, 86_400n * second],
    ['INTERVAL SECOND', 'INT', 90n * second, 90],
    ['INTERVAL YEAR', 'INT', 25, 2],
    ['INTERVAL DAY TO SECOND', 'DECIMAL(10,1)', 1_250_000n, 13n],
    ['INTERVAL HOUR', 'DECIMAL(10,1)', 5400n * second, 10n],
    ['INTERVAL YEAR TO MONTH', 'BIGINT', -14, -14n],
    ['INTERVAL DAY TO SECOND', 'INTERVAL DAY TO HOUR', -5400n * second, -3600n * second],
    ['INTERVAL YEAR TO MONTH', 'INTERVAL YEAR', -14, -12],
    ['INT', 'INTERVAL DAY', 5, 5n * 86_400n * second],
    ['DECIMAL(8,6)', 'INTERVAL MONTH', 10_654_321n, 11],
    ['STRING', 'INTERVAL DAY TO SECOND', '1 02:03:04', 93_784n * second],
    ['STRING', 'INTERVAL YEAR TO MONTH', '1-2', 14],
    ['STRING', 'INTERVAL', 'abc', null],
    ['STRING', 'INTERVAL', '1 day 2 hours', { months: 0, days: 1, micros: 7200n * second }],
    ['STRING', 'DATE', '2020-02-29 junk', 18321],
    ['VOID', 'ARRAY<INT>', null, null],
    ['ARRAY<INT>', 'ARRAY<STRING>', [1, null], ['1', null]],
    ['MAP<STRING, INT>', 'MAP<STRING, DOUBLE>', [['a', 1]], [['a', 1]]],
    ['STRUCT<a: INT, b: INT>', 'STRUCT<c: STRING, d: BIGINT>', [1, 2], ['1', 2n]],
  ])('%s to %s: %p', (from, to, value, expected) => {
    expect(cast(from, to, value, options)).toEqual(expected);
    expect(cast(from, to, null, options)).toBeNull();
  });

  it.each<[string, Value, string]>([
    ['DOUBLE', 1e7, '1.0E7'],
    ['FLOAT', Math.fround(0.1), '0.1'],
    ['BIGINT', maxLong, '9223372036854775807'],
    ['BOOLEAN', false, 'false'],
    ['DECIMAL(10,5)', 12300000n, '123.00000'],
    ['DATE', -719162, '0001-01-01'],
    ['TIMESTAMP', -500_000n, '1969-12-31 23:59:59.5'],
    ['TIMESTAMP_NTZ', 0n, '1970-01-01 00:00:00'],
    ['INTERVAL YEAR TO MONTH', 14, "INTERVAL '1-2' YEAR TO MONTH"],
    ['INTERVAL DAY', 86_400n * second, "INTERVAL '1' DAY"],
    ['INTERVAL', { months: 14, days: 3, micros: 0n }, '1 years 2 months 3 days'],
    ['ARRAY<ARRAY<STRING>>', [['a', null], [], null], '[[a, null], [], null]'],
    ['MAP<INT, DOUBLE>', [[1, null], [2, 1]], '{1 -> null, 2 -> 1.0}'], // prettier-ignore
    ['STRUCT<a: INT, b: STRING, c: VOID>', [1, 'x', null], '{1, x, null}'],
  ])('%s to text: %p', (from, value, text) => {
    expect(cast(from, 'STRING', value, options)).toBe(text);
  });
});

describe('what cannot be cast', () => {
  // The error with ANSI, and what the cast gives without it.
  it.each<[string, string, Value, string, Value]>([
    ['STRING', 'INT', '1.5', 'CAST_INVALID_INPUT', 1],
    ['STRING', 'INT', '2147483648', 'CAST_INVALID_INPUT', null],
    ['STRING', 'BIGINT', '', 'CAST_INVALID_INPUT', null],
    ['STRING', 'DOUBLE', 'abc', 'CAST_INVALID_INPUT', null],
    ['STRING', 'FLOAT', '', 'CAST_INVALID_INPUT', null],
    ['STRING', 'BOOLEAN', 'on', 'CAST_INVALID_INPUT', null],
    ['STRING', 'DECIMAL(5,2)', 'NaN', 'CAST_INVALID_INPUT', null],
    ['STRING', 'DECIMAL(5,2)', '1000', 'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION', null],
    ['STRING', 'DECIMAL(38,0)', '1e38', 'NUMERIC_OUT_OF_SUPPORTED_RANGE', null],
    ['STRING', 'DATE', 'abc', 'CAST_INVALID_INPUT', null],
    ['STRING', 'TIMESTAMP', '2020-02-29 24:00:00', 'CAST_INVALID_INPUT', null],
    ['STRING', 'TIMESTAMP_NTZ', 'abc', 'CAST_INVALID_INPUT', null],
    ['INT', 'TINYINT', 200, 'CAST_OVERFLOW', -56],
    ['INT', 'SMALLINT', 32768, 'CAST_OVERFLOW', -32768],
    ['BIGINT', 'INT', maxLong, 'CAST_OVERFLOW', -1],
    ['DOUBLE', 'INT', NaN, 'CAST_OVERFLOW', 0],
    ['DOUBLE', 'SMALLINT', 3e9, 'CAST_OVERFLOW', -1],
    ['DOUBLE', 'BIGINT', -1e30, 'CAST_OVERFLOW', -maxLong - 1n],
    ['FLOAT', 'TINYINT', 300, 'CAST_OVERFLOW', 44],
    ['DECIMAL(38,0)', 'BIGINT', 2n ** 63n, 'CAST_OVERFLOW', -maxLong - 1n],
    ['DECIMAL(38,0)', 'INT', 2n ** 40n + 5n, 'CAST_OVERFLOW', 5],
    ['DOUBLE', 'DECIMAL(10,2)', 1e50, 'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION', null],
    ['INT', 'DECIMAL(4,0)', 12345, 'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION', null],
    ['BOOLEAN', 'DECIMAL(2,2)', true, 'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION', null],
    ['DOUBLE', 'TIMESTAMP', NaN, 'CAST_INVALID_INPUT', null],
    ['DOUBLE', 'TIMESTAMP', 1e18, 'CAST_OVERFLOW', maxLong],
    ['TIMESTAMP', 'INT', 2n ** 62n, 'CAST_OVERFLOW', null],
    ['ARRAY<STRING>', 'ARRAY<INT>', ['1', 'x'], 'CAST_INVALID_INPUT', [1, null]],
  ])('%s to %s: %p', (from, to, value, error, lenient) => {
    expect(condition(() => cast(from, to, value))).toBe(error);
    expect(cast(from, to, value, legacy)).toEqual(lenient);
    const tolerant = from.startsWith('ARRAY') ? lenient : null;
    expect(cast(from, to, value, { ...utc, try: true })).toEqual(tolerant);
  });

  // Intervals are strict in every mode.
  it.each<[string, string, Value, string]>([
    ['INTERVAL MONTH', 'TINYINT', 1000, 'CAST_OVERFLOW'],
    ['BIGINT', 'INTERVAL DAY', maxLong, 'CAST_OVERFLOW'],
    ['BIGINT', 'INTERVAL YEAR', 2n ** 31n, 'CAST_OVERFLOW'],
    ['INTERVAL DAY', 'DECIMAL(1,0)', 86_400n * second * 10n, 'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION'],
    ['STRING', 'INTERVAL DAY', 'abc', 'INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING_WITH_NOTICE'],
  ])('%s to %s: %p is an error in every mode', (from, to, value, error) => {
    expect(condition(() => cast(from, to, value))).toBe(error);
    expect(condition(() => cast(from, to, value, legacy))).toBe(error);
    expect(cast(from, to, value, { ...utc, try: true })).toBeNull();
  });

  it('says what is wrong, and what to do', () => {
    expect(() => cast('STRING', 'INT', 'abc')).toThrow(
      "The value 'abc' of the type STRING cannot be cast to INT because it is malformed. Correct the value, or use try_cast to get NULL instead.",
    );
    expect(() => cast('DOUBLE', 'INT', 3e9)).toThrow(
      'The value 3.0E9D of the type DOUBLE cannot be cast to INT due to an overflow.',
    );
    expect(() => cast('INT', 'DECIMAL(2,0)', 123)).toThrow('The number 123 cannot be represented as DECIMAL(2,0).');
    expect(() => cast('STRING', 'INT', 'x'.repeat(5000))).toThrow(/^.{0,300}$/);
  });
});

describe('only without ANSI', () => {
  it.each<[string, string, Value, Value]>([
    ['INT', 'BINARY', 65, Uint8Array.of(0, 0, 0, 65)],
    ['SMALLINT', 'BINARY', -2, Uint8Array.of(0xff, 0xfe)],
    ['BIGINT', 'BINARY', 1n, Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1)],
    ['BOOLEAN', 'TIMESTAMP', true, 1n],
    ['TIMESTAMP', 'BOOLEAN', 5n, true],
    ['DATE', 'INT', 5, null],
    ['DATE', 'BIGINT', 5, null],
    ['DATE', 'DOUBLE', 5, null],
    ['DATE', 'FLOAT', 5, null],
    ['DATE', 'DECIMAL(10,0)', 5, null],
    ['DATE', 'BOOLEAN', 5, null],
    // As BigDecimal.toString writes it.
    ['DECIMAL(38,18)', 'STRING', 1n, '1E-18'],
  ])('%s to %s: %p', (from, to, value, expected) => {
    expect(cast(from, to, value, legacy)).toEqual(expected);
  });
});

describe('time zones', () => {
  const newYork = { ansi: true, zone: 'America/New_York' };

  it('tell which day it is, and what the clock shows', () => {
    const noon = 1_593_619_200n * second; // 2020-07-01 12:00 in New York
    expect(cast('TIMESTAMP', 'STRING', noon, newYork)).toBe('2020-07-01 12:00:00');
    expect(cast('TIMESTAMP', 'DATE', 3600n * second, newYork)).toBe(-1);
    expect(cast('DATE', 'TIMESTAMP', 0, newYork)).toBe(18_000n * second);
    expect(cast('TIMESTAMP', 'TIMESTAMP_NTZ', noon, newYork)).toBe(noon - 14_400n * second);
    expect(cast('TIMESTAMP_NTZ', 'TIMESTAMP', noon - 14_400n * second + 1n, newYork)).toBe(noon + 1n);
    expect(cast('STRING', 'TIMESTAMP', '2020-07-01 12:00:00', newYork)).toBe(noon);
  });

  it('has no timestamp of a day too far away', () => {
    expect(condition(() => cast('DATE', 'TIMESTAMP', 2 ** 31 - 1))).toBe('DATETIME_OVERFLOW');
    expect(condition(() => cast('DATE', 'TIMESTAMP_NTZ', 2 ** 31 - 1))).toBe('DATETIME_OVERFLOW');
  });
});

describe('values of a type that nobody declared', () => {
  const plain = (value: unknown): Value => value as Value;

  it.each<[unknown, string, Value]>([
    [5, 'STRING', '5'],
    [1.5, 'STRING', '1.5'],
    ['12', 'INT', 12],
    [true, 'INT', 1],
    [10n ** 20n, 'STRING', '100000000000000000000'],
    [new Date(1500), 'TIMESTAMP', 1_500_000n],
    [new Decimal(150n, 2), 'DECIMAL(5,1)', 15n],
    [Uint8Array.of(97), 'STRING', 'a'],
    [[1, undefined, 'x'], 'ARRAY<STRING>', ['1', null, 'x']],
    [{ b: '2', a: 1 }, 'STRUCT<a: INT, b: INT, c: INT>', [1, 2, null]],
    [{ a: 1 }, 'MAP<STRING, DOUBLE>', [['a', 1]]],
    [new Map([[1, 'x']]), 'MAP<STRING, STRING>', [['1', 'x']]],
    [{ a: 1, b: [null] }, 'STRING', '{1, [null]}'],
  ])('%p to %s', (value, to, expected) => {
    expect(cast(any, to, plain(value))).toEqual(expected);
  });

  it('is malformed where Spark would refuse the types', () => {
    expect(condition(() => cast(any, 'INT', plain([1])))).toBe('CAST_INVALID_INPUT');
    expect(cast(any, 'INT', plain([1]), legacy)).toBeNull();
    expect(cast(any, 'INT', plain([1]), { ...utc, try: true })).toBeNull();
    expect(condition(() => cast(any, 'TIMESTAMP', plain(new Date(NaN))))).toBe('CAST_INVALID_INPUT');
  });
});
