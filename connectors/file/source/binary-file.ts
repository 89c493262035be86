import { type FileHandle, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Table } from '../../../lib/columns/index.js';
import { SluiceError } from '../../../lib/errors/index.js';
import { type Field, structOf } from '../../../lib/schema/index.js';
import { type FileFacts, factsOf } from './listing.js';
import { type OpenFile, type Piece, type PieceRequest, checkUnchanged, unreadable } from './open-file.js';

export interface BinaryFileOptions {
  readonly file: FileFacts;
  /** Whether it has to be exactly that file. */
  readonly exact: boolean;
  /** Those of `binarySchema` that are needed. */
  readonly columns: readonly Field[];
  readonly maxRecordBytes: number;
}

/** A file as one row, at position 0. */
export class BinaryFile implements OpenFile {
  private constructor(
    readonly facts: FileFacts,
    private readonly handle: FileHandle,
    private readonly options: BinaryFileOptions,
  ) {}

  /** Throws FILE_CHANGED, FILE_UNREADABLE. */
  static async open(options: BinaryFileOptions): Promise<BinaryFile> {
    const { file, exact } = options;
    let handle: FileHandle | undefined;
    try {
      handle = await open(file.path);
      const facts = factsOf(file.path, await handle.stat());
      if (exact) checkUnchanged(file, facts);
      return new BinaryFile(facts, handle, options);
    } catch (error) {
      await handle?.close();
      throw unreadable(error, file);
    }
  }

  async read({ from }: PieceRequest): Promise<Piece> {
    const { facts } = this;
    const { columns } = this.options;
    const isRow = from === 0 && facts.size > 0;
    const content = isRow && columns.some((f) => f.name === 'content') ? await this.content() : null;
    const row = {
      path: `file:${resolve(facts.path)}`,
      modificationTime: new Date(Math.floor(facts.mtime)),
      length: facts.size,
      content,
    };
    const tables = isRow ? [Table.fromRows([row], structOf(columns))] : [];
    return { tables, position: 1, atEnd: true, bytes: content?.length ?? 0, malformed: 0, skipped: 0 };
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  /** Throws RECORD_TOO_LARGE. */
  private async content(): Promise<Uint8Array> {
    const { facts, handle } = this;
    const { maxRecordBytes } = this.options;
    if (facts.size > maxRecordBytes) {
      const message = `Reading '${facts.path}': it has ${facts.size} bytes, more than maxRecordBytes, ${maxRecordBytes}. Raise maxRecordBytes, or do without the column 'content'.`;
      const details = { path: facts.path, position: 0, maxRecordBytes };
      throw new SluiceError('RECORD_TOO_LARGE', message, { details });
    }
    try {
      const bytes = await handle.readFile();
      checkUnchanged(facts, factsOf(facts.path, await handle.stat()));
      return bytes;
    } catch (error) {
      throw unreadable(error, facts);
    }
  }
}
