import { Buffer } from 'node:buffer';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Table } from 'sluice';
import type { FileSinkOptions } from 'sluice/connectors';
import { columnOf } from '../../../lib/expressions/vector.js';
import { field, parseType, structOf } from '../../../lib/schema/index.js';
import { type Adapter, checkFeature, gotError, withSettings } from '../adapter.js';
import type { GoldenCase, GoldenError } from '../case.js';
import { type GotError, compareError, compareText } from '../compare.js';
import { decode } from '../values.js';
import { inFolder, writeTable } from './tables.js';

interface Written {
  readonly extension: string;
  readonly base64: string;
  readonly compressed?: string;
}

/** A table as the vectors write it. */
export interface Input {
  readonly schema: readonly (readonly [name: string, type: string])[];
  readonly rows: readonly (readonly unknown[])[];
}

interface WriterCase extends GoldenCase {
  readonly input: Input;
  readonly options: Readonly<Record<string, string>>;
  readonly expected: { readonly files?: readonly Written[]; readonly error?: GoldenError };
}

interface Got {
  readonly files?: readonly { readonly extension: string; readonly text: string; readonly base64: string }[];
  readonly error?: GotError;
}

/** Writes a table with `fileSink`. */
export const writers = (format: 'csv' | 'json'): Adapter<WriterCase, Got> => ({
  area: format,
  topics: ['write'],
  run: (given) => inFolder((folder) => write(format, given, folder)),
  compare({ expected }, got) {
    if (expected.error !== undefined || got.error !== undefined) return compareError(expected.error, got.error);
    const parts = (files: readonly { extension: string; base64: string }[]): unknown =>
      files.map(({ extension, base64 }) => ({ extension, base64 }));
    return compareText(parts(expected.files ?? []), parts(got.files ?? []), 'files');
  },
});

async function write(format: 'csv' | 'json', given: WriterCase, folder: string): Promise<Got> {
  const asked = withSettings(given.options, given.conf);
  try {
    const options = { ...asked, format, path: folder } as unknown as FileSinkOptions;
    await writeTable(tableOf(given.input), options);
  } catch (error) {
    checkFeature(error);
    return { error: gotError(error) };
  }
  const names = readdirSync(folder).filter((name) => !/^[_.]/.test(name));
  return { files: names.sort().map((name) => written(folder, name)) };
}

function written(folder: string, name: string): { extension: string; text: string; base64: string } {
  const bytes = readFileSync(join(folder, name));
  const content = name.endsWith('.gz') ? gunzipSync(bytes) : bytes;
  const extension = name.slice(name.indexOf('.'));
  return { extension, text: Buffer.from(content).toString('utf8'), base64: content.toString('base64') };
}

/** The table that a case gives. */
export function tableOf({ schema, rows }: Input): Table {
  const types = schema.map(([, type]) => parseType(type));
  const columns = types.map((type, c) =>
    columnOf(
      type,
      rows.map((row) => decode(type, row[c])),
    ),
  );
  return new Table(structOf(schema.map(([name], c) => field(name, types[c]!))), columns, rows.length);
}
