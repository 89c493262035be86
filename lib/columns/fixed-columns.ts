import type { DataType } from '../schema/types.js';
import { Timestamp } from '../schema/values.js';
import { BaseColumn, type Validity, allValid } from './base-column.js';
import { gatherBits, getBit, sliceBits } from './bits.js';

export type FixedValues = Int8Array | Int16Array | Int32Array | BigInt64Array | Float32Array | Float64Array;

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
} as const satisfies Partial<Record<DataType['kind'], new (length: number) => FixedValues>>;

/** The kinds whose values are one machine number each. */
export type FixedKind = keyof typeof fixedArrays;

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
