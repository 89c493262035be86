import { PatternReader, parseDate, parseTimestamp, zoneOf } from '../../../lib/datetime/index.js';
import { canCast, castFunction } from '../../../lib/expressions/cast/index.js';
import type { Value } from '../../../lib/expressions/values.js';
import { countDigits, maxPrecision, parseDecimal, parseDouble, parseLong } from '../../../lib/numbers/index.js';
import {
  type DataType,
  type DecimalType,
  date,
  decimal,
  double,
  int,
  long,
  string,
  timestamp,
  voidType,
} from '../../../lib/schema/index.js';

/** The folder of rows whose value is missing. */
const missing = '__HIVE_DEFAULT_PARTITION__';

/** What a name of a folder stands for: `%3A` is a colon. */
export const unescapeName = (name: string): string =>
  name.replace(/%([\da-f]{2})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)));

/** `key=value` as a folder is named: the key unescaped, the value not, since numbers are not. */
export interface PartitionFolder {
  readonly key: string;
  readonly value: string;
}

/** Undefined if the folder is none of a partition. */
export function partitionFolder(name: string): PartitionFolder | undefined {
  const at = name.indexOf('=');
  return at < 0 ? undefined : { key: unescapeName(name.slice(0, at)), value: name.slice(at + 1) };
}

const wholeNumber = /^[+-]?\d+$/;
const intLimit = 2n ** 31n;

/** The type that the value of a folder has by itself, as Spark's partition discovery sees it. */
export function typeOfValue(value: string, zone: string): DataType {
  if (value === missing) return voidType();
  return numberType(value) ?? timeType(value, zone) ?? string();
}

function numberType(value: string): DataType | undefined {
  const whole = wholeNumber.test(value) ? parseLong(value, false) : null;
  if (whole !== null) return whole >= -intLimit && whole < intLimit ? int() : long();
  const exact = parseDecimal(value);
  if (exact !== undefined && exact.scale <= 0) {
    const digits = countDigits(exact.unscaled) - exact.scale;
    if (digits <= maxPrecision) return decimal(digits, 0);
  }
  return javaDouble(value) === null ? undefined : double();
}

/** As Java reads it, where `NaN` and `Infinity` are spelled in one way only. */
function javaDouble(value: string): number | null {
  return /^\s*[+-]?[a-z]+\s*$/i.test(value) && !/^\s*[+-]?(?:NaN|Infinity)\s*$/.test(value) ? null : parseDouble(value);
}

const timestampPattern = new PatternReader('yyyy-MM-dd HH:mm:ss[.S]');
const datePattern = new PatternReader('yyyy-MM-dd');

/** Casts take more forms than these. */
function timeType(value: string, zone: string): DataType | undefined {
  const text = unescapeName(value);
  if (timestampPattern.read(text, zoneOf(zone)) !== undefined && parseTimestamp(text, zoneOf(zone)) !== undefined) {
    return timestamp();
  }
  return datePattern.readDate(value) !== undefined && parseDate(value) !== undefined ? date() : undefined;
}

/** The type of a column of which some folders say one thing and some the other: text where they do not go together. */
export function widerType(a: DataType, b: DataType): DataType {
  if (a.kind === 'void') return b;
  if (b.kind === 'void' || a.kind === b.kind) return a.kind === 'decimal' ? widerDecimal(a, b) : a;
  const kinds = new Set([a.kind, b.kind]);
  if (kinds.has('date') && kinds.has('timestamp')) return timestamp();
  if (kinds.has('int') && kinds.has('long')) return long();
  if (kinds.has('int') && kinds.has('double')) return double();
  const isExact = [...kinds].every((kind) => kind === 'int' || kind === 'long' || kind === 'decimal');
  return isExact ? widerDecimal(a, b) : string();
}

const widerDecimal = (a: DataType, b: DataType): DecimalType => decimal(Math.max(digitsOf(a), digitsOf(b)), 0);

/** How many digits decimals of that type have. */
function digitsOf(type: DataType): number {
  if (type.kind === 'decimal') return type.precision;
  return type.kind === 'int' ? 10 : type.kind === 'long' ? 20 : 0;
}

/** Whether a column of partitions may have the type. */
export const isPartitionType = (type: DataType): boolean =>
  type.kind === 'void' || canCast(string(), type, { ansi: true });

/** Reads the values of folders as those of a type. The function throws where a value is none of it. */
export function valueReader(type: DataType, zone: string): (value: string) => Value {
  if (type.kind === 'void') return () => null;
  const cast = valueCast(type, zone);
  return (value) => (value === missing ? null : cast(value));
}

/** Spark reads numbers as Java does, which takes fewer forms than casts. */
function valueCast(type: DataType, zone: string): (value: string) => Value {
  const cast = castFunction(string(), type, { ansi: true, zone });
  const only =
    (accepts: (value: string) => boolean) =>
    (value: string): Value => {
      if (!accepts(value)) throw new RangeError(`'${value}' is no ${type.kind}`);
      return cast(value);
    };
  switch (type.kind) {
    case 'string':
      return unescapeName;
    case 'byte':
    case 'short':
    case 'int':
    case 'long':
      return only((value) => wholeNumber.test(value));
    case 'float':
    case 'double':
      return only((value) => javaDouble(value) !== null);
    case 'boolean':
      return only((value) => /^(?:true|false)$/i.test(value));
    case 'date':
    case 'decimal':
    case 'binary':
      return cast;
    default:
      return (value) => cast(unescapeName(value));
  }
}
