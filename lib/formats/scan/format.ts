import type { Output } from './output.js';

/** Numbers, dates and instants as Spark writes them, in ASCII, without an object for each. */

const MILLIS_PER_DAY = 86_400_000;

/** 64-bit integers as pairs of 32-bit ones, low half first: no bigint is made for each. */
export const halvesOf = (values: BigInt64Array): Int32Array =>
  new Int32Array(values.buffer, values.byteOffset, 2 * values.length);

export const halvesToLong = (low: number, high: number): bigint => (BigInt(high) << 32n) | BigInt(low >>> 0);

/** A whole number that a double holds exactly. */
export function writeInteger(out: Output, value: number): void {
  let rest = value;
  out.reserve(17);
  if (value < 0) {
    out.bytes[out.length++] = 45;
    rest = -value;
  }
  writeDigits(out, rest, digitsOf(rest));
}

/** `value` >= 0, with zeros in front to `digits` digits. */
function writeDigits(out: Output, value: number, digits: number): void {
  const { bytes } = out;
  let at = (out.length += digits);
  const first = at - digits;
  let rest = value;
  // Division of 32-bit integers is several times faster than that of doubles.
  while (rest > 0x7fffffff) {
    const front = Math.floor(rest / 10);
    bytes[--at] = 48 + (rest - front * 10);
    rest = front;
  }
  rest |= 0;
  while (at > first) {
    const front = (rest / 10) | 0;
    bytes[--at] = 48 + (rest - front * 10);
    rest = front;
  }
}

function digitsOf(value: number): number {
  let digits = 1;
  for (let limit = 10; value >= limit; limit *= 10) digits++;
  return digits;
}

/** A 64-bit integer from its two halves. */
export function writeLong(out: Output, low: number, high: number): void {
  if (high >= -0x200000 && high < 0x200000) {
    writeInteger(out, high * 4294967296 + (low >>> 0));
    return;
  }
  out.reserve(20);
  let high32 = high >>> 0;
  let low32 = low >>> 0;
  if (high < 0) {
    out.bytes[out.length++] = 45;
    high32 = (low32 === 0 ? -high : ~high) >>> 0;
    low32 = -low >>> 0;
  }
  // Long division by 10^9, sixteen bits at a time: no step leaves the exact doubles.
  let quotient = 0;
  let rest = 0;
  for (const limb of [high32 >>> 16, high32 & 0xffff, low32 >>> 16, low32 & 0xffff]) {
    const value = rest * 65536 + limb;
    const part = Math.floor(value / 1e9);
    quotient = quotient * 65536 + part;
    rest = value - part * 1e9;
  }
  writeDigits(out, quotient, digitsOf(quotient));
  writeDigits(out, rest, 9);
}

/** A double as Java's `Double.toString`: the fewest digits that name it, `1.0`, `1.0E7`, `1.0E-4`, `-0.0`, `NaN`. */
export function writeDouble(out: Output, value: number): void {
  let rest = value;
  if (value < 0 || Object.is(value, -0)) {
    out.byte(45);
    rest = -value;
  }
  if (rest >= 1e7 || (rest < 1e-3 && rest !== 0)) {
    writeScientific(out, rest);
    return;
  }
  // Two digits after the point that give the same double are its only name of up to 15 digits, hence the shortest.
  const hundredths = Math.round(rest * 100);
  if (hundredths / 100 === rest) {
    const whole = Math.floor(hundredths / 100);
    const part = hundredths - whole * 100;
    out.reserve(12);
    writeDigits(out, whole, digitsOf(whole));
    out.bytes[out.length++] = 46;
    if (part % 10 === 0) writeDigits(out, part / 10, 1);
    else writeDigits(out, part, 2);
    return;
  }
  out.ascii(String(rest));
}

function writeScientific(out: Output, value: number): void {
  if (value === Infinity) {
    out.ascii('Infinity');
    return;
  }
  let text = value.toExponential();
  // Java wants two digits, and of those the nearest: 4.9E-324, not 5.0E-324.
  if (text[1] === 'e') text = value.toExponential(1);
  const e = text.indexOf('e');
  out.ascii(`${text.slice(0, e)}E${text[e + 1] === '+' ? text.slice(e + 2) : text.slice(e + 1)}`);
}

/** A float as Java's `Float.toString`. */
export function writeFloat(out: Output, value: number): void {
  // A normal float has six digits at least; a shorter name is the one of six without its zeros.
  let precision = Math.abs(value) < 2 ** -126 ? 2 : 6;
  let shortest = value;
  for (; precision <= 9; precision++) {
    shortest = Number(value.toPrecision(precision));
    if (Math.fround(shortest) === value) break;
  }
  writeDouble(out, Object.is(value, -0) ? value : shortest);
}

/**
 * A decimal as Java's `BigDecimal` does: all digits of its scale, and with `scientific` an exponent where
 * `toString` has one, which is below 10^-6.
 */
export function writeDecimal(out: Output, unscaled: bigint, scale: number, scientific: boolean): void {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString();
  if (unscaled < 0n) out.byte(45);
  const exponent = digits.length - 1 - scale;
  if (scientific && scale > 0 && exponent < -6) {
    out.ascii(`${digits[0]!}${digits.length > 1 ? `.${digits.slice(1)}` : ''}E${exponent}`);
  } else if (scale === 0) {
    out.ascii(digits);
  } else {
    const padded = digits.padStart(scale + 1, '0');
    out.ascii(`${padded.slice(0, -scale)}.${padded.slice(-scale)}`);
  }
}

/** A day since the epoch as `yyyy-MM-dd`; years past 9999 have a `+`. */
export function writeDate(out: Output, days: number): void {
  // The reverse of `daysOf`: years that begin in March, in eras of 400 years.
  const z = days + 719468;
  const era = Math.floor(z / 146097);
  const day = z - era * 146097;
  const yearOfEra = ((day - ((day / 1460) | 0) + ((day / 36524) | 0) - ((day / 146096) | 0)) / 365) | 0;
  const dayOfYear = day - (365 * yearOfEra + (yearOfEra >> 2) - ((yearOfEra / 100) | 0));
  const march = ((5 * dayOfYear + 2) / 153) | 0;
  const month = march < 10 ? march + 3 : march - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  out.reserve(20);
  if (year < 0) out.bytes[out.length++] = 45;
  else if (year > 9999) out.bytes[out.length++] = 43;
  const shown = Math.abs(year);
  writeDigits(out, shown, Math.max(4, digitsOf(shown)));
  out.bytes[out.length++] = 45;
  writeDigits(out, month, 2);
  out.bytes[out.length++] = 45;
  writeDigits(out, dayOfYear - (((153 * march + 2) / 5) | 0) + 1, 2);
}

/**
 * Microseconds since the epoch, given as halves, as `yyyy-MM-ddTHH:mm:ss.SSS`, in UTC and followed by `Z` if `zoned`.
 * As in Spark, what is finer than a millisecond is not written.
 */
export function writeTimestamp(out: Output, low: number, high: number, zoned: boolean): void {
  let days: number;
  let ofDay: number;
  if (high >= -0x200000 && high < 0x200000) {
    const millis = Math.floor((high * 4294967296 + (low >>> 0)) / 1000);
    days = Math.floor(millis / MILLIS_PER_DAY);
    ofDay = millis - days * MILLIS_PER_DAY;
  } else {
    // Past the year 2255, and before 1684, a double does not hold the microseconds.
    const big = ((BigInt(high) << 32n) + BigInt(low >>> 0) - (high < 0 ? 999n : 0n)) / 1000n;
    days = Math.floor(Number((big - (high < 0 ? 999n : 0n)) / 1000n) / 86400);
    ofDay = Number(big - BigInt(days) * BigInt(MILLIS_PER_DAY));
  }
  writeDate(out, days);
  const seconds = (ofDay / 1000) | 0;
  const minutes = (seconds / 60) | 0;
  const hours = (minutes / 60) | 0;
  out.reserve(14);
  out.bytes[out.length++] = 84;
  writeDigits(out, hours, 2);
  out.bytes[out.length++] = 58;
  writeDigits(out, minutes - hours * 60, 2);
  out.bytes[out.length++] = 58;
  writeDigits(out, seconds - minutes * 60, 2);
  out.bytes[out.length++] = 46;
  writeDigits(out, ofDay - seconds * 1000, 3);
  if (zoned) out.bytes[out.length++] = 90;
}
