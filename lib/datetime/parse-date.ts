import { checkedDaysOf } from './calendar.js';

/** Whether Spark's casts drop it at both ends of a text: blanks and control characters of ASCII. */
const isTrimmed = (code: number): boolean => code <= 32 || code === 127;

/** Where the text begins and ends without blanks and control characters around. */
export function trimmedStart(text: string): number {
  let at = 0;
  while (at < text.length && isTrimmed(text.charCodeAt(at))) at++;
  return at;
}

export function trimmedEnd(text: string, start: number): number {
  let at = text.length;
  while (at > start && isTrimmed(text.charCodeAt(at - 1))) at--;
  return at;
}

const MINUS = 45;
const PLUS = 43;

/**
 * The day of `[+-]yyyy[-[m]m[-[d]d]]`, years of four to seven digits; after a whole date and a blank or `T` anything may
 * follow. Undefined if it is none: what `CAST(… AS DATE)` calls invalid.
 */
export function parseDate(text: string): number | undefined {
  const start = trimmedStart(text);
  const end = trimmedEnd(text, start);
  const sign = text.charCodeAt(start);
  let at = sign === MINUS || sign === PLUS ? start + 1 : start;
  let year = 0;
  let month = 1;
  let segment = 0;
  let value = 0;
  let digits = 0;
  for (; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === 32 || code === 84 /* T */) break;
    if (code === MINUS && segment < 2) {
      if (!isSegment(segment, digits)) return undefined;
      if (segment++ === 0) year = value;
      else month = value;
      value = digits = 0;
      continue;
    }
    if (code < 48 || code > 57 || ++digits > 7) return undefined;
    value = value * 10 + code - 48;
  }
  if (!isSegment(segment, digits) || (segment < 2 && at < end)) return undefined;
  let day = 1;
  if (segment === 0) year = value;
  else if (segment === 1) month = value;
  else day = value;
  const days = checkedDaysOf(sign === MINUS ? -year : year, month, day);
  return days === days ? days : undefined;
}

const isSegment = (segment: number, digits: number): boolean =>
  segment === 0 ? digits >= 4 && digits <= 7 : digits === 1 || digits === 2;
