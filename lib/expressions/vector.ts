import { Buffer, isAscii } from 'node:buffer';
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
  allValid,
  bitmapBytes,
  fixedArrays,
  setBit,
  validityOf,
} from '../columns/index.js';
import type { DataType } from '../schema/index.js';
import { byteLengthOf, decodeText, encodeText } from '../text/index.js';
import type { Value } from './values.js';

/** One value for every row. */
export class Constant {
  constructor(
    readonly type: DataType,
    readonly value: Value,
  ) {}
}

/** A lambda as argument of a vector function. */
export class VectorLambda {
  constructor(
    readonly type: DataType,
    /**
     * Its result for `columns[0].length` elements, of which element `e` belongs to row `parents[e]`: the columns are
     * its parameters, the row tells it what it uses from around it.
     */
    readonly apply: (columns: readonly Column[], parents: Int32Array) => Column,
    /** Its result for one element of row `row`. */
    readonly call: (row: number, values: readonly Value[]) => Value,
  ) {}
}

/** An argument of a function over columns. */
export type Vector = Column | Constant | VectorLambda;

/** A function that gives the value of row `i`. */
export type ValueReader = (i: number) => Value;

/** Reads a column as expressions see its values. */
export function readerOf(vector: Column | Constant): ValueReader {
  if (vector instanceof Constant) {
    const { value } = vector;
    return () => value;
  }
  if (vector instanceof PlainColumn) return (i) => (vector.values[i] ?? null) as Value;
  const read = presentReader(vector);
  return vector.nullCount === 0 ? read : (i) => (vector.isValid(i) ? read(i) : null);
}

function presentReader(column: Exclude<Column, PlainColumn>): ValueReader {
  if (column instanceof FixedColumn) {
    const { values } = column;
    return (i) => values[i]!;
  }
  if (column instanceof BytesColumn) {
    if (column.type.kind === 'string') return textReader(column);
    return (i) => column.bytes.subarray(column.offsets[i], column.offsets[i + 1]);
  }
  if (column instanceof BooleanColumn) return (i) => (column.bits[i >> 3]! & (1 << (i & 7))) !== 0;
  if (column instanceof DecimalColumn) return (i) => column.unscaled(i);
  if (column instanceof ListColumn) {
    const element = readerOf(column.child);
    const { offsets } = column;
    return (i) => {
      const out: Value[] = [];
      for (let p = offsets[i]!; p < offsets[i + 1]!; p++) out.push(element(p));
      return out;
    };
  }
  if (column instanceof MapColumn) {
    const key = readerOf(column.keys);
    const value = readerOf(column.values);
    const { offsets } = column;
    return (i) => {
      const out: [Value, Value][] = [];
      for (let p = offsets[i]!; p < offsets[i + 1]!; p++) out.push([key(p), value(p)]);
      return out;
    };
  }
  const fields = column.children.map(readerOf);
  return (i) => fields.map((read) => read(i));
}

/** Plain text is decoded in one piece and cut; anything else a value at a time. */
function textReader({ bytes, offsets, length }: BytesColumn): (i: number) => string {
  const from = offsets[0]!;
  const to = offsets[length]!;
  if (length > 8 && to - from < 1 << 27 && isAscii(bytes.subarray(from, to))) {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
    return (i) => text.slice(offsets[i]! - from, offsets[i + 1]! - from);
  }
  return (i) => decodeText(bytes, offsets[i], offsets[i + 1]);
}

/** A column of one value, so many times. */
export const repeated = (type: DataType, value: Value, n: number): Column =>
  columnOf(type, [value]).gather(new Int32Array(n));

/** A column of values as expressions compute them. */
export function columnOf(type: DataType, values: readonly Value[]): Column {
  const n = values.length;
  switch (type.kind) {
    case 'void':
    case 'any':
    case 'calendar_interval':
      return new PlainColumn(type, values);
    case 'boolean': {
      const bits = new Uint8Array(bitmapBytes(n));
      for (let i = 0; i < n; i++) if (values[i] === true) setBit(bits, i);
      return new BooleanColumn(type, n, bits, presence(values));
    }
    case 'string':
      return textColumn(type, values as readonly (string | null)[]);
    case 'binary':
      return binaryColumn(type, values as readonly (Uint8Array | null)[]);
    case 'decimal': {
      const words = new BigInt64Array(n * 2);
      for (let i = 0; i < n; i++) {
        const unscaled = values[i] as bigint | null;
        if (unscaled === null) continue;
        words[2 * i] = unscaled;
        words[2 * i + 1] = unscaled >> 64n;
      }
      return new DecimalColumn(type, words, presence(values));
    }
    case 'array': {
      const offsets = new Int32Array(n + 1);
      const elements: Value[] = [];
      for (let i = 0; i < n; i++) {
        const list = values[i] as readonly Value[] | null;
        if (list !== null) for (const element of list) elements.push(element);
        offsets[i + 1] = elements.length;
      }
      return new ListColumn(type, offsets, columnOf(type.element, elements), presence(values));
    }
    case 'map': {
      const offsets = new Int32Array(n + 1);
      const keys: Value[] = [];
      const items: Value[] = [];
      for (let i = 0; i < n; i++) {
        for (const [key, item] of (values[i] ?? []) as readonly (readonly [Value, Value])[]) {
          keys.push(key);
          items.push(item);
        }
        offsets[i + 1] = keys.length;
      }
      return new MapColumn(type, offsets, columnOf(type.key, keys), columnOf(type.value, items), presence(values));
    }
    case 'struct': {
      const children = type.fields.map((f, c) =>
        columnOf(
          f.type,
          values.map((v) => (v === null ? null : (v as readonly Value[])[c]!)),
        ),
      );
      return new StructColumn(type, n, children, presence(values));
    }
    default: {
      const out = new fixedArrays[type.kind](n);
      for (let i = 0; i < n; i++) out[i] = (values[i] ?? (out instanceof BigInt64Array ? 0n : 0)) as never;
      return new FixedColumn(type, out, presence(values));
    }
  }
}

/** A vector as a column of `n` rows. */
export function toColumn(vector: Column | Constant, n: number): Column {
  return vector instanceof Constant ? columnOf(vector.type, new Array<Value>(n).fill(vector.value)) : vector;
}

function presence(values: readonly Value[]): Validity {
  const n = values.length;
  let first = 0;
  while (first < n && values[first] !== null) first++;
  if (first === n) return allValid;
  const bits = new Uint8Array(bitmapBytes(n));
  for (let i = 0; i < n; i++) if (values[i] !== null) setBit(bits, i);
  return validityOf(bits, n);
}

/** Encodes all strings at once where they are plain text: one call for a column, not one a value. */
export function textColumn(type: DataType, values: readonly (string | null)[]): BytesColumn {
  const n = values.length;
  const offsets = new Int32Array(n + 1);
  let units = 0;
  for (let i = 0; i < n; i++) offsets[i + 1] = units += values[i]?.length ?? 0;
  const joined = values.join('');
  const bytes = encodeText(joined);
  // A character of one unit takes one byte or more: as many bytes as units, and every character takes one.
  if (bytes.length !== units) {
    let at = 0;
    for (let i = 0; i < n; i++) {
      const value = values[i];
      if (value !== null && value !== undefined) at += byteLengthOf(value);
      offsets[i + 1] = at;
    }
  }
  return new BytesColumn(type, offsets, bytes, presence(values));
}

function binaryColumn(type: DataType, values: readonly (Uint8Array | null)[]): BytesColumn {
  const offsets = new Int32Array(values.length + 1);
  let total = 0;
  values.forEach((v, i) => (offsets[i + 1] = total += v?.length ?? 0));
  const bytes = new Uint8Array(total);
  values.forEach((v, i) => v && bytes.set(v, offsets[i]));
  return new BytesColumn(type, offsets, bytes, presence(values));
}
