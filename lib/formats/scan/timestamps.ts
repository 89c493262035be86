import { multiplyAdd, parsed } from './numbers.js';

/**
 * Dates and instants from ASCII bytes, as Spark's CAST reads them: `2020-02-29`, `2020-2`, `2020`,
 * `2020-02-29T10:11:12.123456Z`, `2020-02-29 10:11`, `2020-02-29T10:11:12+02:00`, `... Europe/Paris`. Blanks around are
 * let pass. Digits of a fraction past the sixth are dropped. A time without a day is refused, unlike in Spark, where it
 * means the day on which it is read: a replay would read something else.
 */

/** Stands in for a day or an offset where the text has none; spreads through sums by itself. */
const none = NaN;

/** Days since the epoch of a day of the (proleptic) Gregorian calendar; NaN if there is no such day. */
export function daysOf(year: number, month: number, day: number): number {
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= 31)) return none;
  if (day > 28 && day > daysInMonth(year, month)) return none;
  // Years that begin in March, in eras of 400 years, so that the leap day is the last of its year.
  const y = month > 2 ? year : year - 1;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = (((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) | 0) + day - 1;
  return era * 146097 + yearOfEra * 365 + (yearOfEra >> 2) - ((yearOfEra / 100) | 0) + dayOfYear - 719468;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Two digits at `at`; something far below 0 if they are none. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - 48;
  const ones = bytes[at + 1]! - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -100_000;
}

/** `yyyy-MM-dd` at `at` as days since the epoch, NaN if it is not that. The caller has seen that ten bytes are there. */
function isoDay(bytes: Uint8Array, at: number): number {
  if (bytes[at + 4] !== 45 || bytes[at + 7] !== 45) return none;
  const year = twoDigits(bytes, at) * 100 + twoDigits(bytes, at + 2);
  return year < 0 ? none : daysOf(year, twoDigits(bytes, at + 5), twoDigits(bytes, at + 8));
}

/** Days since the epoch of the date in `bytes[from, to)`; NaN if it is none. What follows a day and `T` or a blank is ignored. */
export function parseDate(bytes: Uint8Array, from: number, to: number): number {
  if (to - from === 10) {
    const days = isoDay(bytes, from);
    if (days === days) return days;
  }
  const start = trimmedStart(bytes, from, to);
  const end = trimmedEnd(bytes, start, to);
  segments.fill(1);
  let at = start;
  if (bytes[at] === 45 || bytes[at] === 43) at++;
  let s = 0;
  let value = 0;
  let digits = 0;
  for (; at < end && bytes[at] !== 32 && bytes[at] !== 84 /* T */; at++) {
    const digit = bytes[at]! - 48;
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      if (++digits > 7) return none;
      continue;
    }
    if (bytes[at] !== 45 || s === 2 || !fits(s, digits, 7)) return none;
    segments[s++] = value;
    value = digits = 0;
  }
  if (!fits(s, digits, 7) || (s < 2 && at < end)) return none;
  segments[s] = value;
  return daysOf(bytes[start] === 45 ? -segments[0]! : segments[0]!, segments[1]!, segments[2]!);
}

/**
 * Leaves the microseconds since the epoch of the timestamp in `bytes[from, to)` in `parsed`; false if it is none. A text
 * without a zone is in UTC. With `zoned` false a zone is refused: for TIMESTAMP_NTZ.
 */
export function parseTimestamp(bytes: Uint8Array, from: number, to: number, zoned: boolean): boolean {
  // yyyy-MM-ddTHH:mm:ss, a fraction, then Z or +HH:mm: how nearly every machine writes it.
  if (
    to - from >= 19 &&
    bytes[from + 13] === 58 &&
    bytes[from + 16] === 58 &&
    (bytes[from + 10] === 84 || bytes[from + 10] === 32)
  ) {
    const days = isoDay(bytes, from);
    const hour = twoDigits(bytes, from + 11);
    const minute = twoDigits(bytes, from + 14);
    const second = twoDigits(bytes, from + 17);
    if (days === days && hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60) {
      let at = from + 19;
      let micros = 0;
      if (at < to && bytes[at] === 46 /* . */) {
        let unit = 100_000;
        for (at++; at < to; at++) {
          const digit = bytes[at]! - 48;
          if (digit < 0 || digit > 9) break;
          micros += digit * unit;
          unit = unit === 1 ? 0 : unit / 10;
        }
      }
      const offset = at === to ? 0 : zoned ? shortOffset(bytes, at, to) : none;
      if (offset === offset) {
        multiplyAdd(((days * 24 + hour) * 60 + minute - offset) * 60 + second, 1_000_000, micros);
        return true;
      }
    }
  }
  return parseAnyTimestamp(bytes, from, to, zoned);
}

/** Minutes east of Greenwich of `Z` or `+HH:mm`; NaN if it is not that. */
function shortOffset(bytes: Uint8Array, at: number, to: number): number {
  const sign = bytes[at];
  if (sign === 90 && at + 1 === to) return 0;
  if (at + 6 !== to || (sign !== 43 && sign !== 45) || bytes[at + 3] !== 58) return none;
  const hours = twoDigits(bytes, at + 1);
  const minutes = twoDigits(bytes, at + 4);
  if (!(hours >= 0 && minutes >= 0 && minutes < 60 && hours * 60 + minutes <= 18 * 60)) return none;
  return sign === 43 ? hours * 60 + minutes : -hours * 60 - minutes;
}

/** Year, month, day, hour, minute, second, microseconds. */
const segments = new Float64Array(7);

const fits = (segment: number, digits: number, yearDigits: number): boolean =>
  segment === 0 ? digits >= 4 && digits <= yearDigits : segment === 6 || (digits >= 1 && digits <= 2);

function parseAnyTimestamp(bytes: Uint8Array, from: number, to: number, zoned: boolean): boolean {
  const start = trimmedStart(bytes, from, to);
  const end = trimmedEnd(bytes, start, to);
  segments.fill(1, 0, 3).fill(0, 3);
  let at = start;
  if (bytes[at] === 45 || bytes[at] === 43) at++;
  let s = 0;
  let value = 0;
  let digits = 0;
  let zone = '';
  for (; at < end; at++) {
    const b = bytes[at]!;
    const digit = b - 48;
    if (digit >= 0 && digit <= 9) {
      if (s !== 6 || digits < 6) value = value * 10 + digit;
      digits++;
      if (s !== 6 && digits > 6) return false;
      continue;
    }
    if (!fits(s, digits, 6)) return false;
    const expected = s < 2 ? b === 45 : s === 2 ? b === 32 || b === 84 : s < 5 ? b === 58 : s === 5 && b === 46;
    if (!expected) {
      if (s < 5) return false;
      zone = Buffer.from(bytes.buffer, bytes.byteOffset + at, end - at)
        .toString()
        .trim();
      break;
    }
    segments[s++] = value;
    value = digits = 0;
  }
  if (!fits(s, digits, 6)) return false;
  if (s === 6) for (let d = digits; d < 6; d++) value *= 10;
  segments[s] = value;
  const days = daysOf(bytes[start] === 45 ? -segments[0]! : segments[0]!, segments[1]!, segments[2]!);
  if (days !== days || segments[3]! > 23 || segments[4]! > 59 || segments[5]! > 59) return false;
  const local = days * 86400 + segments[3]! * 3600 + segments[4]! * 60 + segments[5]!;
  if (zone !== '' && !zoned) return false;
  const offset = zone === '' ? 0 : offsetOf(zone, local);
  const seconds = local - offset;
  if (!(Math.abs(seconds) <= 9_223_372_036_855)) return false;
  multiplyAdd(seconds, 1_000_000, segments[6]!);
  // Within a second of what 64 bits of microseconds hold, the sign shows what went past it.
  return parsed.high < 0 === seconds < 0;
}

/** Seconds east of Greenwich at the local time `local` (seconds since the epoch as if in UTC); NaN if there is no such zone. */
function offsetOf(zone: string, local: number): number {
  if (zone === 'Z' || zone === 'UTC' || zone === 'GMT' || zone === 'UT') return 0;
  const match = /^(?:UTC|GMT|UT)?([+-])(\d{1,2})(?::(\d{1,2})(?::(\d\d))?|(?<=[+-]\d\d)(\d\d)(\d\d)?)?$/.exec(zone);
  if (match === null) return regionOffset(zone, local);
  const minutes = Number(match[3] ?? match[5] ?? 0);
  const seconds = Number(match[4] ?? match[6] ?? 0);
  const total = Number(match[2]) * 3600 + minutes * 60 + seconds;
  if (minutes > 59 || seconds > 59 || total > 18 * 3600) return none;
  return match[1] === '-' ? -total : total;
}

const regions = new Map<string, Intl.DateTimeFormat | null>();

/** As Java resolves a local time: in a gap the offset before it, in an overlap the earlier instant. */
function regionOffset(zone: string, local: number): number {
  let format = regions.get(zone);
  if (format === undefined) {
    format = formatOf(zone);
    // Texts from a file are not to fill the memory.
    if (regions.size < 1000) regions.set(zone, format);
  }
  if (format === null) return none;
  const before = offsetAt(format, local - 86400);
  return offsetAt(format, local - before) === before ? before : laterOffset(format, local, before);
}

function laterOffset(format: Intl.DateTimeFormat, local: number, before: number): number {
  const after = offsetAt(format, local + 86400);
  return offsetAt(format, local - after) === after ? after : before;
}

function formatOf(zone: string): Intl.DateTimeFormat | null {
  if (!/^[A-Za-z][\w/+-]*$/.test(zone)) return null;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  } catch {
    return null;
  }
}

const SECONDS_PER_ERA = 146097 * 86400;

function offsetAt(format: Intl.DateTimeFormat, instant: number): number {
  // A Date reaches to the year 275760; the rules repeat with the calendar, every 400 years.
  const known =
    Math.abs(instant) < 8e12 ? instant : (instant % SECONDS_PER_ERA) + 2 * Math.sign(instant) * SECONDS_PER_ERA;
  const part = format.formatToParts(known * 1000).find((p) => p.type === 'timeZoneName')?.value ?? '';
  const match = /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(part);
  if (match === null) return 0;
  const total = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0);
  return match[1] === '-' ? -total : total;
}

function trimmedStart(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at]! <= 32) at++;
  return at;
}

function trimmedEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = to;
  while (at > from && bytes[at - 1]! <= 32) at--;
  return at;
}
