import { type Column, type Validity, allValid, countOnes, validityOf } from '../../columns/index.js';
import { Constant, type Vector } from '../vector.js';

/** What is present where all of `args` are; undefined if one of them is a null for every row. */
export function presentIn(args: readonly Vector[], n: number): Validity | undefined {
  let bits: Uint8Array | null = null;
  let owned = false;
  for (const arg of args) {
    if (arg instanceof Constant) {
      if (arg.value === null) return undefined;
      continue;
    }
    const { validity } = arg as Column;
    if (validity === null || validity === undefined) continue;
    if (bits === null) bits = validity;
    else {
      if (!owned) bits = bits.slice(0, (n + 7) >> 3);
      owned = true;
      for (let i = 0; i < bits.length; i++) bits[i]! &= validity[i]!;
    }
  }
  return bits === null ? allValid : owned ? validityOf(bits, n) : { validity: bits, nullCount: n - countOnes(bits, n) };
}

export const isPresent = ({ validity }: Validity, i: number): boolean =>
  validity === null || (validity[i >> 3]! & (1 << (i & 7))) !== 0;
