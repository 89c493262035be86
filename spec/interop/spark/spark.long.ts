import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileSinkOptions } from '../../../connectors/file/options.js';
import { encodeParquet, parquetCodecs } from '../../../connectors/file/parquet/index.js';
import { fileSink, fileSource, memorySink, memorySource } from '../../../connectors/index.js';
import { Table } from '../../../lib/columns/index.js';
import { type Flow, startQuery } from '../../../lib/index.js';
import { type DataType, formatDdl, formatType, parseDdl, structOf } from '../../../lib/schema/index.js';
import { checkpoint, select, selectExpr, trigger } from '../../../operators/index.js';
import { runPython } from '../python.js';
import { schema as allTypes, tables } from '../values.js';

jest.setTimeout(600_000);

const formats = ['csv', 'json', 'text', 'parquet'] as const;
type FormatName = (typeof formats)[number];

const fields = 'id LONG, amount DOUBLE, price DECIMAL(10,2), day DATE, at TIMESTAMP, note STRING, shop STRING';
const schemaOf = (format: FormatName): string => (format === 'text' ? 'value STRING' : fields);

// As many files as there are batches: enough for both to write a compact log.
const batches = 12;
const notes = ['plain', 'a "quoted", text', "it's", 'back\\slash', 'über 😀', '', null, 'two  blanks', '%20=/x'];
const shops = ['a', 'b/c', 'd=e', 'ü ü', null, '%41'];
const rowsOf = (batch: number): Record<string, unknown>[] =>
  Array.from({ length: 9 }, (_, i) => {
    const n = batch * 9 + i;
    return {
      id: n,
      amount: n % 4 === 0 ? null : n / 7,
      price: n % 5 === 0 ? null : `${n}.25`,
      day: `20${10 + batch}-02-1${i}`,
      // In milliseconds: csv and json are not written finer by default.
      at: `20${10 + batch}-03-04T05:06:07.${100 + n}Z`,
      note: notes[i],
      shop: shops[n % shops.length],
    };
  });

/** The columns as texts that tell any two values apart. */
const textsOf = (schema: string): string[] => parseDdl(schema).fields.map(({ name, type }) => textOf(name, type));
const textOf = (name: string, { kind }: DataType): string =>
  kind === 'binary' ? `hex(${name})` : kind === 'string' ? name : `CAST(${name} AS STRING)`;

async function textsIn(from: Flow<unknown>, columns: readonly string[]): Promise<unknown[]> {
  const sink = memorySink();
  const named = columns.map((column, i) => `${column} AS c${i}`);
  const all$ = from.pipe(selectExpr(...named), trigger({ availableNow: true }));
  await startQuery({ from: all$, to: sink }).awaitTermination();
  return sink.rows.map((row) => Object.values(row as object));
}

const inMemory = (rows: readonly object[], schema: string): Flow<unknown> => {
  const source = memorySource({ schema });
  source.addData(rows as never);
  return source;
};

const sorted = (rows: unknown): string[] => (rows as unknown[]).map((row) => JSON.stringify(row)).sort();

function expectSame(what: string, rows: unknown, wanted: readonly string[]): void {
  const seen = sorted(rows);
  const missing = wanted.filter((row) => !seen.includes(row)).slice(0, 5);
  const more = seen.filter((row) => !wanted.includes(row)).slice(0, 5);
  expect({ what, missing, more, count: seen.length }).toEqual({ what, missing: [], more: [], count: wanted.length });
}

let folder: string;
const at = (...names: string[]): string => join(folder, ...names);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-spark-'));
  mkdirSync(at('in'));
  mkdirSync(at('in-text'));
  for (let batch = 0; batch < batches; batch++) {
    const rows = rowsOf(batch);
    const name = `${String(batch).padStart(2, '0')}.json`;
    writeFileSync(at('in', name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    const lines = rows.map((row) => `${JSON.stringify({ value: lineOf(row), shop: row.shop })}\n`);
    writeFileSync(at('in-text', name), lines.join(''));
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const lineOf = (row: Record<string, unknown>): string => `${String(row.id)} ${String(row.note)}`;
const inputOf = (format: FormatName) => ({
  path: at(format === 'text' ? 'in-text' : 'in'),
  schema: format === 'text' ? 'value STRING, shop STRING' : fields,
});

/** Another file of rows, as an attempt that failed may leave it. */
function litter(path: string): void {
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' });
  const file = files.find((name) => /(^|\/)part-[^/]*$/.test(name))!;
  copyFileSync(join(path, file), join(path, file.replace('part-', 'part-9')));
}

const kinds = ['plain', 'partitioned', 'manifest', 'manifest partitioned'] as const;
const cases = formats.flatMap((format) => kinds.map((kind) => ({ format, kind, path: `${format} ${kind}` })));

async function expected(format: FormatName, withShop: boolean): Promise<string[]> {
  const all = Array.from({ length: batches }, (_, batch) => rowsOf(batch)).flat();
  const rows = all.map((row) => {
    if (format === 'text') return { value: lineOf(row), shop: row.shop };
    // Both read what csv has of an empty text as missing.
    return format === 'csv' && row.note === '' ? { ...row, note: null } : row;
  });
  const schema = format === 'text' ? `value STRING${withShop ? ', shop STRING' : ''}` : fields;
  return sorted(await textsIn(inMemory(rows, inputOf(format).schema), textsOf(schema)));
}

const readSchema = (format: FormatName, partitioned: boolean): string =>
  partitioned && format === 'text' ? `${schemaOf(format)}, shop STRING` : schemaOf(format);

it('Spark reads what our sinks write, also as a stream, and of manifests only what is listed', async () => {
  const requests: object[] = [];
  const wanted: { readonly what: string; readonly rows: string[] }[] = [];
  for (const { format, kind, path } of cases) {
    const partitioned = kind.includes('partitioned');
    const input = fileSource({ format: 'json', ...inputOf(format), maxFilesPerTrigger: 1 });
    const columns = input.pipe(select(...parseDdl(readSchema(format, partitioned)).fields.map((f) => f.name)));
    const from = columns.pipe(trigger({ availableNow: true }), checkpoint(at(`${path} checkpoint`)));
    const sink = {
      format,
      path: at(path),
      ...(partitioned && { partitionBy: ['shop'] }),
      ...(kind.includes('manifest') && { manifest: 'spark' as const }),
    };
    await startQuery({ from, to: fileSink(sink as FileSinkOptions) }).awaitTermination();
    if (kind.includes('manifest')) litter(at(path));
    const schema = readSchema(format, partitioned);
    const rows = await expected(format, partitioned);
    for (const action of ['read', 'follow']) {
      requests.push({ action, format, path: at(path), schema, columns: textsOf(schema) });
      wanted.push({ what: `${action} ${path}`, rows });
    }
  }
  const seen = runPython(__dirname, 'spark.py', requests) as unknown[];
  for (const [i, { what, rows }] of wanted.entries()) expectSame(what, seen[i], rows);
});

it('we read what the streams of Spark write, and of manifests only what is listed', async () => {
  const requests = cases
    .filter(({ kind }) => kind.includes('manifest'))
    .map(({ format, kind, path }) => ({
      action: 'stream',
      source: {
        format: 'json',
        ...inputOf(format),
        ...(format === 'text' && kind === 'manifest' && { schema: 'value STRING' }),
      },
      format,
      path: at(`spark ${path}`),
      checkpoint: at(`spark ${path} checkpoint`),
      partitionBy: kind.includes('partitioned') ? ['shop'] : [],
    }));
  runPython(__dirname, 'spark.py', requests);
  for (const { format, path, partitionBy } of requests) {
    litter(path);
    const schema = readSchema(format, partitionBy.length > 0);
    const source = fileSource({ format, path, schema });
    const seen = await textsIn(source, textsOf(schema));
    expectSame(path, seen, await expected(format, partitionBy.length > 0));
  }
});

it('Parquet of every type goes both ways, with each codec and each type of timestamps', async () => {
  const columns = textsOf(formatDdl(allTypes));
  const rows = tables.values.toRows();
  const wanted = sorted(await textsIn(inMemory(rows, formatDdl(allTypes)), columns));
  // Spark comes without brotli.
  const files = parquetCodecs
    .filter((codec) => codec !== 'brotli')
    .map((compression) => {
      const path = at(`${compression}.parquet`);
      writeFileSync(path, encodeParquet([tables.values], { compression, maxRowGroupRows: 7 }));
      return path;
    });
  const reads = files.map((path) => ({ action: 'read', format: 'parquet', path, columns }));
  const types = ['INT96', 'TIMESTAMP_MICROS', 'TIMESTAMP_MILLIS'];
  const writes = types.map((type) => ({
    action: 'rewrite',
    source: { format: 'parquet', path: files[0] },
    path: at(`spark ${type}`),
    settings: { 'spark.sql.parquet.outputTimestampType': type },
  }));
  const seen = runPython(__dirname, 'spark.py', [...reads, ...writes]) as unknown[];
  for (const [i, path] of files.entries()) expectSame(path, seen[i], wanted);
  for (const type of types) {
    const found = await textsIn(fileSource({ format: 'parquet', path: at(`spark ${type}`) }), columns);
    const cut = (texts: string[]): string[] => (type === 'TIMESTAMP_MILLIS' ? texts.map(inMillis).sort() : texts);
    expect([type, cut(sorted(found))]).toEqual([type, cut(wanted)]);
  }
});

/** The column `at` apart, which is then cut. */
const inMillis = (row: string): string =>
  JSON.stringify((JSON.parse(row) as string[]).filter((_, i) => allTypes.fields[i]!.name !== 'at'));

it('filters find in Spark what they find without our statistics', () => {
  const simple = structOf(
    allTypes.fields.filter(({ type }) => !['binary', 'array', 'map', 'struct'].includes(type.kind)),
  );
  const path = at('statistics.parquet');
  writeFileSync(path, encodeParquet([Table.fromRows(tables.values.toRows(), simple)], { maxRowGroupRows: 2 }));
  const columns = simple.fields.map(({ name, type }) => [name, formatType(type)]);
  expect(runPython(__dirname, 'spark.py', [{ action: 'filters', path, columns }])).toEqual([[]]);
});
