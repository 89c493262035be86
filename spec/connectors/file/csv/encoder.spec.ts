import { CsvEncoder, csvWriteOptions } from '../../../../connectors/file/csv/index.js';
import { Table } from '../../../../lib/columns/index.js';
import { parseOptions } from '../../../../lib/options/index.js';
import { Timestamp, anyType, field, structOf, toSchema } from '../../../../lib/schema/index.js';
import { caughtFrom } from '../../../helpers/caught-from.js';
import { encode } from './support.js';

const STRINGS = 'a STRING, b STRING';

describe('CsvEncoder: fields', () => {
  it('writes a header, quoted like any text, and no header if none is asked for', () => {
    expect(encode('`a,b` INT, c STRING', [], { header: true })).toBe('"a,b",c\n');
    expect(encode('a INT', [])).toBe('');
  });

  it('tells missing from empty', () => {
    expect(
      encode(STRINGS, [
        [null, ''],
        ['', 'x'],
      ]),
    ).toBe(',""\n"",x\n');
    expect(encode(STRINGS, [[null, '']], { nullValue: 'NULL', emptyValue: 'EMPTY' })).toBe('NULL,EMPTY\n');
    expect(encode(STRINGS, [[null, '']], { nullValue: 'a,b', emptyValue: '' })).toBe('"a,b",\n');
    expect(encode(STRINGS, [[null, '']], { quote: "'" })).toBe(",''\n");
  });

  it.each([
    [
      'quotes',
      [
        ['say "hi"', '"'],
        ['a"b,c', 'x'],
      ],
      {},
      '"say \\"hi\\"","\\""\n"a\\"b,c",x\n',
    ],
    ['quotes, doubled', [['say "hi"', '"']], { escape: '"' }, '"say ""hi""",""""\n'],
    [
      'quotes that may stay',
      [
        ['a"b', '"b'],
        ['a"', 'b,"'],
      ],
      { escapeQuotes: false },
      'a"b,"\\"b"\na","b,\\""\n',
    ],
    ['backslashes', [['a\\', 'b,\\']], {}, 'a\\,"b,\\\\"\n'],
    [
      'line ends',
      [
        ['a\nb', 'c\rd'],
        ['e\r\nf', 'g'],
      ],
      {},
      '"a\nb","c\rd"\n"e\r\nf",g\n',
    ],
    ['another separator', [['a;b', 'c,d']], { sep: ';' }, '"a;b";c,d\n'],
    ['a long separator, of which a text has a part', [['a:', 'b']], { sep: '::' }, '"a:"::b\n'],
    [
      'another line end',
      [
        ['a', 'b'],
        ['c;d', 'e'],
      ],
      { lineSep: ';' },
      'a,b;"c;d",e;',
    ],
    [
      'what would be a comment',
      [
        ['#a', '#b'],
        ['a#', 'b'],
      ],
      {},
      '"#a",#b\na#,b\n',
    ],
    [
      'what would be another comment',
      [
        ['#a', 'b'],
        [';', 'b'],
      ],
      { comment: ';' },
      '#a,b\n";",b\n',
    ],
    [
      'blanks at the ends',
      [
        [' a ', '\tb'],
        ['   ', 'x'],
      ],
      {},
      'a,b\n"",x\n',
    ],
    [
      'blanks that are kept',
      [
        ['  a ', '\tb'],
        ['   ', 'x'],
      ],
      { ignoreLeadingWhiteSpace: false, ignoreTrailingWhiteSpace: false },
      '  a ,\tb\n   ,x\n',
    ],
    ['no quote', [['a,b', 'c"d']], { quote: '' }, '\0a,b\0,c"d\n'],
    ['other scripts', [['日本', '😀']], {}, '日本,😀\n'],
  ])('writes %s', (_, rows, options, expected) => {
    expect(encode(STRINGS, rows, options)).toBe(expected);
  });

  it('quotes everything if told to', () => {
    expect(
      encode(
        'a STRING, b INT, c STRING',
        [
          ['x', 1, null],
          ['', 2, 'y'],
        ],
        { quoteAll: true },
      ),
    ).toBe('"x","1",""\n"","2","y"\n');
  });

  it('quotes a value that is no string where the dialect needs it', () => {
    const row = [[-1.5, new Date('2020-01-02'), true]];
    expect(encode('a DOUBLE, b DATE, c BOOLEAN', row, { sep: '-' })).toBe('"-1.5"-"2020-01-02"-true\n');
    expect(encode('a DOUBLE, b DATE, c BOOLEAN', row, { sep: 't' })).toBe('-1.5t2020-01-02t"true"\n');
    expect(encode('a DOUBLE, b DATE, c BOOLEAN', row, { comment: '-' })).toBe('"-1.5",2020-01-02,true\n');
    expect(encode('a DOUBLE, b DATE, c BOOLEAN', row, { quote: '1' })).toBe('1-\\1.51,12020-0\\1-021,true\n');
  });

  it('takes no line for a missing value alone, as it would be no record, and keeps blanks alone', () => {
    expect(encode('a STRING', [[null], ['x'], ['']])).toBe('x\n""\n');
    expect(encode('a INT', [[null], [1]], { nullValue: 'NULL' })).toBe('NULL\n1\n');
    expect(encode('a STRING', [['  ']], { ignoreLeadingWhiteSpace: false, ignoreTrailingWhiteSpace: false })).toBe(
      '"  "\n',
    );
  });
});

describe('CsvEncoder: values', () => {
  const column = (type: string, list: unknown[]): string[] =>
    encode(
      `v ${type}`,
      list.map((v) => [v]),
    )
      .trimEnd()
      .split('\n');

  it('writes doubles as Java does', () => {
    const doubles: [number, string][] = [
      [0, '0.0'],
      [-0, '-0.0'],
      [1, '1.0'],
      [-12.5, '-12.5'],
      [0.1, '0.1'],
      [99.99, '99.99'],
      [123.456, '123.456'],
      [0.001, '0.001'],
      [0.00123, '0.00123'],
      [0.00099, '9.9E-4'],
      [9999999.99, '9999999.99'],
      [1e7, '1.0E7'],
      [-12345678.9, '-1.23456789E7'],
      [1e21, '1.0E21'],
      [1.5e-7, '1.5E-7'],
      [5e-324, '4.9E-324'],
      [1.7976931348623157e308, '1.7976931348623157E308'],
      [NaN, 'NaN'],
      [Infinity, 'Infinity'],
      [-Infinity, '-Infinity'],
    ];
    expect(
      column(
        'DOUBLE',
        doubles.map(([v]) => v),
      ),
    ).toEqual(doubles.map(([, text]) => text));
  });

  it('writes floats with the digits that name them', () => {
    const floats = [0.1, 16777216, 3.4028235e38, 1e-3, -1.5, 1.17549435e-38, NaN, Infinity].map(Math.fround);
    expect(column('FLOAT', floats)).toEqual([
      '0.1',
      '1.6777216E7',
      '3.4028235E38',
      '0.001',
      '-1.5',
      '1.1754944E-38',
      'NaN',
      'Infinity',
    ]);
  });

  it('writes integers of every size', () => {
    const longs = [
      0,
      -1,
      999999999,
      1000000000,
      -4294967296,
      2 ** 53 - 1,
      -(2 ** 53 - 1),
      2n ** 63n - 1n,
      -(2n ** 63n),
    ];
    expect(column('LONG', longs)).toEqual(longs.map(String));
    expect(column('INT', [2147483647, -2147483648, 10, 9])).toEqual(['2147483647', '-2147483648', '10', '9']);
    expect(column('TINYINT', [-128, 127])).toEqual(['-128', '127']);
    expect(column('DECIMAL(38,3)', ['-0.001', '12345678901234567890.5', '0'])).toEqual([
      '-0.001',
      '12345678901234567890.500',
      '0.000',
    ]);
  });

  it('writes dates, timestamps to the millisecond, booleans, and binaries in hexadecimal', () => {
    const dates = ['2020-02-29', '1969-12-31', '0001-01-01', '9999-12-31'];
    expect(
      column(
        'DATE',
        dates.map((d) => new Date(d)),
      ),
    ).toEqual(dates);
    expect(column('DATE', [new Date('+010000-01-01'), new Date('-000001-03-01')])).toEqual([
      '+10000-01-01',
      '-0001-03-01',
    ]);
    const times = [
      '2020-02-29T10:11:12.123Z',
      '1969-12-31T23:59:59.999Z',
      '0001-01-01T00:00:00.000Z',
      '9999-12-31T23:59:59.999Z',
    ];
    expect(
      column(
        'TIMESTAMP',
        times.map((t) => new Date(t)),
      ),
    ).toEqual(times);
    expect(column('TIMESTAMP', [new Timestamp(-1n), new Timestamp(1999n)])).toEqual([
      '1969-12-31T23:59:59.999Z',
      '1970-01-01T00:00:00.001Z',
    ]);
    expect(column('TIMESTAMP_NTZ', [new Date('2020-02-29T10:11:12Z')])).toEqual(['2020-02-29T10:11:12.000']);
    expect(column('BOOLEAN', [true, false])).toEqual(['true', 'false']);
    expect(column('BINARY', [Buffer.of(0, 255), Buffer.of()])).toEqual(['[00 FF]', '[]']);
  });
});

describe('CsvEncoder: tables', () => {
  const encoderOf = (schema: string) => new CsvEncoder(toSchema(schema), parseOptions('fileSink', {}, csvWriteOptions));

  it('writes slices as they are', () => {
    const schema = toSchema('a LONG, b STRING, c BOOLEAN, d TIMESTAMP');
    const rows = Array.from({ length: 20 }, (_, i) => ({
      a: i,
      b: i % 3 ? `s${i}` : null,
      c: i % 2 === 0,
      d: new Date(i),
    }));
    const table = Table.fromRows(rows, schema);
    const encoder = encoderOf('a LONG, b STRING, c BOOLEAN, d TIMESTAMP');
    const whole = Buffer.from(encoder.encode(table)).toString();
    const parts = [
      encoder.encode(table.slice(0, 7)),
      encoder.encode(table.slice(7, 7)),
      encoder.encode(table.slice(7, 20)),
    ];
    expect(Buffer.concat(parts).toString()).toBe(whole);
  });

  it('grows with what it writes', () => {
    const long = 'x'.repeat(100_000);
    expect(
      encode(STRINGS, [
        [long, `${long},`],
        [long, 'y'],
      ]),
    ).toBe(`${long},"${long},"\n${long},y\n`);
  });

  it('refuses what csv cannot hold', () => {
    for (const type of ['STRUCT<c: INT>', 'ARRAY<INT>', 'MAP<STRING, INT>', 'VOID']) {
      const error = caughtFrom(() => encoderOf(`a INT, b ${type}`));
      expect(error.code).toBe('INVALID_SCHEMA');
      expect(error.message).toContain("column 'b'");
    }
    const untyped = structOf([field('a', anyType())]);
    expect(caughtFrom(() => new CsvEncoder(untyped, parseOptions('fileSink', {}, csvWriteOptions))).code).toBe(
      'INVALID_SCHEMA',
    );
  });
});
