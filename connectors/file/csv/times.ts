import { asciiText, trimBlanks } from './numbers.js';

// Dates and timestamps in the ISO forms that Spark reads when no pattern is given. NaN, or false: it is none.

const COLON = 58;
const DASH = 45;

/** Days since 1970-01-01 of a day that exists; NaN if it does not. The years are those of the Gregorian calendar. */
export function epochDay(year: number, month: number, day: number): number {
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= 31)) return NaN;
  if (day > 28 && day > daysOfMonth(year, month)) return NaN;
  // The year that starts in March has its leap day at the end, and repeats every 400 years.
  const shifted = month > 2 ? year : year - 1;
  const cycle = Math.floor(shifted / 400);
  const yearOfCycle = shifted - cycle * 400;
  const dayOfYear = (((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) | 0) + day - 1;
  return cycle * 146097 + yearOfCycle * 365 + (yearOfCycle >> 2) - ((yearOfCycle / 100) | 0) + dayOfYear - 719468;
}

function daysOfMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Two digits at `p`; something far below 0 if they are none. */
function two(bytes: Uint8Array, p: number): number {
  const tens = bytes[p]! - 48;
  const ones = bytes[p + 1]! - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -100_000;
}

/** The days of `yyyy-MM-dd` at `p`; NaN if something else is there. */
function isoDay(bytes: Uint8Array, p: number): number {
  if (bytes[p + 4] !== DASH || bytes[p + 7] !== DASH) return NaN;
  const year = two(bytes, p) * 100 + two(bytes, p + 2);
  return year < 0 ? NaN : epochDay(year, two(bytes, p + 5), two(bytes, p + 8));
}

/** Days since 1970-01-01. */
export function parseDate(bytes: Uint8Array, start: number, end: number): number {
  if (end - start === 10) {
    const day = isoDay(bytes, start);
    if (day === day) return day;
  }
  const match = /^([+-]?\d{4,7})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T].*)?)?)?$/s.exec(
    trimBlanks(asciiText(bytes, start, end)),
  );
  return match === null ? NaN : epochDay(Number(match[1]), Number(match[2] ?? 1), Number(match[3] ?? 1));
}

/**
 * Puts microseconds since the epoch as a 64-bit integer at `halves[2 * i]`, low half first. Digits past the sixth of
 * a fraction are dropped. Without a zone the time is UTC. With `zoned` false (timestamp_ntz) a zone is refused.
 */
export function parseTimestamp(
  bytes: Uint8Array,
  start: number,
  end: number,
  zoned: boolean,
  halves: Int32Array,
  i: number,
): boolean {
  // yyyy-MM-ddTHH:mm:ss, a fraction, and a zone of "Z", "+hh:mm" or none; all else is left to `parseLoosely`.
  if (end - start < 19 || bytes[start + 13] !== COLON || bytes[start + 16] !== COLON) {
    return parseLoosely(bytes, start, end, zoned, halves, i);
  }
  const day = isoDay(bytes, start);
  const separator = bytes[start + 10]!;
  const hour = two(bytes, start + 11);
  const minute = two(bytes, start + 14);
  const second = two(bytes, start + 17);
  const fits = day === day && hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60;
  if (!fits || (separator !== 84 && separator !== 32)) return parseLoosely(bytes, start, end, zoned, halves, i);
  let p = start + 19;
  let micros = 0;
  if (p < end && bytes[p] === 46) {
    let unit = 100_000;
    for (p++; p < end; p++) {
      const digit = bytes[p]! - 48;
      if (digit < 0 || digit > 9) break;
      micros += digit * unit;
      unit = unit === 1 ? 0 : unit / 10;
    }
  }
  let offset = 0;
  if (p < end) {
    if (!zoned) return false;
    if (bytes[p] === 90 && p + 1 === end) {
      offset = 0;
    } else if (p + 6 === end && (bytes[p] === 43 || bytes[p] === DASH) && bytes[p + 3] === COLON) {
      const minutes = offsetMinutes(two(bytes, p + 1), two(bytes, p + 4));
      if (!(minutes >= 0)) return false;
      offset = bytes[p] === 43 ? minutes : -minutes;
    } else {
      return parseLoosely(bytes, start, end, zoned, halves, i);
    }
  }
  return putMicros(((day * 24 + hour) * 60 + minute - offset) * 60 + second, micros, halves, i);
}

const offsetMinutes = (hours: number, minutes: number): number =>
  hours >= 0 && minutes >= 0 && minutes < 60 && hours * 60 + minutes <= 18 * 60 ? hours * 60 + minutes : NaN;

const timestampForm =
  /^([+-]?\d{4,7})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T](\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.(\d*))?)?)? *([^\d .:].*)?)?)?)?$/;
const zoneForm = /^(?:(?:UTC|GMT|UT|(?=[+-]))(?:([+-])(\d{1,2})(?::?([0-5]\d)(?::?([0-5]\d))?)?)?|[zZ])$/;

/** Every form that Spark takes: parts missing from the right, parts of one digit, long years, other zone offsets. */
function parseLoosely(
  bytes: Uint8Array,
  start: number,
  end: number,
  zoned: boolean,
  halves: Int32Array,
  i: number,
): boolean {
  const match = timestampForm.exec(trimBlanks(asciiText(bytes, start, end)));
  if (match === null) return false;
  const [, year, month = '1', date = '1', hour = '0', minute = '0', second = '0', fraction = '', zone] = match;
  const day = epochDay(Number(year), Number(month), Number(date));
  if (day !== day || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return false;
  let offset = 0;
  if (zone !== undefined) {
    const parts = zoned ? zoneForm.exec(zone) : null;
    if (parts === null) return false;
    const [, sign, hours = '0', minutes = '0', seconds = '0'] = parts;
    const magnitude = offsetMinutes(Number(hours), Number(minutes)) * 60 + Number(seconds);
    if (!(magnitude <= 18 * 3600)) return false;
    offset = sign === '-' ? -magnitude : magnitude;
  }
  const seconds = ((day * 24 + Number(hour)) * 60 + Number(minute)) * 60 + Number(second) - offset;
  return putMicros(seconds, Number(fraction.slice(0, 6).padEnd(6, '0')), halves, i);
}

/** Puts `seconds` * 10^6 + `micros`, which may be past 2^53, in two halves. False if it is past 64 bits. */
function putMicros(seconds: number, micros: number, halves: Int32Array, i: number): boolean {
  const high = Math.floor(seconds / 0x100000);
  const low = (seconds - high * 0x100000) * 1e6 + micros;
  const carried = high * 1e6 + Math.floor(low / 0x100000);
  halves[2 * i] = ((carried % 0x1000) * 0x100000 + (low % 0x100000)) | 0;
  const hi = Math.floor(carried / 0x1000);
  halves[2 * i + 1] = hi;
  return hi === (hi | 0);
}
