import { Table as ArrowTable, tableToIPC } from 'apache-arrow';
import fc from 'fast-check';
import * as wasm from 'parquet-wasm/node';
import { type ParquetCodec, encodeParquet, openParquet } from '../../../../../connectors/file/parquet/index.js';
import { parseFooter } from '../../../../../connectors/file/parquet/flat/footer.js';
import { FlatFile } from '../../../../../connectors/file/parquet/flat/index.js';
import { tableToArrow } from '../../../../../lib/columns/arrow.js';
import { Table } from '../../../../../lib/columns/index.js';
import { parseDdl } from '../../../../../lib/schema/index.js';
import { rowsOf } from '../../../../lib/columns/values.js';
import { duckdb, fileName, fileOf } from '../files.js';

const schema = parseDdl(
  'flag BOOLEAN, tiny BYTE, small SHORT, n INT, big LONG, f FLOAT, d DOUBLE, text STRING, raw BINARY, day DATE, ' +
    'at TIMESTAMP, wall TIMESTAMP_NTZ, m7 DECIMAL(7,2), m18 DECIMAL(18,6), m38 DECIMAL(38,10), must INT NOT NULL',
);

/** How often columns were left to parquet-wasm. */
let left = 0;
const of = FlatFile.of;
const read = FlatFile.prototype.read;
beforeEach(() => {
  left = 0;
  jest.spyOn(FlatFile.prototype, 'read').mockImplementation(async function (this: FlatFile, ...given) {
    const column = await read.apply(this, given);
    if (column === undefined) left++;
    return column;
  });
});
afterEach(() => jest.restoreAllMocks());

interface Range {
  readonly from?: number;
  readonly to?: number;
}

/** What is read by one of the decoders: the schema and rows, or the code of the error. */
async function outcome(path: string, by: 'flat' | 'wasm', range: Range = {}): Promise<unknown> {
  const spy = jest.spyOn(FlatFile, 'of').mockImplementation(by === 'flat' ? of : () => undefined);
  try {
    const file = await openParquet(path);
    try {
      const parts = [];
      for (let rowGroup = 0; rowGroup < file.rowGroups.length; rowGroup++) {
        const table = await file.read({ rowGroup, columns: file.schema.fields, ...range });
        parts.push(
          table.toRows(),
          table.columns.map((column) => column.nullCount),
        );
      }
      return { schema: file.schema, rowGroups: file.rowGroups, parts };
    } finally {
      await file.close();
    }
  } catch (error) {
    return (error as { code?: string }).code;
  } finally {
    spy.mockRestore();
  }
}

const expectSame = async (path: string, range: Range = {}): Promise<void> =>
  expect(await outcome(path, 'flat', range)).toEqual(await outcome(path, 'wasm', range));

const codecs: readonly ParquetCodec[] = ['none', 'snappy', 'gzip', 'lz4_raw'];

it('reads what our writer writes as parquet-wasm does, all of it and parts', async () => {
  const files = fc.record({
    rows: rowsOf(schema, { maxLength: 60 }),
    compression: fc.constantFrom(...codecs),
    maxRowGroupRows: fc.integer({ min: 1, max: 60 }),
    from: fc.nat(40),
    count: fc.integer({ min: 1, max: 40 }),
  });
  await fc.assert(
    fc.asyncProperty(files, async ({ rows, compression, maxRowGroupRows, from, count }) => {
      left = 0;
      const path = fileOf(encodeParquet([Table.fromRows(rows, schema)], { compression, maxRowGroupRows }));
      await expectSame(path);
      await expectSame(path, { from, to: from + count });
      expect(left).toBe(0);
    }),
    { numRuns: 15 },
  );
});

describe('versions, dictionaries and pages of several sizes', () => {
  const columns = parseDdl('flag BOOLEAN, n INT, big LONG, d DOUBLE, text STRING, m DECIMAL(30,2), must LONG NOT NULL');
  const rows = Array.from({ length: 3000 }, (_, i) => ({
    flag: i % 5 === 0 ? null : i % 3 === 0,
    n: i > 1000 && i % 7 === 0 ? null : i % 90,
    big: i % 50,
    d: i % 4 === 0 ? NaN : i % 3 === 0 ? -0 : i / 8,
    text: i % 6 === 0 ? null : 'ä~'.repeat(i % 40),
    m: String((i % 70) - 35),
    must: i,
  }));
  const cases = [1, 2].flatMap((version) =>
    [true, false].flatMap((dictionary) => [0, 1, 2].map((codec) => [version, dictionary, codec] as const)),
  );

  it.each(cases)('version %d, dictionary %s, codec %d', async (version, dictionary, codec) => {
    const batch = tableToArrow(Table.fromRows(rows, columns));
    const properties = new wasm.WriterPropertiesBuilder()
      .setWriterVersion(version === 1 ? wasm.WriterVersion.V1 : wasm.WriterVersion.V2)
      .setDictionaryEnabled(dictionary)
      .setEncoding(wasm.Encoding.PLAIN)
      .setCompression([wasm.Compression.UNCOMPRESSED, wasm.Compression.SNAPPY, wasm.Compression.GZIP][codec]!)
      .setDataPageSizeLimit(1000)
      .setWriteBatchSize(100)
      .build();
    const table = wasm.Table.fromIPCStream(tableToIPC(new ArrowTable(batch), 'stream'));
    const path = fileOf(wasm.writeParquet(table, properties));
    await expectSame(path);
    for (const [from, to] of [
      [0, 1],
      [99, 101],
      [1234, 2345],
      [2999, 3000],
    ] as const) {
      await expectSame(path, { from, to });
    }
    expect(left).toBe(0);
  });
});

describe('files of DuckDB', () => {
  it.each(['uncompressed', 'snappy', 'gzip', 'lz4_raw', 'zstd', 'brotli'])('are read alike: %s', async (codec) => {
    const path = fileName();
    await duckdb(
      `COPY (SELECT i % 2 = 0 AS flag, i::TINYINT AS tiny, i::SMALLINT AS small, CASE WHEN i % 3 > 0 THEN i END AS n,
        i * 10000000000 AS big, i::FLOAT / 7 AS f, CASE WHEN i % 9 = 0 THEN 'NaN'::DOUBLE ELSE -i / 3 END AS d,
        repeat('ä', (i % 60)::INT) AS text, CASE WHEN i > 50 THEN 'b' || i END AS late, NULL::INT AS nothing,
        ('x' || i)::BLOB AS raw, DATE '1969-01-01' + i::INT AS day, TIMESTAMPTZ '1960-01-01' + to_seconds(i) AS at,
        TIMESTAMP '1960-01-01' + to_seconds(i) AS wall, (i - 60)::DECIMAL(4,1) AS m4, (i - 60)::DECIMAL(15,3) AS m15,
        (i - 60)::DECIMAL(38,3) AS m38, i::UTINYINT AS unsigned, TIMESTAMP_NS '2000-01-01' AS nanos
        FROM range(120) t(i)) TO $file (FORMAT parquet, COMPRESSION ${codec}, ROW_GROUP_SIZE 50)`,
      path,
    );
    await expectSame(path);
    await expectSame(path, { from: 7, to: 33 });
  });
});

it('gives of damaged bytes an error, or what parquet-wasm gives', async () => {
  const rows = Array.from({ length: 200 }, (_, i) => ({
    n: i % 9 === 0 ? null : i % 20,
    text: `ö${i % 30}`,
    d: i / 3,
  }));
  const given = Table.fromRows(rows, parseDdl('n INT, text STRING, d DOUBLE'));
  const files = (['none', 'snappy'] as const).map((compression) => encodeParquet([given], { compression }));
  // Behind the pages there is an index of them, which is not read here.
  const ends = files.map((bytes) => {
    const { chunks } = parseFooter(bytes.subarray(-8 - Buffer.from(bytes).readUInt32LE(bytes.length - 8)))
      .rowGroups[0]!;
    return Math.max(...chunks.map((chunk) => chunk.from + chunk.compressed));
  });
  const damage = fc.record({
    file: fc.nat(1),
    changes: fc.array(fc.record({ at: fc.nat(), to: fc.nat(255) }), { minLength: 1, maxLength: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(damage, async ({ file, changes }) => {
      const bytes = Uint8Array.from(files[file]!);
      for (const { at, to } of changes) bytes[4 + (at % (ends[file]! - 4))] = to;
      const path = fileOf(bytes);
      await expectSame(path);
    }),
    { numRuns: 60 },
  );
});
