import { isUtf8 } from 'node:buffer';
import {
  BooleanColumn,
  BytesColumn,
  type Column,
  DecimalColumn,
  FixedColumn,
  type FixedKind,
  type FixedValues,
  type Validity,
  allValid,
  bitmapBytes,
  clearBit,
  fixedArrays,
  setBit,
} from '../../../lib/columns/index.js';
import { SluiceError } from '../../../lib/errors/index.js';
import type { DataType, DecimalType } from '../../../lib/schema/index.js';
import { utf8 } from './dialect.js';
import type { Fields } from './fields.js';
import { parseDecimal, parseDouble, parseInteger, parseLong, parseShortDouble } from './numbers.js';
import { parseDate, parseTimestamp } from './times.js';

const FIRST_CAPACITY = 1024;

/** The first `length` elements; copied where a view would keep much more alive. */
function cut<A extends FixedValues | Uint8Array>(array: A, length: number): A {
  return (2 * length < array.length ? array.slice(0, length) : array.subarray(0, length)) as A;
}

/** A column in the making: takes the values of one field of the records, block by block, and hands them out as a column. */
export abstract class GrowingColumn {
  protected length = 0;
  protected capacity = 0;
  /** Ones, but for what is missing: most is there. */
  private valid = new Uint8Array(0);
  private missing = 0;
  /** The length last taken: the next is likely to be much the same. */
  private expected = 0;

  constructor(protected readonly type: DataType) {}

  /** Appends the fields of a slot. What does not convert is missing, and marked as a fault of its record. */
  append(fields: Fields, slot: number): void {
    const { rows, faults } = fields;
    this.reserve(this.length + rows);
    const base = slot * fields.capacity;
    for (let r = 0; r < rows; r++) {
      const i = this.length++;
      if (!fields.find(base + r)) {
        this.setMissing(i);
      } else if (!this.convert(fields.text, fields.start, fields.end, i)) {
        this.setMissing(i);
        if (faults[r] === 0) faults[r] = slot + 1;
      }
    }
  }

  /** What was appended since the last call. The buffers go with it. */
  take(): Column {
    const { length, missing } = this;
    const column = this.finish(
      missing === 0 ? allValid : { validity: cut(this.valid, bitmapBytes(length)), nullCount: missing },
    );
    this.expected = length;
    this.length = 0;
    this.missing = 0;
    this.capacity = 0;
    return column;
  }

  protected setMissing(i: number): void {
    clearBit(this.valid, i);
    this.missing++;
  }

  protected reserve(length: number): void {
    if (length <= this.capacity) return;
    const capacity = Math.max(length, 2 * this.capacity, this.expected, FIRST_CAPACITY);
    const valid = new Uint8Array(bitmapBytes(capacity)).fill(255);
    if (this.capacity > 0) valid.set(this.valid);
    this.valid = valid;
    this.grow(capacity);
    this.capacity = capacity;
  }

  /** Makes room for `capacity` values, keeping the first `length`; all is new after `take`. */
  protected abstract grow(capacity: number): void;
  /** Stores the value that a text stands for as value `i`. False if it stands for none. */
  protected abstract convert(text: Uint8Array, start: number, end: number, i: number): boolean;
  protected abstract finish(valid: Validity): Column;
}

/** Numbers, dates and timestamps. */
abstract class GrowingFixed extends GrowingColumn {
  protected values: FixedValues = new Int8Array(0);
  /** 64-bit values, two numbers each: a bigint a value would be slow. */
  protected halves = new Int32Array(0);

  constructor(
    type: DataType,
    private readonly kind: FixedKind,
  ) {
    super(type);
  }

  protected grow(capacity: number): void {
    const values = new fixedArrays[this.kind](capacity);
    if (this.length > 0) (values as Float64Array).set(this.values.subarray(0, this.length) as Float64Array);
    this.values = values;
    if (values instanceof BigInt64Array) this.halves = new Int32Array(values.buffer);
  }

  protected finish(valid: Validity): Column {
    return new FixedColumn(this.type, cut(this.values, this.length), valid);
  }
}

class GrowingInts extends GrowingFixed {
  private readonly min: number;
  private readonly max: number;

  constructor(type: DataType, kind: 'byte' | 'short' | 'int') {
    super(type, kind);
    const half = 2 ** (8 * fixedArrays[kind].BYTES_PER_ELEMENT - 1);
    this.min = -half;
    this.max = half - 1;
  }

  protected convert(text: Uint8Array, start: number, end: number, i: number): boolean {
    const value = parseInteger(text, start, end);
    if (!(value >= this.min && value <= this.max)) return false;
    this.values[i] = value;
    return true;
  }
}

class GrowingLongs extends GrowingFixed {
  protected convert(text: Uint8Array, start: number, end: number, i: number): boolean {
    return parseLong(text, start, end, this.halves, i);
  }
}

class GrowingTimestamps extends GrowingFixed {
  protected convert(text: Uint8Array, start: number, end: number, i: number): boolean {
    return parseTimestamp(text, start, end, this.type.kind === 'timestamp', this.halves, i);
  }
}

class GrowingDates extends GrowingFixed {
  protected convert(text: Uint8Array, start: number, end: number, i: number): boolean {
    const day = parseDate(text, start, end);
    if (day !== day) return false;
    this.values[i] = day;
    return true;
  }
}

/** The texts of the floats that no digits can name. */
export interface FloatWords {
  readonly nanValue: string;
  readonly positiveInf: string;
  readonly negativeInf: string;
}

class GrowingFloats extends GrowingFixed {
  private readonly words: ReadonlyMap<string, number>;
  /** Whether one of the words looks like a number, and so has to be looked for first. */
  private readonly wordsFirst: boolean;

  constructor(type: DataType, kind: 'float' | 'double', words: FloatWords) {
    super(type, kind);
    // Of equal words the first counts.
    this.words = new Map([
      [words.negativeInf, -Infinity],
      [words.positiveInf, Infinity],
      [words.nanValue, NaN],
    ]);
    this.wordsFirst = [...this.words.keys()].some((word) => {
      const bytes = utf8(word);
      return !Number.isNaN(parseShortDouble(bytes, 0, bytes.length));
    });
  }

  protected convert(text: Uint8Array, start: number, end: number, i: number): boolean {
    let value = this.wordsFirst ? NaN : parseShortDouble(text, start, end);
    if (value !== value) {
      const rest = this.parseRest(Buffer.from(text.buffer, text.byteOffset + start, end - start).toString());
      if (rest === undefined) return false;
      value = rest;
    }
    this.values[i] = value;
    return true;
  }

  private parseRest(text: string): number | undefined {
    return this.words.has(text) ? this.words.get(text) : parseDouble(text);
  }
}

class GrowingDecimals extends GrowingColumn {
  private words = new BigInt64Array(0);
  private quarters = new Int32Array(0);

  constructor(protected override readonly type: DecimalType) {
    super(type);
  }

  protected convert(text: Uint8Array, start: number, end: number, i: number): boolean {
    return parseDecimal(text, start, end, this.type.precision, this.type.scale, this.quarters, i);
  }

  protected grow(capacity: number): void {
    const words = new BigInt64Array(2 * capacity);
    words.set(this.words.subarray(0, 2 * this.length));
    this.words = words;
    this.quarters = new Int32Array(words.buffer);
  }

  protected finish(valid: Validity): Column {
    return new DecimalColumn(this.type, cut(this.words, 2 * this.length), valid);
  }
}

class GrowingBooleans extends GrowingColumn {
  private bits = new Uint8Array(0);

  protected convert(text: Uint8Array, start: number, end: number, i: number): boolean {
    const value = end - start === 4;
    if (!value && end - start !== 5) return false;
    const word = value ? TRUE : FALSE;
    for (let k = 0; k < word.length; k++) if ((text[start + k]! | 32) !== word[k]) return false;
    if (value) setBit(this.bits, i);
    return true;
  }

  protected grow(capacity: number): void {
    const bits = new Uint8Array(bitmapBytes(capacity));
    bits.set(this.bits.subarray(0, bitmapBytes(this.length)));
    this.bits = bits;
  }

  protected finish(valid: Validity): Column {
    return new BooleanColumn(this.type, this.length, cut(this.bits, bitmapBytes(this.length)), valid);
  }
}

const TRUE = utf8('true');
const FALSE = utf8('false');

/** Strings and binaries: the bytes as they are. */
export class GrowingBytes extends GrowingColumn {
  private offsets = new Int32Array(1);
  private bytes = new Uint8Array(0);
  private size = 0;
  private lastSize = 0;
  /** Whether what is appended may hold bytes that are not UTF-8, which strings get replaced by U+FFFD. */
  suspect = false;

  protected convert(text: Uint8Array, start: number, end: number, i: number): boolean {
    if (this.suspect && this.type.kind === 'string' && !isUtf8(text.subarray(start, end))) {
      const repaired = utf8(Buffer.from(text.buffer, text.byteOffset + start, end - start).toString());
      this.put(repaired, 0, repaired.length, i);
    } else {
      this.put(text, start, end, i);
    }
    return true;
  }

  /** For each record its text if it is malformed, else nothing. */
  appendFaulty(fields: Fields): void {
    this.reserve(this.length + fields.rows);
    for (let r = 0; r < fields.rows; r++) {
      const i = this.length++;
      if (fields.faults[r] === 0) this.setMissing(i);
      else this.convert(fields.bytes, fields.recordStarts[r]!, fields.recordEnds[r]!, i);
    }
  }

  protected override setMissing(i: number): void {
    super.setMissing(i);
    this.offsets[i + 1] = this.size;
  }

  private put(text: Uint8Array, start: number, end: number, i: number): void {
    const size = this.size + end - start;
    if (size > this.bytes.length) this.growBytes(size);
    if (end - start > 64) {
      this.bytes.set(text.subarray(start, end), this.size);
    } else {
      const { bytes } = this;
      let at = this.size;
      for (let p = start; p < end; p++) bytes[at++] = text[p]!;
    }
    this.size = size;
    this.offsets[i + 1] = size;
  }

  private growBytes(size: number): void {
    if (size > 0x7fffffff) {
      throw new SluiceError(
        'BUFFER_OVERFLOW',
        'Decoding csv: more than 2 GiB of text in one column of one batch. Read fewer rows a batch.',
      );
    }
    const bytes = new Uint8Array(
      Math.min(0x7fffffff, Math.max(size, 2 * this.bytes.length, this.lastSize, 16 * FIRST_CAPACITY)),
    );
    bytes.set(this.bytes.subarray(0, this.size));
    this.bytes = bytes;
  }

  protected grow(capacity: number): void {
    const offsets = new Int32Array(capacity + 1);
    offsets.set(this.offsets.subarray(0, this.length + 1));
    this.offsets = offsets;
  }

  protected finish(valid: Validity): Column {
    const column = new BytesColumn(this.type, cut(this.offsets, this.length + 1), cut(this.bytes, this.size), valid);
    this.lastSize = this.size;
    this.size = 0;
    this.bytes = new Uint8Array(0);
    return column;
  }
}

/** An empty column of a type; undefined for a type that CSV cannot hold. */
export function growingColumn(type: DataType, words: FloatWords): GrowingColumn | undefined {
  switch (type.kind) {
    case 'string':
    case 'binary':
      return new GrowingBytes(type);
    case 'boolean':
      return new GrowingBooleans(type);
    case 'byte':
    case 'short':
    case 'int':
      return new GrowingInts(type, type.kind);
    case 'long':
      return new GrowingLongs(type, type.kind);
    case 'float':
    case 'double':
      return new GrowingFloats(type, type.kind, words);
    case 'decimal':
      return new GrowingDecimals(type);
    case 'date':
      return new GrowingDates(type, type.kind);
    case 'timestamp':
    case 'timestamp_ntz':
      return new GrowingTimestamps(type, type.kind);
    default:
      return undefined;
  }
}
