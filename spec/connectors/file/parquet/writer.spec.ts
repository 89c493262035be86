import { encodeParquet, parquetCodecs } from '../../../../connectors/file/parquet/index.js';
import { BytesColumn, type Column, ListColumn, MapColumn, StructColumn, Table } from '../../../../lib/columns/index.js';
import {
  Decimal,
  Timestamp,
  array,
  field,
  formatDdl,
  isInterval,
  map,
  parseDdl,
  string,
  structOf,
} from '../../../../lib/schema/index.js';
import fc from 'fast-check';
import { rowsOf, schemaOf, types } from '../../../lib/columns/values.js';
import { duckdb, fileOf, readAll } from './files.js';

const schema = parseDdl(
  'b BOOLEAN, i8 TINYINT, i16 SMALLINT, i32 INT, i64 LONG, f FLOAT, d DOUBLE, small DECIMAL(5,2), wide DECIMAL(38,6), ' +
    'day DATE, at TIMESTAMP, wall TIMESTAMP_NTZ, s STRING, bin BINARY',
);
// Missing every so often, and values of both signs: what statistics get wrong.
const rows = Array.from({ length: 500 }, (_, i) => {
  const n = i - 250;
  const row = {
    b: i % 3 === 0,
    i8: n >> 1,
    i16: n * 100,
    i32: n * 1_000_003,
    i64: BigInt(n) * 2n ** 50n,
    f: Math.fround(n / 7),
    d: n === 13 ? NaN : n / 3,
    small: new Decimal(BigInt(n) * 7n, 2),
    wide: new Decimal(BigInt(n) * 10n ** 30n + 1n, 6),
    day: new Date(n * 86_400_000),
    at: new Timestamp(BigInt(n) * 1_000_000_007n),
    wall: new Timestamp(BigInt(n) * 777_777_777n),
    s: `${n < 0 ? 'ä' : 'z'}${n}${'~'.repeat(i % 90)}`,
    bin: Uint8Array.of(i & 255, 255 - (i & 255)),
  };
  return Object.fromEntries(Object.entries(row).map(([name, v], c) => [name, (i + c) % 11 === 0 ? null : v]));
});

describe('a file that is written', () => {
  it('holds every type, nested and missing, as it was', async () => {
    const all = schemaOf(types.filter(({ kind }) => !isInterval(kind)));
    await fc.assert(
      fc.asyncProperty(rowsOf(all, { maxLength: 30 }), async (given) => {
        const back = await readAll(fileOf(encodeParquet([Table.fromRows(given, all)])));
        expect(back.schema).toEqual(all);
        expect(back.toRows()).toEqual(given);
      }),
      { numRuns: 40 },
    );
  });

  it('holds intervals as whole numbers, as Spark does, and gives them back to who asks for them', async () => {
    const intervals = parseDdl('a INTERVAL DAY TO SECOND, b INTERVAL YEAR');
    const given = [
      { a: 1, b: 24 },
      { a: null, b: -1 },
    ];
    const path = fileOf(encodeParquet([Table.fromRows(given, intervals)]));
    expect(formatDdl((await readAll(path)).schema)).toBe('a BIGINT, b INT');
    const asked = await readAll(path, intervals);
    expect(asked.schema).toEqual(intervals);
    expect(asked.toRows()).toEqual(given);
    const calendar = Table.fromRows([{ c: null }], parseDdl('c INTERVAL'));
    expect(() => encodeParquet([calendar])).toThrow(expect.objectContaining({ code: 'INVALID_SCHEMA' }));
  });

  it.each(parquetCodecs)('is read by DuckDB, compressed with %s', async (compression) => {
    const path = fileOf(encodeParquet([Table.fromRows(rows, schema)], { compression }));
    const seen = await duckdb(
      'SELECT * REPLACE (epoch_us("at")::VARCHAR AS "at", epoch_us(wall)::VARCHAR AS wall, hex(bin) AS bin) FROM $file',
      path,
    );
    const micros = (v: unknown) =>
      v === null ? null : String(BigInt((v as Date).getTime()) * 1000n + BigInt((v as Timestamp).micros));
    const text = (v: unknown) => (v === null ? null : `${v as bigint}`);
    expect(seen).toEqual(
      rows.map((row) => ({
        ...row,
        i64: text(row.i64),
        d: Number.isNaN(row.d) ? 'NaN' : row.d,
        small: text(row.small),
        wide: text(row.wide),
        day: row.day === null ? null : (row.day as Date).toISOString().slice(0, 10),
        at: micros(row.at),
        wall: micros(row.wall),
        bin:
          row.bin === null
            ? null
            : Buffer.from(row.bin as Uint8Array)
                .toString('hex')
                .toUpperCase(),
      })),
    );
    const codecs = await duckdb('SELECT DISTINCT compression FROM parquet_metadata($file)', path);
    const name = compression === 'none' ? 'uncompressed' : compression;
    expect(codecs).toEqual([{ compression: name.toUpperCase() }]);
  });

  it('has the types that Spark would give it, each column nullable', async () => {
    const given = parseDdl(
      'id LONG NOT NULL, at TIMESTAMP, wall TIMESTAMP_NTZ, day DATE, p DECIMAL(38,2), a ARRAY<INT>',
    );
    const path = fileOf(encodeParquet([Table.empty(given)]));
    const seen = await duckdb(
      'SELECT name, repetition_type, converted_type, logical_type FROM parquet_schema($file)',
      path,
    );
    expect(seen.slice(1)).toMatchSnapshot();
    expect(formatDdl((await readAll(path)).schema)).toBe(formatDdl(given).replace(' NOT NULL', ''));
  });

  it.each(schema.fields.map((f) => f.name))('has statistics of %s with which nothing is missed', async (name) => {
    // Row groups of 50 rows, so that there is much to skip.
    const path = fileOf(encodeParquet([Table.fromRows(rows, schema)], { maxRowGroupRows: 50 }));
    const values = `(SELECT DISTINCT "${name}" AS v FROM $file WHERE "${name}" IS NOT NULL USING SAMPLE reservoir(4 ROWS) REPEATABLE (1))`;
    for (const operator of ['=', '<', '>=', '<>']) {
      // A join cannot use the statistics of the file, a literal can.
      const wanted = await duckdb(
        `SELECT v::VARCHAR AS v, typeof(v) AS type, (SELECT count(*) FROM (SELECT "${name}" AS x FROM $file OFFSET 0) t WHERE x ${operator} v) AS n FROM ${values}`,
        path,
      );
      for (const { v, type, n } of wanted) {
        const literal = `CAST('${String(v).replaceAll("'", "''")}' AS ${String(type)})`;
        const [found] = await duckdb(`SELECT count(*) AS n FROM $file WHERE "${name}" ${operator} ${literal}`, path);
        expect([name, operator, v, found!.n]).toEqual([name, operator, v, n]);
      }
    }
    const [nulls] = await duckdb(`SELECT count(*) AS n FROM $file WHERE "${name}" IS NULL`, path);
    expect(Number(nulls!.n)).toBe(rows.filter((row) => row[name] === null).length);
  });

  it('has row groups of at most maxRowGroupRows, over the tables given', async () => {
    const parts = [0, 100, 250, 250].map((from, i, all) => Table.fromRows(rows.slice(from, all[i + 1] ?? 500), schema));
    const path = fileOf(encodeParquet(parts, { maxRowGroupRows: 200 }));
    const groups = await duckdb(
      'SELECT DISTINCT row_group_id, row_group_num_rows AS n FROM parquet_metadata($file) ORDER BY 1',
      path,
    );
    expect(groups.map((g) => Number(g.n))).toEqual([200, 200, 100]);
    expect((await readAll(path)).toRows()).toEqual(Table.fromRows(rows, schema).toRows());
  });
});

describe('parquet.block.size', () => {
  const sized = parseDdl('id LONG, s STRING');
  const many = Array.from({ length: 20_000 }, (_, i) => ({ id: i, s: `row ${Math.imul(i, 0x9e3779b1)} of many` }));
  const table = Table.fromRows(many, sized);
  const sizes = async (size: number): Promise<number[]> => {
    const path = fileOf(encodeParquet([table], { compression: 'none', 'parquet.block.size': size }));
    expect((await readAll(path)).toRows()).toEqual(many);
    const groups = await duckdb(
      'SELECT sum(total_uncompressed_size)::INT AS n FROM parquet_metadata($file) GROUP BY row_group_id ORDER BY row_group_id',
      path,
    );
    return groups.map((g) => Number(g.n));
  };

  it('bounds what a row group takes, about', async () => {
    const found = await sizes(100_000);
    expect(found.length).toBeGreaterThan(5);
    expect(Math.max(...found)).toBeLessThan(125_000);
    expect(Math.min(...found.slice(0, -1))).toBeGreaterThan(50_000);
  });

  it('makes no more row groups than are needed', async () => {
    expect(await sizes(2_000_000)).toHaveLength(1);
  });

  it('may be smaller than a row', () => {
    const few = table.slice(0, 20);
    expect(() => encodeParquet([few], { 'parquet.block.size': 1 })).not.toThrow();
  });
});

it('instants are written in milliseconds where that is asked for, cut downwards, at any depth', async () => {
  const given = parseDdl('at TIMESTAMP, wall TIMESTAMP_NTZ, l ARRAY<TIMESTAMP>, m MAP<STRING, STRUCT<t: TIMESTAMP>>');
  const [late, early] = [new Timestamp(1_999n), new Timestamp(-1n)];
  const row = { at: early, wall: early, l: [late, null], m: new Map([['k', { t: early }]]) };
  const table = Table.fromRows([row, { at: null, wall: null, l: null, m: null }], given);
  const path = fileOf(encodeParquet([table], { outputTimestampType: 'TIMESTAMP_MILLIS' }));
  const units = await duckdb(
    "SELECT name, converted_type AS t FROM parquet_schema($file) WHERE type = 'INT64' ORDER BY ALL",
    path,
  );
  expect(units.map(({ name, t }) => `${String(name)} ${String(t)}`)).toEqual([
    'at TIMESTAMP_MILLIS',
    'element TIMESTAMP_MILLIS',
    't TIMESTAMP_MILLIS',
    'wall TIMESTAMP_MICROS',
  ]);
  const back = await readAll(path);
  expect(back.schema).toEqual(given);
  const [cut, up] = [new Timestamp(-1000n), new Timestamp(1000n)];
  expect(back.toRows()).toEqual([
    { at: cut, wall: early, l: [up, null], m: new Map([['k', { t: cut }]]) },
    { at: null, wall: null, l: null, m: null },
  ]);
});

describe('texts that are no UTF-8 are refused, naming column and row', () => {
  const text = (offsets: number[], ...bytes: number[]): BytesColumn =>
    new BytesColumn({ kind: 'string' }, Int32Array.from(offsets), Uint8Array.from(bytes));
  const good = text([0, 2, 3, 3], 0xc3, 0xa9, 0x61);

  it.each<[string, string, number, Column]>([
    ['a byte that is no character', 's', 5, text([0, 1, 2, 3], 0x61, 0x62, 0xff)],
    ['half a surrogate pair', 's', 4, text([0, 0, 3, 3], 0xed, 0xa0, 0x80)],
    ['a character over two rows', 's', 3, text([0, 1, 2, 2], 0xc3, 0xa9)],
    ['in a list', 's.element', 5, new ListColumn(array(string()), Int32Array.of(0, 0, 2, 3), text([0, 0, 1, 2], 0x61, 0xff))], // prettier-ignore
    ['in a struct', 's.x', 4, new StructColumn(parseDdl('y STRING, x STRING'), 3, [good, text([0, 0, 1, 1], 0xff)])],
    ['in a map', 's.value', 5, new MapColumn(map(string(), string()), Int32Array.of(0, 1, 1, 3), good, text([0, 0, 0, 1], 0xff))], // prettier-ignore
  ])('%s', (_, path, row, column) => {
    const schemaOfBoth = structOf([field('s', column.type)]);
    const first = column.slice(0, 0);
    const valid = Table.fromRows([{}, {}, {}], schemaOfBoth);
    const tables = [new Table(schemaOfBoth, [first], 0), valid, new Table(schemaOfBoth, [column], 3)];
    expect(() => encodeParquet(tables)).toThrow(
      expect.objectContaining({ code: 'TYPE_MISMATCH', details: { column: path, row } }),
    );
  });

  it('and all others are written', async () => {
    const table = new Table(parseDdl('s STRING'), [good], 3);
    expect((await readAll(fileOf(encodeParquet([table])))).toRows()).toEqual([{ s: 'é' }, { s: 'a' }, { s: '' }]);
  });
});

describe('columns of plain values', () => {
  it('get their type from all tables of the file', async () => {
    const tables = [[{ a: null, n: 1 }], [{ a: 'x', n: 2n }]].map((part) => Table.fromRows(part));
    const back = await readAll(fileOf(encodeParquet(tables)));
    expect(formatDdl(back.schema)).toBe('a STRING, n BIGINT');
    expect(back.toRows()).toEqual([
      { a: null, n: 1 },
      { a: 'x', n: 2 },
    ]);
  });

  it.each([[{ a: null }], [{ a: [] }], [{ a: { b: null } }], [{ a: {} }]])(
    'without a value have no type: %p',
    (row) => {
      const encode = () => encodeParquet([Table.fromRows([row])]);
      expect(encode).toThrow(expect.objectContaining({ code: 'SCHEMA_REQUIRED' }));
      expect(encode).toThrow(/column 'a/);
    },
  );
});

it('tables of different columns do not go into one file', () => {
  const tables = [Table.fromRows([{ a: 1 }], parseDdl('a INT')), Table.fromRows([{ a: 1 }], parseDdl('a LONG'))];
  expect(() => encodeParquet(tables)).toThrow(expect.objectContaining({ code: 'SCHEMA_MISMATCH' }));
});

it('options are checked', () => {
  const table = Table.empty(parseDdl('a INT'));
  expect(() => encodeParquet([table], { compression: 'lzo' as never })).toThrow(/'snappy'/);
  expect(() => encodeParquet([table], { codec: 'gzip' } as never)).toThrow(
    expect.objectContaining({ code: 'UNKNOWN_OPTION' }),
  );
});
