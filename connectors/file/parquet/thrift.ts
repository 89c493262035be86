/** Types of values as the compact protocol numbers them. */
export const wire = {
  true: 1,
  false: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  map: 11,
  struct: 12,
} as const;

/** Structures within structures, as deep as no footer goes. */
const maxDepth = 64;

/** The bytes are not what they should be. */
export class ThriftError extends Error {}

/**
 * Reads Thrift's compact protocol, in which Parquet's footers are written. Every step takes a byte or throws, whatever
 * the bytes are; nothing is allocated for what they only claim to hold.
 */
export class ThriftReader {
  constructor(
    private readonly bytes: Uint8Array,
    public at = 0,
  ) {}

  /** The fields of a structure. What `read` returns false for, without having read anything, is skipped. */
  struct(read: (id: number, type: number) => boolean): void {
    let id = 0;
    for (;;) {
      const head = this.byte();
      const type = head & 15;
      if (type === 0) return;
      id = head >> 4 === 0 ? this.integer() : id + (head >> 4);
      if (!read(id, type)) this.skip(type);
    }
  }

  /** The elements of a list: `read` is called for each and returns as `struct` does. */
  list(read: (type: number, index: number) => boolean): void {
    const { type, size } = this.listHead();
    for (let i = 0; i < size; i++) if (!read(type, i)) this.skipElement(type, 0);
  }

  /** A signed number of up to 64 bits, exact to 53. Also an enumeration. */
  integer(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  binary(): Uint8Array {
    const size = this.size();
    const from = this.at;
    this.at += size;
    return this.bytes.subarray(from, this.at);
  }

  text(): string {
    return Buffer.from(this.binary()).toString();
  }

  byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new ThriftError('It ends too soon.');
    return byte;
  }

  skip(type: number, depth = 0): void {
    if (depth > maxDepth) throw new ThriftError('It is nested too deep.');
    switch (type) {
      case wire.true:
      case wire.false:
        return;
      case wire.byte:
        this.byte();
        return;
      case wire.i16:
      case wire.i32:
      case wire.i64:
        this.varint();
        return;
      case wire.double:
        return this.advance(8);
      case wire.binary:
        return this.advance(this.size());
      case wire.list:
      case wire.set: {
        const { type: element, size } = this.listHead();
        for (let i = 0; i < size; i++) this.skipElement(element, depth + 1);
        return;
      }
      case wire.map: {
        const size = this.size();
        const types = size === 0 ? 0 : this.byte();
        for (let i = 0; i < size; i++) {
          this.skipElement(types >> 4, depth + 1);
          this.skipElement(types & 15, depth + 1);
        }
        return;
      }
      case wire.struct:
        for (;;) {
          const head = this.byte();
          if ((head & 15) === 0) return;
          if (head >> 4 === 0) this.varint();
          this.skip(head & 15, depth + 1);
        }
      default:
        throw new ThriftError(`There is no type ${type}.`);
    }
  }

  /** Outside structures booleans take a byte. */
  private skipElement(type: number, depth: number): void {
    if (type === wire.true || type === wire.false) this.byte();
    else this.skip(type, depth);
  }

  private listHead(): { readonly type: number; readonly size: number } {
    const head = this.byte();
    const size = head >> 4 === 15 ? this.size() : head >> 4;
    return { type: head & 15, size };
  }

  /** Of something of which every element takes a byte at least. */
  private size(): number {
    const size = this.varint();
    if (size > this.bytes.length - this.at) throw new ThriftError('It says to be longer than it is.');
    return size;
  }

  private advance(count: number): void {
    if (count > this.bytes.length - this.at) throw new ThriftError('It ends too soon.');
    this.at += count;
  }

  /** Seven bits a byte. Not in bigints: V8 in Node 20 dies of optimising the loop with them. */
  private varint(): number {
    let value = 0;
    for (let factor = 1; factor < 2 ** 70; factor *= 128) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
    throw new ThriftError('A number is longer than 64 bits.');
  }
}
