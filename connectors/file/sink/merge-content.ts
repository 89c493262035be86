import { createReadStream } from 'node:fs';
import { Table } from '../../../lib/columns/index.js';
import { type Schema, sameType } from '../../../lib/schema/index.js';
import { type Bytes, Input, codecOfName } from '../compression/index.js';
import { encodeParquet, openParquet } from '../parquet/index.js';
import type { SmallFile } from './merge-plan.js';
import { type FileFormat, compressed, parquetOptions } from './output.js';

/** What one file is made of. */
export interface MergedContent {
  /** The files whose rows it has, in order. */
  readonly used: readonly SmallFile[];
  /** Those that cannot be merged with the others: they have other columns. */
  readonly unlike: readonly SmallFile[];
  readonly bytes: Bytes;
}

/** What tables may take in memory that go to one Parquet file, the last of them excepted. */
const maxTableBytes = 64 << 20;

/** Files of records are put one behind the other, in pieces, without what they all begin with, `start`. */
export async function mergedRecords(
  files: readonly SmallFile[],
  pathOf: (file: SmallFile) => string,
  start: Uint8Array,
  format: FileFormat,
): Promise<MergedContent> {
  const used: SmallFile[] = [];
  const unlike: SmallFile[] = [];
  for (const file of files) ((await beginsWith(pathOf(file), start)) ? used : unlike).push(file);
  return { used, unlike, bytes: compressed(joined(used.map(pathOf), start), format) };
}

/** Parquet files are read, as many as fit into memory, and written anew, so that there are few row groups. */
export async function mergedParquet(
  files: readonly SmallFile[],
  pathOf: (file: SmallFile) => string,
  format: FileFormat,
): Promise<MergedContent> {
  const used: SmallFile[] = [];
  const unlike: SmallFile[] = [];
  const tables: Table[] = [];
  let schema: Schema | undefined;
  let bytes = 0;
  for (const file of files) {
    if (bytes >= maxTableBytes) break;
    const opened = await openParquet(pathOf(file));
    try {
      if (!sameType((schema ??= opened.schema), opened.schema)) {
        unlike.push(file);
        continue;
      }
      used.push(file);
      for (let rowGroup = 0; rowGroup < opened.rowGroups.length; rowGroup++) {
        const table = await opened.read({ rowGroup, columns: schema.fields });
        tables.push(table);
        bytes += table.byteLength;
      }
    } finally {
      await opened.close();
    }
  }
  return { used, unlike, bytes: inOne(tables, format) };
}

function* inOne(tables: readonly Table[], format: FileFormat): Generator<Uint8Array> {
  yield encodeParquet([Table.concat(tables)], parquetOptions(format));
}

async function* joined(paths: readonly string[], start: Uint8Array): AsyncGenerator<Uint8Array> {
  yield start;
  for (const path of paths) {
    let skip = start.length;
    for await (const bytes of plainBytes(path)) {
      if (skip < bytes.length) yield bytes.subarray(skip);
      skip = Math.max(0, skip - bytes.length);
    }
  }
}

async function beginsWith(path: string, start: Uint8Array): Promise<boolean> {
  let at = 0;
  if (start.length === 0) return true;
  for await (const bytes of plainBytes(path)) {
    const length = Math.min(bytes.length, start.length - at);
    if (Buffer.compare(bytes.subarray(0, length), start.subarray(at, at + length)) !== 0) return false;
    at += length;
    if (at === start.length) return true;
  }
  return false;
}

/** What a file of ours holds: its name says how it is compressed. */
async function* plainBytes(path: string): AsyncGenerator<Uint8Array> {
  const codec = codecOfName(path);
  const file = createReadStream(path) as AsyncIterable<Buffer> & { destroy(): void };
  try {
    if (codec === undefined) yield* file;
    else yield* codec.decode(new Input(file[Symbol.asyncIterator]()));
  } finally {
    file.destroy();
  }
}
