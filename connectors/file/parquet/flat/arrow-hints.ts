import { expect } from './unusual.js';

/** What an Arrow schema says of a column: its type by a short name, and its comment. */
export interface ArrowHint {
  readonly name: string;
  readonly type: string;
  readonly comment: string | undefined;
}

/** Numbers of types in Arrow's schema format. */
const simple: Readonly<Record<number, string>> = { 4: 'binary', 5: 'utf8', 6: 'bool', 19: 'binary', 20: 'utf8' };
const units = ['s', 'ms', 'us', 'ns'];

/**
 * The columns of an Arrow schema in the message that Parquet writers leave. Its few tables are read by hand: loading
 * apache-arrow takes longer than reading a file. Throws Unusual for columns of other types than flat ones have, and
 * RangeError where it is damaged.
 */
export function arrowHints(base64: string): readonly ArrowHint[] {
  const bytes = Buffer.from(base64, 'base64');
  expect(bytes.readInt32LE(0) === -1, 'an old message');
  const message = Flatbuffer.root(bytes.subarray(8));
  const schema = message.table(2);
  expect(message.byte(1, 0) === 1 && schema !== undefined, 'a message that is no schema');
  return schema.tables(1).map(hintOf);
}

function hintOf(field: Flatbuffer): ArrowHint {
  const type = field.table(3);
  expect(type !== undefined && !field.has(4), 'a dictionary');
  const comment = field.tables(6).find((entry) => entry.text(0) === 'comment');
  return { name: field.text(0) ?? '', type: typeName(field.byte(2, 0), type), comment: comment?.text(1) };
}

function typeName(id: number, type: Flatbuffer): string {
  if (id === 2) return `${type.byte(1, 0) === 1 ? 'int' : 'uint'}${type.int(0, 0)}`;
  if (id === 3) return `float${16 << type.byte(0, 0)}`;
  if (id === 7) return `decimal(${type.int(0, 0)},${type.int(1, 0)})`;
  if (id === 8) return type.byte(0, 1) === 0 ? 'date' : 'date64';
  if (id === 10) return `timestamp_${units[type.byte(0, 0)]}${(type.text(1) ?? '') === '' ? '' : '_utc'}`;
  return simple[id] ?? `type ${id}`;
}

/** A table in a flatbuffer. Reading past the end throws RangeError. */
class Flatbuffer {
  private constructor(
    private readonly bytes: Buffer,
    private readonly at: number,
  ) {}

  static root(bytes: Buffer): Flatbuffer {
    return new Flatbuffer(bytes, bytes.readUInt32LE(0));
  }

  has(field: number): boolean {
    return this.place(field) !== undefined;
  }

  byte(field: number, otherwise: number): number {
    const at = this.place(field);
    return at === undefined ? otherwise : this.bytes.readUInt8(at);
  }

  int(field: number, otherwise: number): number {
    const at = this.place(field);
    return at === undefined ? otherwise : this.bytes.readInt32LE(at);
  }

  text(field: number): string | undefined {
    const at = this.target(field);
    if (at === undefined) return undefined;
    const length = this.bytes.readUInt32LE(at);
    expect(at + 4 + length <= this.bytes.length, 'a text that is cut short');
    return this.bytes.toString('utf8', at + 4, at + 4 + length);
  }

  table(field: number): Flatbuffer | undefined {
    const at = this.target(field);
    return at === undefined ? undefined : new Flatbuffer(this.bytes, at);
  }

  tables(field: number): readonly Flatbuffer[] {
    const at = this.target(field);
    if (at === undefined) return [];
    const found: Flatbuffer[] = [];
    const count = this.bytes.readUInt32LE(at);
    for (let place = at + 4; place < at + 4 + 4 * count; place += 4) {
      found.push(new Flatbuffer(this.bytes, place + this.bytes.readUInt32LE(place)));
    }
    return found;
  }

  private target(field: number): number | undefined {
    const at = this.place(field);
    return at === undefined ? undefined : at + this.bytes.readUInt32LE(at);
  }

  private place(field: number): number | undefined {
    const { bytes, at } = this;
    const places = at - bytes.readInt32LE(at);
    const entry = 4 + 2 * field;
    if (entry >= bytes.readUInt16LE(places)) return undefined;
    const offset = bytes.readUInt16LE(places + entry);
    return offset === 0 ? undefined : at + offset;
  }
}
