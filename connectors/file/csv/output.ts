const FIRST_CAPACITY = 1 << 16;

/** A growing text in UTF-8. */
export class TextOutput {
  bytes = new Uint8Array(FIRST_CAPACITY);
  length = 0;

  /** Makes room for `count` bytes more. */
  reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const bytes = new Uint8Array(Math.max(this.length + count, 2 * this.bytes.length));
    bytes.set(this.bytes.subarray(0, this.length));
    this.bytes = bytes;
  }

  byte(code: number): void {
    if (this.length === this.bytes.length) this.reserve(1);
    this.bytes[this.length++] = code;
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    const { length } = this;
    for (let i = 0; i < bytes.length; i++) this.bytes[length + i] = bytes[i]!;
    this.length = length + bytes.length;
  }

  ascii(text: string): void {
    this.reserve(text.length);
    for (let i = 0; i < text.length; i++) this.bytes[this.length++] = text.charCodeAt(i);
  }

  /** A whole number of less than 2^31, with leading zeros up to `width` digits. */
  digits(value: number, width: number): void {
    this.reserve(width);
    for (let i = this.length + width - 1; i >= this.length; i--) {
      const tens = (value / 10) | 0;
      this.bytes[i] = 48 + value - 10 * tens;
      value = tens;
    }
    this.length += width;
  }

  /** A whole number within ±2^53. */
  integer(value: number): void {
    if (value < 0) {
      this.byte(45);
      value = -value;
    }
    if (value >= 1e9) {
      const head = Math.floor(value / 1e9);
      this.integer(head);
      this.digits(value - head * 1e9, 9);
      return;
    }
    let width = 1;
    for (let limit = 10; value >= limit; limit *= 10) width++;
    this.digits(value, width);
  }

  /** The text so far, and starts anew. */
  take(): Uint8Array {
    const { bytes, length } = this;
    // The buffer goes with the text; the next is likely to be as long.
    this.bytes = new Uint8Array(Math.max(FIRST_CAPACITY, length + (length >> 4)));
    this.length = 0;
    return bytes.subarray(0, length);
  }
}
