import { SluiceError } from '../errors/index.js';
import type { Value } from '../expressions/values.js';
import { Decimal, Timestamp, epochMicros } from '../schema/index.js';
import { isValidText } from '../text/index.js';
import type { ByteReader, ByteWriter } from './bytes.js';
import type { ValueCodec } from './codec.js';

const tags = {
  null: 0,
  undefined: 1,
  false: 2,
  true: 3,
  number: 4,
  bigint: 5,
  text: 6,
  /** With surrogates that stand alone: as UTF-16. */
  units: 7,
  binary: 8,
  date: 9,
  timestamp: 10,
  decimal: 11,
  list: 12,
  map: 13,
  set: 14,
  object: 15,
  whole: 16,
} as const;

/**
 * Plain JavaScript values, which nobody declared a type for, each behind a byte that says what it is: what JSON knows,
 * and bigints, bytes, dates, decimals, maps and sets. Throws TYPE_MISMATCH for anything else, such as an object of a
 * class or a function: it would come back as something else.
 */
export const anyCodec: ValueCodec = {
  write: (out, value) => write(out, value, 0),
  read: (from) => read(from) as Value,
};

/** Deeper than that an object holds itself. */
const deepest = 500;

function write(out: ByteWriter, value: unknown, depth: number): void {
  switch (typeof value) {
    case 'boolean':
      out.byte(value ? tags.true : tags.false);
      return;
    case 'number':
      if ((value | 0) === value && !Object.is(value, -0)) {
        out.byte(tags.whole);
        out.int32(value);
      } else {
        out.byte(tags.number);
        out.float64(value);
      }
      return;
    case 'bigint':
      out.byte(tags.bigint);
      out.text(value.toString());
      return;
    case 'string':
      writeText(out, value);
      return;
    case 'undefined':
      out.byte(tags.undefined);
      return;
    case 'object':
      if (depth > deepest) throw refused('what is nested more than 500 deep, or holds itself,');
      writeObject(out, value, depth + 1);
      return;
    default:
      throw refused(`a ${typeof value}`);
  }
}

function writeText(out: ByteWriter, text: string): void {
  if (isValidText(text)) {
    out.byte(tags.text);
    out.text(text);
    return;
  }
  out.byte(tags.units);
  const bytes = Buffer.from(text, 'utf16le');
  out.size(bytes.length);
  out.bytes(bytes);
}

function writeObject(out: ByteWriter, value: object | null, depth: number): void {
  if (value === null) {
    out.byte(tags.null);
  } else if (Array.isArray(value)) {
    out.byte(tags.list);
    writeAll(out, value, depth);
  } else if (value instanceof Uint8Array) {
    out.byte(tags.binary);
    out.size(value.length);
    out.bytes(value);
  } else if (value instanceof Timestamp) {
    out.byte(tags.timestamp);
    out.int64(epochMicros(value));
  } else if (value instanceof Date) {
    out.byte(tags.date);
    out.float64(value.getTime());
  } else if (value instanceof Decimal) {
    out.byte(tags.decimal);
    out.int32(value.scale);
    out.text(value.unscaled.toString());
  } else if (value instanceof Map) {
    out.byte(tags.map);
    writeAll(out, [...value].flat(1), depth);
  } else if (value instanceof Set) {
    out.byte(tags.set);
    writeAll(out, [...value], depth);
  } else {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) {
      throw refused(`an object of the class ${value.constructor?.name ?? 'without a name'}`);
    }
    out.byte(tags.object);
    writeAll(out, Object.entries(value).flat(1), depth);
  }
}

function writeAll(out: ByteWriter, values: readonly unknown[], depth: number): void {
  out.size(values.length);
  for (const value of values) write(out, value, depth);
}

function read(from: ByteReader): unknown {
  const tag = from.byte();
  switch (tag) {
    case tags.null:
      return null;
    case tags.undefined:
      return undefined;
    case tags.false:
      return false;
    case tags.true:
      return true;
    case tags.whole:
      return from.int32();
    case tags.number:
      return from.float64();
    case tags.bigint:
      return BigInt(from.text());
    case tags.text:
      return from.text();
    case tags.units:
      return Buffer.from(from.bytes(from.size())).toString('utf16le');
    case tags.binary:
      return from.bytes(from.size());
    case tags.date:
      return new Date(from.float64());
    case tags.timestamp:
      return new Timestamp(from.int64());
    case tags.decimal: {
      const scale = from.int32();
      return new Decimal(BigInt(from.text()), scale);
    }
    case tags.list:
      return readAll(from);
    case tags.map:
      return new Map(pairs(readAll(from)));
    case tags.set:
      return new Set(readAll(from));
    case tags.object:
      return Object.fromEntries(pairs(readAll(from)) as [string, unknown][]);
    default:
      throw new RangeError(`there is no value of kind ${tag}`);
  }
}

function readAll(from: ByteReader): unknown[] {
  const count = from.size();
  const values: unknown[] = [];
  for (let i = 0; i < count; i++) values.push(read(from));
  return values;
}

const pairs = (flat: readonly unknown[]): [unknown, unknown][] =>
  Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]);

/** What to throw for a value that cannot be kept. */
export const refused = (what: string): SluiceError =>
  new SluiceError(
    'TYPE_MISMATCH',
    `Keeping state: ${what} cannot be kept, since it would come back as something else. Keep plain values: what JSON ` +
      'knows, bigints, bytes, dates, decimals, maps and sets.',
  );
