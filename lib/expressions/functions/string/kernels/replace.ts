import { BytesColumn } from '../../../../columns/index.js';
import { encodeText, indexOfBytes, isValidText, settled } from '../../../../text/index.js';
import type { Binding, VectorFunction } from '../../define.js';
import { copyBytes, overBytes } from './texts.js';

/** Where what is sought and what is put in are constant. */
export function replaceVector(binding: Binding): VectorFunction | undefined {
  const search = binding.constant(1);
  const replacement = binding.types.length < 3 ? '' : binding.constant(2);
  if (typeof search !== 'string' || typeof replacement !== 'string' || search === '') return undefined;
  // Half a character could be found inside others.
  if (!isValidText(search)) return undefined;
  const [sought, put] = [encodeText(search), encodeText(replacement)];
  const scalar = (value: string) => settled(value.split(search).join(replacement));
  return overBytes(0, binding.type, scalar, (column) => replaced(column, sought, put));
}

function replaced(column: BytesColumn, sought: Uint8Array, put: Uint8Array): BytesColumn {
  const { bytes, offsets, length } = column;
  const places: number[] = [];
  const counts = new Int32Array(length + 1);
  for (let i = 0; i < length; i++) {
    const to = offsets[i + 1]!;
    for (let p = indexOfBytes(bytes, offsets[i]!, to, sought); p >= 0;) {
      places.push(p);
      p = indexOfBytes(bytes, p + sought.length, to, sought);
    }
    counts[i + 1] = places.length;
  }
  if (places.length === 0) return column;
  const first = offsets[0]!;
  const grown = put.length - sought.length;
  const out = new Uint8Array(offsets[length]! - first + places.length * grown);
  let [from, at] = [first, 0];
  for (const place of places) {
    copyBytes(out, at, bytes, from, place);
    at += place - from;
    copyBytes(out, at, put, 0, put.length);
    at += put.length;
    from = place + sought.length;
  }
  copyBytes(out, at, bytes, from, offsets[length]!);
  const shifted = offsets.map((offset, i) => offset - first + counts[i]! * grown);
  return new BytesColumn(column.type, shifted, out, column);
}
