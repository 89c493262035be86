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
  let from = 0;
  let to = text.length;
  while (from < to && isBlank(text.charCodeAt(from))) from++;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
  const first = text.charCodeAt(from);
  const start = first === plus || first === minus ? from + 1 : from;
  if (start >= to) return null;
  let at = start;
  while (at < to && isDigit(text.charCodeAt(at))) at++;
  const end = at;
  if (at < to) {
    if (!truncate || text.charCodeAt(at) !== point) return null;
    for (at++; at < to; at++) if (!isDigit(text.charCodeAt(at))) return null;
  }
  if (end === start) return '0';
  return text.slice(first === minus ? from : start, end);
}

const plus = 0x2b;
const minus = 0x2d;
const point = 0x2e;

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
const isBlank = (code: number): boolean => code <= 32 || code === 127;
