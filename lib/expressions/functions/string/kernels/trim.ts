import { type Side, trimmed } from '../../../../text/index.js';
import type { Binding, VectorFunction } from '../../define.js';
import { overBytes, partsOf } from './texts.js';

/** Where what is taken away is constant and ASCII: no byte of another character is taken for it. */
export function trimVector(
  binding: Binding,
  side: Side,
  at: { readonly text: number; readonly set?: number },
): VectorFunction | undefined {
  const set = at.set === undefined ? ' ' : binding.constant(at.set);
  if (typeof set !== 'string' || !/^[\0-\x7f]*$/.test(set)) return undefined;
  const taken = Uint8Array.from({ length: 256 }, (_, byte) =>
    Number(byte < 0x80 && set.includes(String.fromCharCode(byte))),
  );
  const scalar = (...values: string[]) => trimmed(side, values[at.text]!, set);
  return overBytes(at.text, binding.type, scalar, (column, n) => {
    const { bytes, offsets } = column;
    const starts = new Int32Array(n);
    const ends = new Int32Array(n);
    for (let i = 0; i < n; i++) {
      let from = offsets[i]!;
      let to = offsets[i + 1]!;
      if (side !== 'right') while (from < to && taken[bytes[from]!] === 1) from++;
      if (side !== 'left') while (to > from && taken[bytes[to - 1]!] === 1) to--;
      starts[i] = from;
      ends[i] = to;
    }
    return partsOf(column, starts, ends);
  });
}
