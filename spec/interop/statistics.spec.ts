import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { encodeParquet } from '../../connectors/file/parquet/index.js';
import { Table } from '../../lib/columns/index.js';
import { parseDdl } from '../../lib/schema/index.js';
import { environment, runPython } from './python.js';

// What statistics get wrong: NaN and -0, the ends of types, long texts alike at their beginning, and nothing at all.
const values: Record<string, readonly unknown[]> = {
  'b BOOLEAN': [true, false],
  'i8 TINYINT': [-128, -1, 0, 127],
  'i16 SMALLINT': [-32768, 0, 1, 32767],
  'i32 INT': [-(2 ** 31), -1, 0, 2 ** 31 - 1],
  'i64 LONG': [-(2n ** 63n), -1, 0, 2n ** 53n + 1n, 2n ** 63n - 1n],
  'f FLOAT': [NaN, -0, 0, 2 ** -149, -1.5, Infinity, -Infinity],
  'd DOUBLE': [NaN, -0, 0, 5e-324, 0.1, Infinity, -Infinity],
  'd9 DECIMAL(9,2)': ['-9999999.99', '-0.01', '0.00', '9999999.99'],
  'd18 DECIMAL(18,4)': ['-99999999999999.9999', '-0.0001', '0.0000', '99999999999999.9999'],
  'd38 DECIMAL(38,10)': ['-9999999999999999999999999999.9999999999', '-1.0000000000', '0.0000000001', '1.0000000000'],
  'day DATE': ['0001-01-01', '1969-12-31', '1970-01-01', '9999-12-31'],
  'at TIMESTAMP': ['0001-01-01T00:00:00Z', '1969-12-31T23:59:59.999999Z', '2024-02-29T12:00:00Z', '9999-12-31T23:59:59.999999Z'], // prettier-ignore
  'wall TIMESTAMP_NTZ': ['0001-01-01T00:00:00', '1969-12-31T23:59:59.999999', '9999-12-31T23:59:59.999999'],
  's STRING': ['', 'a', 'Z', 'é', '😀', '\uffff', 'a'.repeat(100), `${'a'.repeat(99)}b`, '\u{10ffff}'.repeat(40)],
  'bin BINARY': [[], [0], [127], [128], [255, 255], Array<number>(100).fill(255)].map((bytes) =>
    Uint8Array.from(bytes),
  ),
};
const ddl = Object.keys(values).join(', ');
const schema = parseDdl(ddl);

const row = fc.record(
  Object.fromEntries(
    Object.values(values).map((some, c) => [schema.fields[c]!.name, fc.option(fc.constantFrom(...some), { freq: 3 })]),
  ),
);
const tables = fc.sample(fc.array(row, { minLength: 1, maxLength: 24 }), { numRuns: 6, seed: 20_260 });

let folder: string;
let paths: string[];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-interop-'));
  paths = tables.map((rows, i) => {
    const path = join(folder, `${i}.parquet`);
    writeFileSync(path, encodeParquet([Table.fromRows(rows, schema)], { maxRowGroupRows: 3 }));
    return path;
  });
  environment(__dirname);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('filters find what they find without our statistics', () => {
  it('in pyarrow', () => expect(runPython(__dirname, 'filters.py', paths)).toEqual([]), 60_000);

  it('in DuckDB', async () => {
    const db = await DuckDBInstance.create(':memory:', { threads: '1' });
    const connection = await db.connect();
    for (const path of paths) {
      for (const field of schema.fields) {
        const name = `"${field.name}"`;
        const literals = await texts(
          connection,
          `SELECT DISTINCT ${literalOf(name)} FROM '${path}' WHERE ${name} IS NOT NULL`,
        );
        const tests = ['IS NULL', ...literals.flatMap((v) => [`= ${v}`, `< ${v}`, `>= ${v}`])];
        // Without a filter that could be pushed down, and with one.
        const counts = tests.map((test) => `count(*) FILTER (${name} ${test})`).join(', ');
        const wanted = await numbers(connection, `SELECT ${counts} FROM '${path}'`);
        const each = tests.map((test) => `(SELECT count(*) FROM '${path}' WHERE ${name} ${test})`).join(', ');
        const found = await numbers(connection, `SELECT ${each}`);
        expect([path, name, tests, found]).toEqual([path, name, tests, wanted]);
      }
    }
    connection.closeSync();
    db.closeSync();
  }, 60_000);
});

/** SQL that makes the SQL of a value. */
function literalOf(name: string): string {
  if (name === '"s"') return `'decode(from_hex(''' || hex(s) || '''))'`;
  if (name === '"bin"') return `'from_hex(''' || hex(bin) || ''')'`;
  return `'CAST(''' || ${name}::VARCHAR || ''' AS ' || typeof(${name}) || ')'`;
}

const texts = async (connection: DuckDBConnection, sql: string): Promise<string[]> =>
  (await connection.runAndReadAll(sql)).getRows().map(([value]) => String(value));

const numbers = async (connection: DuckDBConnection, sql: string): Promise<number[]> =>
  (await connection.runAndReadAll(sql)).getRows()[0]!.map(Number);
