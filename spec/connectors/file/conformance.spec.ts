import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileSink, fileSource } from 'sluice/connectors';
import { sinkSuite, sourceSuite } from 'sluice/testing';
import { encodeParquet } from '../../../connectors/file/parquet/index.js';
import { Table } from '../../../lib/columns/index.js';
import { toSchema } from '../../../lib/schema/index.js';
import { duckdb, write } from './support.js';

type Row = { value: string };

const schema = 'value STRING';

const encoders = {
  csv: (rows: readonly Row[]) => rows.map((row) => `${row.value}\n`).join(''),
  json: (rows: readonly Row[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
  text: (rows: readonly Row[]) => rows.map((row) => `${row.value}\n`).join(''),
  parquet: (rows: readonly Row[]) => encodeParquet([Table.fromRows(rows, toSchema(schema))], { maxRowGroupRows: 2 }),
};

const readers = {
  csv: (files: string) =>
    `read_csv(${files}, header = false, names = ['value'], all_varchar = true, null_padding = true)`,
  json: (files: string) => `read_json(${files}, columns = { value: 'VARCHAR' })`,
  text: (files: string) =>
    `read_csv(${files}, header = false, names = ['value'], all_varchar = true, sep = '\\t', null_padding = true)`,
  parquet: (files: string) => `read_parquet(${files})`,
};

for (const format of ['csv', 'json', 'text', 'parquet'] as const) {
  sourceSuite<Row>({
    name: `fileSource of ${format}`,
    create: (path) => {
      mkdirSync(path, { recursive: true });
      return fileSource<Row>({ format, path, schema });
    },
    feed: (path, count, from) => {
      const rows = Array.from({ length: count }, (_, i) => ({ value: `row ${from + i}` }));
      if (count > 0) write(join(path, `from-${String(from).padStart(9, '0')}`), encoders[format](rows), 1000 + from);
      return rows;
    },
    supports: { replay: true, limits: 'about' },
  });

  sinkSuite<Row>({
    name: `fileSink of ${format}`,
    create: (path) => fileSink({ format, path }),
    readBack: async (path) => {
      const files = existsSync(path)
        ? readdirSync(path)
            .filter((name) => name.startsWith('part-'))
            .sort()
        : [];
      if (files.length === 0) return [];
      const list = `[${files.map((name) => `'${join(path, name)}'`).join(', ')}]`;
      return (await duckdb(`SELECT value FROM ${readers[format](list)}`)) as unknown as Row[];
    },
    row: (n) => ({ value: `row ${n}` }),
    schema,
    supports: { exactlyOnce: true, replay: 'replaces', ordered: false },
  });
}
