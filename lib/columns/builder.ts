import { SluiceError } from '../errors/index.js';
import { formatType } from '../schema/index.js';
import type { DataType, DecimalType, StructType } from '../schema/types.js';
import { type CalendarInterval, Decimal, epochMicros } from '../schema/values.js';
import { bitmapBytes, setBit } from './bits.js';
import {
  BooleanColumn,
  BytesColumn,
  type Column,
  DecimalColumn,
  FixedColumn,
  type FixedKind,
  fixedArrays,
  ListColumn,
  MapColumn,
  PlainColumn,
  StructColumn,
  type Validity,
  validityOf,
} from './column.js';

/**
 * Makes a column of `type` from JavaScript values, `null` and `undefined` being missing. A value that the type
 * cannot hold exactly throws TYPE_MISMATCH naming `name` and the row; nothing is rounded, cut or wrapped.
 */
export function columnFrom(type: DataType, values: readonly unknown[], name = 'value'): Column {
  const n = values.length;
  switch (type.kind) {
    case 'any':
    case 'void':
      return new PlainColumn(type, values);
    case 'calendar_interval':
      return new PlainColumn(type, calendarIntervals(type, values, name));
    case 'boolean': {
      const bits = new Uint8Array(bitmapBytes(n));
      const valid = scan(values, (v, i) => {
        if (typeof v !== 'boolean') throw mismatch(type, v, name, i);
        if (v) setBit(bits, i);
      });
      return new BooleanColumn(type, n, bits, valid);
    }
    case 'string':
    case 'binary':
      return bytesFrom(type, values, name);
    case 'decimal':
      return decimalsFrom(type, values, name);
    case 'array': {
      const offsets = new Int32Array(n + 1);
      const elements: unknown[] = [];
      const valid = scan(
        values,
        (v, i) => {
          if (!Array.isArray(v)) throw mismatch(type, v, name, i);
          for (const element of v) elements.push(element);
        },
        (i) => (offsets[i + 1] = elements.length),
      );
      return new ListColumn(type, offsets, columnFrom(type.element, elements, `${name}.element`), valid);
    }
    case 'map': {
      const offsets = new Int32Array(n + 1);
      const keys: unknown[] = [];
      const items: unknown[] = [];
      const valid = scan(
        values,
        (v, i) => {
          if (typeof v !== 'object' || v === null || Array.isArray(v)) throw mismatch(type, v, name, i);
          for (const [key, item] of v instanceof Map ? v : Object.entries(v)) {
            keys.push(key);
            items.push(item);
          }
        },
        (i) => (offsets[i + 1] = keys.length),
      );
      const keyColumn = columnFrom(type.key, keys, `${name}.key`);
      return new MapColumn(type, offsets, keyColumn, columnFrom(type.value, items, `${name}.value`), valid);
    }
    case 'struct': {
      const valid = scan(values, (v, i) => {
        if (typeof v !== 'object' || v === null || Array.isArray(v)) throw mismatch(type, v, name, i);
      });
      return new StructColumn(type, n, fieldsFrom(type, values, `${name}.`), valid);
    }
    default:
      return fixedFrom(type, type.kind, values, name);
  }
}

/** The columns of a struct, from objects; a missing object gives missing values. */
export function fieldsFrom(type: StructType, rows: readonly unknown[], prefix = ''): Column[] {
  return type.fields.map((f) => {
    const values = new Array<unknown>(rows.length);
    // A column may be called `constructor`: what every object inherits is no value of a row.
    const inherited = f.name in Object.prototype;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as Record<string, unknown> | null | undefined;
      const absent = row === null || row === undefined || (inherited && !Object.hasOwn(row, f.name));
      values[i] = absent ? null : row[f.name];
    }
    return columnFrom(f.type, values, prefix + f.name);
  });
}

/** Visits what is present, and after each row `after`; returns what is present. */
function scan(
  values: readonly unknown[],
  visit: (value: unknown, i: number) => void,
  after?: (i: number) => void,
): Validity {
  const bits = new Uint8Array(bitmapBytes(values.length));
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value !== null && value !== undefined) {
      visit(value, i);
      setBit(bits, i);
    }
    after?.(i);
  }
  return validityOf(bits, values.length);
}

function fixedFrom(type: DataType, kind: FixedKind, values: readonly unknown[], name: string): Column {
  const out = new fixedArrays[kind](values.length);
  const convert = converters[kind];
  const valid = scan(values, (v, i) => {
    const converted = convert(v);
    if (converted === undefined) throw mismatch(type, v, name, i);
    out[i] = converted;
  });
  return new FixedColumn(type, out, valid);
}

const integer = (bits: number) => {
  const max = 2 ** (bits - 1);
  return (v: unknown): number | undefined => {
    const number = typeof v === 'bigint' ? Number(v) : v;
    return typeof number === 'number' && Number.isInteger(number) && number >= -max && number < max
      ? number
      : undefined;
  };
};

const wide = (v: unknown): bigint | undefined => {
  if (typeof v === 'bigint') return BigInt.asIntN(64, v) === v ? v : undefined;
  return typeof v === 'number' && Number.isSafeInteger(v) ? BigInt(v) : undefined;
};

const microsOf = (v: unknown): bigint | undefined => {
  if (v instanceof Date) return Number.isNaN(v.getTime()) ? undefined : epochMicros(v);
  if (typeof v !== 'string') return undefined;
  const parsed = Date.parse(v);
  if (Number.isNaN(parsed)) return undefined;
  // What `Date` drops: the digits after the third of a fraction.
  const fraction = /\.\d{3}(\d{1,3})/.exec(v)?.[1] ?? '';
  return BigInt(parsed) * 1000n + BigInt(fraction.padEnd(3, '0'));
};

/** From a value in a row to the machine number that stands for it, or undefined if the type cannot hold it. */
const converters: Record<FixedKind, (v: unknown) => number | bigint | undefined> = {
  byte: integer(8),
  short: integer(16),
  int: integer(32),
  long: wide,
  float: (v) => (typeof v === 'number' ? v : undefined),
  double: (v) => (typeof v === 'number' ? v : undefined),
  date: (v) => {
    const micros = microsOf(v);
    if (micros === undefined) return undefined;
    const days = Number(micros) / 86_400_000_000;
    return Number.isInteger(days) ? days : undefined;
  },
  timestamp: microsOf,
  timestamp_ntz: microsOf,
  day_time_interval: wide,
  year_month_interval: integer(32),
};

/** The intervals with their microseconds as a bigint, which a row may give as a number. */
function calendarIntervals(type: DataType, values: readonly unknown[], name: string): unknown[] {
  const [whole, long] = [converters.int, converters.long];
  return values.map((v, row) => {
    if (v === null || v === undefined) return null;
    const given = v as Record<keyof CalendarInterval, unknown>;
    const months = whole(given.months);
    const days = whole(given.days);
    const micros = long(given.micros);
    if (months === undefined || days === undefined || micros === undefined) throw mismatch(type, v, name, row);
    return { months, days, micros };
  });
}

function bytesFrom(type: DataType, values: readonly unknown[], name: string): Column {
  const offsets = new Int32Array(values.length + 1);
  let total = 0;
  const valid = scan(
    values,
    (v, i) => {
      if (type.kind === 'string' ? typeof v !== 'string' : !(v instanceof Uint8Array)) throw mismatch(type, v, name, i);
      total += typeof v === 'string' ? Buffer.byteLength(v) : (v as Uint8Array).length;
      if (total > 0x7fffffff) throw mismatch(type, 'more than 2 GiB of text in one batch', name, i);
    },
    (i) => (offsets[i + 1] = total),
  );
  const bytes = Buffer.allocUnsafeSlow(total);
  for (let i = 0; i < values.length; i++) {
    const v = values[i];
    if (typeof v === 'string') bytes.write(v, offsets[i]!, 'utf8');
    else if (v instanceof Uint8Array) bytes.set(v, offsets[i]);
  }
  return new BytesColumn(type, offsets, bytes, valid);
}

function decimalsFrom(type: DecimalType, values: readonly unknown[], name: string): Column {
  const words = new BigInt64Array(values.length * 2);
  const limit = 10n ** BigInt(type.precision);
  const valid = scan(values, (v, i) => {
    const given = decimalOf(v);
    const scaled = given?.rescale(type.scale);
    const exactly =
      scaled !== undefined &&
      scaled.rescale(Math.max(given!.scale, type.scale)).unscaled ===
        given!.rescale(Math.max(given!.scale, type.scale)).unscaled;
    if (!exactly || scaled.unscaled >= limit || scaled.unscaled <= -limit) throw mismatch(type, v, name, i);
    words[2 * i] = BigInt.asIntN(64, scaled.unscaled);
    words[2 * i + 1] = scaled.unscaled >> 64n;
  });
  return new DecimalColumn(type, words, valid);
}

function decimalOf(v: unknown): Decimal | undefined {
  if (v instanceof Decimal) return v;
  if (typeof v === 'bigint') return new Decimal(v, 0);
  return typeof v === 'number' || typeof v === 'string' ? Decimal.parse(String(v)) : undefined;
}

function mismatch(type: DataType, value: unknown, name: string, row: number): SluiceError {
  const shown = typeof value === 'bigint' ? `${value}n` : value instanceof Date ? String(value) : jsonOf(value);
  const text = shown.length > 60 ? `${shown.slice(0, 57)}...` : shown;
  const message = `Storing row ${row} of column '${name}': ${text} (${typeof value}) is not a ${formatType(type)}, or not exactly. Convert it first, or declare another type.`;
  return new SluiceError('TYPE_MISMATCH', message, { details: { column: name, row, type: formatType(type) } });
}

/** A bigint inside as its digits, which JSON has no other way to write. */
function jsonOf(value: unknown): string {
  return JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v)) ?? String(value);
}
