import { type BytesColumn, type Column, DecimalColumn, FixedColumn } from '../../../columns/index.js';
import { parseInteger } from '../../../formats/scan/numbers.js';
import { clearUnits, decimalToDouble } from '../../../numbers/index.js';
import type { DataType, DecimalType } from '../../../schema/index.js';
import { decodeText } from '../../../text/index.js';
import type { CastFunction } from '../options.js';
import { type ColumnCast, Outcome } from './outcome.js';

/** To and from decimals. */
export function decimalCast(from: DataType, to: DataType, scalar: CastFunction): ColumnCast | undefined {
  if (from.kind === 'decimal' && to.kind === 'double') {
    return (column) => decimalsToDoubles(column as DecimalColumn, from.scale, to);
  }
  if (to.kind !== 'decimal') return undefined;
  if (from.kind === 'string') return (column) => textsToDecimals(column as BytesColumn, to, scalar);
  if (from.kind === 'double' || from.kind === 'float') {
    return (column) => doublesToDecimals(column as FixedColumn, to, scalar);
  }
  const whole = to.precision - to.scale;
  if (from.kind === 'decimal' && from.scale === to.scale && from.precision <= to.precision) {
    return (column) => new DecimalColumn(to, (column as DecimalColumn).words, column);
  }
  const digits = { byte: 3, short: 5, int: 10 }[from.kind as 'int'] as number | undefined;
  // Six digits after the point and any int before it are exact in a double.
  if (digits !== undefined && whole >= digits && to.scale <= 6) {
    return (column) => intsToDecimals(column as FixedColumn, to);
  }
  return from.kind === 'long' && whole >= 19 && to.scale === 0
    ? (column) => longsToDecimals(column as FixedColumn, to)
    : undefined;
}

const wordsOf = ({ buffer, byteOffset, byteLength }: BigInt64Array): Int32Array =>
  new Int32Array(buffer, byteOffset, byteLength / 4);

function decimalsToDoubles(column: DecimalColumn, scale: number, to: DataType): Column {
  const words = wordsOf(column.words);
  const out = new Float64Array(column.length);
  const divisor = 10 ** scale;
  for (let i = 0; i < out.length; i++) {
    const high = words[4 * i + 1]!;
    const extension = high >> 31;
    // Below 2^53, both numbers are exact and the division rounds once.
    if (
      words[4 * i + 2] === extension &&
      words[4 * i + 3] === extension &&
      high >= -0x200000 &&
      high < 0x200000 &&
      scale <= 22
    ) {
      out[i] = (high * 4294967296 + (words[4 * i]! >>> 0)) / divisor;
    } else {
      out[i] = decimalToDouble(column.unscaled(i), scale);
    }
  }
  return new FixedColumn(to, out, column);
}

/** Writes a whole number of less than 2^53 as the decimal at row `i`. */
function put(words: Int32Array, i: number, unscaled: number): void {
  const high = Math.floor(unscaled / 4294967296);
  words[4 * i] = unscaled;
  words[4 * i + 1] = high;
  words[4 * i + 2] = words[4 * i + 3] = high >> 31;
}

function putBig(words: BigInt64Array, i: number, unscaled: bigint): void {
  words[2 * i] = unscaled;
  words[2 * i + 1] = unscaled >> 64n;
}

function intsToDecimals(column: FixedColumn, to: DecimalType): Column {
  const values = column.values as Int32Array;
  const out = new BigInt64Array(values.length * 2);
  const words = wordsOf(out);
  const factor = 10 ** to.scale;
  for (let i = 0; i < values.length; i++) put(words, i, values[i]! * factor);
  return new DecimalColumn(to, out, column);
}

/** What fits the precision, and a double exactly. */
const limitOf = ({ precision }: DecimalType): number => 10 ** Math.min(precision, 15);

function doublesToDecimals(column: FixedColumn, to: DecimalType, scalar: CastFunction): Column {
  const values = column.values as Float64Array;
  const out = new BigInt64Array(values.length * 2);
  const words = wordsOf(out);
  const outcome = new Outcome(column);
  const limit = limitOf(to);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const units = clearUnits(value, to.scale);
    if (units !== undefined && units < limit && units > -limit) put(words, i, units);
    else
      putBig(
        out,
        i,
        outcome.settle(i, 0n, () => scalar(value)),
      );
  }
  return new DecimalColumn(to, out, outcome.validity);
}

/** Texts of up to 15 digits, of which no more stand behind the point than the type has. */
function textsToDecimals(column: BytesColumn, to: DecimalType, scalar: CastFunction): Column {
  const { bytes, offsets, length } = column;
  const out = new BigInt64Array(length * 2);
  const words = wordsOf(out);
  const outcome = new Outcome(column);
  const limit = limitOf(to);
  for (let i = 0; i < length; i++) {
    const units = textUnits(bytes, offsets[i]!, offsets[i + 1]!, to.scale);
    if (units < limit && units > -limit) put(words, i, units);
    else
      putBig(
        out,
        i,
        outcome.settle(i, 0n, () => scalar(decodeText(bytes, offsets[i], offsets[i + 1]))),
      );
  }
  return new DecimalColumn(to, out, outcome.validity);
}

/** `[-]digits[.digits]` in units of the last place of `scale`; NaN for any other text, and for more than 15 digits. */
function textUnits(bytes: Uint8Array, from: number, to: number, scale: number): number {
  let point = from;
  while (point < to && bytes[point] !== 46 /* . */) point++;
  const whole = parseInteger(bytes, from, point);
  const places = Math.max(0, to - point - 1);
  if (places > scale || point - from + scale > 15) return NaN;
  const negative = bytes[from] === 45; /* - */
  let units = Math.abs(whole);
  for (let at = point + 1; at < to; at++) {
    const digit = bytes[at]! - 48;
    if (digit < 0 || digit > 9) return NaN;
    units = units * 10 + digit;
  }
  units *= 10 ** (scale - places);
  return negative ? 0 - units : units;
}

function longsToDecimals(column: FixedColumn, to: DecimalType): Column {
  const from = wordsOf(column.values as BigInt64Array);
  const out = new BigInt64Array(column.length * 2);
  const words = wordsOf(out);
  for (let i = 0; i < column.length; i++) {
    words[4 * i] = from[2 * i]!;
    words[4 * i + 1] = from[2 * i + 1]!;
    words[4 * i + 2] = words[4 * i + 3] = from[2 * i + 1]! >> 31;
  }
  return new DecimalColumn(to, out, column);
}
