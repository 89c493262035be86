import { DurableFile } from '../../../lib/durable.js';
import type { Parsed } from '../../../lib/options/index.js';
import { type Bytes, type EncoderName, type compressionOptions, encoders } from '../compression/index.js';
import type { Format } from '../formats.js';
import { type ParquetWriteOptions, parquetWriteOptions } from '../parquet/index.js';

/** What files are written in. */
export interface FileFormat {
  readonly format: Format;
  readonly formatOptions: unknown;
  readonly compression: string | undefined;
}

/** The bytes of a file of records as they are on the disk. Parquet compresses its pages itself. */
export function compressed(bytes: Bytes, { format, formatOptions, compression }: FileFormat): Bytes {
  if (format.encoder === undefined || !Object.hasOwn(encoders, compression ?? 'none')) return bytes;
  const { compressionLevel } = formatOptions as Parsed<typeof compressionOptions>;
  return encoders[compression as EncoderName].encode(bytes, compressionLevel);
}

export function parquetOptions({ formatOptions }: FileFormat): ParquetWriteOptions {
  const given = Object.entries(formatOptions as object).filter(([name]) => Object.hasOwn(parquetWriteOptions, name));
  return Object.fromEntries(given);
}

/** Writes a whole file and syncs it; what comes next is made while the disk is at work. */
export async function writeOut(path: string, content: Bytes): Promise<void> {
  const file = await DurableFile.create(path);
  try {
    let writing = Promise.resolve();
    for await (const bytes of content) {
      await writing;
      writing = file.write(bytes);
      // It is waited for before anything else is done with the file.
      writing.catch(() => undefined);
    }
    await writing;
    await file.sync();
  } finally {
    await file.close();
  }
}
