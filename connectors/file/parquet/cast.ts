import {
  BytesColumn,
  type Column,
  DecimalColumn,
  FixedColumn,
  ListColumn,
  MapColumn,
  PlainColumn,
  StructColumn,
  columnFrom,
} from '../../../lib/columns/index.js';
import { SluiceError } from '../../../lib/errors/index.js';
import { type DataType, formatType, sameType } from '../../../lib/schema/index.js';

/** Where a column comes from, for messages. */
export interface Origin {
  readonly path: string;
  readonly column: string;
}

/** How many digits before the point an integer type may have. */
const integerDigits: Partial<Record<DataType['kind'], number>> = { byte: 3, short: 5, int: 10, long: 19 };
const integerBits: Partial<Record<DataType['kind'], number>> = { byte: 8, short: 16, int: 32 };

/**
 * A column of a file as `to`, where Spark's Parquet reader allows it: whole numbers and floats to wider ones (32-bit
 * integers also to narrower ones, as long as each value fits), whole numbers and decimals to decimals with room for
 * them, BIGINT and INT to intervals, dates to timestamps without a zone, those and timestamps to each other, strings and
 * binaries, too; in arrays, maps and structs the same, with missing fields of a struct null. Everything else throws
 * SCHEMA_MISMATCH, a value that does not fit TYPE_MISMATCH.
 */
export function castColumn(column: Column, to: DataType, origin: Origin): Column {
  const { type } = column;
  if (sameType(type, to) || to.kind === 'any') return column;
  if (type.kind === 'void') return missing(to, column.length);
  if (column instanceof FixedColumn) {
    const cast = castFixed(column, to, origin);
    if (cast !== undefined) return cast;
  } else if (column instanceof BytesColumn && (to.kind === 'string' || to.kind === 'binary')) {
    return new BytesColumn(to, column.offsets, column.bytes, column);
  } else if (column instanceof DecimalColumn && to.kind === 'decimal') {
    const more = to.scale - column.type.scale;
    if (more >= 0 && to.precision - to.scale >= column.type.precision - column.type.scale) {
      return decimals(column, to, 10n ** BigInt(more), (i) => column.unscaled(i));
    }
  } else if (column instanceof ListColumn && to.kind === 'array') {
    const child = castColumn(column.child, to.element, { ...origin, column: `${origin.column}.element` });
    return new ListColumn({ ...to, element: child.type }, column.offsets, child, column);
  } else if (column instanceof MapColumn && to.kind === 'map') {
    const keys = castColumn(column.keys, to.key, { ...origin, column: `${origin.column}.key` });
    const values = castColumn(column.values, to.value, { ...origin, column: `${origin.column}.value` });
    return new MapColumn({ ...to, key: keys.type, value: values.type }, column.offsets, keys, values, column);
  } else if (column instanceof StructColumn && to.kind === 'struct' && type.kind === 'struct') {
    const children = to.fields.map((field) => {
      const at = findField(type, field.name, origin.path);
      if (at === undefined) return missing(field.type, column.length);
      return castColumn(column.children[at]!, field.type, { ...origin, column: `${origin.column}.${field.name}` });
    });
    return new StructColumn(to, column.length, children, column);
  }
  const { path, column: name } = origin;
  const [found, wanted] = [formatType(type), formatType(to)];
  const message = `Reading '${path}': column '${name}' is ${found} in the file, which cannot be read as ${wanted}. Declare it as ${found} and cast it afterwards.`;
  throw new SluiceError('SCHEMA_MISMATCH', message, { details: { path, column: name, found, wanted } });
}

/** A column of `length` missing values. */
export function missing(type: DataType, length: number): Column {
  const values = new Array<null>(length).fill(null);
  return type.kind === 'any' ? new PlainColumn(type, values) : columnFrom(type, values);
}

/**
 * Which field of a file has that name; as in Spark another case will do, if only one field has it. Two such fields,
 * and none of exactly that name, throw SCHEMA_MISMATCH.
 */
export function findField(
  file: { readonly fields: readonly { readonly name: string }[] },
  name: string,
  path: string,
): number | undefined {
  const exact = file.fields.findIndex((f) => f.name === name);
  if (exact >= 0) return exact;
  const lower = name.toLowerCase();
  const near = file.fields.flatMap((f, i) => (f.name.toLowerCase() === lower ? [i] : []));
  if (near.length <= 1) return near[0];
  const found = near.map((i) => file.fields[i]!.name);
  const message = `Reading '${path}': column '${name}' could be any of ${found.join(', ')}. Name it as the file does.`;
  throw new SluiceError('SCHEMA_MISMATCH', message, { details: { path, column: name, found } });
}

function castFixed(column: FixedColumn, to: DataType, origin: Origin): Column | undefined {
  const { values } = column;
  const from = column.type.kind;
  const bits = integerBits[from];
  if (bits !== undefined) {
    const numbers = values as Int32Array;
    const wanted = integerBits[to.kind];
    if (wanted !== undefined && wanted < bits) return narrowed(column, to, origin);
    if (to.kind === 'short') return new FixedColumn(to, Int16Array.from(numbers), column);
    if (to.kind === 'int') return new FixedColumn(to, Int32Array.from(numbers), column);
    if (to.kind === 'double') return new FixedColumn(to, Float64Array.from(numbers), column);
    if (to.kind === 'long') return new FixedColumn(to, widened(numbers), column);
  }
  const digits = integerDigits[from];
  if (to.kind === 'decimal' && digits !== undefined && to.precision - to.scale >= digits) {
    return decimals(column, to, 10n ** BigInt(to.scale), (i) => BigInt(values[i]!));
  }
  if (from === 'float' && to.kind === 'double')
    return new FixedColumn(to, Float64Array.from(values as Float32Array), column);
  if (from === 'date' && to.kind === 'timestamp_ntz') {
    const micros = BigInt64Array.from(values as Int32Array, (day) => BigInt(day) * 86_400_000_000n);
    return new FixedColumn(to, micros, column);
  }
  // What the writer makes of intervals, as Spark's does.
  if (from === 'long' && to.kind === 'day_time_interval') return new FixedColumn(to, values, column);
  if (from === 'int' && to.kind === 'year_month_interval') return new FixedColumn(to, values, column);
  // As Spark 4, in both directions, by the clock of UTC.
  if (from === 'timestamp_ntz' && to.kind === 'timestamp') return new FixedColumn(to, values, column);
  if (from === 'timestamp' && to.kind === 'timestamp_ntz') return new FixedColumn(to, values, column);
  return undefined;
}

function widened(numbers: ArrayLike<number>): BigInt64Array {
  const wide = new BigInt64Array(numbers.length);
  const words = new Int32Array(wide.buffer);
  for (let i = 0; i < numbers.length; i++) {
    words[2 * i] = numbers[i]!;
    words[2 * i + 1] = numbers[i]! >> 31;
  }
  return wide;
}

function narrowed(column: FixedColumn, to: DataType, { path, column: name }: Origin): Column {
  const out = to.kind === 'byte' ? new Int8Array(column.length) : new Int16Array(column.length);
  const values = column.values as Int32Array;
  for (let i = 0; i < out.length; i++) {
    out[i] = values[i]!;
    if (out[i] === values[i] || !column.isValid(i)) continue;
    const message = `Reading '${path}': ${values[i]} in column '${name}' is not a ${formatType(to)}. Declare the column as INT.`;
    throw new SluiceError('TYPE_MISMATCH', message, { details: { path, column: name, row: i } });
  }
  return new FixedColumn(to, out, column);
}

function decimals(
  column: Column,
  to: DataType & { kind: 'decimal' },
  factor: bigint,
  unscaled: (i: number) => bigint,
): Column {
  const words = new BigInt64Array(column.length * 2);
  for (let i = 0; i < column.length; i++) {
    const value = unscaled(i) * factor;
    words[2 * i] = BigInt.asIntN(64, value);
    words[2 * i + 1] = BigInt.asIntN(64, value >> 64n);
  }
  return new DecimalColumn(to, words, column);
}
