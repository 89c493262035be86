import { type DataType, sameType } from '../../schema/index.js';
import { ExpressionError } from '../errors.js';
import type { Value } from '../values.js';
import { fromAny } from './from-any.js';
import { type CastOf, toArray, toMap, toStruct } from './nested.js';
import type { CastFunction, CastOptions, Convert } from './options.js';
import { toDate, toTimestamp, toTimestampNtz } from './to-datetime.js';
import { toDecimal, toDouble, toFloat } from './to-fraction.js';
import { toLong, toSmallInteger } from './to-integer.js';
import { toCalendarInterval, toDayTimeInterval, toYearMonthInterval } from './to-interval.js';
import { toBinary, toBoolean } from './to-simple.js';
import { toText } from './to-string.js';

/**
 * The cast of values of one type to another, which `canCast` allows. With ANSI, what cannot be cast is an
 * `ExpressionError`: CAST_INVALID_INPUT, CAST_OVERFLOW, NUMERIC_VALUE_OUT_OF_RANGE….
 */
export function castFunction(from: DataType, to: DataType, options: CastOptions): CastFunction {
  if (sameType(from, to)) return (value) => value;
  if (from.kind === 'void') return () => null;
  // TRY_CAST is the strict cast whose errors become null, at every level of nested types.
  const convert = converter(from, to, options.try === true ? { ...options, ansi: true } : options) as (
    v: Value,
  ) => Value;
  if (options.try === true) return (value) => (value === null ? null : attempt(convert, value));
  return (value) => (value === null ? null : convert(value));
}

function attempt(convert: (value: Value) => Value, value: Value): Value {
  try {
    return convert(value);
  } catch (error) {
    if (error instanceof ExpressionError) return null;
    throw error;
  }
}

function converter(from: DataType, to: DataType, options: CastOptions): Convert {
  const castOf: CastOf = (a, b) => castFunction(a, b, options);
  if (from.kind === 'any') return fromAny(to, options, castOf);
  switch (to.kind) {
    case 'string':
      return toText(from, options, castOf);
    case 'boolean':
      return toBoolean(from, to, options);
    case 'binary':
      return toBinary(from);
    case 'byte':
    case 'short':
    case 'int':
      return toSmallInteger(from, { kind: to.kind }, options);
    case 'long':
      return toLong(from, to, options);
    case 'float':
      return toFloat(from, to, options);
    case 'double':
      return toDouble(from, to, options);
    case 'decimal':
      return toDecimal(from, to, options);
    case 'date':
      return toDate(from, to, options);
    case 'timestamp':
      return toTimestamp(from, to, options);
    case 'timestamp_ntz':
      return toTimestampNtz(from, to, options);
    case 'calendar_interval':
      return toCalendarInterval();
    case 'day_time_interval':
      return toDayTimeInterval(from, to);
    case 'year_month_interval':
      return toYearMonthInterval(from, to);
    case 'array':
      if (from.kind === 'array') return toArray(from, to, castOf);
      break;
    case 'map':
      if (from.kind === 'map') return toMap(from, to, castOf);
      break;
    case 'struct':
      if (from.kind === 'struct') return toStruct(from, to, castOf);
      break;
    default:
  }
  throw new RangeError(`No cast from ${from.kind} to ${to.kind}: ask canCast first`);
}
