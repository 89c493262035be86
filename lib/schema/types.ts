import type { CalendarInterval, Decimal } from './values.js';

/** Marks a type with the TypeScript type of its values in rows; exists for the compiler only. */
declare const rowValue: unique symbol;

interface Typed<T> {
  readonly [rowValue]?: T;
}

/** Types without parameters. `any` is a column of plain JavaScript values whose type nobody declared. */
export type AtomicKind =
  | 'string'
  | 'boolean'
  | 'byte'
  | 'short'
  | 'int'
  | 'long'
  | 'float'
  | 'double'
  | 'date'
  | 'timestamp'
  | 'timestamp_ntz'
  | 'binary'
  | 'calendar_interval'
  | 'void'
  | 'any';

export interface AtomicType<K extends AtomicKind = AtomicKind, T = unknown> extends Typed<T> {
  readonly kind: K;
}

/** An exact number of `precision` digits (1 to 38), `scale` of them after the point. */
export interface DecimalType extends Typed<Decimal> {
  readonly kind: 'decimal';
  readonly precision: number;
  readonly scale: number;
}

export type DayTimeUnit = 'day' | 'hour' | 'minute' | 'second';
export type YearMonthUnit = 'year' | 'month';

/**
 * A length of time in microseconds, as `end` minus `start` of two timestamps is one. `start` and `end` say which
 * units it is written in; every such interval holds the same values. In rows the number of microseconds, as `long`.
 */
export interface DayTimeIntervalType extends Typed<number | bigint> {
  readonly kind: 'day_time_interval';
  readonly start: DayTimeUnit;
  readonly end: DayTimeUnit;
}

/** A number of months, written in years, months or both. In rows the number of months. */
export interface YearMonthIntervalType extends Typed<number> {
  readonly kind: 'year_month_interval';
  readonly start: YearMonthUnit;
  readonly end: YearMonthUnit;
}

export interface ArrayType<T = unknown> extends Typed<T[]> {
  readonly kind: 'array';
  readonly element: DataType;
  readonly containsNull: boolean;
}

export interface MapType<K = unknown, V = unknown> extends Typed<Map<K, V>> {
  readonly kind: 'map';
  readonly key: DataType;
  readonly value: DataType;
  readonly valueContainsNull: boolean;
}

/** A struct, and the schema of a row. */
export interface StructType<T = unknown> extends Typed<T> {
  readonly kind: 'struct';
  readonly fields: readonly Field[];
}

export type DataType =
  AtomicType | DecimalType | DayTimeIntervalType | YearMonthIntervalType | ArrayType | MapType | StructType;

export type IntervalKind = 'day_time_interval' | 'year_month_interval' | 'calendar_interval';

export const isInterval = (kind: DataType['kind']): kind is IntervalKind => kind.endsWith('_interval');

/** The schema of a micro-batch. */
export type Schema<Row = unknown> = StructType<Row>;

export interface Field {
  readonly name: string;
  readonly type: DataType;
  readonly nullable: boolean;
  readonly comment?: string;
}

/** The TypeScript type of the values of a type, missing ones left out. */
export type ValueOf<T> = T extends Typed<infer V> ? V : never;

/** The row type that a `struct({...})` describes; every column may be missing. */
export type RowOf<T> = T extends StructType<infer Row> ? Row : never;

const atomic = <K extends AtomicKind, T>(kind: K) => {
  const type: AtomicType<K, T> = Object.freeze({ kind });
  return () => type;
};

export const string = atomic<'string', string>('string');
export const boolean = atomic<'boolean', boolean>('boolean');
export const byte = atomic<'byte', number>('byte');
export const short = atomic<'short', number>('short');
export const int = atomic<'int', number>('int');
/** 64 bits. In rows a number while that is exact, a bigint past 2^53. */
export const long = atomic<'long', number | bigint>('long');
export const float = atomic<'float', number>('float');
export const double = atomic<'double', number>('double');
/** A day; in rows a `Date` at midnight UTC. */
export const date = atomic<'date', Date>('date');
/** An instant in microseconds; in rows a `Date` that keeps its microseconds. */
export const timestamp = atomic<'timestamp', Date>('timestamp');
/** A wall-clock time without a zone, in microseconds; in rows a `Date` whose UTC fields are the wall clock's. */
export const timestampNtz = atomic<'timestamp_ntz', Date>('timestamp_ntz');
export const binary = atomic<'binary', Uint8Array>('binary');
/** Months, days and microseconds side by side; in rows a `CalendarInterval`. */
export const calendarInterval = atomic<'calendar_interval', CalendarInterval>('calendar_interval');
export const voidType = atomic<'void', null>('void');
export const anyType = atomic<'any', unknown>('any');

export const decimal = (precision = 10, scale = 0): DecimalType => ({ kind: 'decimal', precision, scale });

/** Every day-time interval is one of these units, or goes from a larger to a smaller one. */
export const dayTimeInterval = (start: DayTimeUnit = 'day', end: DayTimeUnit = 'second'): DayTimeIntervalType => ({
  kind: 'day_time_interval',
  start,
  end,
});

export const yearMonthInterval = (
  start: YearMonthUnit = 'year',
  end: YearMonthUnit = 'month',
): YearMonthIntervalType => ({ kind: 'year_month_interval', start, end });

export const array = <T extends DataType>(element: T, containsNull = true): ArrayType<ValueOf<T> | null> => ({
  kind: 'array',
  element,
  containsNull,
});

export const map = <K extends DataType, V extends DataType>(
  key: K,
  value: V,
  valueContainsNull = true,
): MapType<ValueOf<K>, ValueOf<V> | null> => ({ kind: 'map', key, value, valueContainsNull });

/**
 * A schema from an object of types. The rows of a source with this schema have the matching TypeScript type.
 *
 * @example
 * ```ts
 * const orders = struct({ id: long(), shop: string(), at: timestamp() });
 * ```
 */
export const struct = <F extends Readonly<Record<string, DataType>>>(
  fields: F,
): StructType<{ [N in keyof F]: ValueOf<F[N]> | null }> => ({
  kind: 'struct',
  fields: Object.entries(fields).map(([name, type]) => field(name, type)),
});

export const field = (name: string, type: DataType, nullable = true, comment?: string): Field => ({
  name,
  type,
  nullable,
  ...(comment === undefined ? {} : { comment }),
});

export const structOf = <Row = unknown>(fields: readonly Field[]): StructType<Row> => ({ kind: 'struct', fields });

/** Whether two types hold the same values; comments and nullability aside. */
export function sameType(a: DataType, b: DataType): boolean {
  if (a === b) return true;
  if (a.kind === 'decimal') return b.kind === 'decimal' && a.precision === b.precision && a.scale === b.scale;
  if (a.kind === 'array') return b.kind === 'array' && sameType(a.element, b.element);
  if (a.kind === 'map') return b.kind === 'map' && sameType(a.key, b.key) && sameType(a.value, b.value);
  if (a.kind === 'struct') {
    return (
      b.kind === 'struct' &&
      a.fields.length === b.fields.length &&
      a.fields.every((f, i) => f.name === b.fields[i]!.name && sameType(f.type, b.fields[i]!.type))
    );
  }
  if (a.kind === 'day_time_interval' || a.kind === 'year_month_interval') {
    return b.kind === a.kind && a.start === b.start && a.end === b.end;
  }
  return a.kind === b.kind;
}
