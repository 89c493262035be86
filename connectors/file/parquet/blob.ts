import type { FileHandle } from 'node:fs/promises';
import { SluiceError } from '../../../lib/errors/index.js';
import type { Tail } from './int96.js';

/**
 * A range of an open file in the shape of a `Blob`, which is how parquet-wasm takes files: it asks for the bytes that
 * it needs, and a file of any size can be read. Not `fs.openAsBlob`: an open file stays the same file when another
 * one takes its name, and its errors keep their codes.
 */
export class FileRange {
  /** Why reading failed, which parquet-wasm does not hand on. */
  failure: unknown;

  constructor(
    readonly file: FileHandle,
    private readonly path: string,
    private readonly from: number,
    private readonly to: number,
    private readonly whole?: FileRange,
    /** What stands in place of what the file ends with. */
    private readonly tail?: Tail,
  ) {}

  /** The same file, but for how it ends. */
  endingWith(tail: Tail): FileRange {
    return new FileRange(this.file, this.path, 0, tail.from + tail.bytes.length, undefined, tail);
  }

  get size(): number {
    return this.to - this.from;
  }

  /** As `Blob.slice`: positions count from this range's start. */
  slice(from: number, to: number): FileRange {
    const end = Math.min(this.from + to, this.to);
    return new FileRange(this.file, this.path, Math.min(this.from + from, end), end, this.whole ?? this, this.tail);
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    try {
      const bytes = new Uint8Array(this.size);
      const { tail } = this;
      const inFile = tail === undefined ? bytes.length : Math.max(0, Math.min(tail.from - this.from, bytes.length));
      if (tail !== undefined && inFile < bytes.length) {
        bytes.set(tail.bytes.subarray(this.from + inFile - tail.from, this.to - tail.from), inFile);
      }
      for (let at = 0; at < inFile;) {
        const { bytesRead } = await this.file.read(bytes, at, inFile - at, this.from + at);
        if (bytesRead === 0) {
          const message = `Reading '${this.path}': it ends at byte ${this.from + at}, and was longer when it was opened. Files that are being read must not be written.`;
          throw new SluiceError('FILE_CHANGED', message, { details: { path: this.path, position: this.from + at } });
        }
        at += bytesRead;
      }
      return bytes.buffer;
    } catch (error) {
      (this.whole ?? this).failure = error;
      throw error;
    }
  }
}
