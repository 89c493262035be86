import { type DataType, type DecimalType, field, sameType, structOf } from '../schema/index.js';

/*
 * Spark's implicit casts: which type two types have in common. With ANSI a string gives way to what stands beside it,
 * without ANSI most things give way to a string.
 */

const precedence = ['byte', 'short', 'int', 'long', 'float', 'double'] as const;

export const isIntegral = ({ kind }: DataType): boolean =>
  kind === 'byte' || kind === 'short' || kind === 'int' || kind === 'long';
export const isFractional = ({ kind }: DataType): boolean =>
  kind === 'float' || kind === 'double' || kind === 'decimal';
export const isNumeric = (type: DataType): boolean => isIntegral(type) || isFractional(type);
/** Intervals of one calendar: days to seconds, or years to months. */
export const isAnsiInterval = ({ kind }: DataType): boolean =>
  kind === 'day_time_interval' || kind === 'year_month_interval';
export const isAtomic = ({ kind }: DataType): boolean =>
  kind !== 'array' && kind !== 'map' && kind !== 'struct' && kind !== 'void' && kind !== 'any';

/** The decimal that holds every value of a number type without a fraction, or close to it for floats. */
export function decimalFor(type: DataType): DecimalType {
  const of = (precision: number, scale: number): DecimalType => ({ kind: 'decimal', precision, scale });
  switch (type.kind) {
    case 'decimal':
      return type;
    case 'byte':
      return of(3, 0);
    case 'short':
      return of(5, 0);
    case 'int':
      return of(10, 0);
    case 'long':
      return of(20, 0);
    case 'float':
      return of(14, 7);
    case 'double':
      return of(30, 15);
    default:
      return of(38, 18);
  }
}

function widerDecimal(a: DecimalType, b: DecimalType): DecimalType {
  const scale = Math.max(a.scale, b.scale);
  const whole = Math.max(a.precision - a.scale, b.precision - b.scale);
  // No room for both: the digits before the point matter more.
  return whole + scale > 38
    ? { kind: 'decimal', precision: 38, scale: Math.max(0, 38 - whole) }
    : { kind: 'decimal', precision: whole + scale, scale };
}

/** The type of two that loses nothing; strings have nothing in common with others. */
function tightest(a: DataType, b: DataType, ansi: boolean): DataType | undefined {
  if (a.kind === 'void') return b;
  if (b.kind === 'void') return a;
  if (a.kind === 'any' || b.kind === 'any') return a.kind === 'any' ? b : a;
  if (isNumeric(a) && isNumeric(b)) return widerNumber(a, b, ansi);
  if (isAnsiInterval(a) && a.kind === b.kind) return widerInterval(a, b);
  return widerTime(a.kind, b.kind);
}

function widerNumber(a: DataType, b: DataType, ansi: boolean): DataType {
  if (a.kind === 'decimal' || b.kind === 'decimal') {
    if (!isExact(a) || !isExact(b)) return { kind: 'double' };
    return widerDecimal(decimalFor(a), decimalFor(b));
  }
  const at = (type: DataType): number => precedence.indexOf(type.kind as (typeof precedence)[number]);
  const kind = precedence[Math.max(at(a), at(b))]!;
  // A float has not enough digits for these.
  const wide = ansi && kind === 'float' && [a, b].some((t) => t.kind === 'int' || t.kind === 'long');
  return { kind: wide ? 'double' : kind };
}

const isExact = (type: DataType): boolean => isIntegral(type) || type.kind === 'decimal';

const timeOrder = ['date', 'timestamp_ntz', 'timestamp'] as const;

function widerTime(a: DataType['kind'], b: DataType['kind']): DataType | undefined {
  const i = timeOrder.indexOf(a as 'date');
  const j = timeOrder.indexOf(b as 'date');
  return i < 0 || j < 0 ? undefined : { kind: timeOrder[Math.max(i, j)]! };
}

const intervalFields = ['year', 'month', 'day', 'hour', 'minute', 'second'];

function widerInterval<T extends DataType>(a: T, b: T): DataType {
  const x = a as { start: string; end: string };
  const y = b as { start: string; end: string };
  const pick = (f: string, g: string, first: boolean): string =>
    intervalFields.indexOf(f) < intervalFields.indexOf(g) === first ? f : g;
  return { kind: a.kind, start: pick(x.start, y.start, true), end: pick(x.end, y.end, false) } as DataType;
}

/**
 * The type to which two are brought before they are compared, put in one list or returned from one CASE; undefined
 * if there is none. Texts give way to (or take in) other types unless `promote` is false.
 */
export function commonType(a: DataType, b: DataType, ansi: boolean, promote = true): DataType | undefined {
  if (sameType(a, b)) return nullableOf(a, b);
  return (
    tightest(a, b, ansi) ??
    (promote ? (ansi ? ansiString(a, b) : legacyString(a, b)) : undefined) ??
    nested(a, b, (x, y) => commonType(x, y, ansi, promote))
  );
}

/** The common type of several. Without ANSI a string among them makes all strings. */
export function commonTypeOf(types: readonly DataType[], ansi: boolean, promote = true): DataType | undefined {
  // Strings last or first must not matter.
  const strings = types.filter((t) => t.kind === 'string');
  const ordered = [...types.filter((t) => t.kind !== 'string'), ...strings];
  return ordered.reduce<DataType | undefined>((all, t) => all && commonType(all, t, ansi, promote), { kind: 'void' });
}

function ansiString(a: DataType, b: DataType): DataType | undefined {
  if (a.kind !== 'string') return b.kind === 'string' ? ansiString(b, a) : undefined;
  if (isIntegral(b)) return { kind: 'long' };
  if (isFractional(b)) return { kind: 'double' };
  return isAtomic(b) && !isAnsiInterval(b) && b.kind !== 'calendar_interval' ? b : undefined;
}

function legacyString(a: DataType, b: DataType): DataType | undefined {
  if (a.kind !== 'string') return b.kind === 'string' ? legacyString(b, a) : undefined;
  return isAtomic(b) && b.kind !== 'binary' && b.kind !== 'boolean' ? a : undefined;
}

function nested(
  a: DataType,
  b: DataType,
  common: (a: DataType, b: DataType) => DataType | undefined,
): DataType | undefined {
  if (a.kind === 'array' && b.kind === 'array') {
    const element = common(a.element, b.element);
    return element && { kind: 'array', element, containsNull: a.containsNull || b.containsNull };
  }
  if (a.kind === 'map' && b.kind === 'map') {
    const key = common(a.key, b.key);
    const value = common(a.value, b.value);
    return key && value && { kind: 'map', key, value, valueContainsNull: a.valueContainsNull || b.valueContainsNull };
  }
  if (a.kind === 'struct' && b.kind === 'struct' && a.fields.length === b.fields.length) {
    const fields = a.fields.map((f, i) => {
      const other = b.fields[i]!;
      const type = f.name.toLowerCase() === other.name.toLowerCase() ? common(f.type, other.type) : undefined;
      return type && field(f.name, type, f.nullable || other.nullable);
    });
    if (fields.every((f) => f !== undefined)) return structOf(fields);
  }
  return undefined;
}

/** Of two types that differ in what may be missing only, the one that allows for both. */
function nullableOf(a: DataType, b: DataType): DataType {
  return nested(a, b, (x, y) => (sameType(x, y) ? nullableOf(x, y) : undefined)) ?? a;
}

/** The type in which two are compared with `=`, `<` and the like. */
export function comparisonType(a: DataType, b: DataType, ansi: boolean): DataType | undefined {
  if (!ansi && (a.kind === 'string') !== (b.kind === 'string')) {
    const other = a.kind === 'string' ? b : a;
    if (other.kind === 'decimal') return { kind: 'double' };
    if (isAtomic(other)) return other;
  }
  return commonType(a, b, ansi);
}
