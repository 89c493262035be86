import { type Column, type Validity, clearBit, ones, validityOf } from '../../../columns/index.js';
import type { Value } from '../../values.js';

/** Computes a column from a column. */
export type ColumnCast = (column: Column) => Column;

/** What is missing in a result: what is missing in the column that it comes from, and what could not be cast. */
export class Outcome {
  private bits: Uint8Array | undefined;

  constructor(private readonly column: Column) {}

  /**
   * For a value that the quick way does not cover: 0 if it is missing anyway, else what `slowly` gives, which may
   * throw. Its null makes the row missing.
   */
  settle<T extends number | bigint>(i: number, zero: T, slowly: () => Value): T {
    if (!this.column.isValid(i)) return zero;
    const value = slowly();
    if (value !== null) return value as T;
    const { length, validity } = this.column;
    this.bits ??= validity === null ? ones(length) : validity.slice();
    clearBit(this.bits, i);
    return zero;
  }

  get validity(): Validity {
    return this.bits === undefined ? this.column : validityOf(this.bits, this.column.length);
  }
}
