import {
  BooleanColumn,
  type Column,
  DecimalColumn,
  FixedColumn,
  type Validity,
  bitmapBytes,
} from '../../../../lib/columns/index.js';
import type { DataType } from '../../../../lib/schema/index.js';
import { physical } from '../footer.js';
import type { FlatColumn } from './schema.js';
import { expect } from './unusual.js';

/** How values lie in a file one after the other. */
interface Layout {
  readonly bitsPerValue: number;
  /** Puts `count` values into `out` from the word `to` on. All of their bytes are there. */
  copy(bytes: Buffer, from: number, count: number, out: Int32Array, to: number): void;
}

/** Collects values of a fixed length, as words of 32 bits each. Those that are missing are 0. */
export class WordTarget {
  dictionarySize = 0;
  private readonly words: Int32Array;
  private readonly perValue: number;
  private readonly layout: Layout;
  private dictionary = new Int32Array(0);
  private length = 0;

  constructor(
    private readonly column: FlatColumn,
    numRows: number,
  ) {
    const { kind } = column.field.type;
    const wide = column.physical === physical.int64 || column.physical === physical.double;
    this.perValue = kind === 'decimal' ? 4 : wide ? 2 : 1;
    this.layout = kind === 'decimal' ? decimals(column) : kind === 'boolean' ? bits : words(this.perValue);
    this.words = new Int32Array(numRows * this.perValue);
    // So numbers of one bit, another way to store booleans, are indices like others.
    if (kind === 'boolean') this.setDictionary(Buffer.of(0b10), 2);
  }

  setDictionary(bytes: Buffer, count: number): void {
    this.check(bytes, 0, count);
    this.dictionary = new Int32Array(count * this.perValue);
    this.layout.copy(bytes, 0, count, this.dictionary, 0);
    this.dictionarySize = count;
  }

  addPlain(bytes: Buffer, from: number, count: number): void {
    this.check(bytes, from, count);
    this.layout.copy(bytes, from, count, this.words, this.length * this.perValue);
    this.length += count;
  }

  addIndices(indices: Int32Array, count: number): void {
    const { words: out, dictionary, perValue } = this;
    let to = this.length * perValue;
    if (perValue === 1) for (let i = 0; i < count; i++) out[to++] = dictionary[indices[i]!]!;
    else {
      for (let i = 0; i < count; i++) {
        const k = indices[i]! * perValue;
        for (let w = 0; w < perValue; w++) out[to++] = dictionary[k + w]!;
      }
    }
    this.length += count;
  }

  /** Of the rows of a page only those with a level of 1 have a value: moves the last `present` values there. */
  spread(levels: Int32Array, numRows: number, present: number): void {
    const { words: out, perValue } = this;
    const start = this.length - present;
    let from = this.length;
    for (let i = numRows - 1; i >= 0; i--) {
      const to = (start + i) * perValue;
      if (levels[i] === 0) out.fill(0, to, to + perValue);
      else {
        from--;
        for (let w = 0; w < perValue; w++) out[to + w] = out[from * perValue + w]!;
      }
    }
    this.length = start + numRows;
  }

  finish(valid: Validity): Column {
    const { type } = this.column.field;
    const { buffer } = this.words;
    switch (type.kind) {
      case 'boolean':
        return booleans(type, this.words, valid);
      case 'byte':
        return new FixedColumn(type, narrowed(this.words, Int8Array.from(this.words)), valid);
      case 'short':
        return new FixedColumn(type, narrowed(this.words, Int16Array.from(this.words)), valid);
      case 'decimal':
        return new DecimalColumn(type, new BigInt64Array(buffer), valid);
      case 'float':
        return new FixedColumn(type, new Float32Array(buffer), valid);
      case 'double':
        return new FixedColumn(type, new Float64Array(buffer), valid);
      default:
        return new FixedColumn(type, this.perValue === 2 ? new BigInt64Array(buffer) : this.words, valid);
    }
  }

  private check(bytes: Buffer, from: number, count: number): void {
    expect(from + Math.ceil((count * this.layout.bitsPerValue) / 8) <= bytes.length, 'values that are cut short');
  }
}

const bits: Layout = {
  bitsPerValue: 1,
  copy(bytes, from, count, out, to) {
    for (let i = 0; i < count; i++) out[to + i] = (bytes[from + (i >> 3)]! >> (i & 7)) & 1;
  },
};

const words = (perValue: number): Layout => ({
  bitsPerValue: 32 * perValue,
  copy(bytes, from, count, out, to) {
    const target = new Uint8Array(out.buffer, out.byteOffset + 4 * to, 4 * perValue * count);
    target.set(bytes.subarray(from, from + target.length));
  },
});

/** Decimals become 128 bits, the lowest first. */
function decimals({ physical: stored, byteLength }: FlatColumn): Layout {
  if (stored === physical.fixedBytes)
    return { bitsPerValue: 8 * byteLength, copy: copyBigEndian.bind(null, byteLength) };
  const width = stored === physical.int64 ? 2 : 1;
  return {
    bitsPerValue: 32 * width,
    copy(bytes, from, count, out, to) {
      for (let i = 0; i < count; i++, from += 4 * width, to += 4) {
        const high = bytes.readInt32LE(from + 4 * (width - 1));
        out[to] = bytes.readInt32LE(from);
        out[to + 1] = width === 2 ? high : high >> 31;
        out[to + 2] = out[to + 3] = high >> 31;
      }
    },
  };
}

function copyBigEndian(width: number, bytes: Buffer, from: number, count: number, out: Int32Array, to: number): void {
  for (let i = 0; i < count; i++, from += width, to += 4) {
    const sign = bytes[from]! >> 7 === 1 ? 255 : 0;
    for (let w = 0; w < 4; w++) {
      let word = 0;
      for (let k = 4 * w + 3; k >= 4 * w; k--) word = (word << 8) | (k < width ? bytes[from + width - 1 - k]! : sign);
      out[to + w] = word;
    }
  }
}

/** What a writer puts into a narrow column that it has no room for is no value of it. */
function narrowed<T extends Int8Array | Int16Array>(wide: Int32Array, narrow: T): T {
  for (let i = 0; i < wide.length; i++) expect(narrow[i] === wide[i], 'numbers wider than their column');
  return narrow;
}

function booleans(type: DataType, values: Int32Array, valid: Validity): BooleanColumn {
  const packed = new Uint8Array(bitmapBytes(values.length));
  for (let i = 0; i < values.length; i++) packed[i >> 3]! |= values[i]! << (i & 7);
  return new BooleanColumn(type, values.length, packed, valid);
}
