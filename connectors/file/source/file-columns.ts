import { pathToFileURL } from 'node:url';
import type { HiddenColumns } from '../../../lib/batch/index.js';
import { type Column, columnFrom } from '../../../lib/columns/index.js';
import { field, long, string, structOf, timestamp } from '../../../lib/schema/index.js';
import type { FileFacts } from './listing.js';

/** What a row can tell of its file, as Spark names it. Timestamps are to the millisecond there, too. */
export const fileMetadata = structOf([
  field(
    '_metadata',
    structOf([
      field('file_path', string(), false),
      field('file_name', string(), false),
      field('file_size', long(), false),
      field('file_block_start', long(), false),
      field('file_block_length', long(), false),
      field('file_modification_time', timestamp(), false),
    ]),
    false,
  ),
]);

/** Rows of a batch that follow one another and come from one file. */
export interface FileRows {
  readonly file: FileFacts;
  readonly numRows: number;
}

/** The hidden columns of a batch of rows of files. */
export class FileColumns implements HiddenColumns {
  readonly schema = fileMetadata;
  private made: Column | undefined;

  constructor(private readonly parts: readonly FileRows[]) {}

  column(): Column {
    return (this.made ??= this.make());
  }

  /** A value for each file, handed to its rows. */
  private make(): Column {
    const { parts } = this;
    const values = parts.map(({ file }) => {
      const path = pathToFileURL(file.path).href;
      return {
        file_path: path,
        file_name: path.slice(path.lastIndexOf('/') + 1),
        file_size: file.size,
        file_block_start: 0,
        file_block_length: file.size,
        file_modification_time: new Date(Math.floor(file.mtime)),
      };
    });
    const numRows = parts.reduce((sum, part) => sum + part.numRows, 0);
    const from = new Int32Array(numRows);
    let at = 0;
    parts.forEach((part, i) => from.fill(i, at, (at += part.numRows)));
    return columnFrom(fileMetadata.fields[0]!.type, values, '_metadata').gather(from);
  }
}
