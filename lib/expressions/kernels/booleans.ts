import { BooleanColumn, type Column, bitmapBytes, countOnes, ones, validityOf } from '../../columns/index.js';
import type { DataType } from '../../schema/index.js';
import { Constant } from '../vector.js';

const boolean: DataType = { kind: 'boolean' };

/** Three-valued truth as two bitmaps: what is true and what is false; what is neither is null. */
export interface Truth {
  readonly yes: Uint8Array;
  readonly no: Uint8Array;
}

export function truthOf(vector: Column | Constant, n: number): Truth {
  const none = (): Uint8Array => new Uint8Array(bitmapBytes(n));
  if (vector instanceof Constant) {
    return { yes: vector.value === true ? ones(n) : none(), no: vector.value === false ? ones(n) : none() };
  }
  // A column of nulls only has no bits.
  if (!(vector instanceof BooleanColumn)) return { yes: none(), no: none() };
  const { bits, validity } = vector;
  const yes = none();
  const no = none();
  for (let i = 0; i < yes.length; i++) {
    const present = validity === null ? 0xff : validity[i]!;
    yes[i] = bits[i]! & present;
    no[i] = ~bits[i]! & present;
  }
  clearTail(yes, n);
  clearTail(no, n);
  return { yes, no };
}

function clearTail(bits: Uint8Array, n: number): void {
  if ((n & 7) !== 0) bits[bits.length - 1]! &= (1 << (n & 7)) - 1;
}

export function booleanOf({ yes, no }: Truth, n: number): BooleanColumn {
  const present = new Uint8Array(yes.length);
  for (let i = 0; i < present.length; i++) present[i] = yes[i]! | no[i]!;
  return new BooleanColumn(boolean, n, yes, validityOf(present, n));
}

export const and = (a: Truth, b: Truth): Truth => ({ yes: meet(a.yes, b.yes), no: join(a.no, b.no) });
export const or = (a: Truth, b: Truth): Truth => ({ yes: join(a.yes, b.yes), no: meet(a.no, b.no) });
export const not = ({ yes, no }: Truth): Truth => ({ yes: no, no: yes });

const meet = (a: Uint8Array, b: Uint8Array): Uint8Array => a.map((byte, i) => byte & b[i]!);
const join = (a: Uint8Array, b: Uint8Array): Uint8Array => a.map((byte, i) => byte | b[i]!);

/** The positions of the ones among the first `n` bits. */
export function positionsOf(bits: Uint8Array, n: number): Int32Array {
  const out = new Int32Array(countOnes(bits, n));
  let k = 0;
  for (let b = 0; b < bits.length; b++) {
    const byte = bits[b]!;
    if (byte === 0) continue;
    for (let i = b << 3; i < n && i < (b + 1) << 3; i++) if (byte & (1 << (i & 7))) out[k++] = i;
  }
  return out;
}

/** The positions where a bit is not set. */
export function positionsWithout(bits: Uint8Array, n: number): Int32Array {
  return positionsOf(
    bits.map((byte) => ~byte),
    n,
  );
}
