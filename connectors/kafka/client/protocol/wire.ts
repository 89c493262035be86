/** What was read is not what the protocol says, or is cut off. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

const chunkBytes = 512;
const two32 = 0x1_0000_0000;

/**
 * Writes the primitives of Kafka's protocol. With `flexible`, lengths are varints and structures end with tagged fields,
 * of which none are written. Large byte strings are kept as they are, not copied: the result is a list of buffers.
 */
export class Writer {
  flexible = false;
  private readonly done: Buffer[] = [];
  private chunk = Buffer.allocUnsafe(chunkBytes);
  private start = 0;
  private at = 0;

  /** What was written. The first four bytes are to be set to the length by who began with them. */
  finish(): Buffer[] {
    this.seal();
    return this.done;
  }

  int8(value: number): this {
    const at = this.reserve(1);
    this.chunk.writeInt8(value, at);
    return this;
  }

  bool(value: boolean): this {
    return this.int8(value ? 1 : 0);
  }

  int16(value: number): this {
    const at = this.reserve(2);
    this.chunk.writeInt16BE(value, at);
    return this;
  }

  int32(value: number): this {
    const at = this.reserve(4);
    this.chunk.writeInt32BE(value, at);
    return this;
  }

  /** A whole number that is exact as a `number`, such as an offset or a time. */
  int64(value: number): this {
    const at = this.reserve(8);
    this.chunk.writeInt32BE(Math.floor(value / two32), at);
    this.chunk.writeUInt32BE(value - Math.floor(value / two32) * two32, at + 4);
    return this;
  }

  bigint64(value: bigint): this {
    const at = this.reserve(8);
    this.chunk.writeBigInt64BE(value, at);
    return this;
  }

  string(value: string): this {
    return this.textOf(value, Buffer.byteLength(value));
  }

  nullableString(value: string | null): this {
    if (value !== null) return this.string(value);
    return this.flexible ? this.varint(0) : this.int16(-1);
  }

  /** Keeps `value` itself if it is large: it must not change until it is sent. */
  bytes(value: Buffer): this {
    if (this.flexible) this.varint(value.length + 1);
    else this.int32(value.length);
    if (value.length <= chunkBytes / 2) {
      const at = this.reserve(value.length);
      value.copy(this.chunk, at);
      return this;
    }
    this.seal();
    this.done.push(value);
    return this;
  }

  array<T>(items: readonly T[], each: (item: T) => void): this {
    if (this.flexible) this.varint(items.length + 1);
    else this.int32(items.length);
    for (const item of items) each(item);
    return this;
  }

  nullArray(): this {
    return this.flexible ? this.varint(0) : this.int32(-1);
  }

  /** Sixteen bytes of zeros: no topic id. */
  noUuid(): this {
    const at = this.reserve(16);
    this.chunk.fill(0, at, at + 16);
    return this;
  }

  /** The end of a structure. */
  tags(): this {
    return this.flexible ? this.varint(0) : this;
  }

  private textOf(value: string, length: number): this {
    if (this.flexible) this.varint(length + 1);
    else this.int16(length);
    const at = this.reserve(length);
    this.chunk.write(value, at, length);
    return this;
  }

  private varint(value: number): this {
    let rest = value;
    while (rest > 0x7f) {
      const at = this.reserve(1);
      this.chunk[at] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    const at = this.reserve(1);
    this.chunk[at] = rest;
    return this;
  }

  /** Where to write the next `bytes`. */
  private reserve(bytes: number): number {
    if (this.at + bytes > this.chunk.length) {
      this.seal();
      this.chunk = Buffer.allocUnsafe(Math.max(chunkBytes * 8, bytes));
      this.start = this.at = 0;
    }
    const at = this.at;
    this.at += bytes;
    return at;
  }

  private seal(): void {
    if (this.at > this.start) this.done.push(this.chunk.subarray(this.start, this.at));
    this.start = this.at;
  }
}

/** Reads what `Writer` writes, from bytes that are not trusted. Throws `WireError`. */
export class Reader {
  flexible = false;
  private at = 0;

  constructor(private readonly source: Buffer) {}

  int8(): number {
    return this.source.readInt8(this.take(1));
  }

  bool(): boolean {
    return this.int8() !== 0;
  }

  int16(): number {
    return this.source.readInt16BE(this.take(2));
  }

  int32(): number {
    return this.source.readInt32BE(this.take(4));
  }

  int64(): number {
    const at = this.take(8);
    return this.source.readInt32BE(at) * two32 + this.source.readUInt32BE(at + 4);
  }

  bigint64(): bigint {
    return this.source.readBigInt64BE(this.take(8));
  }

  string(): string {
    return this.nullableString() ?? '';
  }

  nullableString(): string | null {
    const length = this.flexible ? this.varint() - 1 : this.int16();
    if (length < 0) return null;
    const at = this.take(length);
    return this.source.toString('utf8', at, at + length);
  }

  /** A view; empty for null. */
  bytes(): Buffer {
    const length = this.flexible ? this.varint() - 1 : this.int32();
    if (length <= 0) return this.source.subarray(0, 0);
    const at = this.take(length);
    return this.source.subarray(at, at + length);
  }

  /** Empty for null. */
  array<T>(each: () => T): T[] {
    const length = this.flexible ? this.varint() - 1 : this.int32();
    if (length > this.source.length - this.at) throw new WireError(`A list of ${length} entries is cut off.`);
    const out: T[] = [];
    for (let i = 0; i < length; i++) out.push(each());
    return out;
  }

  /** In hexadecimal digits; empty for that of zeros. */
  uuid(): string {
    const at = this.take(16);
    const text = this.source.toString('hex', at, at + 16);
    return /^0+$/.test(text) ? '' : text;
  }

  /** The end of a structure: what a newer broker adds is passed over. */
  tags(): void {
    if (!this.flexible) return;
    for (let left = this.varint(); left > 0; left--) {
      this.varint();
      this.take(this.varint());
    }
  }

  private varint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.source[this.take(1)]!;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new WireError('A length has too many bytes.');
  }

  private take(bytes: number): number {
    const at = this.at;
    if (bytes < 0 || at + bytes > this.source.length) throw new WireError(`${bytes} bytes at ${at} are cut off.`);
    this.at = at + bytes;
    return at;
  }
}

/** Entries as requests list them: by topic, in the order in which topics come. */
export function byTopic<T extends { readonly topic: string }>(entries: readonly T[]): [topic: string, entries: T[]][] {
  const out = new Map<string, T[]>();
  for (const entry of entries) {
    const list = out.get(entry.topic);
    if (list === undefined) out.set(entry.topic, [entry]);
    else list.push(entry);
  }
  return [...out];
}
