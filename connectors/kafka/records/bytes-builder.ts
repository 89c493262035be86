import { BytesColumn, type Validity, allValid, bitmapBytes, ones } from '../../../lib/columns/index.js';
import type { DataType } from '../../../lib/schema/index.js';

/** What a column of bytes can hold: its offsets are numbers of 32 bits. */
export const maxColumnBytes = 2 ** 31 - 1;

/** Longer values are copied as a whole. */
const isLong = 64;

/** Collects binaries or strings. Its buffers are read and written by the loop that decodes records. */
export class BytesBuilder {
  offsets = new Int32Array(1);
  buffer = wordsOf(Buffer.alloc(0));
  length = 0;
  private present: Uint8Array | null = null;
  private nullCount = 0;

  /** Bytes of the values so far. */
  get end(): number {
    return this.offsets[this.length]!;
  }

  /** Makes room for so many more values and bytes. Throws RangeError beyond `maxColumnBytes`. */
  reserve(values: number, bytes: number): void {
    const { end, length } = this;
    const total = end + bytes;
    if (total > maxColumnBytes) throw new RangeError(`a column cannot hold ${total} bytes`);
    const { bytes: current } = this.buffer;
    if (total > current.length) {
      const larger = Buffer.allocUnsafeSlow(Math.min(Math.max(total, 2 * current.length), maxColumnBytes));
      current.copy(larger, 0, 0, end);
      this.buffer = wordsOf(larger);
    }
    if (length + values < this.offsets.length) return;
    const offsets = new Int32Array(Math.max(length + values + 1, 2 * this.offsets.length));
    offsets.set(this.offsets);
    this.offsets = offsets;
    if (this.present !== null) this.present = widened(this.present, offsets.length);
  }

  /** Adds `source[from, to)`; there is room for one more value. */
  add(source: Words, from: number, to: number): void {
    const start = this.offsets[this.length]!;
    if (start + to - from > this.buffer.bytes.length) this.reserve(0, to - from);
    copyBytes(source, from, to, this.buffer, start);
    this.addUntil(start + to - from);
  }

  /** Adds the value whose bytes end there; they have been written. */
  addUntil(end: number): void {
    const i = this.length++;
    this.offsets[i + 1] = end;
    if (this.present !== null) this.present[i >> 3]! |= 1 << (i & 7);
  }

  addNull(): void {
    const i = this.length++;
    this.offsets[i + 1] = this.offsets[i]!;
    this.nullCount++;
    this.present ??= widened(ones(i), this.offsets.length);
  }

  /** The column of what was added. The builder is not used any more. */
  build(type: DataType): BytesColumn {
    const { length, nullCount, present } = this;
    const valid: Validity =
      present === null ? allValid : { validity: present.slice(0, bitmapBytes(length)), nullCount };
    // Not a Buffer, whose values would share its memory.
    const bytes = new Uint8Array(this.buffer.bytes.buffer, 0, this.end);
    return new BytesColumn(type, this.offsets.subarray(0, length + 1), bytes, valid);
  }
}

function widened(bits: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(bitmapBytes(length));
  out.set(bits);
  return out;
}

/** Bytes, with a view that reads and writes their words. */
export interface Words {
  readonly bytes: Buffer;
  readonly words: DataView;
}

export const wordsOf = (bytes: Uint8Array): Words => ({
  bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  words: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
});

/** Copies `source[from, to)` to `target[start…)`; short values in words, for which nothing is allocated. */
export function copyBytes(source: Words, from: number, to: number, target: Words, start: number): void {
  if (to - from > isLong) {
    target.bytes.set(source.bytes.subarray(from, to), start);
    return;
  }
  const { bytes, words } = source;
  const { bytes: outBytes, words: outWords } = target;
  let i = start;
  for (const whole = to - 3; from < whole; from += 4, i += 4) outWords.setInt32(i, words.getInt32(from));
  for (; from < to; from++, i++) outBytes[i] = bytes[from]!;
}
