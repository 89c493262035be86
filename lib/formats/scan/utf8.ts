import { isUtf8 } from 'node:buffer';
import type { BytesColumn } from '../../columns/index.js';
import { BytesWriter } from './writers.js';

/** Finds out, piece by piece and looking at each byte once, whether what is decoded is valid UTF-8. */
export class Utf8Check {
  /** How many of the bytes that come next were looked at already, and whether they were valid. */
  private checked = 0;
  private valid = true;

  /** Whether `bytes` are valid, but for a character that may be cut off at their end. */
  check(bytes: Uint8Array, last: boolean): boolean {
    const end = last ? bytes.length : Math.max(this.checked, endOfCharacters(bytes));
    this.valid &&= isUtf8(bytes.subarray(this.checked, end));
    this.checked = end;
    return this.valid;
  }

  /** The first `count` bytes will not come again. */
  consumed(count: number): void {
    this.checked = Math.max(0, this.checked - count);
    if (this.valid || count === 0) return;
    // What is left may be valid: it is looked at once more.
    this.checked = 0;
    this.valid = true;
  }
}

/** Where the last character that is whole ends. */
function endOfCharacters(bytes: Uint8Array): number {
  const end = bytes.length;
  for (let p = end - 1; p >= 0 && p >= end - 3; p--) {
    const c = bytes[p]!;
    if (c < 0x80) return end;
    if (c >= 0xc0) return p + (c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2) > end ? p : end;
  }
  return end;
}

const MARK = [0xef, 0xbb, 0xbf];

/** How long the byte order mark is that a file begins with: 0 or 3; -1 if only more bytes can tell. */
export function markLength(bytes: Uint8Array, last: boolean): number {
  let length = 0;
  while (length < MARK.length && bytes[length] === MARK[length]) length++;
  if (length === MARK.length) return length;
  return length === bytes.length && !last ? -1 : 0;
}

/** A column of text without bytes that are not UTF-8: each becomes U+FFFD. The column itself if it has none. */
export function repairedText(column: BytesColumn): BytesColumn {
  const { bytes, offsets, length } = column;
  if (isUtf8(bytes.subarray(offsets[0], offsets[length]))) return column;
  const writer = new BytesWriter(column.type);
  for (let i = 0; i < length; i++) writer.appendRepaired(bytes, offsets[i]!, offsets[i + 1]!);
  return writer.finish();
}
