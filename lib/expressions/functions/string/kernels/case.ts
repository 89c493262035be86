import { BytesColumn } from '../../../../columns/index.js';
import { repaired } from '../../../../text/index.js';
import { readerOf, textColumn } from '../../../vector.js';
import type { VectorFunction } from '../../define.js';
import { isAsciiColumn, overBytes } from './texts.js';

const STRING = { kind: 'string' } as const;

export function caseVector(to: 'upper' | 'lower'): VectorFunction {
  const scalar = to === 'upper' ? (s: string) => repaired(s).toUpperCase() : (s: string) => repaired(s).toLowerCase();
  const [first, other] = to === 'upper' ? [0x61, 0x41] : [0x41, 0x61];
  return overBytes(0, STRING, scalar, (column, n) => {
    if (isAsciiColumn(column)) return shifted(column, first, other - first);
    const read = readerOf(column) as (i: number) => string | null;
    const out = new Array<string | null>(n);
    for (let i = 0; i < n; i++) {
      const value = read(i);
      out[i] = value === null ? null : scalar(value);
    }
    return textColumn(STRING, out);
  });
}

/** The 26 letters from `first` on become those `by` further. */
function shifted(column: BytesColumn, first: number, by: number): BytesColumn {
  const { bytes, offsets, length } = column;
  const from = offsets[0]!;
  // `slice` of a Buffer would share its memory.
  const out = new Uint8Array(bytes.subarray(from, offsets[length]));
  for (let p = 0; p < out.length; p++) {
    const letter = out[p]! - first;
    if (letter >= 0 && letter < 26) out[p]! += by;
  }
  return new BytesColumn(column.type, from === 0 ? offsets : offsets.map((offset) => offset - from), out, column);
}
