import { SluiceError, didYouMean } from '../errors/index.js';
import { type DataType, type Schema, anyType, field, structOf } from '../schema/types.js';
import { bitmapBytes, copyBits } from './bits.js';
import { columnFrom, fieldsFrom } from './builder.js';
import {
  BooleanColumn,
  BytesColumn,
  type Column,
  DecimalColumn,
  FixedColumn,
  ListColumn,
  MapColumn,
  PlainColumn,
  StructColumn,
  type Validity,
  setOwn,
  validityOf,
} from './column.js';

/** Columns of equal length under a schema: what a micro-batch carries. Immutable. */
export class Table {
  constructor(
    readonly schema: Schema,
    readonly columns: readonly Column[],
    readonly numRows: number,
  ) {}

  /**
   * From objects. Without a schema every property of the first rows becomes a column of plain values; with one,
   * values are stored in its types, and TYPE_MISMATCH says what does not fit.
   */
  static fromRows(rows: readonly unknown[], schema?: Schema): Table {
    if (schema !== undefined) return new Table(schema, fieldsFrom(schema, rows), rows.length);
    const names = new Set<string>();
    for (const row of rows) for (const name of Object.keys(row as object)) names.add(name);
    const inferred = structOf([...names].map((name) => field(name, anyType())));
    return new Table(inferred, fieldsFrom(inferred, rows), rows.length);
  }

  static empty(schema: Schema): Table {
    return new Table(
      schema,
      schema.fields.map((f) => columnFrom(f.type, [])),
      0,
    );
  }

  /** One table of several with the same schema, one after the other. */
  static concat(tables: readonly Table[]): Table {
    const [first] = tables;
    if (first === undefined) throw new RangeError('concat needs a table');
    if (tables.length === 1) return first;
    const numRows = tables.reduce((sum, t) => sum + t.numRows, 0);
    return new Table(
      first.schema,
      first.columns.map((_, c) => concatColumns(tables.map((t) => t.columns[c]!))),
      numRows,
    );
  }

  /** The column of that name. Throws UNKNOWN_COLUMN, with the nearest name. */
  column(name: string): Column {
    return this.columns[this.indexOf(name)]!;
  }

  indexOf(name: string): number {
    const i = this.schema.fields.findIndex((f) => f.name === name);
    if (i >= 0) return i;
    throw unknownColumn(name, this.schema);
  }

  /** These columns, in this order. Shares their memory. */
  select(names: readonly string[]): Table {
    const at = names.map((name) => this.indexOf(name));
    return new Table(
      structOf(at.map((i) => this.schema.fields[i]!)),
      at.map((i) => this.columns[i]!),
      this.numRows,
    );
  }

  /** The same table with another column of that name, and of its type. */
  with(name: string, column: Column): Table {
    const at = this.indexOf(name);
    return new Table(this.schema, this.columns.with(at, column), this.numRows);
  }

  slice(from: number, to: number): Table {
    return new Table(
      this.schema,
      this.columns.map((c) => c.slice(from, to)),
      to - from,
    );
  }

  gather(selection: Int32Array): Table {
    return new Table(
      this.schema,
      this.columns.map((c) => c.gather(selection)),
      selection.length,
    );
  }

  /** The rows as objects, made now. */
  toRows(): Record<string, unknown>[] {
    const names = this.schema.fields.map((f) => f.name);
    const rows = new Array<Record<string, unknown>>(this.numRows);
    for (let i = 0; i < this.numRows; i++) {
      const row: Record<string, unknown> = {};
      for (let c = 0; c < names.length; c++) setOwn(row, names[c]!, this.columns[c]!.get(i));
      rows[i] = row;
    }
    return rows;
  }

  /** Bytes held by the columns. */
  get byteLength(): number {
    return this.columns.reduce((sum, c) => sum + c.byteLength, 0);
  }
}

export function unknownColumn(name: string, schema: Schema): SluiceError {
  const names = schema.fields.map((f) => f.name);
  const message = `There is no column '${name}'.${didYouMean(name, names)}`;
  return new SluiceError('UNKNOWN_COLUMN', message, { details: { column: name, columns: names } });
}

function concatColumns(parts: readonly Column[]): Column {
  const type: DataType = parts[0]!.type;
  const length = parts.reduce((sum, p) => sum + p.length, 0);
  const valid = concatValidity(parts, length);
  const all = <C>(kind: abstract new (...args: never[]) => C): readonly C[] | undefined =>
    parts.every((p) => p instanceof kind) ? (parts as unknown as readonly C[]) : undefined;

  const fixed = all(FixedColumn);
  if (fixed !== undefined) {
    const Values = fixed[0]!.values.constructor as new (length: number) => Float64Array;
    const values = new Values(length);
    let at = 0;
    for (const p of fixed) {
      values.set(p.values as Float64Array, at);
      at += p.length;
    }
    return new FixedColumn(type, values, valid);
  }
  const booleans = all(BooleanColumn);
  if (booleans !== undefined) {
    const bits = new Uint8Array(bitmapBytes(length));
    let at = 0;
    for (const p of booleans) {
      copyBits(bits, at, p.bits, p.length);
      at += p.length;
    }
    return new BooleanColumn(type, length, bits, valid);
  }
  const bytes = all(BytesColumn);
  if (bytes !== undefined) {
    const { offsets, ranges } = concatOffsets(bytes, length);
    const data = new Uint8Array(offsets[length]!);
    let at = 0;
    bytes.forEach((p, k) => {
      const [from, to] = ranges[k]!;
      data.set(p.bytes.subarray(from, to), at);
      at += to - from;
    });
    return new BytesColumn(type, offsets, data, valid);
  }
  const decimals = all(DecimalColumn);
  if (decimals !== undefined) {
    const words = new BigInt64Array(length * 2);
    let at = 0;
    for (const p of decimals) {
      words.set(p.words, at);
      at += p.words.length;
    }
    return new DecimalColumn(decimals[0]!.type, words, valid);
  }
  const lists = all(ListColumn);
  if (lists !== undefined) {
    const { offsets, ranges } = concatOffsets(lists, length);
    return new ListColumn(type, offsets, concatColumns(lists.map((p, k) => p.child.slice(...ranges[k]!))), valid);
  }
  const maps = all(MapColumn);
  if (maps !== undefined) {
    const { offsets, ranges } = concatOffsets(maps, length);
    const keys = concatColumns(maps.map((p, k) => p.keys.slice(...ranges[k]!)));
    return new MapColumn(type, offsets, keys, concatColumns(maps.map((p, k) => p.values.slice(...ranges[k]!))), valid);
  }
  const structs = all(StructColumn);
  if (structs !== undefined) {
    const children = structs[0]!.children.map((_, c) => concatColumns(structs.map((p) => p.children[c]!)));
    return new StructColumn(type, length, children, valid);
  }
  const values: unknown[] = [];
  for (const p of parts) for (let i = 0; i < p.length; i++) values.push(p.get(i));
  return new PlainColumn(type, values);
}

function concatValidity(parts: readonly Column[], length: number): Validity {
  if (parts.every((p) => p.validity === null)) return { validity: null, nullCount: 0 };
  const bits = new Uint8Array(bitmapBytes(length));
  let at = 0;
  for (const p of parts) {
    copyBits(bits, at, p.validity, p.length);
    at += p.length;
  }
  return validityOf(bits, length);
}

function concatOffsets(
  parts: readonly { readonly offsets: Int32Array; readonly length: number }[],
  length: number,
): { offsets: Int32Array; ranges: [number, number][] } {
  const offsets = new Int32Array(length + 1);
  const ranges: [number, number][] = [];
  let at = 0;
  let base = 0;
  for (const p of parts) {
    const from = p.offsets[0]!;
    for (let i = 0; i < p.length; i++) offsets[at + i + 1] = base + p.offsets[i + 1]! - from;
    at += p.length;
    base += p.offsets[p.length]! - from;
    ranges.push([from, p.offsets[p.length]!]);
  }
  return { offsets, ranges };
}
