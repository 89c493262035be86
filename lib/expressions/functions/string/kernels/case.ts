import { BytesColumn } from '../../../../columns/index.js';
import { decodeText, encodeText, repaired } from '../../../../text/index.js';
import type { VectorFunction } from '../../define.js';
import { isAsciiColumn, overBytes } from './texts.js';

const STRING = { kind: 'string' } as const;

export function caseVector(to: 'upper' | 'lower'): VectorFunction {
  const scalar = to === 'upper' ? (s: string) => repaired(s).toUpperCase() : (s: string) => repaired(s).toLowerCase();
  const [first, other] = to === 'upper' ? [0x61, 0x41] : [0x41, 0x61];
  return overBytes(0, STRING, scalar, (column, n) => {
    const letters = shifted(column, first, other - first);
    return isAsciiColumn(column) ? letters : withOthers(column, letters, n, scalar);
  });
}

/** Puts the texts that are not ASCII into a column whose ASCII letters are right already. */
function withOthers(
  column: BytesColumn,
  letters: BytesColumn,
  n: number,
  scalar: (text: string) => string,
): BytesColumn {
  const { bytes, offsets } = letters;
  const others = new Map<number, Uint8Array>();
  const known = new Map<string, Uint8Array>();
  let sameLengths = true;
  for (let i = 0; i < n; i++) {
    const from = offsets[i]!;
    const to = offsets[i + 1]!;
    let p = from;
    while (p < to && bytes[p]! < 0x80) p++;
    if (p === to || !column.isValid(i)) continue;
    const text = decodeText(column.bytes, column.offsets[i], column.offsets[i + 1]);
    let changed = known.get(text);
    if (changed === undefined) {
      changed = encodeText(scalar(text));
      if (known.size < 1000) known.set(text, changed);
    }
    others.set(i, changed);
    if (changed.length === to - from) bytes.set(changed, from);
    else sameLengths = false;
  }
  return sameLengths ? letters : relaid(letters, others);
}

/** The same column with other bytes for some of its values. */
function relaid(
  { type, bytes, offsets, length, validity, nullCount }: BytesColumn,
  others: ReadonlyMap<number, Uint8Array>,
): BytesColumn {
  const moved = new Int32Array(length + 1);
  for (let i = 0; i < length; i++) {
    moved[i + 1] = moved[i]! + (others.get(i)?.length ?? offsets[i + 1]! - offsets[i]!);
  }
  const out = new Uint8Array(moved[length]!);
  for (let i = 0; i < length; i++) {
    out.set(others.get(i) ?? bytes.subarray(offsets[i], offsets[i + 1]), moved[i]);
  }
  return new BytesColumn(type, moved, out, { validity, nullCount });
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
