/** Bitmaps as Arrow has them: bit i of byte i >> 3, least significant first; 1 means present (or true). */

export const bitmapBytes = (length: number): number => (length + 7) >> 3;

export const getBit = (bits: Uint8Array, i: number): boolean => (bits[i >> 3]! & (1 << (i & 7))) !== 0;

export const setBit = (bits: Uint8Array, i: number): void => {
  bits[i >> 3]! |= 1 << (i & 7);
};

export const clearBit = (bits: Uint8Array, i: number): void => {
  bits[i >> 3]! &= ~(1 << (i & 7));
};

/** A bitmap of `length` ones. */
export function ones(length: number): Uint8Array {
  const bits = new Uint8Array(bitmapBytes(length)).fill(255);
  if ((length & 7) !== 0) bits[bits.length - 1] = (1 << (length & 7)) - 1;
  return bits;
}

/** How many of the first `length` bits are 1. */
export function countOnes(bits: Uint8Array, length: number): number {
  let count = 0;
  const whole = length >> 3;
  for (let k = 0; k < whole; k++) {
    let b = bits[k]!;
    b -= (b >> 1) & 0x55;
    b = (b & 0x33) + ((b >> 2) & 0x33);
    count += (b + (b >> 4)) & 0x0f;
  }
  for (let i = whole << 3; i < length; i++) if (getBit(bits, i)) count++;
  return count;
}

/** Bits `from` to `to` as a bitmap of their own; shares memory where the range starts at a byte. */
export function sliceBits(bits: Uint8Array, from: number, to: number): Uint8Array {
  if ((from & 7) === 0) return bits.subarray(from >> 3, (to + 7) >> 3);
  const out = new Uint8Array(bitmapBytes(to - from));
  for (let i = from; i < to; i++) if (getBit(bits, i)) setBit(out, i - from);
  return out;
}

/** The bits at the positions in `selection`. */
export function gatherBits(bits: Uint8Array, selection: Int32Array): Uint8Array {
  const out = new Uint8Array(bitmapBytes(selection.length));
  for (let i = 0; i < selection.length; i++) if (getBit(bits, selection[i]!)) setBit(out, i);
  return out;
}

/** Copies `length` bits into `target` at bit `at`. A missing bitmap (`null`) stands for ones. */
export function copyBits(target: Uint8Array, at: number, bits: Uint8Array | null, length: number): void {
  if ((at & 7) === 0) {
    const source = bits === null ? ones(length) : bits.subarray(0, bitmapBytes(length));
    target.set(source, at >> 3);
    // A shared bitmap may have ones past its end.
    if ((length & 7) !== 0) target[(at >> 3) + source.length - 1]! &= (1 << (length & 7)) - 1;
    return;
  }
  for (let i = 0; i < length; i++) if (bits === null || getBit(bits, i)) setBit(target, at + i);
}
