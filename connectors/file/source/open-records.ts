import { codecOf, codecOfName, magicBytes } from '../compression/index.js';
import { CompressedFile } from './compressed-file.js';
import type { OpenFile } from './open-file.js';
import { RecordFile, type RecordFileOptions } from './record-file.js';

/**
 * Opens a file of records, to be read from `position`. What it begins with says how it is compressed, or else its name.
 * Throws FILE_CHANGED, FILE_UNREADABLE.
 */
export async function openRecords(options: RecordFileOptions, position: number): Promise<OpenFile> {
  const { path } = options.file;
  // Of a compressed file the bytes at `position` are of no use.
  const file = await (codecOfName(path) === undefined
    ? RecordFile.open(options, position)
    : RecordFile.open({ ...options, chunkBytes: magicBytes }, 0));
  const codec = codecOf(path, await file.head());
  if (codec === undefined) return file;
  await file.close();
  return CompressedFile.open(codec, options);
}
