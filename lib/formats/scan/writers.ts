import { isUtf8 } from 'node:buffer';
import {
  BooleanColumn,
  BytesColumn,
  type Column,
  DecimalColumn,
  FixedColumn,
  PlainColumn,
  type Validity,
  allValid,
  bitmapBytes,
  clearBit,
  setBit,
  validityOf,
} from '../../columns/index.js';
import { SluiceError } from '../../errors/index.js';
import { type DataType, type DecimalType, formatType } from '../../schema/index.js';

/**
 * Columns that grow at their end, for decoders. A writer is emptied by `finish` and used again: its buffers stay as
 * large as the largest batch was, and the column gets a copy of exactly what it needs.
 */
export interface ColumnWriter {
  readonly type: DataType;
  /** The values so far, missing ones included. */
  readonly length: number;
  appendNull(): void;
  /** Forgets all but the first `length` values, and what of a value was begun. */
  truncate(length: number): void;
  /** What was written, as a column; the writer is empty again. */
  finish(): Column;
}

/** How many values writers have room for at first. */
export const INITIAL_CAPACITY = 1024;

/** The largest offset that a column can have. */
const MAX_BYTES = 0x7fffffff;

/** Appending is `grow` if at capacity, then the value at `length++`. */
export abstract class BaseWriter implements ColumnWriter {
  length = 0;
  protected capacity = INITIAL_CAPACITY;
  /** What is present, a bit each; null until something is missing. What lies past `length` is ones: most is there. */
  private present: Uint8Array | null = null;

  abstract readonly type: DataType;
  abstract finish(): Column;
  /** Makes room for `capacity` values. */
  protected abstract resize(capacity: number): void;

  appendNull(): void {
    if (this.length === this.capacity) this.grow();
    this.present ??= new Uint8Array(bitmapBytes(this.capacity)).fill(255);
    this.blank(this.length);
    clearBit(this.present, this.length++);
  }

  truncate(length: number): void {
    if (this.present !== null) for (let i = length; i < this.length; i++) setBit(this.present, i);
    this.length = length;
  }

  protected grow(): void {
    this.capacity *= 2;
    this.resize(this.capacity);
    if (this.present !== null) {
      this.present = enlarged(this.present, new Uint8Array(bitmapBytes(this.capacity)).fill(255));
    }
  }

  /** Leaves something fixed where a value is missing, so that equal rows make equal columns. */
  protected blank(_at: number): void {}

  protected takeValidity(): Validity {
    const { present, length } = this;
    this.present = null;
    this.length = 0;
    return present === null ? allValid : validityOf(present.slice(0, bitmapBytes(length)), length);
  }
}

/** INT and DATE (days). */
export class IntWriter extends BaseWriter {
  private values = new Int32Array(INITIAL_CAPACITY);

  constructor(readonly type: DataType) {
    super();
  }

  append(value: number): void {
    if (this.length === this.capacity) this.grow();
    this.values[this.length++] = value;
  }

  protected override blank(at: number): void {
    this.values[at] = 0;
  }

  protected resize(capacity: number): void {
    this.values = enlarged(this.values, new Int32Array(capacity));
  }

  finish(): Column {
    return new FixedColumn(this.type, this.values.slice(0, this.length), this.takeValidity());
  }
}

/** BIGINT, TIMESTAMP and TIMESTAMP_NTZ (microseconds), as 32-bit halves: no bigint is made. */
export class LongWriter extends BaseWriter {
  private halves = new Int32Array(2 * INITIAL_CAPACITY);

  constructor(readonly type: DataType) {
    super();
  }

  /** A whole number that a double holds exactly. */
  append(value: number): void {
    this.appendHalves(value | 0, Math.floor(value / 4294967296));
  }

  appendHalves(low: number, high: number): void {
    if (this.length === this.capacity) this.grow();
    this.halves[2 * this.length] = low;
    this.halves[2 * this.length + 1] = high;
    this.length++;
  }

  protected override blank(at: number): void {
    this.halves[2 * at] = 0;
    this.halves[2 * at + 1] = 0;
  }

  protected resize(capacity: number): void {
    this.halves = enlarged(this.halves, new Int32Array(2 * capacity));
  }

  finish(): Column {
    const values = new BigInt64Array(this.halves.slice(0, 2 * this.length).buffer);
    return new FixedColumn(this.type, values, this.takeValidity());
  }
}

export class DoubleWriter extends BaseWriter {
  private values = new Float64Array(INITIAL_CAPACITY);

  constructor(readonly type: DataType) {
    super();
  }

  append(value: number): void {
    if (this.length === this.capacity) this.grow();
    this.values[this.length++] = value;
  }

  protected override blank(at: number): void {
    this.values[at] = 0;
  }

  protected resize(capacity: number): void {
    this.values = enlarged(this.values, new Float64Array(capacity));
  }

  finish(): Column {
    return new FixedColumn(this.type, this.values.slice(0, this.length), this.takeValidity());
  }
}

const narrowArrays = { byte: Int8Array, short: Int16Array, float: Float32Array } as const;

/** TINYINT, SMALLINT and FLOAT; integers past the range wrap. */
export class NarrowWriter extends BaseWriter {
  private values: Int8Array | Int16Array | Float32Array;

  constructor(
    readonly type: DataType,
    private readonly kind: keyof typeof narrowArrays,
  ) {
    super();
    this.values = new narrowArrays[kind](INITIAL_CAPACITY);
  }

  append(value: number): void {
    if (this.length === this.capacity) this.grow();
    this.values[this.length++] = value;
  }

  protected override blank(at: number): void {
    this.values[at] = 0;
  }

  protected resize(capacity: number): void {
    this.values = enlarged(this.values, new narrowArrays[this.kind](capacity));
  }

  finish(): Column {
    return new FixedColumn(this.type, this.values.slice(0, this.length), this.takeValidity());
  }
}

export class BooleanWriter extends BaseWriter {
  private bits = new Uint8Array(bitmapBytes(INITIAL_CAPACITY));

  constructor(readonly type: DataType) {
    super();
  }

  append(value: boolean): void {
    if (this.length === this.capacity) this.grow();
    if (value) setBit(this.bits, this.length);
    else clearBit(this.bits, this.length);
    this.length++;
  }

  protected override blank(at: number): void {
    clearBit(this.bits, at);
  }

  protected resize(capacity: number): void {
    this.bits = enlarged(this.bits, new Uint8Array(bitmapBytes(capacity)));
  }

  finish(): Column {
    const { length } = this;
    return new BooleanColumn(this.type, length, this.bits.slice(0, bitmapBytes(length)), this.takeValidity());
  }
}

/** STRING (UTF-8) and BINARY. */
export class BytesWriter extends BaseWriter {
  private offsets = new Int32Array(INITIAL_CAPACITY + 1);
  private bytes = Buffer.allocUnsafeSlow(16 * INITIAL_CAPACITY);

  constructor(readonly type: DataType) {
    super();
  }

  /** Copies `source[from, to)`. */
  append(source: Uint8Array, from: number, to: number): void {
    if (this.length === this.capacity) this.grow();
    const start = this.offsets[this.length]!;
    const end = start + to - from;
    if (end > this.bytes.length) this.reserve(end);
    const { bytes } = this;
    // A call into the engine costs as much as a loop over some forty bytes.
    if (to - from > 40) bytes.set(source.subarray(from, to), start);
    else for (let i = from, at = start; i < to; i++, at++) bytes[at] = source[i]!;
    this.offsets[this.length + 1] = end;
    this.length++;
  }

  /** Copies `source[from, to)`; what in it is not UTF-8 becomes U+FFFD. */
  appendRepaired(source: Uint8Array, from: number, to: number): void {
    if (isUtf8(source.subarray(from, to))) this.append(source, from, to);
    else this.appendText(repaired(source.subarray(from, to)));
  }

  /** A string as UTF-8. */
  appendText(text: string): void {
    if (this.length === this.capacity) this.grow();
    const start = this.offsets[this.length]!;
    const end = start + Buffer.byteLength(text);
    if (end > this.bytes.length) this.reserve(end);
    this.offsets[this.length + 1] = start + this.bytes.write(text, start);
    this.length++;
  }

  protected override blank(at: number): void {
    this.offsets[at + 1] = this.offsets[at]!;
  }

  protected resize(capacity: number): void {
    this.offsets = enlarged(this.offsets, new Int32Array(capacity + 1));
  }

  private reserve(size: number): void {
    if (size > MAX_BYTES) throw this.overflow();
    const bytes = Buffer.allocUnsafeSlow(Math.min(MAX_BYTES, Math.max(size, 2 * this.bytes.length)));
    bytes.set(this.bytes.subarray(0, this.offsets[this.length]));
    this.bytes = bytes;
  }

  private overflow(): SluiceError {
    const message = `A column of type ${formatType(this.type)} has more than 2 GiB of text in one batch. Read less a batch: with maxBytesPerTrigger, say, or from smaller files.`;
    return new SluiceError('BUFFER_OVERFLOW', message, { details: { rows: this.length, maxBytes: MAX_BYTES } });
  }

  finish(): BytesColumn {
    const { length } = this;
    const offsets = this.offsets.slice(0, length + 1);
    const bytes = Uint8Array.prototype.slice.call(this.bytes, 0, offsets[length]);
    return new BytesColumn(this.type, offsets, bytes, this.takeValidity());
  }
}

export class DecimalWriter extends BaseWriter {
  /** Four 32-bit parts a value, least significant first. */
  private parts = new Int32Array(4 * INITIAL_CAPACITY);

  constructor(readonly type: DecimalType) {
    super();
  }

  /** An unscaled value that a double holds exactly. */
  append(unscaled: number): void {
    this.appendParts(unscaled | 0, Math.floor(unscaled / 4294967296), unscaled < 0 ? -1 : 0, unscaled < 0 ? -1 : 0);
  }

  appendBig(unscaled: bigint): void {
    const part = (i: bigint): number => Number(BigInt.asIntN(32, unscaled >> (32n * i)));
    this.appendParts(part(0n), part(1n), part(2n), part(3n));
  }

  private appendParts(p0: number, p1: number, p2: number, p3: number): void {
    if (this.length === this.capacity) this.grow();
    const at = 4 * this.length;
    this.parts[at] = p0;
    this.parts[at + 1] = p1;
    this.parts[at + 2] = p2;
    this.parts[at + 3] = p3;
    this.length++;
  }

  protected override blank(at: number): void {
    this.parts.fill(0, 4 * at, 4 * at + 4);
  }

  protected resize(capacity: number): void {
    this.parts = enlarged(this.parts, new Int32Array(4 * capacity));
  }

  finish(): Column {
    const words = new BigInt64Array(this.parts.slice(0, 4 * this.length).buffer);
    return new DecimalColumn(this.type, words, this.takeValidity());
  }
}

/** Values of a type that nobody declared, and columns of nothing. */
export class PlainWriter implements ColumnWriter {
  private values: unknown[] = [];

  constructor(readonly type: DataType) {}

  get length(): number {
    return this.values.length;
  }

  append(value: unknown): void {
    this.values.push(value);
  }

  appendNull(): void {
    this.values.push(null);
  }

  truncate(length: number): void {
    this.values.length = length;
  }

  finish(): Column {
    const column = new PlainColumn(this.type, this.values);
    this.values = [];
    return column;
  }
}

/** `larger` with what `old` holds at its beginning. */
export function enlarged<A extends { set(from: A): void }>(old: A, larger: A): A {
  larger.set(old);
  return larger;
}

/**
 * Text with U+FFFD for what is no UTF-8, as many as Java puts: Node puts one for each byte of half a surrogate pair
 * (`ED A0 80`), Java one for the half, cut off or not.
 */
function repaired(bytes: Uint8Array): string {
  const copy = Buffer.from(bytes);
  for (let at = copy.indexOf(0xed); at >= 0; at = copy.indexOf(0xed, at + 1)) {
    if (!isWithin(copy[at + 1], 0xa0, 0xbf)) continue;
    // Of two bytes it is told as a character that is cut off, of three as U+FFFD itself.
    if (isWithin(copy[at + 2], 0x80, 0xbf)) copy.set([0xef, 0xbf, 0xbd], at);
    else copy[at] = 0xee;
  }
  return copy.toString();
}

const isWithin = (byte: number | undefined, low: number, high: number): boolean =>
  byte !== undefined && byte >= low && byte <= high;
