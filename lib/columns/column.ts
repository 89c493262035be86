import type { DataType, DecimalType } from '../schema/types.js';
import { Decimal, Timestamp } from '../schema/values.js';
import { countOnes, gatherBits, getBit, sliceBits } from './bits.js';

/**
 * A column of a micro-batch, laid out in memory as Apache Arrow lays it out. Immutable: whoever has one may keep it
 * and share its buffers. Hot loops read the buffers; `get` is for everything else.
 */
export type Column =
  FixedColumn | BooleanColumn | BytesColumn | DecimalColumn | ListColumn | MapColumn | StructColumn | PlainColumn;

/** What all columns have. `validity` is null where nothing is missing. */
interface ColumnShape {
  readonly type: DataType;
  readonly length: number;
  readonly nullCount: number;
  readonly validity: Uint8Array | null;
  /** The value of row `i` as rows show it, null where it is missing. */
  get(i: number): unknown;
  /** Rows `from` to `to` (exclusive), sharing memory where possible. */
  slice(from: number, to: number): Column;
  /** The rows at the positions in `selection`. */
  gather(selection: Int32Array): Column;
  /** Bytes held by the buffers. */
  readonly byteLength: number;
}

/** A bitmap of what is present, with how many are missing. */
export interface Validity {
  readonly validity: Uint8Array | null;
  readonly nullCount: number;
}

export const allValid: Validity = { validity: null, nullCount: 0 };

/** Counts what is missing in `bits`; a bitmap without a gap becomes null. */
export function validityOf(bits: Uint8Array | null, length: number): Validity {
  if (bits === null) return allValid;
  const nullCount = length - countOnes(bits, length);
  return nullCount === 0 ? allValid : { validity: bits, nullCount };
}

abstract class BaseColumn implements ColumnShape {
  readonly validity: Uint8Array | null;
  readonly nullCount: number;

  constructor(
    readonly type: DataType,
    readonly length: number,
    valid: Validity,
  ) {
    this.validity = valid.validity;
    this.nullCount = valid.nullCount;
  }

  isValid(i: number): boolean {
    return this.validity === null || getBit(this.validity, i);
  }

  get(i: number): unknown {
    return this.isValid(i) ? this.value(i) : null;
  }

  get byteLength(): number {
    return (this.validity?.byteLength ?? 0) + this.bufferBytes();
  }

  abstract slice(from: number, to: number): Column;
  abstract gather(selection: Int32Array): Column;
  /** The value of a row that is present. */
  protected abstract value(i: number): unknown;
  protected abstract bufferBytes(): number;

  protected slicedValidity(from: number, to: number): Validity {
    return this.validity === null ? allValid : validityOf(sliceBits(this.validity, from, to), to - from);
  }

  protected gatheredValidity(selection: Int32Array): Validity {
    return this.validity === null ? allValid : validityOf(gatherBits(this.validity, selection), selection.length);
  }
}

export type FixedValues = Int8Array | Int16Array | Int32Array | BigInt64Array | Float32Array | Float64Array;

/** The kinds whose values are one machine number each. */
export type FixedKind =
  | 'byte'
  | 'short'
  | 'int'
  | 'long'
  | 'float'
  | 'double'
  | 'date'
  | 'timestamp'
  | 'timestamp_ntz'
  | 'day_time_interval'
  | 'year_month_interval';

export const fixedArrays = {
  byte: Int8Array,
  short: Int16Array,
  int: Int32Array,
  long: BigInt64Array,
  float: Float32Array,
  double: Float64Array,
  date: Int32Array,
  timestamp: BigInt64Array,
  timestamp_ntz: BigInt64Array,
  day_time_interval: BigInt64Array,
  year_month_interval: Int32Array,
} as const satisfies Record<FixedKind, new (length: number) => FixedValues>;

const MILLIS_PER_DAY = 86_400_000;

/**
 * Numbers, days (`date`, since the epoch), instants (`timestamp`, microseconds since the epoch) and intervals
 * (microseconds, or months).
 */
export class FixedColumn extends BaseColumn {
  constructor(
    type: DataType,
    readonly values: FixedValues,
    valid: Validity = allValid,
  ) {
    super(type, values.length, valid);
  }

  protected value(i: number): unknown {
    const raw = this.values[i]!;
    switch (this.type.kind) {
      case 'long':
      case 'day_time_interval':
        return exact(raw as bigint);
      case 'date':
        return new Date((raw as number) * MILLIS_PER_DAY);
      case 'timestamp':
      case 'timestamp_ntz':
        return instant(raw as bigint);
      default:
        return raw;
    }
  }

  slice(from: number, to: number): FixedColumn {
    return new FixedColumn(this.type, this.values.subarray(from, to), this.slicedValidity(from, to));
  }

  gather(selection: Int32Array): FixedColumn {
    const n = selection.length;
    const { values } = this;
    let out: FixedValues;
    if (values instanceof BigInt64Array) {
      // Two 32-bit halves: copying a 64-bit integer as a bigint would allocate one.
      const wide = new BigInt64Array(n);
      const from = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
      const to = new Int32Array(wide.buffer);
      for (let i = 0; i < n; i++) {
        const k = selection[i]! * 2;
        to[2 * i] = from[k]!;
        to[2 * i + 1] = from[k + 1]!;
      }
      out = wide;
    } else {
      const narrow = new (values.constructor as new (length: number) => Exclude<FixedValues, BigInt64Array>)(n);
      for (let i = 0; i < n; i++) narrow[i] = values[selection[i]!]!;
      out = narrow;
    }
    return new FixedColumn(this.type, out, this.gatheredValidity(selection));
  }

  protected bufferBytes(): number {
    return this.values.byteLength;
  }
}

/** A 64-bit integer as rows show it: a number while that is exact. */
export function exact(value: bigint): number | bigint {
  return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;
}

/** Microseconds since the epoch as rows show them: a `Date` that keeps what a `Date` alone would lose. */
export function instant(micros: bigint): Date {
  return micros % 1000n === 0n ? new Date(Number(micros / 1000n)) : new Timestamp(micros);
}

export class BooleanColumn extends BaseColumn {
  constructor(
    type: DataType,
    length: number,
    /** A bitmap of the values. */
    readonly bits: Uint8Array,
    valid: Validity = allValid,
  ) {
    super(type, length, valid);
  }

  protected value(i: number): boolean {
    return getBit(this.bits, i);
  }

  slice(from: number, to: number): BooleanColumn {
    return new BooleanColumn(this.type, to - from, sliceBits(this.bits, from, to), this.slicedValidity(from, to));
  }

  gather(selection: Int32Array): BooleanColumn {
    const bits = gatherBits(this.bits, selection);
    return new BooleanColumn(this.type, selection.length, bits, this.gatheredValidity(selection));
  }

  protected bufferBytes(): number {
    return this.bits.byteLength;
  }
}

/** Strings (UTF-8) and binaries: value i is `bytes[offsets[i], offsets[i + 1])`. `offsets[0]` need not be 0. */
export class BytesColumn extends BaseColumn {
  private readonly buffer: Buffer;

  constructor(
    type: DataType,
    readonly offsets: Int32Array,
    readonly bytes: Uint8Array,
    valid: Validity = allValid,
  ) {
    super(type, offsets.length - 1, valid);
    this.buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  protected value(i: number): string | Uint8Array {
    const from = this.offsets[i]!;
    const to = this.offsets[i + 1]!;
    return this.type.kind === 'binary' ? this.bytes.slice(from, to) : this.buffer.toString('utf8', from, to);
  }

  slice(from: number, to: number): BytesColumn {
    return new BytesColumn(this.type, this.offsets.subarray(from, to + 1), this.bytes, this.slicedValidity(from, to));
  }

  gather(selection: Int32Array): BytesColumn {
    const n = selection.length;
    const { offsets, bytes } = this;
    const out = new Int32Array(n + 1);
    let total = 0;
    for (let i = 0; i < n; i++) {
      const k = selection[i]!;
      total += offsets[k + 1]! - offsets[k]!;
      out[i + 1] = total;
    }
    const data = new Uint8Array(total);
    let at = 0;
    for (let i = 0; i < n;) {
      // Rows that follow each other are one stretch of bytes.
      const start = i++;
      while (i < n && selection[i] === selection[i - 1]! + 1) i++;
      const from = offsets[selection[start]!]!;
      const end = offsets[selection[i - 1]! + 1]!;
      if (end - from > 40) {
        data.set(bytes.subarray(from, end), at);
        at += end - from;
      } else {
        for (let p = from; p < end; p++) data[at++] = bytes[p]!;
      }
    }
    return new BytesColumn(this.type, out, data, this.gatheredValidity(selection));
  }

  protected bufferBytes(): number {
    return this.offsets.byteLength + (this.offsets[this.length]! - this.offsets[0]!);
  }
}

/** Decimals as Arrow's decimal128: two 64-bit words a value, least significant first. */
export class DecimalColumn extends BaseColumn {
  declare readonly type: DecimalType;

  constructor(
    type: DecimalType,
    readonly words: BigInt64Array,
    valid: Validity = allValid,
  ) {
    super(type, words.length / 2, valid);
  }

  unscaled(i: number): bigint {
    return (this.words[2 * i + 1]! << 64n) | BigInt.asUintN(64, this.words[2 * i]!);
  }

  protected value(i: number): Decimal {
    return new Decimal(this.unscaled(i), this.type.scale);
  }

  slice(from: number, to: number): DecimalColumn {
    return new DecimalColumn(this.type, this.words.subarray(2 * from, 2 * to), this.slicedValidity(from, to));
  }

  gather(selection: Int32Array): DecimalColumn {
    const words = new BigInt64Array(selection.length * 2);
    for (let i = 0; i < selection.length; i++) {
      words[2 * i] = this.words[2 * selection[i]!]!;
      words[2 * i + 1] = this.words[2 * selection[i]! + 1]!;
    }
    return new DecimalColumn(this.type, words, this.gatheredValidity(selection));
  }

  protected bufferBytes(): number {
    return this.words.byteLength;
  }
}

/** The positions in a child that the lists at `selection` cover, and the new offsets. */
function gatherRanges(offsets: Int32Array, selection: Int32Array): { offsets: Int32Array; positions: Int32Array } {
  const out = new Int32Array(selection.length + 1);
  for (let i = 0; i < selection.length; i++)
    out[i + 1] = out[i]! + offsets[selection[i]! + 1]! - offsets[selection[i]!]!;
  const positions = new Int32Array(out[selection.length]!);
  let at = 0;
  for (const k of selection) for (let p = offsets[k]!; p < offsets[k + 1]!; p++) positions[at++] = p;
  return { offsets: out, positions };
}

/** Arrays: value i is rows `offsets[i]` to `offsets[i + 1]` of `child`. */
export class ListColumn extends BaseColumn {
  constructor(
    type: DataType,
    readonly offsets: Int32Array,
    readonly child: Column,
    valid: Validity = allValid,
  ) {
    super(type, offsets.length - 1, valid);
  }

  protected value(i: number): unknown[] {
    const out: unknown[] = [];
    for (let p = this.offsets[i]!; p < this.offsets[i + 1]!; p++) out.push(this.child.get(p));
    return out;
  }

  slice(from: number, to: number): ListColumn {
    return new ListColumn(this.type, this.offsets.subarray(from, to + 1), this.child, this.slicedValidity(from, to));
  }

  gather(selection: Int32Array): ListColumn {
    const { offsets, positions } = gatherRanges(this.offsets, selection);
    return new ListColumn(this.type, offsets, this.child.gather(positions), this.gatheredValidity(selection));
  }

  protected bufferBytes(): number {
    return this.offsets.byteLength + this.child.byteLength;
  }
}

export class MapColumn extends BaseColumn {
  constructor(
    type: DataType,
    readonly offsets: Int32Array,
    readonly keys: Column,
    readonly values: Column,
    valid: Validity = allValid,
  ) {
    super(type, offsets.length - 1, valid);
  }

  protected value(i: number): Map<unknown, unknown> {
    const out = new Map<unknown, unknown>();
    for (let p = this.offsets[i]!; p < this.offsets[i + 1]!; p++) out.set(this.keys.get(p), this.values.get(p));
    return out;
  }

  slice(from: number, to: number): MapColumn {
    const offsets = this.offsets.subarray(from, to + 1);
    return new MapColumn(this.type, offsets, this.keys, this.values, this.slicedValidity(from, to));
  }

  gather(selection: Int32Array): MapColumn {
    const { offsets, positions } = gatherRanges(this.offsets, selection);
    const valid = this.gatheredValidity(selection);
    return new MapColumn(this.type, offsets, this.keys.gather(positions), this.values.gather(positions), valid);
  }

  protected bufferBytes(): number {
    return this.offsets.byteLength + this.keys.byteLength + this.values.byteLength;
  }
}

export class StructColumn extends BaseColumn {
  private readonly names: readonly string[];

  constructor(
    type: DataType,
    length: number,
    readonly children: readonly Column[],
    valid: Validity = allValid,
  ) {
    super(type, length, valid);
    this.names = type.kind === 'struct' ? type.fields.map((f) => f.name) : [];
  }

  protected value(i: number): Record<string, unknown> {
    const out: Record<string, unknown> = {};
    for (let c = 0; c < this.children.length; c++) setOwn(out, this.names[c]!, this.children[c]!.get(i));
    return out;
  }

  slice(from: number, to: number): StructColumn {
    const children = this.children.map((c) => c.slice(from, to));
    return new StructColumn(this.type, to - from, children, this.slicedValidity(from, to));
  }

  gather(selection: Int32Array): StructColumn {
    const children = this.children.map((c) => c.gather(selection));
    return new StructColumn(this.type, selection.length, children, this.gatheredValidity(selection));
  }

  protected bufferBytes(): number {
    return this.children.reduce((sum, c) => sum + c.byteLength, 0);
  }
}

/** Values of a type that nobody declared (`any`), calendar intervals, or what is all missing (`void`). */
export class PlainColumn extends BaseColumn {
  constructor(
    type: DataType,
    readonly values: readonly unknown[],
  ) {
    let nullCount = 0;
    for (const v of values) if (v === null || v === undefined) nullCount++;
    super(type, values.length, { validity: null, nullCount });
  }

  override isValid(i: number): boolean {
    return this.values[i] !== null && this.values[i] !== undefined;
  }

  protected value(i: number): unknown {
    return this.values[i];
  }

  slice(from: number, to: number): PlainColumn {
    return new PlainColumn(this.type, this.values.slice(from, to));
  }

  gather(selection: Int32Array): PlainColumn {
    return new PlainColumn(
      this.type,
      Array.from(selection, (k) => this.values[k]),
    );
  }

  /** A guess: what plain values weigh is not known. */
  protected bufferBytes(): number {
    return this.values.length * 32;
  }
}

/** `target[name] = value`, also for `__proto__`, which an assignment would take for something else. */
export function setOwn(target: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
  } else {
    target[name] = value;
  }
}
