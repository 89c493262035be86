import { Buffer, isAscii, isUtf8 } from 'node:buffer';
import {
  BooleanColumn,
  BytesColumn,
  type Column,
  DecimalColumn,
  FixedColumn,
  ListColumn,
  MapColumn,
  type PlainColumn,
  StructColumn,
  bitmapBytes,
  getBit,
  sliceBits,
} from '../columns/index.js';
import type { CalendarInterval } from '../schema/index.js';
import type { Bindings, Vector } from './duckdb.js';

/** Copies rows `from` to `to` of a column into a vector of DuckDB's, which is fresh: nothing in it is missing. */
export function writeColumn(
  duck: Bindings,
  vector: Vector,
  column: Column,
  from: number,
  to: number,
  parent: Uint8Array | null = null,
): void {
  const n = to - from;
  if (n === 0) return;
  const valid = both(validityOf(column, from, to), parent, n);
  if (valid !== null) {
    duck.vector_ensure_validity_writable(vector);
    duck.copy_data_to_vector_validity(vector, 0, valid.buffer, valid.byteOffset, bitmapBytes(n));
  }
  const copy = (data: ArrayBufferView): void =>
    duck.copy_data_to_vector(vector, 0, data.buffer, data.byteOffset, data.byteLength);
  if (column instanceof FixedColumn) {
    const values = column.values.subarray(from, to);
    const { kind } = column.type;
    copy(kind.endsWith('_interval') ? intervals(n, (i) => spanOf(kind, values[i]!)) : values);
  } else if (column instanceof BooleanColumn) {
    copy(Uint8Array.from({ length: n }, (_, i) => Number(getBit(column.bits, from + i))));
  } else if (column instanceof DecimalColumn) {
    copy(decimals(column, from, n));
  } else if (column instanceof BytesColumn) {
    writeBytes(duck, vector, column, from, n, copy);
  } else if (column instanceof ListColumn || column instanceof MapColumn) {
    const start = column.offsets[from]!;
    const end = column.offsets[to]!;
    const entries = new BigInt64Array(2 * n);
    const words = new Int32Array(entries.buffer);
    for (let i = 0; i < n; i++) {
      words[4 * i] = column.offsets[from + i]! - start;
      words[4 * i + 2] = column.offsets[from + i + 1]! - column.offsets[from + i]!;
    }
    copy(entries);
    duck.list_vector_reserve(vector, end - start);
    duck.list_vector_set_size(vector, end - start);
    const child = duck.list_vector_get_child(vector);
    const parts = column instanceof ListColumn ? [column.child] : [column.keys, column.values];
    parts.forEach((part, f) => {
      const target = column instanceof ListColumn ? child : duck.struct_vector_get_child(child, f);
      writeColumn(duck, target, part, start, end);
    });
  } else if (column instanceof StructColumn) {
    // What is missing is missing in its fields, too: DuckDB asks for that.
    column.children.forEach((child, f) => {
      writeColumn(duck, duck.struct_vector_get_child(vector, f), child, from, to, valid);
    });
  } else if (column.type.kind === 'calendar_interval') {
    const missing: CalendarInterval = { months: 0, days: 0, micros: 0n };
    copy(intervals(n, (i) => (column.values[from + i] ?? missing) as CalendarInterval));
  }
}

function validityOf(column: Column, from: number, to: number): Uint8Array | null {
  if (column.nullCount === 0) return null;
  if (column.validity !== null) return sliceBits(column.validity, from, to);
  const bits = new Uint8Array(bitmapBytes(to - from));
  for (let i = from; i < to; i++)
    if ((column as PlainColumn).isValid(i)) bits[(i - from) >> 3]! |= 1 << ((i - from) & 7);
  return bits;
}

function both(a: Uint8Array | null, b: Uint8Array | null, n: number): Uint8Array | null {
  if (a === null || b === null) return a ?? b;
  return Uint8Array.from({ length: bitmapBytes(n) }, (_, k) => a[k]! & b[k]!);
}

const spanOf = (kind: string, value: number | bigint): CalendarInterval =>
  kind === 'year_month_interval'
    ? { months: value as number, days: 0, micros: 0n }
    : { months: 0, days: 0, micros: value as bigint };

/** Months, days and microseconds, 16 bytes each. */
function intervals(n: number, span: (i: number) => CalendarInterval): BigInt64Array {
  const wide = new BigInt64Array(2 * n);
  const words = new Int32Array(wide.buffer);
  for (let i = 0; i < n; i++) {
    const { months, days, micros } = span(i);
    words[4 * i] = months;
    words[4 * i + 1] = days;
    wide[2 * i + 1] = micros;
  }
  return wide;
}

/** In the narrowest integers that hold the precision, as DuckDB keeps decimals. */
function decimals({ type: { precision }, words }: DecimalColumn, from: number, n: number): ArrayBufferView {
  if (precision > 18) return words.subarray(2 * from, 2 * (from + n));
  const Values = precision > 9 ? BigInt64Array : precision > 4 ? Int32Array : Int16Array;
  const low = precision > 9 ? words : new Int32Array(words.buffer, words.byteOffset, words.length * 2);
  const step = precision > 9 ? 2 : 4;
  const out = new Values(n) as unknown as (number | bigint)[];
  for (let i = 0; i < n; i++) out[i] = low[step * (from + i)]!;
  return out as unknown as ArrayBufferView;
}

/** The longest text that DuckDB keeps beside its length. */
const inline = 12;

function writeBytes(
  duck: Bindings,
  vector: Vector,
  { type, bytes, offsets, nullCount, validity }: BytesColumn,
  from: number,
  n: number,
  copy: (data: ArrayBufferView) => void,
): void {
  const text = type.kind === 'string' && !isAscii(bytes.subarray(offsets[from], offsets[from + n]));
  const valueAt = (i: number): Uint8Array => {
    const value = bytes.subarray(offsets[from + i], offsets[from + i + 1]);
    // DuckDB holds that every text is UTF-8.
    return text && !isUtf8(value) ? Buffer.from(Buffer.from(value).toString('utf8')) : value;
  };
  const entries = new Uint8Array(16 * n);
  const lengths = new Int32Array(entries.buffer);
  const long: number[] = [];
  for (let i = 0; i < n; i++) {
    if (nullCount > 0 && validity !== null && !getBit(validity, from + i)) continue;
    const value = valueAt(i);
    if (value.length > inline) {
      long.push(i);
      continue;
    }
    lengths[4 * i] = value.length;
    for (let k = 0; k < value.length; k++) entries[16 * i + 4 + k] = value[k]!;
  }
  copy(entries);
  for (const i of long) duck.vector_assign_string_element_len(vector, i, valueAt(i));
}
