import { checkedDaysOf } from './calendar.js';
import { isLong, microsFrom } from './instant.js';
import { trimmedEnd, trimmedStart } from './parse-date.js';
import { findZone } from './zone.js';
import type { Zone } from './zone.js';

/** What a text says: a local time in seconds and microseconds, and a zone if it names one. */
interface Parsed {
  local: number;
  micros: number;
  zone: Zone | undefined;
}

const parsed: Parsed = { local: 0, micros: 0, zone: undefined };

/**
 * The instant of a text as `CAST(… AS TIMESTAMP)` reads it: a date as `parseDate` takes it, with years of up to six
 * digits, then perhaps a blank or `T` and `[h]h[:[m]m[:[s]s[.fraction][zone]]]`. Digits of the fraction past the sixth
 * are dropped. Without a zone the text is in `zone`. Undefined if it is none, or beyond 64 bits.
 *
 * A time without a day is none either, unlike in Spark, where it means the day on which it is read: a replay would read
 * something else.
 */
export function parseTimestamp(text: string, zone: Zone): bigint | undefined {
  if (!read(text)) return undefined;
  const micros = microsFrom((parsed.zone ?? zone).instantOf(parsed.local), parsed.micros);
  return isLong(micros) ? micros : undefined;
}

/** As `parseTimestamp`, but the time on the clock. A zone in the text is dropped, or refused (`zoned` false). */
export function parseTimestampNtz(text: string, zoned = true): bigint | undefined {
  if (!read(text) || (!zoned && parsed.zone !== undefined)) return undefined;
  const micros = microsFrom(parsed.local, parsed.micros);
  return isLong(micros) ? micros : undefined;
}

/** Year, month, day, hour, minute, second, microseconds. */
const segments = new Float64Array(7);

const isSegment = (segment: number, digits: number): boolean =>
  segment === 0 ? digits >= 4 && digits <= 6 : segment === 6 || digits === 1 || digits === 2;

/** Whether the character ends a segment that another one follows. */
function separates(segment: number, code: number): boolean {
  if (segment < 2) return code === 45;
  if (segment === 2) return code === 32 || code === 84; /* T */
  return segment === 5 ? code === 46 : segment < 5 && code === 58;
}

function read(text: string): boolean {
  const start = trimmedStart(text);
  const end = trimmedEnd(text, start);
  segments.fill(1, 0, 3).fill(0, 3);
  parsed.zone = undefined;
  const sign = text.charCodeAt(start);
  let segment = 0;
  let value = 0;
  let digits = 0;
  for (let at = sign === 45 || sign === 43 ? start + 1 : start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code >= 48 && code <= 57) {
      if (segment !== 6 || digits < 6) value = value * 10 + code - 48;
      if (++digits > 6 && segment !== 6) return false;
      continue;
    }
    if (!isSegment(segment, digits)) return false;
    if (!separates(segment, code)) {
      if (segment < 5) return false;
      parsed.zone = findZone(text.slice(at, end).trim());
      if (parsed.zone === undefined) return false;
      break;
    }
    segments[segment++] = value;
    value = digits = 0;
  }
  if (!isSegment(segment, digits)) return false;
  if (segment === 6) for (let d = digits; d < 6; d++) value *= 10;
  segments[segment] = value;
  const days = checkedDaysOf(sign === 45 ? -segments[0]! : segments[0]!, segments[1]!, segments[2]!);
  if (days !== days || segments[3]! > 23 || segments[4]! > 59 || segments[5]! > 59) return false;
  parsed.local = ((days * 24 + segments[3]!) * 60 + segments[4]!) * 60 + segments[5]!;
  parsed.micros = segments[6]!;
  return true;
}
