import type { BytesColumn } from '../../../lib/columns/index.js';

const m = 0x5bd1e995;

/** The hash by which the Java client chooses a partition: MurmurHash2 with its seed, as a signed number of 32 bits. */
export function murmur2(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0x9747b28c ^ (to - from);
  let i = from;
  for (; i + 4 <= to; i += 4) {
    let k = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    k = Math.imul(k, m);
    hash = Math.imul(hash, m) ^ Math.imul(k ^ (k >>> 24), m);
  }
  const rest = to - i;
  if (rest === 3) hash ^= bytes[i + 2]! << 16;
  if (rest >= 2) hash ^= bytes[i + 1]! << 8;
  if (rest >= 1) hash = Math.imul(hash ^ bytes[i]!, m);
  hash = Math.imul(hash ^ (hash >>> 13), m);
  return hash ^ (hash >>> 15);
}

/** The partition of each key, the same as any Java client chooses; -1 where there is no key. */
export function partitionsOfKeys(keys: BytesColumn, partitions: number): Int32Array {
  const { bytes, offsets } = keys;
  const out = new Int32Array(keys.length);
  for (let i = 0; i < out.length; i++) {
    const hash = murmur2(bytes, offsets[i]!, offsets[i + 1]!);
    out[i] = keys.isValid(i) ? (hash & 0x7fffffff) % partitions : -1;
  }
  return out;
}
