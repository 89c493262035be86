import { isWorthDictionary } from '../../../../connectors/file/parquet/dictionary.js';
import { encodeParquet } from '../../../../connectors/file/parquet/index.js';
import { Table } from '../../../../lib/columns/index.js';
import { columnOf } from '../../../../lib/expressions/vector.js';
import { long, parseDdl, string } from '../../../../lib/schema/index.js';
import { fileOf, readAll } from './files.js';

const n = 20_000;
const longs = (value: (i: number) => number | null) =>
  columnOf(
    long(),
    Array.from({ length: n }, (_, i) => (value(i) === null ? null : BigInt(value(i)!))),
  );
const texts = (value: (i: number) => string) =>
  columnOf(
    string(),
    Array.from({ length: n }, (_, i) => value(i)),
  );

describe('a dictionary', () => {
  it.each([
    ['values that come again', true, longs((i) => i % 500)],
    ['values that come again one after the other', true, longs((i) => Math.floor(i / 50))],
    ['values that are all different', false, longs((i) => i * 7)],
    ['values that come twice', false, longs((i) => i >> 1)],
    ['mostly nothing', true, longs((i) => (i % 100 === 0 ? i % 7 : null))],
    ['nothing', true, longs(() => null)],
    ['texts that come again', true, texts((i) => `shop ${i % 300}`)],
    ['texts that are all different', false, texts((i) => `${i * 7919} of them`)],
    ['few values', true, columnOf(long(), [1n, 2n])],
  ])('of %s: %s', (_, worth, column) => {
    expect(isWorthDictionary(column)).toBe(worth);
  });

  it('or none, the values are the same', async () => {
    const schema = parseDdl('a LONG, b STRING, `c.d` LONG');
    const table = new Table(schema, [longs((i) => i * 7), texts((i) => `${i}`), longs((i) => i % 9)], n);
    const bytes = encodeParquet([table]);
    expect((await readAll(fileOf(bytes))).toRows()).toEqual(table.toRows());
    // Each of them once, and nothing that points to it.
    expect(encodeParquet([table.select(['a'])], { compression: 'none' }).length).toBeLessThan(n * 8 * 1.05);
  });
});
