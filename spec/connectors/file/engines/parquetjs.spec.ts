import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { openByParquetJs } from '../../../../connectors/file/engines/parquetjs-reader.js';
import { encodeByParquetJs } from '../../../../connectors/file/engines/parquetjs-writer.js';
import { encodeParquet, openParquet } from '../../../../connectors/file/parquet/index.js';
import { FixedColumn, Table } from '../../../../lib/columns/index.js';
import { timestamp, toSchema } from '../../../../lib/schema/index.js';
import { tempDir } from '../../../helpers/temp-dir.js';

const dir = tempDir();
let files = 0;

const save = (bytes: Uint8Array): string => {
  const path = join(dir, `${files++}.parquet`);
  writeFileSync(path, bytes);
  return path;
};

async function rowsOf(path: string, engine: typeof openParquet, ddl: string): Promise<unknown[]> {
  const file = await engine(path);
  try {
    const rows: unknown[] = [];
    for (const rowGroup of file.rowGroups.keys()) {
      rows.push(...(await file.read({ rowGroup, columns: toSchema(ddl).fields })).toRows());
    }
    return rows;
  } finally {
    await file.close();
  }
}

const options = { compression: 'snappy', maxRowGroupRows: 1 << 20 };
const schema = 'o BOOLEAN, b BYTE, h SHORT, i INT, l LONG, f FLOAT, d DOUBLE, y DATE, s STRING, x BINARY';
const missing = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const day = fc.integer({ min: -700_000, max: 2_900_000 }).map((n) => new Date(n * 86_400_000));
const values = {
  o: missing(fc.boolean()),
  b: missing(fc.integer({ min: -128, max: 127 })),
  h: missing(fc.integer({ min: -32768, max: 32767 })),
  i: missing(fc.integer()),
  l: missing(fc.maxSafeInteger()),
  f: missing(fc.float({ noNaN: true })),
  d: missing(fc.double({ noNaN: true })),
  y: missing(day),
  s: missing(fc.string({ unit: 'grapheme', maxLength: 8 })),
  x: missing(fc.uint8Array({ maxLength: 8 })),
};

it('writes what we read, and reads what it wrote, in several row groups', async () => {
  const rows = fc.array(fc.record(values), { minLength: 1, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(
      rows,
      fc.constantFrom('none', 'snappy', 'gzip'),
      fc.integer({ min: 1, max: 20 }),
      async (...given) => {
        const [rows, compression, maxRowGroupRows] = given;
        const table = Table.fromRows(rows, toSchema(schema));
        const path = save(encodeByParquetJs(table, { compression, maxRowGroupRows }));
        expect(await rowsOf(path, openParquet, schema)).toEqual(table.toRows());
        expect(await rowsOf(path, openByParquetJs, schema)).toEqual(table.toRows());
      },
    ),
    { numRuns: 60 },
  );
});

it('writes timestamps to the microsecond', async () => {
  const micros = BigInt64Array.of(0n, 1n, 1_709_284_320_123_456n);
  const table = new Table(toSchema('at TIMESTAMP'), [new FixedColumn(timestamp(), micros)], micros.length);
  expect(await rowsOf(save(encodeByParquetJs(table, options)), openParquet, 'at TIMESTAMP')).toEqual(table.toRows());
});

it.each([
  ['l LONG', 2n ** 53n + 1n],
  ['l LONG', -(2n ** 63n)],
  ['d DOUBLE', NaN],
  ['f FLOAT', NaN],
  ['t TIMESTAMP', new Date(-1)],
])('does not write a %s of %s', (ddl, value) => {
  const table = Table.fromRows([{ [ddl[0]!]: value }], toSchema(ddl));
  expect(() => encodeByParquetJs(table, options)).toThrow(/parquetjs-lite/);
});

it.each([
  'a DECIMAL(9,2)',
  'a TIMESTAMP_NTZ',
  'a ARRAY<INT>',
  'a STRUCT<b: INT>',
  '`__proto__` INT',
  '`1` INT',
  '`a,b` INT',
])('does not write %s', (ddl) => {
  const table = Table.empty(toSchema(ddl));
  expect(() => encodeByParquetJs(table, options)).toThrow(expect.objectContaining({ code: 'INVALID_SCHEMA' }));
});

it.each([
  ['a TIMESTAMP', [{ a: new Date(1) }]],
  ['a DECIMAL(9,2)', [{ a: '1.50' }]],
  ['a ARRAY<INT>', [{ a: [1] }]],
  ['a INT', [{ a: 1 }, { a: 1 }]],
])('does not read %s of a file that we wrote', async (ddl, rows) => {
  const path = save(encodeParquet([Table.fromRows(rows, toSchema(ddl))]));
  await expect(rowsOf(path, openByParquetJs, ddl)).rejects.toThrow(/parquetjs-lite/);
});

it('does not read dictionaries, of which it makes texts, or those of other rows', async () => {
  const database = await DuckDBInstance.create(':memory:');
  const connection = await database.connect();
  const path = join(dir, 'dictionary.parquet');
  await connection.run(`COPY (SELECT (i % 3)::INT AS a, 'x' || (i % 2) AS s FROM range(1000) t(i)) TO '${path}'`);
  connection.closeSync();
  database.closeSync();
  const refused = { code: 'FILE_UNREADABLE', details: { path, engine: 'parquetjs-lite' } };
  for (const ddl of ['a INT', 's STRING']) {
    expect(await rowsOf(path, openParquet, ddl)).toHaveLength(1000);
    await expect(rowsOf(path, openByParquetJs, ddl)).rejects.toMatchObject(refused);
  }
});

it('reads columns of other types and such as are not there as our own reading does', async () => {
  const table = Table.fromRows(
    [
      { a: 1, b: 'x' },
      { a: null, b: null },
    ],
    toSchema('a INT, b STRING'),
  );
  const path = save(encodeByParquetJs(table, options));
  const ddl = 'B STRING, c DOUBLE, a LONG';
  expect(await rowsOf(path, openByParquetJs, ddl)).toEqual(await rowsOf(path, openParquet, ddl));
});
