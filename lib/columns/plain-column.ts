import type { DataType } from '../schema/types.js';
import { BaseColumn } from './base-column.js';

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
