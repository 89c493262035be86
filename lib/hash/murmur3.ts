import type { Hasher } from './hasher.js';

/**
 * Murmur3 of 32 bits, as Spark's `hash` computes it: integers are one or two blocks, and the bytes past the last
 * whole block of a text are each mixed in as a block of their own, sign-extended, unlike in the original.
 */
export class Murmur3 implements Hasher {
  /** The hash so far, a signed 32-bit integer. */
  value = 42;

  reset(): void {
    this.value = 42;
  }

  int(value: number): void {
    this.value = finish(mix(this.value, value), 4);
  }

  long(low: number, high: number): void {
    this.value = finish(mix(mix(this.value, low), high), 8);
  }

  bytes(bytes: Uint8Array, from: number, to: number): void {
    let h = this.value;
    const blocks = from + ((to - from) & ~3);
    let p = from;
    for (; p < blocks; p += 4) {
      h = mix(h, bytes[p]! | (bytes[p + 1]! << 8) | (bytes[p + 2]! << 16) | (bytes[p + 3]! << 24));
    }
    for (; p < to; p++) h = mix(h, (bytes[p]! << 24) >> 24);
    this.value = finish(h, to - from);
  }
}

function mix(hash: number, block: number): number {
  let k = Math.imul(block, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  const h = hash ^ Math.imul(k, 0x1b873593);
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(hash: number, length: number): number {
  let h = hash ^ length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
