import { BytesColumn } from '../../../columns/index.js';
import type { DataType } from '../../../schema/index.js';
import { encodeText } from '../../../text/index.js';
import { isPresent, presentIn } from '../../kernels/validity.js';
import { Constant, type Vector } from '../../vector.js';

/** Texts or binaries one after the other, straight from bytes to bytes, an argument at a time. */
export function joinColumns(type: DataType, args: readonly Vector[], n: number): BytesColumn | Constant {
  const valid = presentIn(args, n);
  if (valid === undefined) return new Constant(type, null);
  const parts = args.map((arg) => (arg instanceof Constant ? bytesOf(arg) : (arg as BytesColumn)));
  const offsets = new Int32Array(n + 1);
  for (const part of parts) {
    if (part instanceof BytesColumn) addLengths(part.offsets, offsets);
    else for (let i = 0; i < n; i++) offsets[i + 1]! += part.length;
  }
  let total = 0;
  for (let i = 1; i <= n; i++) offsets[i] = total += isPresent(valid, i - 1) ? offsets[i]! : 0;
  const bytes = new Uint8Array(total);
  // Where the next part of each row goes.
  const at = offsets.slice(0, n);
  for (const part of parts) {
    if (part instanceof BytesColumn) copyColumn(part, bytes, at, offsets);
    else copyConstant(part, bytes, at, offsets);
  }
  return new BytesColumn(type, offsets, bytes, valid);
}

const bytesOf = ({ value }: Constant): Uint8Array =>
  typeof value === 'string' ? encodeText(value) : (value as Uint8Array);

function addLengths(from: Int32Array, lengths: Int32Array): void {
  for (let i = 1; i < lengths.length; i++) lengths[i]! += from[i]! - from[i - 1]!;
}

/** Rows that are null have no room, and get nothing. */
function copyColumn({ bytes, offsets }: BytesColumn, to: Uint8Array, at: Int32Array, ends: Int32Array): void {
  for (let i = 0; i < at.length; i++) {
    let q = at[i]!;
    if (q === ends[i + 1]) continue;
    const end = offsets[i + 1]!;
    for (let p = offsets[i]!; p < end; p++) to[q++] = bytes[p]!;
    at[i] = q;
  }
}

function copyConstant(bytes: Uint8Array, to: Uint8Array, at: Int32Array, ends: Int32Array): void {
  for (let i = 0; i < at.length; i++) {
    let q = at[i]!;
    if (q === ends[i + 1]) continue;
    for (let p = 0; p < bytes.length; p++) to[q++] = bytes[p]!;
    at[i] = q;
  }
}
