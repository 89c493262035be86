import { Buffer, isUtf8 } from 'node:buffer';

/*
 * Strings are UTF-8 bytes in columns and JavaScript strings in values. Bytes that are no UTF-8 become the lone
 * surrogates U+DC80 to U+DCFF, one a byte, and bytes again on the way back, so that nothing is lost.
 */

interface Slicing {
  readonly utf8Slice: (this: Uint8Array, from: number, to: number) => string;
  readonly utf8Write: (this: Uint8Array, text: string, at: number, length: number) => number;
}
// Called on a plain Uint8Array: to make a Buffer of it first would take longer than the work itself.
const { utf8Slice, utf8Write } = Buffer.prototype as unknown as Slicing;

/** Up to here a loop over ASCII is faster than the way out of JavaScript. */
const SHORT = 8;

/** The text of `bytes[from, to)`. */
export function decodeText(bytes: Uint8Array, from = 0, to = bytes.length): string {
  if (to - from <= SHORT) {
    let text = '';
    let p = from;
    for (; p < to; p++) {
      const byte = bytes[p]!;
      if (byte >= 0x80) break;
      text += ascii[byte]!;
    }
    if (p === to) return text;
  }
  const text = utf8Slice.call(bytes, from, to);
  // A replacement character stands for bytes that are broken, unless it was there from the beginning.
  return text.includes('\ufffd') && !isUtf8(bytes.subarray(from, to)) ? decodeBroken(bytes, from, to) : text;
}

const ascii = Array.from({ length: 0x80 }, (_, code) => String.fromCharCode(code));

function decodeBroken(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  let valid = from;
  for (let p = from; p < to;) {
    const length = characterLength(bytes, p, to);
    if (length > 0) {
      p += length;
      continue;
    }
    text += utf8Slice.call(bytes, valid, p) + String.fromCharCode(0xdc00 | bytes[p]!);
    p++;
    valid = p;
  }
  return text + utf8Slice.call(bytes, valid, to);
}

/** How many bytes the valid character at `p` has; 0 if there is none. */
export function characterLength(bytes: Uint8Array, p: number, to: number): number {
  const first = bytes[p]!;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (p + length > to) return 0;
  const second = bytes[p + 1]!;
  // Overlong forms, surrogates and what lies past U+10FFFF show in the second byte.
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let k = 2; k < length; k++) if ((bytes[p + k]! & 0xc0) !== 0x80) return 0;
  return length;
}

/** Whether no byte of the text is broken: it has no lone surrogate. */
export const isValidText = (text: string): boolean => isWellFormed.call(text);

// ES2024, in every Node that we support.
const { isWellFormed } = String.prototype as unknown as { readonly isWellFormed: (this: string) => boolean };

const brokenByte = /[\udc80-\udcff]/gu;

/** How many bytes a text has. */
export function byteLengthOf(text: string): number {
  const length = Buffer.byteLength(text);
  if (length === text.length || isValidText(text)) return length;
  return length - 2 * (text.match(brokenByte)?.length ?? 0);
}

const encoder = new TextEncoder();

/** The bytes of a text. A lone surrogate that stands for no byte becomes U+FFFD. */
export function encodeText(text: string): Uint8Array {
  if (isValidText(text)) return encoder.encode(text);
  const bytes = new Uint8Array(byteLengthOf(text));
  let at = 0;
  let valid = 0;
  for (const { index } of text.matchAll(brokenByte)) {
    at += utf8Write.call(bytes, text.slice(valid, index), at, bytes.length - at);
    bytes[at++] = text.charCodeAt(index) & 0xff;
    valid = index + 1;
  }
  utf8Write.call(bytes, text.slice(valid), at, bytes.length - at);
  return bytes;
}

/**
 * The text as its bytes say: broken bytes of two texts that were put together may make a character. Whatever joins or
 * cuts texts ends with this.
 */
export const settled = (text: string): string => (isValidText(text) ? text : decodeText(encodeText(text)));
