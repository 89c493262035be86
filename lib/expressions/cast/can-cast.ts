import { type DataType, formatType, isInterval, sameType } from '../../schema/index.js';
import { type ExpressionError, invalid } from '../errors.js';
import type { CastOptions } from './options.js';

/** The families of types between which casts are allowed or not. */
type Family =
  | 'integer'
  | 'decimal'
  | 'float'
  | 'string'
  | 'boolean'
  | 'binary'
  | 'date'
  | 'timestamp'
  | 'ntz'
  | 'interval'
  | 'other';

const families: Partial<Record<DataType['kind'], Family>> = {
  byte: 'integer',
  short: 'integer',
  int: 'integer',
  long: 'integer',
  decimal: 'decimal',
  float: 'float',
  double: 'float',
  string: 'string',
  boolean: 'boolean',
  binary: 'binary',
  date: 'date',
  timestamp: 'timestamp',
  timestamp_ntz: 'ntz',
  day_time_interval: 'interval',
  year_month_interval: 'interval',
};

const familyOf = ({ kind }: DataType): Family => families[kind] ?? 'other';

/** What casts to each family, besides itself. Everything casts to a string. */
const ansiSources: Record<Family, string> = {
  integer: 'integer decimal float string boolean timestamp interval',
  decimal: 'integer decimal float string boolean timestamp interval',
  float: 'integer decimal float string boolean timestamp',
  string: '',
  boolean: 'string integer decimal float',
  binary: 'string',
  date: 'string timestamp ntz',
  timestamp: 'string date ntz integer decimal float',
  ntz: 'string date timestamp',
  interval: 'string integer decimal',
  other: '',
};

/** What casts without ANSI mode only. */
const legacySources: Partial<Record<Family, string>> = {
  integer: 'date',
  decimal: 'date',
  float: 'date',
  boolean: 'date timestamp',
  binary: 'integer',
  timestamp: 'boolean',
};

const allows = (sources: string | undefined, from: Family): boolean => sources?.split(' ').includes(from) ?? false;

/** Whether Spark casts values of one type to the other. */
export function canCast(
  from: DataType,
  to: DataType,
  { ansi, try: tolerant = false }: Omit<CastOptions, 'zone'>,
): boolean {
  if (!tolerant) return castable(from, to, ansi);
  // Of nested types TRY_CAST allows what is allowed without ANSI mode, as long as null has a place.
  return isNested(from) && from.kind === to.kind ? castable(from, to, false) : castable(from, to, true);
}

function castable(from: DataType, to: DataType, ansi: boolean): boolean {
  if (from.kind === 'void' || from.kind === 'any' || to.kind === 'string' || sameType(from, to)) return true;
  if (isNested(from)) return castableNested(from, to, ansi);
  if (to.kind === 'calendar_interval') return from.kind === 'string';
  const family = familyOf(from);
  const target = familyOf(to);
  if (family === 'interval' && target === 'interval') return from.kind === to.kind;
  return allows(ansiSources[target], family) || (!ansi && allows(legacySources[target], family));
}

const isNested = ({ kind }: DataType): boolean => kind === 'array' || kind === 'map' || kind === 'struct';

function castableNested(from: DataType, to: DataType, ansi: boolean): boolean {
  // A cast that may give null needs a place for it.
  const fits = (a: DataType, aNull: boolean, b: DataType, bNull: boolean): boolean =>
    castable(a, b, ansi) && (bNull || !(aNull || (!ansi && mayGiveNull(a, b))));
  if (from.kind === 'array' && to.kind === 'array') {
    return fits(from.element, from.containsNull, to.element, to.containsNull);
  }
  if (from.kind === 'map' && to.kind === 'map') {
    return (
      fits(from.key, false, to.key, false) && fits(from.value, from.valueContainsNull, to.value, to.valueContainsNull)
    );
  }
  if (from.kind === 'struct' && to.kind === 'struct') {
    return (
      from.fields.length === to.fields.length &&
      from.fields.every((f, i) => fits(f.type, f.nullable, to.fields[i]!.type, to.fields[i]!.nullable))
    );
  }
  return false;
}

/** Whether a cast may give null for a value that is not missing, as Spark says of types. */
export function mayGiveNull(from: DataType, to: DataType): boolean {
  if (from.kind === 'void' || sameType(from, to)) return false;
  if (from.kind === 'string') return to.kind !== 'binary';
  if (to.kind === 'string') return false;
  if (from.kind === 'timestamp' && ['byte', 'short', 'int'].includes(to.kind)) return true;
  if (familyOf(from) === 'float' && to.kind === 'timestamp') return true;
  if (to.kind === 'date') return from.kind !== 'timestamp';
  if (from.kind === 'date') return to.kind !== 'timestamp';
  if (to.kind === 'decimal') return !holdsAll(to.precision, to.scale, from);
  return (familyOf(from) === 'float' || from.kind === 'decimal') && familyOf(to) === 'integer';
}

const wholeDigits: Partial<Record<DataType['kind'], number>> = { boolean: 1, byte: 3, short: 5, int: 10, long: 20 };

function holdsAll(precision: number, scale: number, from: DataType): boolean {
  if (from.kind === 'decimal') return precision - scale >= from.precision - from.scale && scale >= from.scale;
  const digits = wholeDigits[from.kind];
  return digits !== undefined && precision - scale >= digits;
}

/** @throws ExpressionError `DATATYPE_MISMATCH.CAST_…`, with what to write instead, if Spark does not cast so. */
export function checkCast(from: DataType, to: DataType, options: Omit<CastOptions, 'zone'>): void {
  if (!canCast(from, to, options)) throw refused(from, to, options);
}

function refused(
  from: DataType,
  to: DataType,
  { ansi, try: tolerant = false }: Omit<CastOptions, 'zone'>,
): ExpressionError {
  const message = `A ${formatType(from)} cannot be cast to ${formatType(to)}.`;
  if (!ansi) return invalid('DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION', message);
  const functions = functionsInstead(from, to);
  if (functions !== undefined) {
    return invalid('DATATYPE_MISMATCH.CAST_WITH_FUNC_SUGGESTION', `${message} Use ${functions} instead.`);
  }
  if (!tolerant && canCast(from, to, { ansi: false })) {
    const hint = 'It can with ansi set to false.';
    return invalid('DATATYPE_MISMATCH.CAST_WITH_CONF_SUGGESTION', `${message} ${hint}`);
  }
  return invalid('DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION', message);
}

function functionsInstead(from: DataType, to: DataType): string | undefined {
  const numeric = (type: DataType): boolean => ['integer', 'decimal', 'float'].includes(familyOf(type));
  if (numeric(from) && to.kind === 'timestamp') return 'timestamp_seconds, timestamp_millis or timestamp_micros';
  if (from.kind === 'timestamp' && numeric(to)) return 'unix_seconds, unix_millis or unix_micros';
  if (numeric(from) && to.kind === 'date') return 'date_from_unix_date';
  if (from.kind === 'date' && numeric(to)) return 'unix_date';
  return undefined;
}

const widening = ['byte', 'short', 'int', 'long', 'float', 'double'];

/** Whether no value can fail to be cast: its text, a wider number, and without ANSI all but intervals. */
export function neverFails(from: DataType, to: DataType, ansi: boolean): boolean {
  if (from.kind === 'any' || isInterval(from.kind) || isInterval(to.kind)) return false;
  if (!ansi || to.kind === 'string') return true;
  if (widening.includes(from.kind) && widening.includes(to.kind)) {
    return widening.indexOf(from.kind) <= widening.indexOf(to.kind);
  }
  return to.kind === 'decimal' && !mayGiveNull(from, to);
}
