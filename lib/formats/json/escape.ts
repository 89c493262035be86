import type { Output } from '../scan/output.js';

// What a byte within a string is written as: itself, a backslash and a letter, or an escape of four digits.
const AS_IS = 0;
const FOUR_DIGITS = 1;
const letters: Readonly<Record<number, string>> = { 8: 'b', 9: 't', 10: 'n', 12: 'f', 13: 'r', 34: '"', 92: '\\' };
const escapes = Uint8Array.from({ length: 256 }, (_, b) => letters[b]?.charCodeAt(0) ?? (b < 32 ? FOUR_DIGITS : AS_IS));
const hexDigits = Buffer.from('0123456789ABCDEF');

/** Writes the text `bytes[from, to)` in quotes; bytes that need no escape are copied as they are. */
export function writeString(out: Output, bytes: Uint8Array, from: number, to: number): void {
  out.reserve(2 + (to - from > 1024 ? lengthEscaped(bytes, from, to) : 6 * (to - from)));
  const target = out.bytes;
  let at = out.length;
  target[at++] = 34;
  for (let i = from; i < to; i++) {
    const b = bytes[i]!;
    const escape = escapes[b]!;
    if (escape === AS_IS) {
      target[at++] = b;
      continue;
    }
    target[at++] = 92;
    if (escape !== FOUR_DIGITS) {
      target[at++] = escape;
      continue;
    }
    target[at++] = 117;
    target[at++] = 48;
    target[at++] = 48;
    target[at++] = hexDigits[b >> 4]!;
    target[at++] = hexDigits[b & 15]!;
  }
  target[at++] = 34;
  out.length = at;
}

/** How long a string is with its escapes; six times the room for every one would be much for a long one. */
function lengthEscaped(bytes: Uint8Array, from: number, to: number): number {
  let length = to - from;
  for (let i = from; i < to; i++) if (escapes[bytes[i]!] !== AS_IS) length += 5;
  return length;
}
