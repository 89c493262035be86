import { jsonEncoder } from '../../../../connectors/file/json/encoder.js';
import { Table } from '../../../../lib/columns/index.js';
import { jsonWriteOptions } from '../../../../lib/formats/json/options.js';
import { parseOptions } from '../../../../lib/options/index.js';
import { Decimal, Timestamp } from '../../../../lib/schema/index.js';
import { encoded } from './harness.js';

const one = (type: string, value: unknown): string => encoded(`v ${type}`, [{ v: value }]);

describe('rows', () => {
  it('are a line each, with their fields in the order of the schema', () => {
    const rows = [
      { b: 'x', a: 1 },
      { a: 2, b: null },
      { a: null, b: null },
    ];
    expect(encoded('a INT, b STRING', rows)).toBe('{"a":1,"b":"x"}\n{"a":2}\n{}\n');
    expect(encoded('a INT, b STRING', rows, { ignoreNullFields: false })).toBe(
      '{"a":1,"b":"x"}\n{"a":2,"b":null}\n{"a":null,"b":null}\n',
    );
    expect(encoded('a INT', [{ a: 1 }, { a: 2 }], { lineSep: ';' })).toBe('{"a":1};{"a":2};');
    expect(encoded('a INT', [])).toBe('');
  });

  it('may be slices', () => {
    const table = Table.fromRows(
      [
        { a: 'x', n: 1, l: [1] },
        { a: 'y', n: 2, l: [2, 3] },
        { a: null, n: null, l: null },
      ],
      undefined,
    );
    expect(table.numRows).toBe(3);
    const encoder = jsonEncoder(parseOptions('json', {}, jsonWriteOptions));
    expect(encoder.start()).toHaveLength(0);
    expect(Buffer.from(encoder.encode(table.slice(1, 3))).toString()).toBe('{"a":"y","n":2,"l":[2,3]}\n{}\n');
  });

  it('have names that are escaped', () => {
    expect(encoded('`a"b` INT, `c.d` INT', [{ 'a"b': 1, 'c.d': 2 }])).toBe('{"a\\"b":1,"c.d":2}\n');
  });
});

describe('values', () => {
  it.each([
    ['BIGINT', 9223372036854775807n, '9223372036854775807'],
    ['BIGINT', -9223372036854775808n, '-9223372036854775808'],
    ['BIGINT', 0, '0'],
    ['TINYINT', -128, '-128'],
    ['DOUBLE', 1, '1.0'],
    ['DOUBLE', 1e20, '1.0E20'],
    ['DOUBLE', 1e-7, '1.0E-7'],
    ['DOUBLE', 123456789.125, '1.23456789125E8'],
    ['DOUBLE', -0, '-0.0'],
    ['DOUBLE', 1e7, '1.0E7'],
    ['DOUBLE', 0.001, '0.001'],
    ['DOUBLE', 5e-324, '4.9E-324'],
    ['DOUBLE', 12.34, '12.34'],
    ['DOUBLE', NaN, '"NaN"'],
    ['DOUBLE', -Infinity, '"-Infinity"'],
    ['FLOAT', Math.fround(0.1), '0.1'],
    ['FLOAT', 2 ** -149, '1.4E-45'],
    ['BOOLEAN', false, 'false'],
    ['DECIMAL(3,2)', new Decimal(150n, 2), '1.50'],
    ['DECIMAL(38,18)', new Decimal(1n, 18), '1E-18'],
    ['DECIMAL(20,0)', new Decimal(-12345678901234567890n, 0), '-12345678901234567890'],
    ['DATE', new Date('2020-02-29'), '"2020-02-29"'],
    ['DATE', new Date('0001-01-01'), '"0001-01-01"'],
    ['TIMESTAMP', new Timestamp(1582971072123456n), '"2020-02-29T10:11:12.123Z"'],
    ['TIMESTAMP', new Date('1969-12-31T23:59:59.999Z'), '"1969-12-31T23:59:59.999Z"'],
    ['TIMESTAMP_NTZ', new Date('2020-02-29T10:11:12.500Z'), '"2020-02-29T10:11:12.500"'],
    ['BINARY', Uint8Array.of(1, 2, 3, 255), '"AQID/w=="'],
    ['STRING', 'q"\\\n\t\r/\b\f', '"q\\"\\\\\\n\\t\\r/\\b\\f"'],
    ['STRING', 'é😀\u0001\u001f<&>\u2028', '"é😀\\u0001\\u001F<&>\u2028"'],
    ['STRING', '\n'.repeat(2000), `"${'\\n'.repeat(2000)}"`],
    ['ARRAY<INT>', [1, null], '[1,null]'],
    ['ARRAY<INT>', [], '[]'],
    ['STRUCT<x: INT, y: INT>', { x: null, y: 1 }, '{"y":1}'],
    ['MAP<STRING, INT>', new Map([['a"', 1]]), '{"a\\"":1}'],
    ['MAP<STRING, INT>', new Map([['k', null]]), '{"k":null}'],
    ['ARRAY<INTERVAL DAY>', [86_400_000_000], `["INTERVAL '1' DAY"]`],
    ['INTERVAL YEAR TO MONTH', 14, `"INTERVAL '1-2' YEAR TO MONTH"`],
    ['MAP<INT, BOOLEAN>', new Map([[7, true]]), '{"7":true}'],
    ['ARRAY<STRUCT<m: MAP<STRING, ARRAY<INT>>>>', [{ m: new Map([['k', [1, 2]]]) }, null], '[{"m":{"k":[1,2]}},null]'],
  ])('of %s: %p', (type, value, expected) => {
    expect(one(type, value)).toBe(`{"v":${expected}}\n`);
  });

  it('of no declared type are what JSON makes of them', () => {
    const value = {
      a: [1, 'x', null, 10n, 2n ** 60n, NaN],
      b: new Date(0),
      c: Uint8Array.of(1),
      d: new Map([['k', 1]]),
    };
    const encoder = jsonEncoder(parseOptions('json', {}, jsonWriteOptions));
    const text = Buffer.from(
      encoder.encode(Table.fromRows([{ v: value }, { v: () => 1 }, { v: undefined }])),
    ).toString();
    const plain =
      '{"a":[1,"x",null,10,"1152921504606846976","NaN"],"b":"1970-01-01T00:00:00.000Z","c":"AQ==","d":{"k":1}}';
    expect(text).toBe(`{"v":${plain}}\n{"v":null}\n{}\n`);
  });
});
