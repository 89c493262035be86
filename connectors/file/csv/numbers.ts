import { Decimal } from '../../../lib/schema/index.js';

// Numbers from bytes, as Java reads them (what Spark's CSV does). The hot paths take the bytes as they are and leave
// what is rare to functions on strings. NaN says that a text is no such number.

const MINUS = 45;
const PLUS = 43;
const POINT = 46;
const ZERO = 48;

/** An integer of at most 15 digits, leading zeros aside. Else NaN. */
export function parseInteger(bytes: Uint8Array, start: number, end: number): number {
  const sign = bytes[start]!;
  let p = sign === MINUS || sign === PLUS ? start + 1 : start;
  if (p >= end) return NaN;
  if (end - p > 15) {
    p = skipZeros(bytes, p, end);
    if (end - p > 15) return NaN;
  }
  let value = 0;
  for (; p < end; p++) {
    const digit = bytes[p]! - ZERO;
    if (digit < 0 || digit > 9) return NaN;
    value = value * 10 + digit;
  }
  return sign === MINUS ? -value : value;
}

/** Puts a 64-bit integer at `halves[2 * i]`, low half first; no bigint is made. False if it is none or does not fit. */
export function parseLong(bytes: Uint8Array, start: number, end: number, halves: Int32Array, i: number): boolean {
  const short = parseInteger(bytes, start, end);
  if (short === short) {
    putLong(short, halves, i);
    return true;
  }
  const sign = bytes[start]!;
  const p = skipZeros(bytes, sign === MINUS || sign === PLUS ? start + 1 : start, end);
  if (end - p < 16 || end - p > 19) return false;
  // The number is head * 10^9 + tail; in parts of 20 bits every product and sum stays below 2^53.
  const head = parseInteger(bytes, p, end - 9);
  const tail = parseInteger(bytes, end - 9, end);
  if (!(head > 0 && tail >= 0) || bytes[end - 9]! < ZERO || bytes[p]! < ZERO) return false;
  const low = (head % 0x100000) * 1e9 + tail;
  const high = Math.floor(head / 0x100000) * 1e9 + Math.floor(low / 0x100000);
  let hi = Math.floor(high / 0x1000);
  let lo = ((high % 0x1000) * 0x100000 + (low % 0x100000)) | 0;
  if (sign === MINUS) {
    if (hi > 0x80000000 || (hi === 0x80000000 && lo !== 0)) return false;
    lo = -lo;
    hi = ~hi + (lo === 0 ? 1 : 0);
  } else if (hi > 0x7fffffff) {
    return false;
  }
  halves[2 * i] = lo;
  halves[2 * i + 1] = hi;
  return true;
}

/** Puts a whole number within ±2^53 as a 64-bit integer. */
export function putLong(value: number, halves: Int32Array, i: number): void {
  halves[2 * i] = value | 0;
  halves[2 * i + 1] = Math.floor(value / 0x100000000);
}

const powersOfTen = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

/**
 * A double of at most 15 digits and a small exponent: the digits and the power of ten are exact, so that one division
 * or multiplication rounds correctly. NaN for all else, to be given to `parseDouble`.
 */
export function parseShortDouble(bytes: Uint8Array, start: number, end: number): number {
  const sign = bytes[start]!;
  let p = sign === MINUS || sign === PLUS ? start + 1 : start;
  const first = p;
  let value = 0;
  let point = -1;
  for (; p < end; p++) {
    const digit = bytes[p]! - ZERO;
    if (digit >= 0 && digit <= 9) value = value * 10 + digit;
    else if (digit === POINT - ZERO && point < 0) point = p;
    else break;
  }
  const digits = p - first - (point < 0 ? 0 : 1);
  if (digits === 0 || digits > 15) return NaN;
  let exponent = point < 0 ? 0 : point + 1 - p;
  if (p < end) {
    if ((bytes[p]! | 32) !== 101 || end - p > 5) return NaN;
    exponent += parseInteger(bytes, p + 1, end);
  }
  if (exponent < 0) {
    if (!(exponent >= -22)) return NaN;
    value /= powersOfTen[-exponent]!;
  } else if (exponent > 0) {
    if (!(exponent <= 22)) return NaN;
    value *= powersOfTen[exponent]!;
  } else if (exponent !== 0) {
    return NaN;
  }
  return sign === MINUS ? -value : value;
}

const decimalForm = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?=[dDfF]?$)/;
const hexForm = /^([+-]?)0[xX](?=[\da-fA-F.])([\da-fA-F]*)\.?([\da-fA-F]*)[pP]([+-]?\d+)[dDfF]?$/;
const wordForm = /^([+-]?)(NaN|Infinity)$/;

/** A double in any form that Java reads, blanks around it allowed; undefined if it is none. */
export function parseDouble(text: string): number | undefined {
  const trimmed = trimBlanks(text);
  const decimal = decimalForm.exec(trimmed);
  if (decimal !== null) return Number(decimal[0]);
  const word = wordForm.exec(trimmed);
  if (word !== null) return Number(word[2]) * (word[1] === '-' ? -1 : 1);
  const hex = hexForm.exec(trimmed);
  if (hex === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent] = hex;
  if (whole + fraction === '') return undefined;
  const magnitude = Number(BigInt(`0x${whole}${fraction}`)) * 2 ** (Number(exponent) - 4 * fraction.length);
  return sign === '-' ? -magnitude : magnitude;
}

/** Without the blanks around it, as Java's `trim` sees them. */
export const trimBlanks = (text: string): string => text.replace(/^[\0- ]+|[\0- ]+$/g, '');

/**
 * Puts the unscaled value of a decimal as four 32-bit words from `words[4 * i]` on, rounded half up to `scale`. False
 * if it is none, or has more than `precision` digits then. Commas are dropped, as Spark drops them.
 */
export function parseDecimal(
  bytes: Uint8Array,
  start: number,
  end: number,
  precision: number,
  scale: number,
  words: Int32Array,
  i: number,
): boolean {
  const sign = bytes[start]!;
  let p = sign === MINUS || sign === PLUS ? start + 1 : start;
  const first = p;
  let value = 0;
  let point = -1;
  for (; p < end; p++) {
    const digit = bytes[p]! - ZERO;
    if (digit >= 0 && digit <= 9) value = value * 10 + digit;
    else if (digit === POINT - ZERO && point < 0) point = p;
    else break;
  }
  const digits = p - first - (point < 0 ? 0 : 1);
  const shift = scale - (point < 0 ? 0 : p - point - 1);
  if (p < end || digits === 0 || shift < 0 || digits + shift > 15)
    return parseLongDecimal(bytes, start, end, precision, scale, words, i);
  value *= powersOfTen[shift]!;
  if (precision < 16 && value >= powersOfTen[precision]!) return false;
  if (sign === MINUS) value = -value;
  putLong(value, words, 2 * i);
  const extension = value < 0 ? -1 : 0;
  words[4 * i + 2] = extension;
  words[4 * i + 3] = extension;
  return true;
}

function parseLongDecimal(
  bytes: Uint8Array,
  start: number,
  end: number,
  precision: number,
  scale: number,
  words: Int32Array,
  i: number,
): boolean {
  const text = asciiText(bytes, start, end).replaceAll(',', '');
  if (/\s/.test(text)) return false;
  const unscaled = Decimal.parse(text)?.rescale(scale).unscaled;
  if (unscaled === undefined) return false;
  const limit = 10n ** BigInt(precision);
  if (unscaled >= limit || unscaled <= -limit) return false;
  for (let w = 0; w < 4; w++) words[4 * i + w] = Number(BigInt.asIntN(32, unscaled >> BigInt(32 * w)));
  return true;
}

function skipZeros(bytes: Uint8Array, start: number, end: number): number {
  let p = start;
  while (p < end - 1 && bytes[p] === ZERO) p++;
  return p;
}

/** A text whose characters outside ASCII do not matter, because they make it no number and no date. */
export const asciiText = (bytes: Uint8Array, start: number, end: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
