import { Buffer } from 'node:buffer';

/** From so many bytes on the way to the native search is worth it. */
const LONG = 96;

/** Where `needle` begins in `bytes[from, to)`, or -1. An empty one begins at `from`. */
export function indexOfBytes(bytes: Uint8Array, from: number, to: number, needle: Uint8Array): number {
  const n = needle.length;
  if (n === 0) return from;
  if (to - from >= LONG) {
    const found = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).indexOf(needle);
    return found < 0 ? -1 : from + found;
  }
  const first = needle[0]!;
  const last = to - n;
  for (let p = from; p <= last; p++) {
    if (bytes[p] !== first) continue;
    let k = 1;
    while (k < n && bytes[p + k] === needle[k]) k++;
    if (k === n) return p;
  }
  return -1;
}

/** Whether `bytes[at, to)` begins with `needle`. */
export function hasBytesAt(bytes: Uint8Array, at: number, to: number, needle: Uint8Array): boolean {
  const n = needle.length;
  if (to - at < n) return false;
  for (let k = 0; k < n; k++) if (bytes[at + k] !== needle[k]) return false;
  return true;
}
