import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { fileSink, fileSource, memorySink, memorySource } from '../../connectors/index.js';
import { startQuery } from '../../lib/index.js';
import { trigger } from '../../operators/index.js';
import { environment, runPython } from './python.js';

const schema = 'n LONG, x DOUBLE, s STRING, b BOOLEAN, day DATE';
const texts = ['plain', 'a "quoted", text', "it's", 'back\\slash', 'über 😀', 'two\nlines', '\ttab', '#', 'null', '0'];
const rows = texts.map((s, i) => ({
  n: i % 4 === 1 ? null : i === 2 ? -(2n ** 63n) : 2n ** 62n - BigInt(i),
  x: i % 5 === 1 ? null : [0.1, -0, 5e-324, 1.7976931348623157e308, 1e22, 123456.789, 1e-7][i % 7]!,
  s: i === 9 ? null : s,
  b: i % 3 === 0 ? null : i % 2 === 0,
  day: i % 4 === 3 ? null : new Date(Date.UTC(1900 + i * 20, i, 28)),
}));

type Row = { readonly [K in keyof (typeof rows)[number]]: unknown };

/** Values as records.py says them, -0 and all. */
const plain = ({ n, x, s, b, day }: Row): unknown[] => [
  n === null ? null : `${n as bigint}`,
  x === null ? null : bits(x as number),
  s,
  b,
  day === null ? null : (JSON.parse(JSON.stringify(day)) as string).slice(0, 10),
];

function bits(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes.toString('hex');
}

// RFC 4180, as all others have it.
const csv = { format: 'csv', header: true, escape: '"' } as const;
const writing = {
  csv: { ...csv, ignoreLeadingWhiteSpace: false, ignoreTrailingWhiteSpace: false },
  json: { format: 'json', ignoreNullFields: false },
} as const;
const reading = { csv: { ...csv, multiLine: true }, json: { format: 'json' } } as const;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-interop-'));
  environment(__dirname);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function written(format: 'csv' | 'json'): Promise<string> {
  const source = memorySource({ schema });
  source.addData(rows as never);
  const path = mkdtempSync(join(folder, format));
  const from = source.pipe(trigger({ availableNow: true }));
  await startQuery({ from, to: fileSink({ ...writing[format], path }) }).awaitTermination();
  return join(
    path,
    readdirSync(path).find((name) => name.startsWith('part-'))!,
  );
}

async function read(format: 'csv' | 'json', path: string): Promise<unknown[]> {
  const from = fileSource({ ...reading[format], path, schema }).pipe(trigger({ availableNow: true }));
  const sink = memorySink();
  await startQuery({ from, to: sink }).awaitTermination();
  return sink.rows.map((row) => plain(row as Row));
}

describe.each(['csv', 'json'] as const)('%s', (format) => {
  it.each(['pyarrow', 'polars'])('goes to %s and back, bit by bit', async (engine) => {
    const path = await written(format);
    const out = `${path}.out`;
    expect(runPython(__dirname, 'records.py', [{ engine, format, path, out }])).toEqual([rows.map(plain)]);
    // pyarrow writes no JSON.
    expect(existsSync(out)).toBe(format === 'csv' || engine === 'polars');
    if (existsSync(out)) expect(await read(format, out)).toEqual(rows.map(plain));
  });

  it('goes to DuckDB and back, bit by bit', async () => {
    const path = await written(format);
    const out = `${path}.out`;
    const db = await DuckDBInstance.create(':memory:', { threads: '1' });
    const connection = await db.connect();
    const columns = "columns = {n: 'BIGINT', x: 'DOUBLE', s: 'VARCHAR', b: 'BOOLEAN', day: 'DATE'}";
    const from =
      format === 'csv'
        ? `read_csv('${path}', header = true, quote = '"', escape = '"', auto_detect = false, delim = ',', ${columns})`
        : `read_json('${path}', format = 'newline_delimited', ${columns})`;
    await connection.run(`COPY (FROM ${from}) TO '${out}' (FORMAT ${format})`);
    connection.closeSync();
    db.closeSync();
    expect(await read(format, out)).toEqual(rows.map(plain));
  });
});
