import type { BooleanColumn, BytesColumn, DecimalColumn } from '../../../lib/columns/index.js';
import {
  type Column,
  FixedColumn,
  ListColumn,
  MapColumn,
  PlainColumn,
  StructColumn,
  type Table,
  getBit,
} from '../../../lib/columns/index.js';
import { SluiceError } from '../../../lib/errors/index.js';
import {
  type DataType,
  type IntervalKind,
  type StructType,
  formatType,
  isInterval,
} from '../../../lib/schema/index.js';
import type { RecordEncoder } from '../format.js';
import {
  halvesOf,
  writeDate,
  writeDecimal,
  writeDouble,
  writeFloat,
  writeInteger,
  writeLong,
  writeTimestamp,
} from '../../../lib/formats/scan/format.js';
import { Output } from '../../../lib/formats/scan/output.js';
import type { JsonWriteOptions } from '../../../lib/formats/json/options.js';

/**
 * Encodes rows as lines of JSON, as Spark writes them: fields in the order of the schema, missing ones left out (missing
 * elements of arrays and maps are `null`), doubles as Java prints them, NaN and infinities in quotes, timestamps in
 * milliseconds and UTC, binary as base64. Columns of no declared type are written as `JSON.stringify` does.
 */
export function jsonEncoder(options: JsonWriteOptions): RecordEncoder {
  return new JsonEncoder(options);
}

/** A column and how its values begin: with the name, where they are fields. */
interface Source {
  readonly kind: Exclude<DataType['kind'], IntervalKind>;
  readonly column: Column;
  /** `"name":`, or empty. */
  readonly name: Uint8Array;
  /** The 32-bit halves of 64-bit integers, which need no bigint that way. */
  readonly halves: Int32Array | null;
  /** The fields of a struct; the elements of an array; the keys and values of a map. */
  readonly children: readonly Source[];
}

// What a byte within a string is written as: itself, a backslash and a letter, or an escape of four digits.
const AS_IS = 0;
const FOUR_DIGITS = 1;
const letters: Readonly<Record<number, string>> = { 8: 'b', 9: 't', 10: 'n', 12: 'f', 13: 'r', 34: '"', 92: '\\' };
const escapes = Uint8Array.from({ length: 256 }, (_, b) => letters[b]?.charCodeAt(0) ?? (b < 32 ? FOUR_DIGITS : AS_IS));
const hexDigits = Buffer.from('0123456789ABCDEF');

const NO_NAME = new Uint8Array(0);

class JsonEncoder implements RecordEncoder {
  private readonly out = new Output();
  private readonly ignoreNullFields: boolean;
  private readonly lineSep: Buffer;

  constructor(options: JsonWriteOptions) {
    this.ignoreNullFields = options.ignoreNullFields;
    this.lineSep = Buffer.from(options.lineSep);
  }

  start(): Uint8Array {
    return NO_NAME;
  }

  encode(table: Table): Uint8Array {
    const { out, lineSep } = this;
    out.length = 0;
    const sources = this.fields(table.schema, table.columns);
    for (let i = 0; i < table.numRows; i++) {
      this.object(sources, i);
      out.copy(lineSep, 0, lineSep.length);
    }
    return out.take();
  }

  private fields(type: StructType, columns: readonly Column[]): Source[] {
    return columns.map((column, i) => {
      this.out.length = 0;
      const name = Buffer.from(type.fields[i]!.name);
      this.string(name, 0, name.length);
      this.out.byte(58);
      return this.source(column, this.out.take());
    });
  }

  private source(column: Column, name: Uint8Array): Source {
    const { type } = column;
    const { kind } = type;
    if (isInterval(kind)) {
      const message = `JSON has no way to write a ${formatType(type)}. Make it a STRING or a BIGINT first.`;
      throw new SluiceError('INVALID_SCHEMA', message, { details: { type: formatType(type) } });
    }
    let children: Source[] = [];
    if (column instanceof StructColumn) children = this.fields(column.type as StructType, column.children);
    else if (column instanceof ListColumn) children = [this.source(column.child, NO_NAME)];
    else if (column instanceof MapColumn)
      children = [this.source(column.keys, NO_NAME), this.source(column.values, NO_NAME)];
    const values = column instanceof FixedColumn ? column.values : null;
    const halves = values instanceof BigInt64Array ? halvesOf(values) : null;
    return { kind, column, name, halves, children };
  }

  private object(sources: readonly Source[], row: number): void {
    const { out } = this;
    out.byte(123);
    const start = out.length;
    for (let c = 0; c < sources.length; c++) {
      const source = sources[c]!;
      const valid = isValid(source.column, row);
      if (!valid && this.ignoreNullFields) continue;
      if (out.length > start) out.byte(44);
      out.copy(source.name, 0, source.name.length);
      if (valid) this.value(source, row);
      else out.ascii('null');
    }
    out.byte(125);
  }

  /** Writes a value that is present. */
  private value(source: Source, row: number): void {
    const { out } = this;
    const { column } = source;
    switch (source.kind) {
      case 'string': {
        const { bytes, offsets } = column as BytesColumn;
        this.string(bytes, offsets[row]!, offsets[row + 1]!);
        return;
      }
      case 'long':
        writeLong(out, source.halves![2 * row]!, source.halves![2 * row + 1]!);
        return;
      case 'int':
      case 'short':
      case 'byte':
        writeInteger(out, (column as FixedColumn).values[row] as number);
        return;
      case 'double':
        this.number((column as FixedColumn).values[row] as number, false);
        return;
      case 'float':
        this.number((column as FixedColumn).values[row] as number, true);
        return;
      case 'boolean':
        out.ascii(getBit((column as BooleanColumn).bits, row) ? 'true' : 'false');
        return;
      case 'timestamp':
      case 'timestamp_ntz':
        out.byte(34);
        writeTimestamp(out, source.halves![2 * row]!, source.halves![2 * row + 1]!, source.kind === 'timestamp');
        out.byte(34);
        return;
      case 'date':
        out.byte(34);
        writeDate(out, (column as FixedColumn).values[row] as number);
        out.byte(34);
        return;
      case 'decimal': {
        const decimals = column as DecimalColumn;
        writeDecimal(out, decimals.unscaled(row), decimals.type.scale, true);
        return;
      }
      case 'binary': {
        const { bytes, offsets } = column as BytesColumn;
        const from = offsets[row]!;
        out.byte(34);
        out.ascii(Buffer.from(bytes.buffer, bytes.byteOffset + from, offsets[row + 1]! - from).toString('base64'));
        out.byte(34);
        return;
      }
      case 'array':
        this.array(column as ListColumn, source.children[0]!, row);
        return;
      case 'map':
        this.map(column as MapColumn, source.children[0]!, source.children[1]!, row);
        return;
      case 'struct':
        this.object(source.children, row);
        return;
      case 'void':
      case 'any':
        this.plain((column as PlainColumn).values[row]);
        return;
    }
  }

  private number(value: number, float: boolean): void {
    const { out } = this;
    if (!Number.isFinite(value)) out.ascii(`"${value}"`);
    else if (float) writeFloat(out, value);
    else writeDouble(out, value);
  }

  private array(column: ListColumn, element: Source, row: number): void {
    const { out } = this;
    const from = column.offsets[row]!;
    const to = column.offsets[row + 1]!;
    out.byte(91);
    for (let i = from; i < to; i++) {
      if (i > from) out.byte(44);
      this.valueOrNull(element, i);
    }
    out.byte(93);
  }

  private map(column: MapColumn, key: Source, item: Source, row: number): void {
    const { out } = this;
    const from = column.offsets[row]!;
    const to = column.offsets[row + 1]!;
    out.byte(123);
    for (let i = from; i < to; i++) {
      if (i > from) out.byte(44);
      // Names are strings, whatever the keys are; those that come in quotes anyway need no more of them.
      const start = out.length;
      this.valueOrNull(key, i);
      if (out.bytes[start] !== 34) {
        const text = out.bytes.toString('utf8', start, out.length);
        out.length = start;
        out.utf8(JSON.stringify(text));
      }
      out.byte(58);
      this.valueOrNull(item, i);
    }
    out.byte(125);
  }

  private valueOrNull(source: Source, row: number): void {
    if (isValid(source.column, row)) this.value(source, row);
    else this.out.ascii('null');
  }

  /** A string in quotes; runs of bytes that need no escape are copied as they are. */
  private string(bytes: Uint8Array, from: number, to: number): void {
    const { out } = this;
    out.reserve(2 + (to - from > 1024 ? lengthEscaped(bytes, from, to) : 6 * (to - from)));
    const target = out.bytes;
    let at = out.length;
    target[at++] = 34;
    for (let i = from; i < to; i++) {
      const b = bytes[i]!;
      const escape = escapes[b]!;
      if (escape === AS_IS) {
        target[at++] = b;
        continue;
      }
      target[at++] = 92;
      if (escape !== FOUR_DIGITS) {
        target[at++] = escape;
        continue;
      }
      target[at++] = 117;
      target[at++] = 48;
      target[at++] = 48;
      target[at++] = hexDigits[b >> 4]!;
      target[at++] = hexDigits[b & 15]!;
    }
    target[at++] = 34;
    out.length = at;
  }

  private plain(value: unknown): void {
    // undefined comes back for what JSON has no text for, such as functions.
    const text = JSON.stringify(value, plainValue) as string | undefined;
    this.out.utf8(text ?? 'null');
  }
}

/** How long a string is with its escapes; six times the room for every one would be much for a long one. */
function lengthEscaped(bytes: Uint8Array, from: number, to: number): number {
  let length = to - from;
  for (let i = from; i < to; i++) if (escapes[bytes[i]!] !== AS_IS) length += 5;
  return length;
}

const isValid = (column: Column, row: number): boolean =>
  column instanceof PlainColumn
    ? column.isValid(row)
    : column.validity === null || (column.validity[row >> 3]! & (1 << (row & 7))) !== 0;

/** What `JSON.stringify` would refuse or write as something odd. */
function plainValue(this: unknown, _key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return BigInt.asIntN(53, value) === value ? Number(value) : String(value);
  if (value instanceof Map) return Object.fromEntries(value as Map<string, unknown>);
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return value;
}
