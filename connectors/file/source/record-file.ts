import { magicBytes } from '../compression/index.js';
import type { RecordDecoder } from '../format.js';
import { closeFile, openToRead, readAt, statOf } from './descriptor.js';
import { type FileFacts, factsOf } from './listing.js';
import {
  type OpenFile,
  type Piece,
  type PieceRequest,
  checkUnchanged,
  closedWhileReading,
  unreadable,
} from './open-file.js';

export const defaultChunkBytes = 1 << 20;

/** Room in front of a chunk, so that the record that its predecessor cut off can be put there without moving the chunk. */
const headroom = 64 * 1024;

interface Chunk {
  readonly position: number;
  /** The bytes of the file begin at `offset`. */
  readonly buffer: Buffer;
  readonly offset: number;
}

export interface RecordFileOptions {
  /** What the file is known to be; a new file may have become another one since it was listed. */
  readonly file: FileFacts;
  /** Whether it has to be exactly that. */
  readonly exact: boolean;
  readonly chunkBytes: number;
  /** What a compressed file may hold. */
  readonly maxDecompressedBytes: number;
  /** Whether the source is being closed. */
  stopped(): boolean;
  decoder(atStart: boolean): RecordDecoder;
}

/**
 * A file of records: bytes come in chunks, the next of which is read while one is decoded.
 */
export class RecordFile implements OpenFile {
  /** A chunk that is being read, ahead of its use. */
  private ahead: { readonly position: number; readonly chunk: Promise<Chunk> } | undefined;
  /** Two buffers take turns: one is filled while the other, or what is left of it, is decoded. The next comes first. */
  private buffers: readonly [Buffer | undefined, Buffer | undefined] = [undefined, undefined];
  /** Where the last piece ended, and what was read from there on. */
  private rest: { readonly position: number; readonly bytes: Uint8Array } | undefined;

  private constructor(
    readonly facts: FileFacts,
    private readonly fd: number,
    private readonly options: RecordFileOptions,
  ) {}

  /** Opens the file and begins to read at `position`. Throws FILE_CHANGED, FILE_UNREADABLE. */
  static async open(options: RecordFileOptions, position: number): Promise<RecordFile> {
    const { file, exact, chunkBytes } = options;
    let fd: number | undefined;
    try {
      fd = await openToRead(file.path);
      const facts = factsOf(file.path, await statOf(fd));
      if (exact) checkUnchanged(file, facts);
      const opened = new RecordFile(facts, fd, options);
      if (position < facts.size) opened.readAhead(position, Math.min(chunkBytes, facts.size - position));
      return opened;
    } catch (error) {
      if (fd !== undefined) await closeFile(fd);
      throw unreadable(error, file);
    }
  }

  /** What the file begins with. Throws FILE_UNREADABLE, having closed it. */
  async head(): Promise<Uint8Array> {
    try {
      if (this.ahead?.position === 0) return (await this.ahead.chunk).buffer.subarray(0, magicBytes);
      const buffer = Buffer.alloc(magicBytes);
      return buffer.subarray(0, await readAt(this.fd, buffer, 0, 0));
    } catch (error) {
      await this.close();
      throw unreadable(error, this.facts);
    }
  }

  async read({ from, until = this.facts.size, rows, bytes: room }: PieceRequest): Promise<Piece> {
    const { facts, options } = this;
    const { path } = facts;
    const decoder = options.decoder(from === 0);
    let chunkBytes = options.chunkBytes;
    let position = from;
    let carry = this.rest?.position === from ? this.rest.bytes : new Uint8Array(0);
    let chunks = 0;
    this.rest = undefined;
    while (position < until) {
      const have = position + carry.length;
      const bytes = have < until ? await this.following(carry, have, Math.min(chunkBytes, until - have)) : carry;
      chunks++;
      const next = position + bytes.length;
      const last = next === until;
      if (!last) this.readAhead(next, Math.min(chunkBytes, until - next));
      // What ends at a record boundary decodes like a file that ends there.
      const taken = decoder.decode(bytes, { path, position }, last);
      position += taken;
      carry = bytes.subarray(taken);
      if (last) break;
      // A record that is longer than the chunks: with chunks that grow it is not looked at over and over.
      chunkBytes = taken === 0 ? chunkBytes * 2 : options.chunkBytes;
      if (position > from && (decoder.numRows >= rows || position - from >= room)) {
        this.rest = { position, bytes: carry };
        break;
      }
    }
    if (chunks > 1) await this.checkUnchanged();
    const tables = decoder.numRows > 0 ? [decoder.take()] : [];
    const end = this.rest?.position ?? until;
    return {
      tables,
      position: end,
      atEnd: end >= facts.size,
      bytes: end - from,
      malformed: decoder.malformed,
      reasons: decoder.reasons,
      skipped: 0,
    };
  }

  async close(): Promise<void> {
    await this.ahead?.chunk.catch(() => undefined);
    this.ahead = undefined;
    await closeFile(this.fd);
  }

  /** `carry` with the bytes that follow it in the file, those from `at` on. */
  private async following(carry: Uint8Array, at: number, length: number): Promise<Uint8Array> {
    if (this.ahead?.position !== at) {
      // One buffer may still be being filled, and the other holds `carry`.
      this.buffers = [undefined, undefined];
      this.readAhead(at, length);
    }
    const { buffer, offset } = await this.ahead!.chunk;
    this.ahead = undefined;
    if (this.options.stopped()) throw closedWhileReading(this.facts.path);
    const size = Math.min(buffer.length - offset, length);
    if (carry.length === 0) return buffer.subarray(offset, offset + size);
    if (carry.length <= offset) {
      buffer.set(carry, offset - carry.length);
      return buffer.subarray(offset - carry.length, offset + size);
    }
    return Buffer.concat([carry, buffer.subarray(offset, offset + size)]);
  }

  private readAhead(position: number, length: number): void {
    const chunk = this.readChunk(position, length);
    // Nobody may come for it, if decoding fails.
    chunk.catch(() => undefined);
    this.ahead = { position, chunk };
  }

  private async readChunk(position: number, length: number): Promise<Chunk> {
    const offset = position === 0 ? 0 : headroom;
    const buffer = this.nextBuffer(offset + length);
    try {
      for (let at = offset; at < buffer.length;) {
        const count = await readAt(this.fd, buffer, at, position + at - offset);
        if (count === 0) {
          checkUnchanged(this.facts, factsOf(this.facts.path, await statOf(this.fd)));
          throw new Error(`it ends at byte ${position + at - offset}`);
        }
        at += count;
      }
    } catch (error) {
      throw unreadable(error, this.facts);
    }
    return { position, buffer, offset };
  }

  private nextBuffer(size: number): Buffer {
    const [next, other] = this.buffers;
    const buffer = next !== undefined && next.length >= size ? next : Buffer.allocUnsafeSlow(size);
    this.buffers = [other, buffer];
    return buffer.length === size ? buffer : buffer.subarray(0, size);
  }

  /** Whether somebody wrote to the file while it was read. */
  private async checkUnchanged(): Promise<void> {
    checkUnchanged(this.facts, factsOf(this.facts.path, await statOf(this.fd)));
  }
}
