import { trimAll } from './trim.js';

const min64 = -(2n ** 63n);
const max64 = 2n ** 63n - 1n;

/**
 * A 64-bit integer as Spark casts it from text: a sign and decimal digits, with white space and control characters
 * around them. Null if the text is anything else, or too large. With `truncate` (as without ANSI mode) a fraction may
 * follow, which is dropped.
 */
export function parseLong(text: string, truncate: boolean): bigint | null {
  const digits = integerDigits(text, truncate);
  if (digits === null) return null;
  if (digits.length <= 15) return BigInt(Number(digits));
  const value = BigInt(digits);
  return value < min64 || value > max64 ? null : value;
}

/** As `parseLong`, for the integers from `min` to `max`, which are exact as numbers. */
export function parseInteger(text: string, min: number, max: number, truncate: boolean): number | null {
  const digits = integerDigits(text, truncate);
  if (digits === null) return null;
  // Of more than 15 digits a number may be inexact, but it stays far outside of the range.
  const value = Number(digits);
  return value < min || value > max ? null : value + 0;
}

/** The sign and the digits before the point, `0` if there are none; null if the text is no number. */
function integerDigits(text: string, truncate: boolean): string | null {
  const trimmed = trimAll(text);
  const to = trimmed.length;
  const first = trimmed.charCodeAt(0);
  const start = first === plus || first === minus ? 1 : 0;
  if (start >= to) return null;
  const end = pastDigits(trimmed, start);
  if (end < to && !(truncate && trimmed.charCodeAt(end) === point && pastDigits(trimmed, end + 1) === to)) return null;
  if (end === start) return '0';
  return trimmed.slice(first === minus ? 0 : start, end);
}

function pastDigits(text: string, from: number): number {
  let at = from;
  while (at < text.length && isDigit(text.charCodeAt(at))) at++;
  return at;
}

const plus = 0x2b;
const minus = 0x2d;
const point = 0x2e;

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
