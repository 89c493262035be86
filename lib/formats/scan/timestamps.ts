import { checkedDaysOf } from '../../datetime/calendar.js';
import { parseDate as parseDateText } from '../../datetime/parse-date.js';
import { parseTimestamp as parseTimestampText, parseTimestampNtz } from '../../datetime/parse-timestamp.js';
import { UTC, type Zone } from '../../datetime/zone.js';
import { multiplyAdd, parsed } from './numbers.js';

/**
 * Dates and instants from bytes, as Spark's CAST reads them. The forms that nearly every machine writes are read from
 * the bytes, `2020-02-29` and `2020-02-29T10:11:12.123456Z`; the others are left to `lib/datetime`.
 */

/** Stands in for a day or an offset where the text has none; spreads through sums by itself. */
const none = NaN;

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
  return year < 0 ? none : checkedDaysOf(year, twoDigits(bytes, at + 5), twoDigits(bytes, at + 8));
}

/** Days since the epoch of the date in `bytes[from, to)`; NaN if it is none. What follows a day and `T` or a blank is ignored. */
export function parseDate(bytes: Uint8Array, from: number, to: number): number {
  if (to - from === 10) {
    const days = isoDay(bytes, from);
    if (days === days) return days;
  }
  return parseDateText(textOf(bytes, from, to)) ?? none;
}

/**
 * Leaves the microseconds since the epoch of the timestamp in `bytes[from, to)` in `parsed`; false if it is none. A text
 * without a zone is in `zone`. With `zoned` false a zone is refused and the time is that on the clock: for TIMESTAMP_NTZ.
 */
export function parseTimestamp(bytes: Uint8Array, from: number, to: number, zoned: boolean, zone: Zone = UTC): boolean {
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
        const local = ((days * 24 + hour) * 60 + minute - offset) * 60 + second;
        multiplyAdd(at === to && zoned ? zone.instantOf(local) : local, 1_000_000, micros);
        return true;
      }
    }
  }
  const text = textOf(bytes, from, to);
  return leave(zoned ? parseTimestampText(text, zone) : parseTimestampNtz(text, false));
}

/** Leaves 64 bits in `parsed`; false if there are none. */
export function leave(micros: bigint | undefined): boolean {
  if (micros === undefined) return false;
  parsed.low = Number(BigInt.asIntN(32, micros));
  parsed.high = Number(micros >> 32n);
  return true;
}

export const textOf = (bytes: Uint8Array, from: number, to: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString();

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
