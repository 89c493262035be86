import { type BytesColumn, type Column, FixedColumn } from '../../../columns/index.js';
import { floatOf, parseDouble, parseInteger, parseLong, parsed } from '../../../formats/scan/numbers.js';
import type { DataType } from '../../../schema/index.js';
import { decodeText } from '../../../text/index.js';
import type { CastFunction } from '../options.js';
import { type ColumnCast, Outcome } from './outcome.js';

/** Numbers straight from the bytes of strings. A text in any rare form is left to `scalar`. */
export function textCast(from: DataType, to: DataType, scalar: CastFunction): ColumnCast | undefined {
  if (from.kind !== 'string') return undefined;
  switch (to.kind) {
    case 'byte':
      return integers(Int8Array, 2 ** 7, to, scalar);
    case 'short':
      return integers(Int16Array, 2 ** 15, to, scalar);
    case 'int':
      return integers(Int32Array, 2 ** 31, to, scalar);
    case 'long':
      return (column) => longs(column as BytesColumn, to, scalar);
    case 'double':
      return (column) => doubles(column as BytesColumn, to, scalar);
    case 'float':
      return (column) => floats(column as BytesColumn, to, scalar);
    default:
      return undefined;
  }
}

function integers(
  Values: new (length: number) => Int8Array | Int16Array | Int32Array,
  limit: number,
  to: DataType,
  scalar: CastFunction,
): ColumnCast {
  return (column) => {
    const { bytes, offsets, length } = column as BytesColumn;
    const out = new Values(length);
    const outcome = new Outcome(column);
    for (let i = 0; i < length; i++) {
      const value = parseInteger(bytes, offsets[i]!, offsets[i + 1]!);
      out[i] = value >= -limit && value < limit ? value : outcome.settle(i, 0, slowly(column, i, scalar));
    }
    return new FixedColumn(to, out, outcome.validity);
  };
}

function longs(column: BytesColumn, to: DataType, scalar: CastFunction): Column {
  const { bytes, offsets, length } = column;
  const out = new BigInt64Array(length);
  const words = new Int32Array(out.buffer);
  const outcome = new Outcome(column);
  for (let i = 0; i < length; i++) {
    if (parseLong(bytes, offsets[i]!, offsets[i + 1]!)) {
      words[2 * i] = parsed.low;
      words[2 * i + 1] = parsed.high;
    } else {
      out[i] = outcome.settle(i, 0n, slowly(column, i, scalar));
    }
  }
  return new FixedColumn(to, out, outcome.validity);
}

function doubles(column: BytesColumn, to: DataType, scalar: CastFunction): Column {
  const { bytes, offsets, length } = column;
  const out = new Float64Array(length);
  const outcome = new Outcome(column);
  for (let i = 0; i < length; i++) {
    const value = parseDouble(bytes, offsets[i]!, offsets[i + 1]!);
    out[i] = value === value ? value : outcome.settle(i, 0, slowly(column, i, scalar));
  }
  return new FixedColumn(to, out, outcome.validity);
}

function floats(column: BytesColumn, to: DataType, scalar: CastFunction): Column {
  const { bytes, offsets, length } = column;
  const out = new Float32Array(length);
  const outcome = new Outcome(column);
  for (let i = 0; i < length; i++) {
    const from = offsets[i]!;
    const end = offsets[i + 1]!;
    const value = parseDouble(bytes, from, end);
    out[i] = value === value ? floatOf(bytes, from, end, value) : outcome.settle(i, 0, slowly(column, i, scalar));
  }
  return new FixedColumn(to, out, outcome.validity);
}

const slowly = (column: Column, i: number, scalar: CastFunction) => () => {
  const { bytes, offsets } = column as BytesColumn;
  return scalar(decodeText(bytes, offsets[i], offsets[i + 1]));
};
