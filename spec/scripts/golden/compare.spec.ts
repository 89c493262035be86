import fc from 'fast-check';
import { compareError, compareRows, compareValue } from '../../../scripts/golden/compare.js';
import { decode, encode } from '../../../scripts/golden/values.js';
import { columnFrom } from '../../../lib/columns/index.js';
import { readerOf } from '../../../lib/expressions/vector.js';
import { parseType } from '../../../lib/schema/index.js';
import { arbitrary, types } from '../../lib/columns/values.js';

/** Type, a value as the vectors write it, and what looks like it. */
const likenesses: [string, unknown, unknown][] = [
  ['boolean', true, false],
  ['int', 1, 2],
  ['bigint', { $long: '9223372036854775807' }, { $long: '9223372036854775806' }],
  ['double', 0.1, 0.10000000000000002],
  ['double', 0, { $double: '-0.0' }],
  ['double', { $double: 'Infinity' }, { $double: '-Infinity' }],
  ['double', { $double: 'NaN' }, null],
  ['float', 0.1, 0.10000001],
  ['decimal(5,2)', { $decimal: '1.50' }, { $decimal: '1.51' }],
  ['decimal(38,0)', { $decimal: '1'.repeat(38) }, { $decimal: `${'1'.repeat(37)}2` }],
  ['string', 'a', 'a '],
  ['string', { $invalidUtf8: 'YfA=' }, 'a\ufffd'],
  ['binary', { $binary: 'AQ==' }, { $binary: 'AQI=' }],
  ['date', { $date: '2020-02-29' }, { $date: '2020-03-01' }],
  ['date', { $date: '-0044-03-15' }, { $date: '0044-03-15' }],
  ['timestamp', { $timestamp: '2020-01-01T00:00:00.000001Z' }, { $timestamp: '2020-01-01T00:00:00.000002Z' }],
  [
    'timestamp_ntz',
    { $timestamp_ntz: '+294247-01-10T04:00:54.775807' },
    { $timestamp_ntz: '9999-01-01T00:00:00.000000' },
  ],
  ['interval day to second', { $dayTimeMicros: '1' }, { $dayTimeMicros: '-1' }],
  ['interval year', { $yearMonthMonths: '12' }, { $yearMonthMonths: '24' }],
  ['interval', { $interval: { months: 1, days: 0, micros: '0' } }, { $interval: { months: 0, days: 30, micros: '0' } }],
  ['array<int>', [1, null], [1]],
  [
    'map<string,int>',
    {
      $map: [
        ['a', 1],
        ['b', 2],
      ],
    },
    {
      $map: [
        ['b', 2],
        ['a', 1],
      ],
    },
  ],
  ['struct<a:int,b:int>', { a: 1, b: 2 }, { a: 1, b: null }],
  [
    'struct<a:int,a:int>',
    {
      $struct: [
        ['a', 1],
        ['a', 2],
      ],
    },
    {
      $struct: [
        ['a', 2],
        ['a', 1],
      ],
    },
  ],
];

describe('values', () => {
  it.each(likenesses)('of %s: %j is not %j', (name, value, likeness) => {
    const type = parseType(name);
    expect(compareValue(type, value, value)).toBeUndefined();
    expect(compareValue(type, value, likeness)).toBeDefined();
    expect(compareValue(type, likeness, value)).toBeDefined();
    expect(compareValue(parseType(`array<${name}>`), [value], [likeness])).toBeDefined();
  });

  it('that are not of the type are no values', () => {
    const wrong: [string, unknown][] = [
      ['int', 1.5],
      ['decimal(5,2)', { $decimal: '1.5' }],
      ['date', { $date: '2020-2-29' }],
      ['timestamp', { $timestamp: '2020-01-01T00:00:00Z' }],
      ['struct<a:int>', { b: 1 }],
      ['struct<a:int>', { a: 1, b: 1 }],
      ['void', 1],
    ];
    for (const [name, value] of wrong) expect(() => decode(parseType(name), value)).toThrow(TypeError);
  });

  it('of every type come back', () => {
    for (const type of types) {
      fc.assert(
        fc.property(arbitrary(type), (given) => {
          const value = readerOf(columnFrom(type, [given]))(0);
          const json = encode(type, value);
          expect(encode(type, decode(type, JSON.parse(JSON.stringify(json))))).toEqual(json);
        }),
        { numRuns: 30 },
      );
    }
  });
});

describe('rows', () => {
  const schema = [['v', 'double']] as const;

  it('are a list, or a multiset', () => {
    const got = { schema, rows: [[1], [2], [2]] };
    expect(compareRows({ schema, rows: [[1], [2], [2]] }, got)).toBeUndefined();
    expect(compareRows({ schema, rows: [[2], [1], [2]] }, got)).toBeDefined();
    expect(compareRows({ schema, rows: [[2], [1], [2]], ordered: false }, got)).toBeUndefined();
    expect(compareRows({ schema, rows: [[2], [1], [1]], ordered: false }, got)).toBeDefined();
    expect(compareRows({ schema, rows: [[1], [2]], ordered: false }, got)).toBeDefined();
  });

  it('have the types of Spark', () => {
    const got = { schema: [['v', 'float']] as const, rows: [[1]] };
    expect(compareRows({ schema, rows: [[1]] }, got)).toContain('float');
  });

  it('may be near each other, and arrays may be sets, only where that is said', () => {
    const near = { schema, rows: [[1 + 1e-13]] };
    expect(compareRows({ schema, rows: [[1]] }, near)).toBeDefined();
    expect(compareRows({ schema, rows: [[1]] }, near, { tolerance: 1e-12 })).toBeUndefined();
    expect(compareRows({ schema, rows: [[1.1]] }, near, { tolerance: 1e-12 })).toBeDefined();
    const lists = [['v', 'array<int>']] as const;
    expect(compareRows({ schema: lists, rows: [[[1, 2]]] }, { schema: lists, rows: [[[2, 1]]] })).toBeDefined();
    const sets = { sets: true };
    expect(compareRows({ schema: lists, rows: [[[1, 2]]] }, { schema: lists, rows: [[[2, 1]]] }, sets)).toBeUndefined();
    expect(compareRows({ schema: lists, rows: [[[1, 2]]] }, { schema: lists, rows: [[[2, 2]]] }, sets)).toBeDefined();
  });
});

describe('errors', () => {
  const got = (...conditions: string[]) => ({ conditions, message: 'it failed' });
  const expected = (...conditions: string[]) => ({ phase: 'run', conditions });

  it('are the same by their last condition, whatever the phase', () => {
    expect(compareError(expected('STREAM_FAILED', 'DIVIDE_BY_ZERO'), got('DIVIDE_BY_ZERO'))).toBeUndefined();
    expect(compareError(expected('DIVIDE_BY_ZERO'), got('CAST_OVERFLOW'))).toBeDefined();
    expect(compareError(expected('DIVIDE_BY_ZERO'), got())).toBeDefined();
  });

  it('without a proper name are any error, but an error', () => {
    expect(compareError(expected('_LEGACY_ERROR_TEMP_1228'), got('CAST_OVERFLOW'))).toBeUndefined();
    expect(compareError({ phase: 'run', message: 'no' }, got())).toBeUndefined();
    expect(compareError(expected('_LEGACY_ERROR_TEMP_1228'), undefined)).toBeDefined();
    expect(compareError(undefined, got())).toContain('it failed');
  });
});
