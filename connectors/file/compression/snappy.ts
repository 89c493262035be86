/** The block format of Snappy: a length, then literals and copies of what came before. */

/** Fewer bytes are copied faster one by one than by a call. */
const longCopy = 32;

const tooShort = 'a snappy block ends too soon';

export function expandSnappy(bytes: Buffer, limit: number): Buffer {
  const { length: size, next } = lengthOf(bytes);
  if (size > limit) throw new Error(`a snappy block holds ${size} bytes, more than the ${limit} there may be`);
  // 3 bytes copy 64 at most: no more memory is taken than the bytes that are there can fill.
  if (size > bytes.length * 32) throw new Error(tooShort);
  const out = Buffer.allocUnsafe(size);
  let at = next;
  let to = 0;
  while (at < bytes.length) {
    const tag = bytes[at++]!;
    let length: number;
    let distance: number;
    if ((tag & 3) === 0) {
      length = (tag >>> 2) + 1;
      if (length > 60) {
        const extra = length - 60;
        if (at + extra > bytes.length) throw new Error(tooShort);
        length = bytes.readUIntLE(at, extra) + 1;
        at += extra;
      }
      if (at + length > bytes.length || to + length > size) throw new Error(tooShort);
      if (length > longCopy) {
        bytes.copy(out, to, at, at + length);
        at += length;
        to += length;
      } else for (const end = at + length; at < end;) out[to++] = bytes[at++]!;
      continue;
    }
    const extra = (tag & 3) === 3 ? 4 : tag & 3;
    if (at + extra > bytes.length) throw new Error(tooShort);
    if (extra === 1) {
      length = ((tag >>> 2) & 7) + 4;
      distance = ((tag >>> 5) << 8) | bytes[at]!;
    } else {
      length = (tag >>> 2) + 1;
      distance = bytes.readUIntLE(at, extra);
    }
    at += extra;
    if (distance === 0 || distance > to || to + length > size) {
      throw new Error('a snappy block copies from where nothing is');
    }
    copyWithin(out, to, distance, length);
    to += length;
  }
  if (to !== size) throw new Error(tooShort);
  return out;
}

/** Copies bytes that came before; they may overlap with where they go to, and so repeat. */
export function copyWithin(out: Buffer, to: number, distance: number, length: number): void {
  if (distance >= length && length > longCopy) out.copyWithin(to, to - distance, to - distance + length);
  else for (let end = to + length; to < end; to++) out[to] = out[to - distance]!;
}

function lengthOf(bytes: Buffer): { length: number; next: number } {
  let length = 0;
  for (let i = 0; i < 5; i++) {
    const byte = bytes[i];
    if (byte === undefined) break;
    length += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { length, next: i + 1 };
  }
  throw new Error(tooShort);
}

const hashBits = 14;

/** Copies reach back so far: two bytes say where. */
const fragmentBytes = 0x10000;

export function compressSnappy(bytes: Uint8Array): Buffer {
  const { length } = bytes;
  const out = Buffer.allocUnsafe(32 + length + Math.ceil(length / 6));
  let to = 0;
  let rest = length;
  for (; rest >= 0x80; rest >>>= 7) out[to++] = (rest & 0x7f) | 0x80;
  out[to++] = rest;
  const seen = new Uint16Array(1 << hashBits);
  for (let start = 0; start < length; start += fragmentBytes) {
    seen.fill(0);
    to = compressFragment(bytes.subarray(start, start + fragmentBytes), seen, out, to);
  }
  return out.subarray(0, to);
}

function compressFragment(bytes: Uint8Array, seen: Uint16Array, out: Buffer, to: number): number {
  const { length } = bytes;
  let literal = 0;
  let at = 1;
  let misses = 32;
  while (at + 4 <= length) {
    const four = read4(bytes, at);
    const hash = Math.imul(four, 0x1e35a7bd) >>> (32 - hashBits);
    const candidate = seen[hash]!;
    seen[hash] = at;
    if (read4(bytes, candidate) !== four || candidate >= at) {
      // What does not get smaller is passed over faster and faster.
      at += misses++ >>> 5;
      continue;
    }
    to = writeLiteral(bytes, literal, at, out, to);
    let end = at + 4;
    while (end < length && bytes[end] === bytes[candidate + end - at]) end++;
    to = writeCopy(at - candidate, end - at, out, to);
    at = literal = end;
    misses = 32;
  }
  return writeLiteral(bytes, literal, length, out, to);
}

export const read4 = (bytes: Uint8Array, at: number): number =>
  bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);

function writeLiteral(bytes: Uint8Array, from: number, until: number, out: Buffer, to: number): number {
  const length = until - from;
  if (length === 0) return to;
  if (length <= 60) {
    out[to++] = (length - 1) << 2;
  } else if (length <= 0x100) {
    out[to++] = 60 << 2;
    out[to++] = length - 1;
  } else {
    out[to++] = 61 << 2;
    to = out.writeUInt16LE(length - 1, to);
  }
  out.set(bytes.subarray(from, until), to);
  return to + length;
}

function writeCopy(distance: number, length: number, out: Buffer, to: number): number {
  while (length > 0) {
    // No copy is left with fewer than 4 bytes.
    const part = length > 64 ? Math.min(64, length - 4) : length;
    out[to++] = ((part - 1) << 2) | 2;
    to = out.writeUInt16LE(distance, to);
    length -= part;
  }
  return to;
}
