import type { DecimalType } from '../schema/types.js';
import { Decimal } from '../schema/values.js';
import { BaseColumn, type Validity, allValid } from './base-column.js';

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
