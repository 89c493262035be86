import { Decimal, Table, Timestamp, parseDdl } from 'sluice';
import { drawTable } from '../../../connectors/console/table.js';

const table = (schema: string, ...rows: Record<string, unknown>[]): Table => Table.fromRows(rows, parseDdl(schema));

/** The cells of the one column of a table of values. */
function cells(type: string, ...values: unknown[]): string[] {
  const lines = drawTable(table(`v ${type}`, ...values.map((v) => ({ v }))), 100, 0).split('\n');
  return lines.slice(3, -2).map((line) => line.slice(1, -1).trimEnd());
}

describe('a table on the console', () => {
  it('is drawn as show does: cut to 20 characters, aligned to the right', () => {
    const words = table(
      'id INT, word STRING',
      { id: 1, word: 'short' },
      { id: 22, word: 'exactly twenty chars' },
      { id: 333, word: 'one more than twenty!' },
      { id: 4444, word: null },
    );
    expect(drawTable(words, 20, 20)).toBe(
      [
        '+----+--------------------+',
        '|  id|                word|',
        '+----+--------------------+',
        '|   1|               short|',
        '|  22|exactly twenty chars|',
        '| 333|one more than twe...|',
        '|4444|                NULL|',
        '+----+--------------------+',
        '',
      ].join('\n'),
    );
  });

  it('is whole, and aligned to the left, without truncation', () => {
    expect(drawTable(table('word STRING', { word: 'one more than twenty!' }, { word: '' }), 20, 0)).toBe(
      [
        '+---------------------+',
        '|word                 |',
        '+---------------------+',
        '|one more than twenty!|',
        '|                     |',
        '+---------------------+',
        '',
      ].join('\n'),
    );
  });

  it('has no dots where there is no room for them, and columns of three at least', () => {
    expect(drawTable(table('a STRING', { a: 'abcdef' }), 20, 2)).toBe(
      ['+---+', '|  a|', '+---+', '| ab|', '+---+', ''].join('\n'),
    );
    expect(drawTable(table('a STRING', { a: 'abcdef' }), 20, 4)).toBe(
      ['+----+', '|   a|', '+----+', '|a...|', '+----+', ''].join('\n'),
    );
  });

  it('says when there are more rows', () => {
    const three = table('n INT', { n: 1 }, { n: 2 }, { n: 3 });
    const drawn = (numRows: number) => drawTable(three, numRows, 20).split('\n').slice(3);
    expect(drawn(2)).toEqual(['|  1|', '|  2|', '+---+', 'only showing top 2 rows', '']);
    expect(drawn(1)).toEqual(['|  1|', '+---+', 'only showing top 1 row', '']);
    expect(drawn(0)).toEqual(['+---+', 'only showing top 0 rows', '']);
    expect(drawn(3)).toEqual(['|  1|', '|  2|', '|  3|', '+---+', '']);
  });

  it('counts characters of full width as two', () => {
    expect(drawTable(table('a STRING, b STRING', { a: '文字', b: 'x' }, { a: 'カナカナ', b: '한글' }), 20, 20)).toBe(
      [
        '+--------+----+',
        '|       a|   b|',
        '+--------+----+',
        '|    文字|   x|',
        '|カナカナ|한글|',
        '+--------+----+',
        '',
      ].join('\n'),
    );
  });

  it('is drawn without columns and without rows', () => {
    expect(drawTable(Table.fromRows([]), 20, 20)).toBe('++\n||\n++\n++\n');
    expect(drawTable(table('a INT'), 20, 20)).toBe('+---+\n|  a|\n+---+\n+---+\n');
  });

  it('shows what would break its lines as escapes, in names as well', () => {
    expect(cells('STRING', 'a\nb\tc\rd\fe\bf\vg\x07')).toEqual(['a\\nb\\tc\\rd\\fe\\bf\\vg\\a']);
    expect(drawTable(table('`a\nb` INT'), 20, 0).split('\n')[1]).toBe('|a\\nb|');
  });

  it.each<[string, unknown[], string[]]>([
    ['BOOLEAN', [true, false], ['true', 'false']],
    ['LONG', [0, -1, 9223372036854775807n], ['0', '-1', '9223372036854775807']],
    ['DOUBLE', [0, -0, 1, 100, 0.1, 1234567.5], ['0.0', '-0.0', '1.0', '100.0', '0.1', '1234567.5']],
    ['DOUBLE', [1e7, 12345678, 0.001, 0.0001, 1e23], ['1.0E7', '1.2345678E7', '0.001', '1.0E-4', '1.0E23']],
    ['DOUBLE', [5e-324, 1.7976931348623157e308, -2.5e-7], ['4.9E-324', '1.7976931348623157E308', '-2.5E-7']],
    ['DOUBLE', [NaN, Infinity, -Infinity], ['NaN', 'Infinity', '-Infinity']],
    ['FLOAT', [0.1, 16777216, 3.4028235e38, 1.4e-45], ['0.1', '1.6777216E7', '3.4028235E38', '1.4E-45']],
    ['DECIMAL(12,8)', [new Decimal(1n, 8), '-12.5'], ['0.00000001', '-12.50000000']],
    ['BINARY', [new Uint8Array([0, 1, 0xab]), new Uint8Array()], ['[00 01 AB]', '[]']],
    ['ARRAY<INT>', [[1, 2], [null], []], ['[1, 2]', '[NULL]', '[]']],
    [
      'STRUCT<a: INT, b: STRING>',
      [
        { a: 1, b: 'x' },
        { a: null, b: 'y' },
      ],
      ['{1, x}', '{NULL, y}'],
    ],
    ['MAP<STRING, DOUBLE>', [{ k: 1, l: null }, {}], ['{k -> 1.0, l -> NULL}', '{}']],
    ['ARRAY<STRUCT<at: DATE>>', [[{ at: new Date('2020-02-29') }]], ['[{2020-02-29}]']],
    ['DATE', ['2020-02-29', '0001-01-01'].map((d) => new Date(d)), ['2020-02-29', '0001-01-01']],
    ['DATE', [new Date('+012020-01-01'), new Date('-000044-03-15')], ['+12020-01-01', '-0044-03-15']],
    ['STRING', [null, undefined], ['NULL', 'NULL']],
  ])('writes a %s as Spark does: %p', (type, values, expected) => {
    expect(cells(type, ...values)).toEqual(expected);
  });

  it('writes intervals as Spark does', () => {
    expect(cells('INTERVAL DAY TO SECOND', 93_784_500_000, -1)).toEqual([
      "INTERVAL '1 02:03:04.5' DAY TO SECOND",
      "INTERVAL '-0 00:00:00.000001' DAY TO SECOND",
    ]);
    expect(cells('INTERVAL YEAR TO MONTH', 14)).toEqual(["INTERVAL '1-2' YEAR TO MONTH"]);
    expect(cells('INTERVAL', { months: 14, days: -3, micros: 0 })).toEqual(['1 years 2 months -3 days']);
  });

  it.each(['TIMESTAMP', 'TIMESTAMP_NTZ'])('writes a %s to the last digit that it has, in UTC', (type) => {
    const at = (text: string, micros = 0) => new Timestamp(BigInt(Date.parse(text)) * 1000n + BigInt(micros));
    expect(
      cells(
        type,
        at('2020-01-01T00:00:00Z'),
        at('2020-01-01T23:59:59.120Z'),
        at('2020-01-01T00:00:00.123Z', 456),
        at('1969-12-31T23:59:59.999Z', 1),
      ),
    ).toEqual([
      '2020-01-01 00:00:00',
      '2020-01-01 23:59:59.12',
      '2020-01-01 00:00:00.123456',
      '1969-12-31 23:59:59.999001',
    ]);
  });

  it('writes values whose types nobody declared by what they look like', () => {
    const row = {
      n: 1,
      x: 1.5,
      s: 'text',
      b: 2n ** 60n,
      at: new Date(0),
      list: [1, 'a', null],
      map: new Map([['k', [1]]]),
      object: { a: 1, b: { c: null } },
      bytes: new Uint8Array([255]),
      exact: new Decimal(150n, 2),
    };
    const line = drawTable(Table.fromRows([row]), 20, 0).split('\n')[3]!;
    expect(
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    ).toEqual([
      '1',
      '1.5',
      'text',
      '1152921504606846976',
      '1970-01-01 00:00:00',
      '[1, a, NULL]',
      '{k -> [1]}',
      '{1, {NULL}}',
      '[FF]',
      '1.50',
    ]);
  });
});
