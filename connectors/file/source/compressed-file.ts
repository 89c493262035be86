import { SluiceError } from '../../../lib/errors/index.js';
import { type Codec, Damaged, Input } from '../compression/index.js';
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
import type { RecordFileOptions } from './record-file.js';

/** What is read of a compressed file at a time. */
const compressedBytesAtOnce = 64 * 1024;

/** A compressed file of records. Positions are those of the bytes that it holds, not of those that it has. */
export class CompressedFile implements OpenFile {
  /** Bytes that were decompressed and are not decoded yet. */
  private pending: Buffer[] = [];
  private pendingBytes = 0;
  /** Where they begin. */
  private position = 0;
  private ended = false;
  private plain: AsyncGenerator<Buffer>;
  private input: Input;

  private constructor(
    readonly facts: FileFacts,
    private readonly fd: number,
    private readonly codec: Codec,
    private readonly options: RecordFileOptions,
  ) {
    this.input = new Input(this.chunks());
    this.plain = codec.decode(this.input);
  }

  /** Throws FILE_CHANGED, FILE_UNREADABLE. */
  static async open(codec: Codec, options: RecordFileOptions): Promise<CompressedFile> {
    const { file, exact } = options;
    let fd: number | undefined;
    try {
      fd = await openToRead(file.path);
      const facts = factsOf(file.path, await statOf(fd));
      if (exact) checkUnchanged(file, facts);
      return new CompressedFile(facts, fd, codec, options);
    } catch (error) {
      if (fd !== undefined) await closeFile(fd);
      throw unreadable(error, file);
    }
  }

  async read({ from, until = Infinity, rows, bytes: room }: PieceRequest): Promise<Piece> {
    await this.goTo(from);
    const { facts, options } = this;
    const decoder = options.decoder(from === 0);
    let { chunkBytes } = options;
    let position = from;
    let carry: Buffer = Buffer.alloc(0);
    for (let last = false; !last;) {
      // One byte more tells whether anything follows.
      await this.fill(Math.min(chunkBytes + 1, until - this.position));
      const more = this.takePending(Math.min(chunkBytes, until - this.position));
      const bytes = carry.length === 0 ? more : Buffer.concat([carry, more]);
      const atEnd = this.ended && this.pendingBytes === 0;
      if (atEnd && until !== Infinity && this.position < until)
        throw this.damaged(`it holds ${this.position} bytes only`);
      last = atEnd || this.position === until;
      // What ends at a record boundary decodes like a file that ends there.
      const taken = bytes.length > 0 ? decoder.decode(bytes, { path: facts.path, position }, last) : 0;
      position += taken;
      carry = bytes.subarray(taken);
      // A record that is longer than the chunks: with chunks that grow it is not looked at over and over.
      chunkBytes = taken === 0 ? chunkBytes * 2 : options.chunkBytes;
      if (position > from && (decoder.numRows >= rows || position - from >= room)) break;
    }
    this.putBack(carry);
    // A piece that ends at a given place knows only now whether more comes.
    await this.fill(1);
    checkUnchanged(facts, factsOf(facts.path, await statOf(this.fd)));
    return {
      tables: decoder.numRows > 0 ? [decoder.take()] : [],
      position,
      atEnd: this.ended && this.pendingBytes === 0,
      bytes: position - from,
      malformed: decoder.malformed,
      reasons: decoder.reasons,
      skipped: 0,
    };
  }

  async close(): Promise<void> {
    await this.plain.return(undefined).catch(() => undefined);
    await closeFile(this.fd);
  }

  /** Reads on from `position`, from the start of the file if that lies behind. */
  private async goTo(position: number): Promise<void> {
    if (position < this.position) {
      await this.plain.return(undefined);
      this.pending = [];
      this.pendingBytes = this.position = 0;
      this.ended = false;
      this.input = new Input(this.chunks());
      this.plain = this.codec.decode(this.input);
    }
    while (this.position < position) {
      await this.fill(1);
      if (this.ended && this.pendingBytes === 0) throw this.damaged(`it holds ${this.position} bytes only`);
      this.takePending(position - this.position);
    }
  }

  /** Decompresses until so many bytes are there, or the file ends. */
  private async fill(bytes: number): Promise<void> {
    const { path } = this.facts;
    const most = this.options.maxDecompressedBytes;
    while (this.pendingBytes < bytes && !this.ended) {
      const piece = await this.next();
      if (this.options.stopped()) throw closedWhileReading(path);
      if (piece === undefined) {
        this.ended = true;
        return;
      }
      this.pending.push(piece);
      this.pendingBytes += piece.length;
      const total = this.position + this.pendingBytes;
      if (total > most) throw tooLarge(this.facts, this.codec, most, this.input.position);
    }
  }

  private async next(): Promise<Buffer | undefined> {
    try {
      const { value, done } = (await this.plain.next()) as { value: Buffer; done?: boolean };
      return done === true ? undefined : value;
    } catch (error) {
      if (error instanceof Damaged) throw this.damaged(error.message, error);
      throw unreadable(error, this.facts);
    }
  }

  /** So many of the bytes that are there, or all of them. */
  private takePending(most: number): Buffer {
    const taken: Buffer[] = [];
    let left = most;
    while (left > 0 && this.pending.length > 0) {
      const [first] = this.pending as [Buffer];
      if (first.length <= left) this.pending.shift();
      else this.pending[0] = first.subarray(left);
      taken.push(first.length <= left ? first : first.subarray(0, left));
      left -= taken.at(-1)!.length;
    }
    const bytes = taken.length === 1 ? taken[0]! : Buffer.concat(taken);
    this.pendingBytes -= bytes.length;
    this.position += bytes.length;
    return bytes;
  }

  private putBack(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.pending.unshift(bytes);
    this.pendingBytes += bytes.length;
    this.position -= bytes.length;
  }

  private async *chunks(): AsyncGenerator<Buffer> {
    const { size } = this.facts;
    for (let at = 0; at < size;) {
      const buffer = Buffer.allocUnsafe(Math.min(compressedBytesAtOnce, size - at));
      const count = await readAt(this.fd, buffer, 0, at);
      if (count === 0) {
        checkUnchanged(this.facts, factsOf(this.facts.path, await statOf(this.fd)));
        throw new Error(`it ends at byte ${at}`);
      }
      at += count;
      yield buffer.subarray(0, count);
    }
  }

  private damaged(reason: string, cause?: Damaged): SluiceError {
    const { path } = this.facts;
    const position = cause?.position ?? this.facts.size;
    const message = `Reading ${path}: as ${this.codec.name} it is damaged near byte ${position}: ${reason}.`;
    const details = { path, codec: this.codec.name, position };
    return new SluiceError('FILE_UNREADABLE', message, { details, ...(cause !== undefined && { cause }) });
  }
}

function tooLarge({ path, size }: FileFacts, { name }: Codec, most: number, position: number): SluiceError {
  const message =
    `Reading ${path}: ${name} makes more than maxDecompressedBytes, ${most} bytes, out of the ${position} bytes of it that were ` +
    `read (it has ${size}). Raise maxDecompressedBytes if that is what the file is to hold.`;
  const details = { path, codec: name, position, maxDecompressedBytes: most };
  return new SluiceError('DECOMPRESSED_TOO_LARGE', message, { details });
}
