import { BytesColumn, type Column, type DecimalColumn, type FixedColumn } from '../../../columns/index.js';
import { formatDecimal, formatDouble, formatFloat } from '../../../numbers/index.js';
import type { DataType } from '../../../schema/index.js';
import { textColumn } from '../../vector.js';
import type { CastOptions } from '../options.js';
import type { ColumnCast } from './outcome.js';

/** Numbers as text. */
export function toTextCast(from: DataType, to: DataType, options: CastOptions): ColumnCast | undefined {
  if (to.kind !== 'string') return undefined;
  switch (from.kind) {
    case 'byte':
    case 'short':
    case 'int':
      return (column) => integers(column as FixedColumn, to);
    case 'long':
      return (column) => texts(column as FixedColumn, to, String);
    case 'double':
      return (column) => texts(column as FixedColumn, to, formatDouble as (value: number | bigint) => string);
    case 'float':
      return (column) => texts(column as FixedColumn, to, formatFloat as (value: number | bigint) => string);
    case 'decimal':
      // Without ANSI mode, small numbers of more places may have an exponent.
      if (!options.ansi && from.scale > 6) return undefined;
      return (column) => decimals(column as DecimalColumn, from.scale, to);
    default:
      return undefined;
  }
}

function decimals(column: DecimalColumn, scale: number, to: DataType): Column {
  const { words, length } = column;
  const halves = new Int32Array(words.buffer, words.byteOffset, words.length * 2);
  const factor = 10 ** scale;
  const out = new Array<string | null>(length);
  for (let i = 0; i < length; i++) {
    const high = halves[4 * i + 1]!;
    const extension = high >> 31;
    const small = halves[4 * i + 2] === extension && halves[4 * i + 3] === extension;
    if (!column.isValid(i)) out[i] = null;
    else if (small && high >= -0x200000 && high < 0x200000 && scale > 0 && scale <= 15) {
      const unscaled = high * 4294967296 + (halves[4 * i]! >>> 0);
      const magnitude = Math.abs(unscaled);
      const fraction = magnitude % factor;
      const sign = unscaled < 0 ? '-' : '';
      out[i] = `${sign}${(magnitude - fraction) / factor}.${String(fraction).padStart(scale, '0')}`;
    } else out[i] = formatDecimal(column.unscaled(i), scale);
  }
  return textColumn(to, out);
}

function texts(column: FixedColumn, to: DataType, format: (value: number | bigint) => string): Column {
  const { values, length } = column;
  const out = new Array<string | null>(length);
  for (let i = 0; i < length; i++) out[i] = column.isValid(i) ? format(values[i]!) : null;
  return textColumn(to, out);
}

/** The digits are written straight into bytes, from the last to the first. */
function integers(column: FixedColumn, to: DataType): Column {
  const values = column.values as Int32Array;
  const n = values.length;
  const offsets = new Int32Array(n + 1);
  const bytes = new Uint8Array(n * 11);
  let end = 0;
  for (let i = 0; i < n; i++) {
    if (column.isValid(i)) {
      const value = values[i]!;
      let rest = value < 0 ? -value : value;
      const start = end;
      if (value < 0) bytes[end++] = 45;
      end += digitsOf(rest);
      let at = end;
      do {
        const tenth = Math.floor(rest / 10);
        bytes[--at] = 48 + rest - tenth * 10;
        rest = tenth;
      } while (at > start && rest > 0);
    }
    offsets[i + 1] = end;
  }
  return new BytesColumn(to, offsets, bytes.subarray(0, end), column);
}

function digitsOf(value: number): number {
  let digits = 1;
  for (let limit = 10; value >= limit; limit *= 10) digits++;
  return digits;
}
