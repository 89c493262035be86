import { isUtf8 } from 'node:buffer';

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
  consumed(bytes: Uint8Array, count: number): void {
    const end = this.checked;
    this.checked = Math.max(0, end - count);
    if (!this.valid && count > 0) this.valid = isUtf8(bytes.subarray(Math.min(count, end), end));
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
