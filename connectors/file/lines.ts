import { SluiceError } from '../../lib/errors/index.js';
import type { Place } from './format.js';
import type { Records } from './records.js';
import { Utf8Check, markLength } from '../../lib/formats/scan/utf8.js';

const NOWHERE = Number.MAX_SAFE_INTEGER;

export interface LinesOptions {
  /** What ends a line; undefined stands for `\n`, `\r\n` and `\r`. */
  readonly lineSep: string | Uint8Array | undefined;
  /** A `lineSep` begins at a multiple of so many bytes in its line. Default 1. */
  readonly unit?: number;
  /** A longer line is RECORD_TOO_LARGE. */
  readonly maxRecordBytes: number;
}

/**
 * Finds lines in bytes that come in pieces. A byte is looked at once, however small the pieces are. A byte order mark at
 * the start of the file is left out of the first line.
 */
export class Lines implements Records {
  bytes: Buffer = Buffer.alloc(0);
  /** The line that `advance` found: `bytes[start, end)`, without what ends it. */
  start = 0;
  end = 0;
  /** Where the next line starts: how many bytes were taken. */
  next = 0;

  private readonly separator: Buffer | null;
  private readonly unit: number;
  private readonly maxRecordBytes: number;
  private place: Place = { path: '', position: 0 };
  /** How many bytes of a line that is not complete have been searched for its end. */
  private searched = 0;
  /** The next line feed and carriage return at or after `next`, if they have been looked for. */
  private lineFeed = -1;
  private carriageReturn = -1;
  private readonly utf8 = new Utf8Check();
  private last = false;
  private valid: boolean | null = null;

  /** @param markExpected whether the first bytes are those of the file */
  constructor(
    options: LinesOptions,
    private markExpected: boolean,
  ) {
    this.separator = options.lineSep === undefined ? null : Buffer.from(options.lineSep);
    this.unit = options.unit ?? 1;
    this.maxRecordBytes = options.maxRecordBytes;
  }

  get position(): number {
    return this.start;
  }

  get source(): Uint8Array {
    return this.bytes.subarray(this.start, this.end);
  }

  /** Starts on bytes whose beginning is what was not taken of the bytes before. */
  open(bytes: Uint8Array, place: Place): void {
    this.utf8.consumed(this.next);
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.place = place;
    this.next = 0;
    this.lineFeed = -1;
    this.carriageReturn = -1;
    this.valid = null;
  }

  /** Moves to the next line; false if there is none, or, unless these bytes are the `last`, if it is not complete. */
  advance(last: boolean): boolean {
    const { length } = this.bytes;
    this.last = last;
    if (this.markExpected && !this.skipMark(last)) return false;
    this.start = this.next;
    if (this.start >= length) return false;
    const found = this.separator === null ? this.findBreak(last) : this.findSeparator(this.separator);
    const end = found ? this.end : length;
    if (end - this.start > this.maxRecordBytes) throw this.tooLarge();
    if (found) {
      this.searched = 0;
      return true;
    }
    if (!last) return false;
    this.searched = 0;
    this.end = this.next = length;
    return true;
  }

  /**
   * Whether all the lines in these bytes are valid UTF-8. One call for many lines; asked for only once there is a line,
   * so that a decoder that does not want to know does not pay for it.
   */
  get validUtf8(): boolean {
    return (this.valid ??= this.utf8.check(this.bytes, this.last));
  }

  private findBreak(last: boolean): boolean {
    const { bytes } = this;
    const from = this.start + this.searched;
    if (this.lineFeed < from) this.lineFeed = positionOf(bytes, 10, from);
    if (this.carriageReturn < from) this.carriageReturn = positionOf(bytes, 13, from);
    if (this.carriageReturn > this.lineFeed) {
      this.end = this.lineFeed;
      this.next = this.lineFeed + 1;
      return true;
    }
    const at = this.carriageReturn;
    if (at === NOWHERE) {
      this.searched = bytes.length - this.start;
      return false;
    }
    // Whether a line feed belongs to it, only the next byte can tell.
    if (at + 1 === bytes.length && !last) {
      this.searched = at - this.start;
      return false;
    }
    this.end = at;
    this.next = bytes[at + 1] === 10 ? at + 2 : at + 1;
    return true;
  }

  private findSeparator(separator: Buffer): boolean {
    let at = this.bytes.indexOf(separator, this.start + this.searched);
    while (at >= 0 && (at - this.start) % this.unit !== 0) at = this.bytes.indexOf(separator, at + 1);
    if (at < 0) {
      // The last bytes may be the beginning of a separator.
      this.searched = Math.max(0, this.bytes.length - this.start - separator.length + 1);
      return false;
    }
    this.end = at;
    this.next = at + separator.length;
    return true;
  }

  private skipMark(last: boolean): boolean {
    const length = markLength(this.bytes, last);
    if (length < 0) return false;
    this.markExpected = false;
    this.next = length;
    return true;
  }

  private tooLarge(): SluiceError {
    const { path, position } = this.place;
    const at = position + this.start;
    const message = `Reading '${path}': the record at byte ${at} is longer than maxRecordBytes, ${this.maxRecordBytes} bytes. Is its line end missing? Raise maxRecordBytes if it is not.`;
    const details = { path, position: at, maxRecordBytes: this.maxRecordBytes };
    return new SluiceError('RECORD_TOO_LARGE', message, { details });
  }
}

function positionOf(bytes: Buffer, byte: number, from: number): number {
  const at = bytes.indexOf(byte, from);
  return at < 0 ? NOWHERE : at;
}
