import { type Column, DecimalColumn, FixedColumn } from '../../../columns/index.js';
import { decimalToDouble } from '../../../numbers/index.js';
import type { DataType, DecimalType } from '../../../schema/index.js';
import type { ColumnCast } from './outcome.js';

/** To and from decimals, where nothing can overflow. */
export function decimalCast(from: DataType, to: DataType): ColumnCast | undefined {
  if (from.kind === 'decimal' && to.kind === 'double') {
    return (column) => decimalsToDoubles(column as DecimalColumn, from.scale, to);
  }
  if (to.kind !== 'decimal') return undefined;
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

function intsToDecimals(column: FixedColumn, to: DecimalType): Column {
  const values = column.values as Int32Array;
  const out = new BigInt64Array(values.length * 2);
  const words = wordsOf(out);
  const factor = 10 ** to.scale;
  for (let i = 0; i < values.length; i++) {
    const unscaled = values[i]! * factor;
    const high = Math.floor(unscaled / 4294967296);
    words[4 * i] = unscaled;
    words[4 * i + 1] = high;
    words[4 * i + 2] = words[4 * i + 3] = high >> 31;
  }
  return new DecimalColumn(to, out, column);
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
