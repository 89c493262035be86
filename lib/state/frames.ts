import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { SluiceError } from '../errors/index.js';
import { ByteReader, ByteWriter } from './bytes.js';

/**
 * How far a file counts: its length, and the checksum of its last frame. Each frame's checksum goes on from that of the
 * one before, so it vouches for every byte up to there.
 */
export type Mark = readonly [length: number, checksum: number];

export const nothing: Mark = [0, 0];

/** Before each frame: how many bytes it has, and their checksum. */
const headBytes = 8;

/** A frame is closed when it has grown to this many bytes: what is read, or encoded, in one piece. */
export const frameBytes = 1 << 18;

/** Frames one after the other, as they go to a file. */
export class FrameWriter {
  private start = 0;

  /** @param out where frames are put together; may be used again when all were taken */
  constructor(
    private end: Mark,
    private readonly out = new ByteWriter(),
  ) {
    out.clear();
    this.begin();
  }

  private begin(): void {
    this.start = this.out.reserve(headBytes);
  }

  /** Where the contents of the open frame go. */
  get open(): ByteWriter {
    return this.out;
  }

  get isFull(): boolean {
    return this.out.length - this.start >= frameBytes;
  }

  /** Ends the open frame, if it holds anything. */
  close(): void {
    const { out, start } = this;
    const length = out.length - start - headBytes;
    if (length === 0) return;
    const checksum = crc32(out.written(start + headBytes), this.end[1]);
    out.setInt32(start, length);
    out.setInt32(start + 4, checksum);
    this.end = [this.end[0] + headBytes + length, checksum];
    this.begin();
  }

  /** Where what was closed ends. */
  get mark(): Mark {
    return this.end;
  }

  /** What was closed since the last call. Holds until the next frame is written. */
  take(): Uint8Array {
    const bytes = this.out.written(0, this.start);
    this.out.clear();
    this.begin();
    return bytes;
  }
}

/**
 * Gives the contents of each frame of a file up to a mark; they hold until the next one is asked for. Throws
 * CHECKPOINT_CORRUPT where the bytes are not those that were written.
 */
export async function* readFrames(path: string, upTo: Mark): AsyncGenerator<ByteReader> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    throw corrupt(path, 0, 'it cannot be opened', error);
  }
  try {
    const input = new Input(file, upTo[0]);
    let checksum = 0;
    let at = 0;
    while (at < upTo[0]) {
      const head = await input.next(headBytes);
      const length = head?.readUInt32LE(0) ?? 0;
      const expected = head?.readUInt32LE(4);
      const bytes = length === 0 ? undefined : await input.next(length);
      if (bytes === undefined) throw corrupt(path, at, 'it ends too soon, or a frame has no length');
      checksum = crc32(bytes, checksum);
      if (checksum !== expected) throw corrupt(path, at, 'a frame does not match its checksum');
      yield new ByteReader(bytes);
      at += headBytes + length;
    }
    if (checksum !== upTo[1]) throw corrupt(path, at, 'it is not the file that the checkpoint names');
  } finally {
    await file.close();
  }
}

/** The bytes of a file in order, read in large pieces. */
class Input {
  private buffer = Buffer.allocUnsafeSlow(frameBytes * 4);
  private from = 0;
  private to = 0;
  private position = 0;

  constructor(
    private readonly file: FileHandle,
    private readonly end: number,
  ) {}

  /** The next bytes; undefined if there are not so many. They hold until the next call. */
  async next(count: number): Promise<Buffer | undefined> {
    if (this.to - this.from < count && !(await this.fill(count))) return undefined;
    const bytes = this.buffer.subarray(this.from, this.from + count);
    this.from += count;
    return bytes;
  }

  private async fill(count: number): Promise<boolean> {
    const rest = this.to - this.from;
    // A length that was changed may be anything.
    if (count > rest + this.end - this.position) return false;
    const larger = count > this.buffer.length ? Buffer.allocUnsafeSlow(count) : this.buffer;
    larger.set(this.buffer.subarray(this.from, this.to));
    [this.buffer, this.from, this.to] = [larger, 0, rest];
    while (this.to < count) {
      const room = Math.min(this.buffer.length - this.to, this.end - this.position);
      const { bytesRead } = await this.file.read(this.buffer, this.to, room, this.position);
      if (bytesRead === 0) return false;
      this.to += bytesRead;
      this.position += bytesRead;
    }
    return true;
  }
}

export function corrupt(path: string, position: number, what: string, cause?: unknown): SluiceError {
  return new SluiceError(
    'CHECKPOINT_CORRUPT',
    `${path} is damaged at byte ${position}: ${what}. Restore the file from a copy, or start with another checkpoint ` +
      'directory (the query then begins anew).',
    { details: { path, position }, ...(cause === undefined ? {} : { cause }) },
  );
}
