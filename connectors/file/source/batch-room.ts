import type { Table } from '../../../lib/columns/index.js';
import type { ReadLimit } from '../../../lib/connect/index.js';
import type { FileListOptions } from './file-list.js';
import { defaultChunkBytes } from './record-file.js';

/** A batch that is bounded to few rows or bytes is read in small chunks: whole chunks are decoded. */
const assumedRowBytes = 64;
const minChunkBytes = 4096;

/** What a file costs a batch at least, whatever is in it: its facts, its columns. */
const minFileBytes = 2048;

/** How much a batch holds, and whether it may hold more. */
export class BatchRoom {
  private files = 0;
  private fileBytes = 0;
  private rows = 0;
  private bytes = 0;

  constructor(
    private readonly options: FileListOptions,
    private readonly limit: ReadLimit,
  ) {}

  /** Whether the limits that the user set allow a file of which so many bytes are left. */
  hasRoomFor(bytes: number): boolean {
    const { maxBytesPerTrigger = Infinity } = this.options;
    if (this.limit.all || this.files === 0) return true;
    return this.filesLeft > 0 && this.fileBytes + bytes <= maxBytesPerTrigger;
  }

  get isEmpty(): boolean {
    return this.files === 0;
  }

  get filesLeft(): number {
    return this.limit.all ? Infinity : (this.options.maxFilesPerTrigger ?? Infinity) - this.files;
  }

  get rowsLeft(): number {
    return this.limit.rows - this.rows;
  }

  get bytesLeft(): number {
    return this.limit.bytes - this.bytes;
  }

  get isFull(): boolean {
    return this.files > 0 && (this.rowsLeft <= 0 || this.bytesLeft <= 0);
  }

  add(piece: { readonly tables: readonly Table[]; readonly bytes: number }, fileBytes: number): void {
    this.files++;
    this.fileBytes += fileBytes;
    this.bytes += Math.max(piece.bytes, minFileBytes);
    for (const table of piece.tables) this.rows += table.numRows;
  }
}

export function chunkFor({ rows, bytes }: ReadLimit, chunkBytes = defaultChunkBytes): number {
  return Math.min(chunkBytes, Math.max(minChunkBytes, Math.ceil(Math.min(bytes, rows * assumedRowBytes))));
}
