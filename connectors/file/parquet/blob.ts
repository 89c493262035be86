import type { FileHandle } from 'node:fs/promises';
import { SluiceError } from '../../../lib/errors/index.js';

/**
 * A range of an open file in the shape of a `Blob`, which is how parquet-wasm takes files: it asks for the bytes that
 * it needs, and a file of any size can be read. Not `fs.openAsBlob`: an open file stays the same file when another
 * one takes its name, and its errors keep their codes.
 */
export class FileRange {
  /** Why reading failed, which parquet-wasm does not hand on. */
  failure: unknown;

  constructor(
    private readonly file: FileHandle,
    private readonly path: string,
    private readonly from: number,
    private readonly to: number,
    private readonly whole?: FileRange,
  ) {}

  get size(): number {
    return this.to - this.from;
  }

  /** As `Blob.slice`: positions count from this range's start. */
  slice(from: number, to: number): FileRange {
    const end = Math.min(this.from + to, this.to);
    return new FileRange(this.file, this.path, Math.min(this.from + from, end), end, this.whole ?? this);
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    try {
      const bytes = new Uint8Array(this.size);
      for (let at = 0; at < bytes.length;) {
        const { bytesRead } = await this.file.read(bytes, at, bytes.length - at, this.from + at);
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
