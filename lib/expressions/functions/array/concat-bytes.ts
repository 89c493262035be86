import { BytesColumn } from '../../../columns/index.js';
import type { DataType } from '../../../schema/index.js';
import { encodeText } from '../../../text/index.js';
import { isPresent, presentIn } from '../../kernels/validity.js';
import type { Value } from '../../values.js';
import { Constant, type Vector } from '../../vector.js';

/** The bytes of one argument: of every row, or one for all rows (`offsets` is null). */
interface Part {
  readonly bytes: Uint8Array;
  readonly offsets: Int32Array | null;
}

/** Texts or binaries one after the other, straight from bytes to bytes. */
export function joinColumns(type: DataType, args: readonly Vector[], n: number): BytesColumn | Constant {
  const valid = presentIn(args, n);
  if (valid === undefined) return new Constant(type, null);
  const parts = args.map(partOf);
  const offsets = new Int32Array(n + 1);
  let total = 0;
  for (let i = 0; i < n; i++) {
    if (isPresent(valid, i)) {
      for (const part of parts) total += lengthOf(part, i);
    }
    offsets[i + 1] = total;
  }
  const bytes = new Uint8Array(total);
  let at = 0;
  for (let i = 0; i < n; i++) {
    if (!isPresent(valid, i)) continue;
    for (const part of parts) {
      const from = part.offsets === null ? 0 : part.offsets[i]!;
      const to = from + lengthOf(part, i);
      for (let p = from; p < to; p++) bytes[at++] = part.bytes[p]!;
    }
  }
  return new BytesColumn(type, offsets, bytes, valid);
}

const lengthOf = ({ bytes, offsets }: Part, i: number): number =>
  offsets === null ? bytes.length : offsets[i + 1]! - offsets[i]!;

function partOf(arg: Vector): Part {
  if (arg instanceof BytesColumn) return arg;
  const value: Value = (arg as Constant).value;
  return { bytes: typeof value === 'string' ? encodeText(value) : (value as Uint8Array), offsets: null };
}
