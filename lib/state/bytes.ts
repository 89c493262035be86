import { decodeText, encodeText } from '../text/index.js';

interface Latin1 {
  readonly latin1Slice: (this: Uint8Array, from: number, to: number) => string;
  readonly latin1Write: (this: Uint8Array, text: string, at: number, length: number) => number;
}
// What `toString('latin1')` and `write(text, 'latin1')` come to: without looking up the encoding for each short text.
const { latin1Slice, latin1Write } = Buffer.prototype as unknown as Latin1;

/** Bytes that grow at their end. Numbers are little-endian. */
export class ByteWriter {
  length = 0;
  private buffer: Buffer;
  private view: DataView;

  constructor(capacity = 1024) {
    this.buffer = Buffer.allocUnsafeSlow(capacity);
    this.view = viewOf(this.buffer);
  }

  /** Makes room for `count` more bytes and gives where they begin. */
  reserve(count: number): number {
    const at = this.length;
    this.length = at + count;
    if (this.length > this.buffer.length) this.grow();
    return at;
  }

  private grow(): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(this.length, this.buffer.length * 2));
    larger.set(this.buffer);
    this.buffer = larger;
    this.view = viewOf(larger);
  }

  byte(value: number): void {
    const at = this.reserve(1);
    this.buffer[at] = value;
  }

  int16(value: number): void {
    const at = this.reserve(2);
    this.view.setInt16(at, value, true);
  }

  int32(value: number): void {
    const at = this.reserve(4);
    this.view.setInt32(at, value, true);
  }

  int64(value: bigint): void {
    const at = this.reserve(8);
    this.view.setBigInt64(at, value, true);
  }

  float32(value: number): void {
    const at = this.reserve(4);
    this.view.setFloat32(at, value, true);
  }

  float64(value: number): void {
    const at = this.reserve(8);
    this.view.setFloat64(at, value, true);
  }

  /** A whole number of at least 0, in as few bytes as it needs: seven bits a byte. */
  size(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.byte((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.byte(rest);
  }

  bytes(source: Uint8Array, from = 0, to = source.length): void {
    const count = to - from;
    const at = this.reserve(count);
    const { buffer } = this;
    if (count <= 32) for (let i = 0; i < count; i++) buffer[at + i] = source[from + i]!;
    else buffer.set(source.subarray(from, to), at);
  }

  /** Characters of one byte each. */
  latin1(text: string): void {
    const at = this.reserve(text.length);
    latin1Write.call(this.buffer, text, at, text.length);
  }

  setBit(at: number, bit: number): void {
    this.buffer[at + (bit >> 3)]! |= 1 << (bit & 7);
  }

  zeros(count: number): number {
    const at = this.reserve(count);
    for (let i = at; i < this.length; i++) this.buffer[i] = 0;
    return at;
  }

  setInt32(at: number, value: number): void {
    this.view.setInt32(at, value, true);
  }

  text(value: string): void {
    const bytes = encodeText(value);
    this.size(bytes.length);
    this.bytes(bytes);
  }

  /** What was written from `from` to `to` as a text of one character a byte, which shares no memory. */
  latin1Slice(from: number, to: number): string {
    return latin1Slice.call(this.buffer, from, to);
  }

  /** What was written, sharing memory: until the next write. */
  written(from = 0, to = this.length): Buffer {
    return this.buffer.subarray(from, to);
  }

  clear(): void {
    this.length = 0;
  }
}

/** Reads what a `ByteWriter` wrote. Throws a RangeError where the bytes end too soon. */
export class ByteReader {
  private readonly view: DataView;

  constructor(
    readonly buffer: Buffer,
    public at = 0,
    public end = buffer.length,
  ) {
    this.view = viewOf(buffer);
  }

  /** Begins anew with the bytes of a text of one byte a character, which the buffer has room for. */
  load(text: string): void {
    this.at = 0;
    this.end = latin1Write.call(this.buffer, text, 0, text.length);
  }

  private take(count: number): number {
    const at = this.at;
    this.at = at + count;
    if (this.at > this.end) throw new RangeError('the bytes end too soon');
    return at;
  }

  byte(): number {
    return this.buffer[this.take(1)]!;
  }

  int16(): number {
    return this.view.getInt16(this.take(2), true);
  }

  int32(): number {
    return this.view.getInt32(this.take(4), true);
  }

  int64(): bigint {
    return this.view.getBigInt64(this.take(8), true);
  }

  float32(): number {
    return this.view.getFloat32(this.take(4), true);
  }

  float64(): number {
    return this.view.getFloat64(this.take(8), true);
  }

  size(): number {
    let value = 0;
    for (let unit = 1; ; unit *= 0x80) {
      const byte = this.byte();
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return value;
    }
  }

  /** A copy. */
  bytes(count: number): Uint8Array {
    const at = this.take(count);
    const copy = new Uint8Array(count);
    copy.set(this.buffer.subarray(at, at + count));
    return copy;
  }

  /** Where `count` bytes begin, which are passed over. */
  skip(count: number): number {
    return this.take(count);
  }

  latin1(count: number): string {
    const at = this.take(count);
    return latin1Slice.call(this.buffer, at, at + count);
  }

  text(): string {
    const count = this.size();
    const at = this.take(count);
    return decodeText(this.buffer, at, at + count);
  }
}

const viewOf = (buffer: Uint8Array): DataView => new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
