import type { BytesColumn } from '../../../../columns/index.js';
import { countCharacters, skipCharacters, substringOf, substringOfBytes } from '../../../../text/index.js';
import type { Binding, VectorFunction } from '../../define.js';
import { isAsciiColumn, overBytes, partsOf } from './texts.js';

/** Where the position (by default 1) and the length (by default all) are constant numbers. */
export function substringVector(
  binding: Binding,
  positionAt: number | undefined,
  lengthAt: number,
): VectorFunction | undefined {
  const position = positionAt === undefined ? 1 : binding.constant(positionAt);
  const length = lengthAt < binding.types.length ? binding.constant(lengthAt) : Infinity;
  if (typeof position !== 'number' || typeof length !== 'number') return undefined;
  const scalar = (value: string | Uint8Array) =>
    typeof value === 'string' ? substringOf(value, position, length) : substringOfBytes(value, position, length);
  return overBytes(0, binding.type, scalar, (column, n) => {
    const starts = new Int32Array(n);
    const ends = new Int32Array(n);
    if (column.type.kind === 'binary' || isAsciiColumn(column)) cutBytes(column, position, length, starts, ends);
    else cutCharacters(column, position, length, starts, ends);
    return partsOf(column, starts, ends);
  });
}

function cutBytes(
  { offsets }: BytesColumn,
  position: number,
  length: number,
  starts: Int32Array,
  ends: Int32Array,
): void {
  for (let i = 0; i < starts.length; i++) {
    const from = offsets[i]!;
    const size = offsets[i + 1]! - from;
    const start = position > 0 ? position - 1 : position < 0 ? size + position : 0;
    const first = Math.min(size, Math.max(0, start));
    starts[i] = from + first;
    ends[i] = from + Math.max(first, Math.min(size, start + length));
  }
}

function cutCharacters(
  column: BytesColumn,
  position: number,
  length: number,
  starts: Int32Array,
  ends: Int32Array,
): void {
  const { bytes, offsets } = column;
  for (let i = 0; i < starts.length; i++) {
    const from = offsets[i]!;
    const to = offsets[i + 1]!;
    const start = position > 0 ? position - 1 : position < 0 ? countCharacters(bytes, from, to) + position : 0;
    const first = Math.max(0, start);
    starts[i] = skipCharacters(bytes, from, to, first);
    ends[i] = skipCharacters(bytes, starts[i]!, to, start + length - first);
  }
}
