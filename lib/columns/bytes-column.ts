import type { DataType } from '../schema/types.js';
import { BaseColumn, type Validity, allValid } from './base-column.js';

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
