import { canCast, checkCast, mayGiveNull } from '../../../../lib/expressions/cast/index.js';
import type { ExpressionError } from '../../../../lib/expressions/errors.js';
import { type DataType, parseType } from '../../../../lib/schema/index.js';

const ansi = { ansi: true };
const legacy = { ansi: false };
const tolerant = { ansi: true, try: true };

const atoms =
  'TINYINT BIGINT DECIMAL(5,2) DOUBLE STRING BOOLEAN BINARY DATE TIMESTAMP TIMESTAMP_NTZ INTERVAL·DAY INTERVAL·YEAR INTERVAL ARRAY<INT>'
    .split(' ')
    .map((text) => text.replace('·', ' '));

const row = (from: string, options: typeof ansi): string =>
  atoms.map((to) => (canCast(parseType(from), parseType(to), options) ? 'y' : '.')).join('');

// Columns in the order of `atoms`. From the matrix of Spark's documentation of ANSI mode.
it.each([
  ['TINYINT', 'yyyyyy..y.yy..'],
  ['BIGINT', 'yyyyyy..y.yy..'],
  ['DECIMAL(5,2)', 'yyyyyy..y.yy..'],
  ['DOUBLE', 'yyyyyy..y.....'],
  ['STRING', 'yyyyyyyyyyyyy.'],
  ['BOOLEAN', 'yyyyyy........'],
  ['BINARY', '....y.y.......'],
  ['DATE', '....y..yyy....'],
  ['TIMESTAMP', 'yyyyy..yyy....'],
  ['TIMESTAMP_NTZ', '....y..yyy....'],
  ['INTERVAL DAY', 'yyy.y.....y...'],
  ['INTERVAL YEAR', 'yyy.y......y..'],
  ['INTERVAL', '....y.......y.'],
  ['ARRAY<INT>', '....y........y'],
  ['VOID', 'yyyyyyyyyyyyyy'],
])('with ANSI from %s', (from, expected) => {
  expect(row(from, ansi)).toBe(expected);
});

it.each([
  ['TINYINT', 'yyyyyyy.y.yy..'],
  ['DECIMAL(5,2)', 'yyyyyy..y.yy..'],
  ['DOUBLE', 'yyyyyy..y.....'],
  ['STRING', 'yyyyyyyyyyyyy.'],
  ['BOOLEAN', 'yyyyyy..y.....'],
  ['BINARY', '....y.y.......'],
  ['DATE', 'yyyyyy.yyy....'],
  ['TIMESTAMP', 'yyyyyy.yyy....'],
  ['TIMESTAMP_NTZ', '....y..yyy....'],
  ['INTERVAL DAY', 'yyy.y.....y...'],
])('without ANSI from %s', (from, expected) => {
  expect(row(from, legacy)).toBe(expected);
});

describe('nested types', () => {
  const notNull = (element: DataType): DataType => ({ kind: 'array', element, containsNull: false });
  const int = parseType('INT');
  const string = parseType('STRING');

  it('are cast by what is inside', () => {
    const can = (from: string, to: string, options = ansi): boolean => canCast(parseType(from), parseType(to), options);
    expect(can('MAP<INT, DATE>', 'MAP<STRING, STRING>')).toBe(true);
    expect(can('MAP<INT, DATE>', 'MAP<STRING, INT>')).toBe(false);
    expect(can('STRUCT<a: INT>', 'STRUCT<b: STRING>')).toBe(true);
    expect(can('STRUCT<a: INT>', 'STRUCT<a: INT, b: INT>')).toBe(false);
    expect(can('ARRAY<INT>', 'MAP<INT, INT>')).toBe(false);
    expect(can('ARRAY<DATE>', 'ARRAY<INT>')).toBe(false);
    expect(can('ARRAY<DATE>', 'ARRAY<INT>', tolerant)).toBe(true);
  });

  it('need a place for nulls', () => {
    expect(canCast(parseType('ARRAY<INT>'), notNull(string), ansi)).toBe(false);
    expect(canCast(notNull(string), notNull(int), ansi)).toBe(true);
    expect(canCast(notNull(string), notNull(int), legacy)).toBe(false);
    expect(canCast(notNull(string), notNull(int), tolerant)).toBe(false);
    expect(canCast(notNull(int), notNull(string), tolerant)).toBe(true);
  });
});

describe('checkCast', () => {
  const condition = (from: string, to: string, options: Parameters<typeof checkCast>[2]): string => {
    try {
      checkCast(parseType(from), parseType(to), options);
    } catch (error) {
      return (error as ExpressionError).condition.replace('DATATYPE_MISMATCH.CAST_', '');
    }
    return 'none';
  };

  it.each([
    ['INT', 'DATE', 'WITH_FUNC_SUGGESTION', 'WITH_FUNC_SUGGESTION', 'WITHOUT_SUGGESTION'],
    ['DATE', 'INT', 'WITH_FUNC_SUGGESTION', 'WITH_FUNC_SUGGESTION', 'none'],
    ['INT', 'BINARY', 'WITH_CONF_SUGGESTION', 'WITHOUT_SUGGESTION', 'none'],
    ['TIMESTAMP', 'BOOLEAN', 'WITH_CONF_SUGGESTION', 'WITHOUT_SUGGESTION', 'none'],
    ['BINARY', 'INT', 'WITHOUT_SUGGESTION', 'WITHOUT_SUGGESTION', 'WITHOUT_SUGGESTION'],
    ['STRING', 'INT', 'none', 'none', 'none'],
  ])('%s to %s', (from, to, strict, tried, lenient) => {
    expect(condition(from, to, ansi)).toBe(strict);
    expect(condition(from, to, tolerant)).toBe(tried);
    expect(condition(from, to, legacy)).toBe(lenient);
  });

  it('names the functions that do it', () => {
    expect(() => checkCast(parseType('INT'), parseType('DATE'), ansi)).toThrow(
      'A INT cannot be cast to DATE. Use date_from_unix_date instead.',
    );
  });
});

it.each([
  ['STRING', 'INT', true],
  ['STRING', 'BINARY', false],
  ['INT', 'STRING', false],
  ['INT', 'BIGINT', false],
  ['DOUBLE', 'INT', true],
  ['DECIMAL(5,2)', 'INT', true],
  ['DECIMAL(5,2)', 'DECIMAL(6,3)', false],
  ['DECIMAL(5,2)', 'DECIMAL(6,1)', true],
  ['INT', 'DECIMAL(10,0)', false],
  ['INT', 'DECIMAL(9,0)', true],
  ['TIMESTAMP', 'INT', true],
  ['TIMESTAMP', 'BIGINT', false],
  ['TIMESTAMP', 'DATE', false],
  ['DATE', 'TIMESTAMP', false],
  ['DOUBLE', 'TIMESTAMP', true],
  ['INT', 'INT', false],
])('whether %s to %s may give null: %p', (from, to, expected) => {
  expect(mayGiveNull(parseType(from), parseType(to))).toBe(expected);
});
