import { Table, columnFrom } from '../../../lib/columns/index.js';
import { parseDdl, parseType } from '../../../lib/schema/index.js';

describe('what does not fit a type', () => {
  it.each<[string, unknown]>([
    ['BOOLEAN', 'true'],
    ['BOOLEAN', 1],
    ['TINYINT', 128],
    ['TINYINT', -129],
    ['SMALLINT', 32768],
    ['INT', 2 ** 31],
    ['INT', 1.5],
    ['INT', '1'],
    ['INT', NaN],
    ['BIGINT', 2 ** 53],
    ['BIGINT', 2n ** 63n],
    ['BIGINT', 0.5],
    ['DOUBLE', '1.5'],
    ['DOUBLE', 1n],
    ['DECIMAL(4,2)', 100],
    ['DECIMAL(4,2)', '1.005'],
    ['DECIMAL(4,2)', 'ten'],
    ['DATE', new Date('2024-01-01T01:00:00Z')],
    ['DATE', new Date(NaN)],
    ['DATE', 19000],
    ['TIMESTAMP', new Date(NaN)],
    ['TIMESTAMP', 'yesterday'],
    ['STRING', 5],
    ['BINARY', 'bytes'],
    ['ARRAY<INT>', 'abc'],
    ['ARRAY<INT>', [1, 'b']],
    ['MAP<STRING, INT>', [['a', 1]]],
    ['MAP<STRING, INT>', { a: 'b' }],
    ['STRUCT<a: INT>', 5],
    ['STRUCT<a: INT>', { a: 'b' }],
  ])('%s refuses %p with TYPE_MISMATCH, naming column and row', (type, value) => {
    const build = () => columnFrom(parseType(type), [null, value], 'price');
    expect(build).toThrow(expect.objectContaining({ code: 'TYPE_MISMATCH' }));
    expect(build).toThrow(/column 'price/);
  });

  it('stores what fits exactly, whatever it is written as', () => {
    const rows = [
      { d: 100n, n: 2n ** 63n - 1n, t: '2024-01-01T00:00:00.123456Z', day: '2024-02-29', m: { a: 1 } },
      { d: '99.99', n: -7, t: new Date(5), day: new Date('1969-12-31'), m: new Map([['b', 2]]) },
    ];
    const schema = parseDdl('d DECIMAL(5,2), n LONG, t TIMESTAMP, day DATE, m MAP<STRING, INT>');
    const [first, second] = Table.fromRows(rows, schema).toRows();
    expect(String(first!.d)).toBe('100.00');
    expect(first!.n).toBe(2n ** 63n - 1n);
    expect((first!.t as Date).toISOString()).toBe('2024-01-01T00:00:00.123456Z');
    expect(first!.day).toEqual(new Date('2024-02-29'));
    expect(first!.m).toEqual(new Map([['a', 1]]));
    expect(second).toMatchObject({ n: -7, t: new Date(5), day: new Date('1969-12-31'), m: new Map([['b', 2]]) });
  });
});

describe('column names that every object knows', () => {
  const schema = parseDdl('constructor STRING, toString STRING, __proto__ STRING');

  it('are missing in a row that does not have them itself', () => {
    const [row] = Table.fromRows([{}], schema).toRows();
    expect(Object.entries(row!)).toEqual([
      ['constructor', null],
      ['toString', null],
      ['__proto__', null],
    ]);
  });

  it('hold their values where the row does', () => {
    const given = JSON.parse('{"constructor": "a", "toString": "b", "__proto__": "c"}');
    const [row] = Table.fromRows([given], schema).toRows();
    expect(Object.values(row!)).toEqual(['a', 'b', 'c']);
  });
});
