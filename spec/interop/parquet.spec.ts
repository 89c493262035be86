import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { type ParquetCodec, encodeParquet, openParquet, parquetCodecs } from '../../connectors/file/parquet/index.js';
import { Table } from '../../lib/columns/index.js';
import { type DataType, type Decimal, type Schema, structOf } from '../../lib/schema/index.js';
import { environment, runPython } from './python.js';
import { schema, tables } from './values.js';

const here = __dirname;

/** A value as exchange.py says it. */
function plain(value: unknown, type: DataType): unknown {
  if (value === null || value === undefined) return null;
  switch (type.kind) {
    case 'boolean':
    case 'string':
      return value;
    case 'float':
    case 'double': {
      const bits = Buffer.alloc(8);
      bits.writeDoubleBE(value as number);
      return bits.toString('hex');
    }
    case 'binary':
      return Buffer.from(value as Uint8Array).toString('hex');
    case 'date':
      return (JSON.parse(JSON.stringify(value)) as string).slice(0, 10);
    case 'timestamp':
    case 'timestamp_ntz': {
      const [seconds, fraction = ''] = (JSON.parse(JSON.stringify(value)) as string).replace('Z', '').split('.');
      return `${seconds}.${fraction.padEnd(6, '0')}`;
    }
    case 'array':
      return (value as unknown[]).map((v) => plain(v, type.element));
    case 'map': {
      const entries = value instanceof Map ? [...(value as Map<unknown, unknown>)] : Object.entries(value);
      return entries.map(([k, v]) => ({ key: plain(k, type.key), value: plain(v, type.value) }));
    }
    case 'struct':
      return Object.fromEntries(type.fields.map((f) => [f.name, plain((value as never)[f.name], f.type)]));
    default:
      return (value as number | bigint | Decimal).toString();
  }
}

const rowsOf = (table: Table): unknown[] => table.toRows().map((row) => plain(row, table.schema));

const exchange = (requests: readonly object[]): unknown[][] => runPython(here, 'exchange.py', requests) as unknown[][];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-interop-'));
  environment(here);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function read(path: string, { fields }: Schema): Promise<unknown[]> {
  const file = await openParquet(path);
  const parts: unknown[] = [];
  for (let rowGroup = 0; rowGroup < file.rowGroups.length; rowGroup++) {
    parts.push(...rowsOf(await file.read({ rowGroup, columns: fields })));
  }
  await file.close();
  return parts;
}

/** The files that we write: every table with every codec. */
function written(): {
  readonly path: string;
  readonly out: string;
  readonly codec: ParquetCodec;
  readonly table: Table;
}[] {
  let n = 0;
  return Object.values(tables).flatMap((table) =>
    parquetCodecs.map((codec) => {
      const path = join(folder, `${n++}.parquet`);
      writeFileSync(path, encodeParquet([table], { compression: codec, maxRowGroupRows: 7 }));
      return { path, out: `${path}.${n}`, codec, table };
    }),
  );
}

/** How others call the codecs. */
const named = { none: 'none', uncompressed: 'none', snappy: 'snappy', gzip: 'gzip', zstd: 'zstd', brotli: 'brotli' };

it.each(['pyarrow', 'polars'])(
  '%s reads what we write, and we what it writes, bit by bit',
  async (engine) => {
    const files = written();
    const requests = files.map(({ path, out, codec }) => {
      const lz4 = engine === 'polars' ? 'lz4' : 'lz4_raw';
      const compression =
        codec === 'lz4_raw' ? lz4 : engine === 'polars' && named[codec] === 'none' ? 'uncompressed' : named[codec];
      return { engine, path, out, compression };
    });
    const theirs = exchange(requests);
    // Polars has no maps: it writes lists of structs.
    const back = engine === 'polars' ? structOf(schema.fields.filter((f) => f.name !== 'm')) : schema;
    for (const [i, { table, out }] of files.entries()) {
      expect(theirs[i]).toEqual(rowsOf(table));
      expect(await read(out, back)).toEqual(table.toRows().map((row) => plain(row, back)));
    }
  },
  60_000,
);

it('INT96 that pyarrow writes is TIMESTAMP, bit by bit', async () => {
  const back = structOf(schema.fields.filter((f) => f.name !== 'wall'));
  const path = join(folder, 'int96');
  const table = Table.fromRows(tables.values.toRows(), back);
  writeFileSync(path, encodeParquet([table]));
  exchange([{ engine: 'pyarrow', path, out: `${path}.out`, compression: 'int96' }]);
  expect(await read(`${path}.out`, back)).toEqual(rowsOf(table));
});

it('DuckDB reads what we write, and we what it writes, bit by bit', async () => {
  const db = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await db.connect();
  for (const { path, out, codec, table } of written()) {
    const compression = codec === 'none' ? 'uncompressed' : codec;
    await connection.run(`COPY (FROM '${path}') TO '${out}' (FORMAT parquet, COMPRESSION ${compression})`);
    expect(await read(out, schema)).toEqual(rowsOf(table));
  }
  connection.closeSync();
  db.closeSync();
}, 60_000);
