import { Decimal } from '../../schema/index.js';
import { ascii, powerOfTen } from './numbers.js';
import { textOf } from './timestamps.js';
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

/** Appends a number as text has it. False, and nothing appended, if it is none or does not fit. */
export type AppendDecimal = typeof appendDecimal;

/** `appendDecimal` for numbers as a language writes them: `1.234,5` in German. Without a language, English. */
export function decimalsIn(locale: string | undefined): AppendDecimal {
  if (locale === undefined || /^en(?:-US)?$/i.test(locale)) return appendDecimal;
  const parts = new Intl.NumberFormat(locale, { useGrouping: 'always' }).formatToParts(12345.6);
  const partOf = (type: string): string => parts.find((part) => part.type === type)?.value ?? '';
  const [group, point] = [partOf('group'), partOf('decimal')];
  return (writer, bytes, from, to) => {
    const [whole = '', fraction, ...rest] = textOf(bytes, from, to).split(point);
    const digits = group === '' ? whole : whole.replaceAll(group, '');
    // What means something in English only must not get through.
    if (rest.length > 0 || !/^-?\d*(?:[eE]|$)/.test(digits) || /[.,]/.test(fraction ?? '')) return false;
    const plain = Buffer.from(fraction === undefined ? digits : `${digits}.${fraction}`);
    return appendDecimal(writer, plain, 0, plain.length);
  };
}
