import { isAscii, isUtf8 } from 'node:buffer';
import { BytesColumn, type Validity } from '../../../../lib/columns/index.js';
import type { DataType } from '../../../../lib/schema/index.js';
import { expect } from './unusual.js';

/** A column of more than this is left alone. */
const maxBytes = 1 << 30;

/** What copying in words may take and write too many. */
const slack = 3;

/** So long a value is copied as a whole. */
const isLong = 40;

/** Collects texts and binaries. */
export class BytesTarget {
  private readonly offsets: Int32Array;
  private bytes = Buffer.allocUnsafeSlow(0);
  private length = 0;
  private dictionary: BytesTarget | undefined;

  constructor(
    private readonly type: DataType,
    numRows: number,
  ) {
    this.offsets = new Int32Array(numRows + 1);
  }

  get dictionarySize(): number {
    return this.dictionary?.length ?? 0;
  }

  setDictionary(bytes: Buffer, count: number): void {
    // Every value takes 4 bytes at least.
    expect(count * 4 <= bytes.length, 'a dictionary that is cut short');
    this.dictionary = new BytesTarget(this.type, count);
    this.dictionary.addPlain(bytes, 0, count);
  }

  /** Each value has its length before it. */
  addPlain(source: Buffer, from: number, count: number): void {
    const { offsets, length } = this;
    const start = offsets[length]!;
    const out = this.room(start + source.length - from, length + count);
    let to = start;
    for (let i = 1; i <= count; i++) {
      expect(from + 4 <= source.length, 'values that are cut short');
      const size = source[from]! | (source[from + 1]! << 8) | (source[from + 2]! << 16) | (source[from + 3]! << 24);
      from += 4;
      const end = from + size;
      expect(size >= 0 && end <= source.length, 'a value that is cut short');
      if (size > isLong) {
        out.set(source.subarray(from, end), to);
        to += size;
        from = end;
      } else while (from < end) out[to++] = source[from++]!;
      offsets[length + i] = to;
    }
    this.length += count;
    if (this.type.kind === 'string') this.checkTexts(length);
  }

  addIndices(indices: Int32Array, count: number): void {
    const { offsets, length } = this;
    const { offsets: starts, bytes: source } = this.dictionary!;
    const start = offsets[length]!;
    let total = start;
    for (let i = 0; i < count; i++) {
      const k = indices[i]!;
      total += starts[k + 1]! - starts[k]!;
      expect(total <= maxBytes, 'a column that is very large');
      offsets[length + i + 1] = total;
    }
    copyValues(source, starts, indices, count, this.room(total, length + count), start);
    this.length += count;
  }

  /** Of the rows of a page only those with a level of 1 have a value: moves the last `present` values there. */
  spread(levels: Int32Array, numRows: number, present: number): void {
    const { offsets } = this;
    const start = this.length - present;
    let from = this.length;
    for (let i = numRows; i > 0; i--) {
      offsets[start + i] = offsets[from]!;
      if (levels[i - 1] !== 0) from--;
    }
    this.length = start + numRows;
  }

  finish(valid: Validity): BytesColumn {
    // Not a Buffer, whose values would share its memory.
    const bytes = new Uint8Array(this.bytes.buffer, 0, this.offsets[this.length]);
    return new BytesColumn(this.type, this.offsets, bytes, valid);
  }

  /** Room for `total` bytes when there are `count` values, and for as many more as the other rows may take. */
  private room(total: number, count: number): Buffer {
    expect(total <= maxBytes, 'a column that is very large');
    if (total + slack > this.bytes.length) {
      const expected = Math.min((total / Math.max(count, 1)) * (this.offsets.length - 1) * 1.05, 4 * total);
      const larger = Buffer.allocUnsafeSlow(Math.floor(Math.max(expected, total)) + slack);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    return this.bytes;
  }

  /** That the values from `first` on are UTF-8, each of them. */
  private checkTexts(first: number): void {
    const { offsets, bytes, length } = this;
    const range = bytes.subarray(offsets[first], offsets[length]);
    if (isAscii(range)) return;
    expect(isUtf8(range), 'texts that are no UTF-8');
    for (let i = first; i < length; i++) {
      const begin = offsets[i]!;
      expect(begin === offsets[i + 1] || (bytes[begin]! & 0xc0) !== 0x80, 'a text that begins within a character');
    }
  }
}

/** The values at those indices one after the other, from `to` on. Both buffers have `slack` bytes to spare. */
function copyValues(
  source: Buffer,
  starts: Int32Array,
  indices: Int32Array,
  count: number,
  out: Buffer,
  to: number,
): void {
  // Four bytes at a time, the last ones with some that the next value overwrites.
  const words = new DataView(source.buffer, source.byteOffset, source.byteLength);
  const target = new DataView(out.buffer, out.byteOffset, out.byteLength);
  for (let i = 0; i < count; i++) {
    const k = indices[i]!;
    const from = starts[k]!;
    const size = starts[k + 1]! - from;
    if (size > isLong) out.set(source.subarray(from, from + size), to);
    else for (let at = 0; at < size; at += 4) target.setInt32(to + at, words.getInt32(from + at, true), true);
    to += size;
  }
}
