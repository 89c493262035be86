import { inferType, withTypes } from '../../../lib/columns/infer.js';
import { BytesColumn, FixedColumn, PlainColumn, Table, columnFrom } from '../../../lib/columns/index.js';
import { Decimal, anyType, array, formatType, parseDdl, formatDdl } from '../../../lib/schema/index.js';

describe('inferType', () => {
  it.each<[unknown[], string]>([
    [[null, undefined], 'VOID'],
    [[], 'VOID'],
    [[true, null], 'BOOLEAN'],
    [[1, 2.5, NaN], 'DOUBLE'],
    [[1n, -5n], 'BIGINT'],
    [[1n, 5], 'BIGINT'],
    [['a', null], 'STRING'],
    [[new Date(0)], 'TIMESTAMP'],
    [[new Uint8Array(2), Buffer.from('x')], 'BINARY'],
    [[Decimal.parse('12.5'), Decimal.parse('1.234')], 'DECIMAL(5,3)'],
    [[Decimal.parse('0.001')], 'DECIMAL(4,3)'],
    [[[1], [null, 2], []], 'ARRAY<DOUBLE>'],
    [[[]], 'ARRAY<VOID>'],
    [[new Map([['a', 1]]), new Map()], 'MAP<STRING, DOUBLE>'],
    [[{ a: 1 }, { b: 'x', a: null }, null], 'STRUCT<a: DOUBLE, b: STRING>'],
    [[{ a: { b: [true] } }], 'STRUCT<a: STRUCT<b: ARRAY<BOOLEAN>>>'],
  ])('of %p is %s', (values, type) => {
    expect(formatType(inferType(values))).toBe(type);
  });

  it.each<[unknown[], RegExp]>([
    [[1, 'a'], /'price' holds values of different types: number, string/],
    [[1n, 0.5], /bigint, number/],
    [[{ a: 1 }, { a: 'x' }], /'price\.a'/],
    [[[1, ['x']]], /'price\.element'/],
    [[() => 1], /holds a function/],
    [[new Decimal(10n ** 37n, 0), new Decimal(1n, 5)], /together more than 38/],
  ])('of %p is an error that names the column', (values, message) => {
    const infer = () => inferType(values, 'price');
    expect(infer).toThrow(expect.objectContaining({ code: 'SCHEMA_MISMATCH' }));
    expect(infer).toThrow(message);
  });
});

describe('withTypes', () => {
  it('lays plain columns out and shares the others', () => {
    const typed = columnFrom(parseDdl('id LONG').fields[0]!.type, [1, 2]);
    const schema = parseDdl('id LONG NOT NULL');
    const plain = Table.fromRows([{ a: 'x', b: null }, { a: null, b: null }]); // prettier-ignore
    const table = new Table(
      { kind: 'struct', fields: [...schema.fields, ...plain.schema.fields] },
      [typed, ...plain.columns],
      2,
    );
    const result = withTypes(table);
    expect(formatDdl(result.schema)).toBe('id BIGINT NOT NULL, a STRING, b VOID');
    expect(result.columns[0]).toBe(typed);
    expect(result.columns[1]).toBeInstanceOf(BytesColumn);
    expect(result.columns[2]).toBeInstanceOf(PlainColumn);
    expect(result.toRows()).toEqual(table.toRows());
  });

  it('is the same table where every column has a type', () => {
    const table = Table.fromRows([{ a: 1 }], parseDdl('a INT'));
    expect(withTypes(table)).toBe(table);
  });

  it('finds plain values inside arrays', () => {
    const column = columnFrom(array(anyType()), [[1, 2], null, [3]]);
    const table = new Table(
      { kind: 'struct', fields: [{ name: 'a', type: column.type, nullable: true }] },
      [column],
      3,
    );
    const result = withTypes(table);
    expect(formatDdl(result.schema)).toBe('a ARRAY<DOUBLE>');
    expect((result.columns[0] as unknown as { child: unknown }).child).toBeInstanceOf(FixedColumn);
    expect(result.toRows()).toEqual(table.toRows());
  });
});
