import { BytesColumn, type Column, FixedColumn } from '../../../lib/columns/index.js';

/** Columns of fewer values are cheap either way. */
const minRows = 4096;
const sampled = 4096;

/** A dictionary of more is given up by the encoder, after all the work. */
const maxEntries = 1 << 17;

/** So much of a text is looked at: what begins alike is taken to be the same. */
const maxBytes = 64;

/**
 * Whether so few of a column's values are different that a dictionary makes them smaller. Looking every value up in a
 * dictionary that is then given up takes longer than all the rest of the encoding, and the file is larger for it.
 *
 * Estimated as one estimates a number of fishes: of values taken here and there, the more are the same, the fewer
 * there are.
 */
export function isWorthDictionary(column: Column): boolean {
  const n = column.length;
  if (n < minRows || !(column instanceof FixedColumn || column instanceof BytesColumn)) return true;
  const seen = new Set<number | bigint | string>();
  let taken = 0;
  for (let k = 0; k < sampled; k++) {
    // In no order that the values could be in, too, and always the same.
    const i = Math.imul(k, 0x9e3779b1) >>> 0;
    const row = Math.floor((i / 2 ** 32) * n);
    if (!column.isValid(row)) continue;
    taken++;
    seen.add(column instanceof FixedColumn ? column.values[row]! : textAt(column, row));
  }
  const same = taken - seen.size;
  const different = same === 0 ? Infinity : (taken * taken) / (2 * same);
  return taken === 0 || different <= Math.min(maxEntries, n / 4);
}

function textAt({ bytes, offsets }: BytesColumn, row: number): string {
  const from = offsets[row]!;
  const to = Math.min(offsets[row + 1]!, from + maxBytes);
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
}
