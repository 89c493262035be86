import { copyWithin, read4 } from './snappy.js';

/** The block format of LZ4: literals, then a copy of what came before, and so on. */

const tooShort = 'an lz4 block ends too soon';

export const expandLz4 = (bytes: Buffer, limit: number): Buffer => {
  // A byte makes 255 at most: no more memory is taken than the bytes that are there can fill.
  const out = Buffer.allocUnsafe(Math.min(limit, bytes.length * 255));
  return out.subarray(0, expandLz4Into(out, 0, bytes));
};

/** Expands to `out` from `start` on; copies may reach into what is before. Returns where it ends. */
export function expandLz4Into(out: Buffer, start: number, bytes: Buffer): number {
  let at = 0;
  let to = start;
  while (at < bytes.length) {
    const token = bytes[at++]!;
    let length = token >>> 4;
    if (length === 15) {
      let more: number | undefined;
      do {
        more = bytes[at++];
        if (more === undefined) throw new Error(tooShort);
        length += more;
      } while (more === 255);
    }
    if (at + length > bytes.length) throw new Error(tooShort);
    if (to + length > out.length) throw new Error('an lz4 block holds more than it may');
    bytes.copy(out, to, at, at + length);
    at += length;
    to += length;
    // The last literals have no copy behind them.
    if (at === bytes.length) return to;
    if (at + 2 > bytes.length) throw new Error(tooShort);
    const distance = bytes[at]! | (bytes[at + 1]! << 8);
    at += 2;
    length = (token & 15) + 4;
    if ((token & 15) === 15) {
      let more: number | undefined;
      do {
        more = bytes[at++];
        if (more === undefined) throw new Error(tooShort);
        length += more;
      } while (more === 255);
    }
    if (distance === 0 || distance > to) throw new Error('an lz4 block copies from where nothing is');
    if (to + length > out.length) throw new Error('an lz4 block holds more than it may');
    copyWithin(out, to, distance, length);
    to += length;
  }
  throw new Error(tooShort);
}

const hashBits = 14;

/** The format wants the last 5 bytes to be literals, and no copy to start in the last 12. */
const lastLiterals = 5;
const noCopyStarts = 12;

export function compressLz4(bytes: Uint8Array): Buffer {
  const { length } = bytes;
  const out = Buffer.allocUnsafe(16 + length + Math.ceil(length / 255));
  const seen = new Int32Array(1 << hashBits).fill(-1);
  let to = 0;
  let literal = 0;
  let misses = 64;
  for (let at = 0; at < length - noCopyStarts;) {
    const four = read4(bytes, at);
    const hash = Math.imul(four, 0x9e3779b1) >>> (32 - hashBits);
    const candidate = seen[hash]!;
    seen[hash] = at;
    if (candidate < 0 || at - candidate > 0xffff || read4(bytes, candidate) !== four) {
      at += misses++ >>> 6;
      continue;
    }
    let end = at + 4;
    while (end < length - lastLiterals && bytes[end] === bytes[candidate + end - at]) end++;
    const copied = end - at - 4;
    to = writeLiterals(bytes, literal, at, Math.min(copied, 15), out, to);
    to = out.writeUInt16LE(at - candidate, to);
    to = writeLength(copied, out, to);
    at = literal = end;
    misses = 64;
  }
  return out.subarray(0, writeLiterals(bytes, literal, length, 0, out, to));
}

function writeLiterals(
  bytes: Uint8Array,
  from: number,
  until: number,
  copied: number,
  out: Buffer,
  to: number,
): number {
  const length = until - from;
  out[to++] = (Math.min(length, 15) << 4) | copied;
  to = writeLength(length, out, to);
  out.set(bytes.subarray(from, until), to);
  return to + length;
}

/** What of a length the 4 bits of the token do not hold. */
function writeLength(length: number, out: Buffer, to: number): number {
  if (length < 15) return to;
  let rest = length - 15;
  for (; rest >= 255; rest -= 255) out[to++] = 255;
  out[to++] = rest;
  return to;
}
