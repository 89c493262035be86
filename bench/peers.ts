import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parse } from 'fast-csv';
import type { StraightJob } from './straight.js';

/** As far as it is used here; the package has no types. */
interface ParquetJs {
  readonly ParquetSchema: new (fields: Record<string, object>) => object;
  readonly ParquetWriter: {
    openFile(
      schema: object,
      path: string,
    ): Promise<{ appendRow(row: object): Promise<void>; setRowGroupSize(rows: number): void; close(): Promise<void> }>;
  };
}

type Row = Record<string, string>;

const types: Record<string, { readonly type: string; readonly of: (text: string) => unknown }> = {
  id: { type: 'INT64', of: Number },
  shop: { type: 'UTF8', of: (text) => text },
  amount: { type: 'DOUBLE', of: Number },
  qty: { type: 'INT32', of: Number },
  at: { type: 'TIMESTAMP_MICROS', of: (text) => Date.parse(text) * 1000 },
  paid: { type: 'BOOLEAN', of: (text) => text === 'true' },
  city: { type: 'UTF8', of: (text) => text },
  note: { type: 'UTF8', of: (text) => text },
};

/** CSV to Parquet with `fast-csv` and `parquetjs-lite`, as their documentation shows it. */
export async function runPeers({ input, outputDir, columns }: StraightJob): Promise<number> {
  const { ParquetSchema, ParquetWriter } = createRequire(import.meta.url)('parquetjs-lite') as ParquetJs;
  const wanted = (columns ?? Object.keys(types)).map((name) => ({ name, ...types[name]! }));
  const fields = wanted.map(({ name, type }) => [name, { type, optional: true, compression: 'SNAPPY' }] as const);
  const path = join(outputDir, 'out.parquet');
  const writer = await ParquetWriter.openFile(new ParquetSchema(Object.fromEntries(fields)), path);
  writer.setRowGroupSize(100_000);
  let rows = 0;
  const records = createReadStream(input).pipe(parse<Row, Row>({ headers: true })) as AsyncIterable<Row>;
  for await (const record of records) {
    const row: Record<string, unknown> = {};
    for (const { name, of } of wanted) if (record[name] !== '') row[name] = of(record[name]!);
    await writer.appendRow(row);
    rows++;
  }
  await writer.close();
  const file = await open(path, 'r+');
  await file.sync();
  await file.close();
  return rows;
}
