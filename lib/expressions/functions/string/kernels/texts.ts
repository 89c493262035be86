import { isAscii } from 'node:buffer';
import { BooleanColumn, BytesColumn, type Column, bitmapBytes } from '../../../../columns/index.js';
import type { DataType } from '../../../../schema/index.js';
import { isPresent, presentIn } from '../../../kernels/validity.js';
import type { Value } from '../../../values.js';
import { Constant, type Vector, columnOf, readerOf } from '../../../vector.js';
import type { VectorFunction } from '../../define.js';

/** Whether all bytes of a column are ASCII, so that bytes are characters. */
export const isAsciiColumn = ({ bytes, offsets, length }: BytesColumn): boolean =>
  isAscii(bytes.subarray(offsets[0], offsets[length]));

/** A kernel over the bytes of argument `at`; where that is no column of bytes, `scalar` runs row by row. */
export function overBytes(
  at: number,
  type: DataType,
  scalar: (...args: never[]) => Value,
  kernel: (column: BytesColumn, n: number) => Column | Constant,
): VectorFunction {
  return (args, n) => {
    const column = args[at];
    return column instanceof BytesColumn ? kernel(column, n) : rowByRow(type, args, n, scalar);
  };
}

function rowByRow(
  type: DataType,
  args: readonly Vector[],
  n: number,
  scalar: (...args: never[]) => Value,
): Column | Constant {
  const present = presentIn(args, n);
  if (present === undefined) return new Constant(type, null);
  const readers = args.map((arg) => readerOf(arg as Column | Constant));
  const run = scalar as (...args: Value[]) => Value;
  const out = new Array<Value>(n);
  for (let i = 0; i < n; i++) {
    const values = isPresent(present, i) ? readers.map((read) => read(i)) : [null];
    out[i] = values.includes(null) ? null : run(...values);
  }
  return columnOf(type, out);
}

/** From this length on a copy in one call is faster than a loop. */
const LONG = 64;

export function copyBytes(to: Uint8Array, at: number, from: Uint8Array, start: number, end: number): void {
  if (end - start >= LONG) to.set(from.subarray(start, end), at);
  else for (let p = start; p < end; p++) to[at++] = from[p]!;
}

/** A column of the parts `bytes[starts[i], ends[i])` of the values of another. */
export function partsOf(column: BytesColumn, starts: Int32Array, ends: Int32Array): BytesColumn {
  const n = column.length;
  const offsets = new Int32Array(n + 1);
  let total = 0;
  for (let i = 0; i < n; i++) offsets[i + 1] = total += ends[i]! - starts[i]!;
  const bytes = new Uint8Array(total);
  for (let i = 0; i < n; i++) copyBytes(bytes, offsets[i]!, column.bytes, starts[i]!, ends[i]!);
  return new BytesColumn(column.type, offsets, bytes, column);
}

const BOOLEAN: DataType = { kind: 'boolean' };

/** What holds for each value, as its bytes say. */
export function testEach(
  column: BytesColumn,
  holds: (bytes: Uint8Array, from: number, to: number) => boolean,
): BooleanColumn {
  const { bytes, offsets, length } = column;
  const bits = new Uint8Array(bitmapBytes(length));
  for (let i = 0; i < length; i++) {
    if (holds(bytes, offsets[i]!, offsets[i + 1]!)) bits[i >> 3]! |= 1 << (i & 7);
  }
  return new BooleanColumn(BOOLEAN, length, bits, column);
}
