import { Decimal } from '../../schema/index.js';
import { ascii, powerOfTen } from './numbers.js';
import type { DecimalWriter } from './writers.js';

/**
 * Appends the number in `bytes[from, to)`, rounded half up to the scale of the column; false if it is none or has more
 * digits than the type. Commas are dropped, wherever they stand: that is how Spark reads numbers with groups.
 */
export function appendDecimal(writer: DecimalWriter, bytes: Uint8Array, from: number, to: number): boolean {
  const { precision, scale } = writer.type;
  const sign = bytes[from];
  const first = sign === 45 /* - */ || sign === 43 /* + */ ? from + 1 : from;
  let at = first;
  let unscaled = 0;
  let point = -1;
  for (; at < to; at++) {
    const digit = bytes[at]! - 48;
    if (digit >= 0 && digit <= 9) unscaled = unscaled * 10 + digit;
    else if (digit === -2 /* . */ && point < 0) point = at;
    else break;
  }
  const digits = at - first - (point < 0 ? 0 : 1);
  const missing = scale - (point < 0 ? 0 : at - point - 1);
  // Fifteen digits are exact in a double.
  if (at < to || digits === 0 || missing < 0 || digits + missing > 15) return appendAny(writer, bytes, from, to);
  unscaled *= powerOfTen(missing);
  if (precision < 16 && unscaled >= powerOfTen(precision)) return false;
  writer.append(sign === 45 ? -unscaled : unscaled);
  return true;
}

function appendAny(writer: DecimalWriter, bytes: Uint8Array, from: number, to: number): boolean {
  const { precision, scale } = writer.type;
  const text = ascii(bytes, from, to).replaceAll(',', '');
  if (/\s/.test(text)) return false;
  const unscaled = Decimal.parse(text)?.rescale(scale).unscaled;
  const limit = 10n ** BigInt(precision);
  if (unscaled === undefined || unscaled >= limit || unscaled <= -limit) return false;
  writer.appendBig(unscaled);
  return true;
}
