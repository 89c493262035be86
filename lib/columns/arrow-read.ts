import type * as Arrow from 'apache-arrow';
import { SluiceError } from '../errors/index.js';
import type { DataType, DecimalType, StructType } from '../schema/types.js';
import { type CalendarInterval, floorDiv } from '../schema/values.js';
import { arrow, unsupported } from './arrow-types.js';
import { getBit, sliceBits } from './bits.js';
import { columnFrom } from './builder.js';
import {
  BooleanColumn,
  BytesColumn,
  type Column,
  DecimalColumn,
  FixedColumn,
  type FixedValues,
  ListColumn,
  MapColumn,
  PlainColumn,
  StructColumn,
  type Validity,
  allValid,
  validityOf,
} from './column.js';
import { Table } from './table.js';

type Offsets = { readonly offsets: Int32Array; readonly first: number };

/**
 * One column of Arrow data as a column of ours, of the type that `typeFromArrow` gives. Buffers are shared where the
 * layout is ours, and converted where it is not. `path` names the column in errors: TYPE_MISMATCH for a value that
 * our type cannot hold, INVALID_SCHEMA for a type that has no counterpart.
 */
export function columnFromArrow(data: Arrow.Data, type: DataType, path: string): Column {
  const { Type } = arrow();
  const n = data.length;
  const valid = validityFrom(data);
  switch (data.typeId) {
    case Type.Null:
      return new PlainColumn(type, new Array<null>(n).fill(null));
    case Type.Bool: {
      const bits = sliceBits(data.values as Uint8Array, data.offset, data.offset + n);
      return new BooleanColumn(type, n, bits, valid);
    }
    case Type.Int:
      return type.kind === 'decimal'
        ? decimals(type, data, 2, false, valid)
        : fixed(type, integers(data.type as Arrow.Int, data.values as FixedValues, n), valid);
    case Type.Float:
      return fixed(type, floats(data.type as Arrow.Float, data.values as FixedValues, n), valid);
    case Type.Decimal:
      return decimals(type as DecimalType, data, (data.type as Arrow.Decimal).bitWidth / 32, true, valid);
    case Type.Date:
      return fixed(type, days(data, n), valid);
    case Type.Timestamp:
    case Type.Duration:
      return fixed(type, micros(data, n, valid, path), valid);
    case Type.Interval: {
      const values = data.values as Int32Array;
      return type.kind === 'year_month_interval'
        ? fixed(type, values.subarray(0, n), valid)
        : new PlainColumn(type, calendarIntervals(values, n, valid));
    }
    case Type.Utf8:
    case Type.Binary:
      return new BytesColumn(type, int32Offsets(data.valueOffsets as Int32Array, n), data.values as Uint8Array, valid);
    case Type.LargeUtf8:
    case Type.LargeBinary: {
      const { offsets, first } = narrowOffsets(data.valueOffsets as BigInt64Array, n, path);
      return new BytesColumn(type, offsets, (data.values as Uint8Array).subarray(first), valid);
    }
    case Type.Utf8View:
    case Type.BinaryView:
      return views(type, data, valid, path);
    case Type.FixedSizeBinary:
      return new BytesColumn(type, steps(n, data.stride, path), data.values as Uint8Array, valid);
    case Type.List:
      return list(type, { offsets: int32Offsets(data.valueOffsets as Int32Array, n), first: 0 }, data, valid, path);
    case Type.LargeList:
      return list(type, narrowOffsets(data.valueOffsets as BigInt64Array, n, path), data, valid, path);
    case Type.FixedSizeList:
      return list(type, { offsets: steps(n, data.stride, path), first: 0 }, data, valid, path);
    case Type.Map: {
      if (type.kind !== 'map') break;
      const [keys, values] = data.children[0]!.children as [Arrow.Data, Arrow.Data];
      const keyColumn = columnFromArrow(keys, type.key, `${path}.key`);
      const valueColumn = columnFromArrow(values, type.value, `${path}.value`);
      return new MapColumn(type, int32Offsets(data.valueOffsets as Int32Array, n), keyColumn, valueColumn, valid);
    }
    case Type.Struct: {
      const { fields } = type as StructType;
      const children = fields.map((f, i) => {
        const child = columnFromArrow(data.children[i]!, f.type, `${path}.${f.name}`);
        return child.length === n ? child : child.slice(0, n);
      });
      return new StructColumn(type, n, children, valid);
    }
    case Type.Dictionary:
      return dictionary(type, data, path);
    default:
  }
  throw unsupported(data.type, path);
}

/** Validity of its own where a bitmap is there; `nullBitmap` is empty or missing where nothing is missing. */
function validityFrom(data: Arrow.Data): Validity {
  const bits = data.nullBitmap as Uint8Array | undefined;
  if (bits === undefined || bits.length === 0 || data.nullCount === 0) return allValid;
  return validityOf(sliceBits(bits, data.offset, data.offset + data.length), data.length);
}

const isValid = (valid: Validity, i: number): boolean => valid.validity === null || getBit(valid.validity, i);

const fixed = (type: DataType, values: FixedValues, valid: Validity): FixedColumn =>
  new FixedColumn(type, values, valid);

function integers({ bitWidth, isSigned }: Arrow.Int, values: FixedValues, n: number): FixedValues {
  if (isSigned) return values.subarray(0, n);
  const raw = values.subarray(0, n);
  if (bitWidth === 8) return Int16Array.from(raw as unknown as ArrayLike<number>);
  if (bitWidth === 16) return Int32Array.from(raw as unknown as ArrayLike<number>);
  const wide = new BigInt64Array(n);
  const words = new Int32Array(wide.buffer);
  for (let i = 0; i < n; i++) words[2 * i] = raw[i] as number;
  return wide;
}

/** Half precision (IEEE 754 binary16) is widened; there is no typed array for it. */
function floats({ precision }: Arrow.Float, values: FixedValues, n: number): FixedValues {
  if (precision !== arrow().Precision.HALF) return values.subarray(0, n);
  const out = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    const h = values[i] as number;
    const exponent = (h >> 10) & 31;
    const fraction = h & 1023;
    const magnitude =
      exponent === 0
        ? fraction * 2 ** -24
        : exponent === 31
          ? fraction === 0
            ? Infinity
            : NaN
          : (1 + fraction / 1024) * 2 ** (exponent - 15);
    out[i] = (h & 0x8000) !== 0 ? -magnitude : magnitude;
  }
  return out;
}

/** From integers of `width` 32-bit words to two 64-bit words; a precision of at most 38 fits them. */
function decimals(type: DecimalType, data: Arrow.Data, width: number, signed: boolean, valid: Validity): DecimalColumn {
  const n = data.length;
  const source = data.values as Int32Array | BigInt64Array;
  const raw = new Int32Array(source.buffer, source.byteOffset, n * width);
  if (width === 4 && raw.byteOffset % 8 === 0) {
    return new DecimalColumn(type, new BigInt64Array(raw.buffer, raw.byteOffset, n * 2), valid);
  }
  const words = new BigInt64Array(n * 2);
  const out = new Int32Array(words.buffer);
  for (let i = 0; i < n; i++) {
    const extension = signed && raw[i * width + width - 1]! < 0 ? -1 : 0;
    for (let w = 0; w < 4; w++) out[4 * i + w] = w < width ? raw[i * width + w]! : extension;
  }
  return new DecimalColumn(type, words, valid);
}

function days(data: Arrow.Data, n: number): Int32Array {
  const values = data.values as Int32Array | BigInt64Array;
  if ((data.type as Arrow.Date_).unit === arrow().DateUnit.DAY) return (values as Int32Array).subarray(0, n);
  const millis = new BigInt64Array(values.buffer, values.byteOffset, n);
  return Int32Array.from(millis, (ms) => Math.floor(Number(ms) / 86_400_000));
}

/** Microseconds from any unit; nanoseconds are cut (towards the past, as Spark cuts them). */
function micros(data: Arrow.Data, n: number, valid: Validity, path: string): BigInt64Array {
  const { TimeUnit } = arrow();
  const values = (data.values as BigInt64Array).subarray(0, n);
  const { unit } = data.type as Arrow.Timestamp | Arrow.Duration;
  if (unit === TimeUnit.MICROSECOND) return values;
  const from = new Int32Array(values.buffer, values.byteOffset, n * 2);
  const out = new BigInt64Array(n);
  const to = new Int32Array(out.buffer);
  // In halves of 32 bits, whose products and remainders a double holds exactly: a bigint a value is ten times slower.
  const factor = unit === TimeUnit.SECOND ? 1_000_000 : 1000;
  for (let i = 0; i < n; i++) {
    const low = from[2 * i]! >>> 0;
    const high = from[2 * i + 1]!;
    if (unit === TimeUnit.NANOSECOND) {
      const quotient = Math.floor(high / 1000);
      to[2 * i] = Math.floor(((high - quotient * 1000) * 2 ** 32 + low) / 1000);
      to[2 * i + 1] = quotient;
    } else {
      const product = low * factor;
      const carried = high * factor + Math.floor(product / 2 ** 32);
      to[2 * i] = product % 2 ** 32;
      to[2 * i + 1] = carried;
      if (carried !== (carried | 0) && isValid(valid, i)) {
        const message = `Row ${i} of column '${path}' is ${values[i]} ${TimeUnit[unit]?.toLowerCase()}s, more microseconds than 64 bits hold.`;
        throw new SluiceError('TYPE_MISMATCH', message, { details: { column: path, row: i } });
      }
    }
  }
  return out;
}

/** From months, days and 64 bits of nanoseconds, which are cut to microseconds (towards the past). */
function calendarIntervals(words: Int32Array, n: number, valid: Validity): (CalendarInterval | null)[] {
  const nanos = new DataView(words.buffer, words.byteOffset);
  return Array.from({ length: n }, (_, i) => {
    if (!isValid(valid, i)) return null;
    const micros = floorDiv(nanos.getBigInt64(i * 16 + 8, true), 1000n);
    return { months: words[4 * i]!, days: words[4 * i + 1]!, micros };
  });
}

/** Offsets of `n` values; Arrow allows none at all for no values. */
function int32Offsets(offsets: Int32Array, n: number): Int32Array {
  return offsets.length > n ? offsets.subarray(0, n + 1) : new Int32Array(1);
}

/** 64-bit offsets as 32-bit ones, counted from `first`. */
function narrowOffsets(wide: BigInt64Array, n: number, path: string): Offsets {
  if (wide.length <= n) return { offsets: new Int32Array(1), first: 0 };
  const first = Number(wide[0]!);
  if (Number(wide[n]!) - first > 0x7fffffff) throw tooLong(path);
  const offsets = new Int32Array(n + 1);
  // The differences fit 32 bits, so the low words alone give them.
  const low = new Int32Array(wide.buffer, wide.byteOffset, 2 * n + 2);
  const base = low[0]!;
  for (let i = 1; i <= n; i++) offsets[i] = low[2 * i]! - base;
  return { offsets, first };
}

function steps(n: number, width: number, path: string): Int32Array {
  if (n * width > 0x7fffffff) throw tooLong(path);
  const offsets = new Int32Array(n + 1);
  for (let i = 1; i <= n; i++) offsets[i] = i * width;
  return offsets;
}

function tooLong(path: string): SluiceError {
  const message = `Column '${path}' holds more than 2 GiB in one piece. Read fewer rows at a time.`;
  return new SluiceError('TYPE_MISMATCH', message, { details: { column: path } });
}

/** Strings of 16 bytes each: the length, then the bytes themselves (up to 12) or where they are. */
function views(type: DataType, data: Arrow.Data, valid: Validity, path: string): BytesColumn {
  const n = data.length;
  const values = data.values as Uint8Array;
  const buffers = data.variadicBuffers;
  const view = new DataView(values.buffer, values.byteOffset, n * 16);
  const offsets = new Int32Array(n + 1);
  let total = 0;
  for (let i = 0; i < n; i++) {
    if (isValid(valid, i)) total += view.getInt32(i * 16, true);
    if (total > 0x7fffffff) throw tooLong(path);
    offsets[i + 1] = total;
  }
  const bytes = new Uint8Array(total);
  for (let i = 0; i < n; i++) {
    const length = offsets[i + 1]! - offsets[i]!;
    if (length === 0) continue;
    const inline = length <= 12;
    const source = inline ? values : buffers[view.getInt32(i * 16 + 8, true)]!;
    const from = inline ? i * 16 + 4 : view.getInt32(i * 16 + 12, true);
    bytes.set(source.subarray(from, from + length), offsets[i]);
  }
  return new BytesColumn(type, offsets, bytes, valid);
}

function list(
  type: DataType,
  { offsets, first }: Offsets,
  data: Arrow.Data,
  valid: Validity,
  path: string,
): ListColumn | MapColumn {
  if (type.kind !== 'array') throw unsupported(data.type, path);
  const child = columnFromArrow(data.children[0]!, type.element, `${path}.element`);
  return new ListColumn(type, offsets, first === 0 ? child : child.slice(first, child.length), valid);
}

/** The values that the indices point at. A missing index points at a missing value that is put behind the others. */
function dictionary(type: DataType, data: Arrow.Data, path: string): Column {
  const n = data.length;
  const schema: StructType = { kind: 'struct', fields: [{ name: path, type, nullable: true }] };
  const parts = (data.dictionary?.data ?? []).map((part) => columnFromArrow(part as Arrow.Data, type, path));
  parts.push(columnFrom(type, [null]));
  const values = Table.concat(parts.map((part) => new Table(schema, [part], part.length))).columns[0]!;
  const indices = data.values as ArrayLike<number | bigint>;
  const valid = validityFrom(data);
  const selection = new Int32Array(n);
  for (let i = 0; i < n; i++) selection[i] = isValid(valid, i) ? Number(indices[i]!) : values.length - 1;
  return values.gather(selection);
}
