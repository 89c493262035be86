/** Numbers from ASCII bytes: exact, correctly rounded, and without an object for each. */

/** A 64-bit integer as two halves, low 32 bits first; `low` and `high` are written by the parsers of this folder. */
export interface Halves {
  low: number;
  high: number;
}

/** Where the parsers leave what they found: valid until the next call. */
export const parsed: Halves = { low: 0, high: 0 };

const powersOfTen = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

/** 10 to the `exponent`, from 0 to 22: those that a double holds exactly. */
export const powerOfTen = (exponent: number): number => powersOfTen[exponent]!;

/**
 * Leaves `a` * `factor` + `b` in `parsed`. `a` is an exact integer, 0 <= b < factor <= 10^9, and the result fits into
 * 64 bits, signed or not: then nothing on the way leaves the integers that a double holds exactly.
 */
export function multiplyAdd(a: number, factor: number, b: number): void {
  const aHigh = Math.floor(a / 65536);
  const p0 = (a - aHigh * 65536) * factor + b;
  const carry = Math.floor(p0 / 65536);
  const p1 = aHigh * factor + carry;
  const high = Math.floor(p1 / 65536);
  parsed.low = ((p1 - high * 65536) << 16) | (p0 - carry * 65536);
  parsed.high = high | 0;
}

const MINUS = 45;
const PLUS = 43;
const POINT = 46;
const ZERO = 48;

/**
 * The integer `[+-]digits` in `bytes[from, to)` if it has at most 15 digits (zeros in front aside), NaN otherwise.
 * Enough for every type up to INT, and the short way to a LONG.
 */
export function parseInteger(bytes: Uint8Array, from: number, to: number): number {
  const sign = bytes[from];
  let at = sign === MINUS || sign === PLUS ? from + 1 : from;
  if (at >= to) return NaN;
  if (to - at > 15) {
    at = skipZeros(bytes, at, to);
    if (to - at > 15) return NaN;
  }
  let value = 0;
  for (; at < to; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) return NaN;
    value = value * 10 + digit;
  }
  return sign === MINUS ? 0 - value : value;
}

/** Past all zeros in front, but for a last one. */
function skipZeros(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to - 1 && bytes[at] === ZERO) at++;
  return at;
}

/** Leaves the integer `[+-]digits` of `bytes[from, to)` in `parsed`; false if it is none, or not within 64 bits. */
export function parseLong(bytes: Uint8Array, from: number, to: number): boolean {
  const short = parseInteger(bytes, from, to);
  if (short === short) {
    parsed.low = short | 0;
    parsed.high = Math.floor(short / 4294967296);
    return true;
  }
  const sign = bytes[from];
  const at = skipZeros(bytes, sign === MINUS || sign === PLUS ? from + 1 : from, to);
  const digits = to - at;
  if (digits < 16 || digits > 19) return false;
  const front = parseInteger(bytes, at, to - 9);
  let back = 0;
  for (let i = to - 9; i < to; i++) {
    const digit = bytes[i]! - ZERO;
    if (digit < 0 || digit > 9) return false;
    back = back * 10 + digit;
  }
  if (front !== front || bytes[at] === MINUS || bytes[at] === PLUS) return false;
  multiplyAdd(front, 1e9, back);
  const { low, high } = parsed;
  if (high < 0) {
    // The magnitude has bit 63: only -2^63 itself does that and fits.
    return sign === MINUS && high === -2147483648 && low === 0;
  }
  if (sign === MINUS) {
    parsed.low = -low | 0;
    parsed.high = low === 0 ? -high | 0 : ~high;
  }
  return true;
}

/**
 * The double nearest to `[+-]digits[.digits][e[+-]digits]` in `bytes[from, to)`, with digits on one side of the point
 * at least; NaN if it is no such number. Too large is an infinity, too small a zero, as everywhere.
 */
export function parseDouble(bytes: Uint8Array, from: number, to: number): number {
  const sign = bytes[from];
  const first = sign === MINUS || sign === PLUS ? from + 1 : from;
  let at = first;
  let mantissa = 0;
  let point = -1;
  for (; at < to; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit >= 0 && digit <= 9) mantissa = mantissa * 10 + digit;
    else if (digit === POINT - ZERO && point < 0) point = at;
    else break;
  }
  if (at - first === (point < 0 ? 0 : 1)) return NaN;
  let power = point < 0 ? 0 : point + 1 - at;
  if (at < to) {
    if ((bytes[at]! | 32) !== 101 /* e */) return NaN;
    const exponent = parseInteger(bytes, at + 1, to);
    if (exponent !== exponent && !isInteger(bytes, at + 1, to)) return NaN;
    power += exponent;
  }
  // Both the digits and the power of ten are exact doubles, so one rounding is all there is.
  if (mantissa <= 9007199254740991 && power >= -22 && power <= 22) {
    const value = power < 0 ? mantissa / powersOfTen[-power]! : mantissa * powersOfTen[power]!;
    return sign === MINUS ? -value : value;
  }
  return Number(ascii(bytes, from, to));
}

function isInteger(bytes: Uint8Array, from: number, to: number): boolean {
  let at = bytes[from] === MINUS || bytes[from] === PLUS ? from + 1 : from;
  if (at >= to) return false;
  for (; at < to; at++) if (bytes[at]! < ZERO || bytes[at]! > 57) return false;
  return true;
}

/**
 * The float nearest to the number in `bytes[from, to)`, which `parseDouble` read as `double`. Rounding the double again
 * would be wrong where it lies exactly between two floats and the text does not.
 */
export function floatOf(bytes: Uint8Array, from: number, to: number, double: number): number {
  const nearest = Math.fround(double);
  if (nearest === double || !Number.isFinite(double)) return nearest;
  // Where infinities begin, they stand for the float that would follow the largest.
  const float = Number.isFinite(nearest) ? nearest : Math.sign(double) * 2 ** 128;
  const other = neighbour(float, double > float);
  if (double - float !== other - double) return nearest;
  const exact = compareDecimal(ascii(bytes, from, to), double);
  if (exact === 0) return nearest;
  return exact > 0 === other > float ? Math.fround(other) : nearest;
}

const float32 = new Float32Array(1);
const float32Bits = new Int32Array(float32.buffer);

/** The float next to `float`, which is no NaN, towards one side; 2^128 counts as one, and as infinity's bits. */
function neighbour(float: number, up: boolean): number {
  if (float === 0) return up ? 2 ** -149 : -(2 ** -149);
  float32[0] = float;
  float32Bits[0]! += up === float > 0 ? 1 : -1;
  return Number.isFinite(float32[0]) ? float32[0] : Math.sign(float) * 2 ** 128;
}

/** The sign of the number that `text` spells minus `double`, exactly. */
function compareDecimal(text: string, double: number): number {
  const match = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text)!;
  let unscaled = BigInt(match[1]! + (match[2]! + match[3]!));
  const power = Number(match[4] ?? 0) - match[3]!.length;
  // A double is an integer over a power of two; both sides are scaled to integers.
  let halvings = 0;
  let mantissa = double;
  for (; !Number.isInteger(mantissa); halvings++) mantissa *= 2;
  let other = BigInt(mantissa);
  unscaled <<= BigInt(halvings);
  if (power < 0) other *= 10n ** BigInt(-power);
  else unscaled *= 10n ** BigInt(power);
  return unscaled === other ? 0 : unscaled > other ? 1 : -1;
}

/** The bytes as a string of a character each: the text, if they are ASCII, and else no number and no date. */
export function ascii(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
}
