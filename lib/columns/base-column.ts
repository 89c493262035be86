import type { DataType } from '../schema/types.js';
import { countOnes, gatherBits, getBit, sliceBits } from './bits.js';
import type { Column } from './column.js';

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

export abstract class BaseColumn implements ColumnShape {
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
