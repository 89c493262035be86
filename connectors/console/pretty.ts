import { printDayTime, printInterval, printYearMonth } from '../../lib/datetime/index.js';
import { type CalendarInterval, type DataType, Decimal, Timestamp } from '../../lib/schema/index.js';

/** A value as Spark's `show` writes it; a value of no declared type as one of the type that it looks like. */
export function pretty(value: unknown, type: DataType): string {
  if (value === null || value === undefined) return 'NULL';
  switch (type.kind) {
    case 'any':
      return prettyAny(value);
    case 'float':
      return javaNumber(shortestFloat(value as number));
    case 'double':
      return javaNumber(value as number);
    case 'date':
      return day(value as Date);
    case 'timestamp':
    case 'timestamp_ntz':
      return instant(value as Date);
    case 'day_time_interval':
      return printDayTime(BigInt(value as number | bigint), type.start, type.end);
    case 'year_month_interval':
      return printYearMonth(value as number, type.start, type.end);
    case 'calendar_interval':
      return printInterval(value as CalendarInterval);
    case 'binary':
      return hex(value as Uint8Array);
    case 'array':
      return list((value as unknown[]).map((v) => pretty(v, type.element)));
    case 'map': {
      const entries = [...(value as Map<unknown, unknown>)];
      return struct(entries.map(([k, v]) => `${pretty(k, type.key)} -> ${pretty(v, type.value)}`));
    }
    case 'struct': {
      const record = value as Readonly<Record<string, unknown>>;
      return struct(type.fields.map((f) => pretty(record[f.name], f.type)));
    }
    default:
      return plain(value as Plain);
  }
}

const any: DataType = { kind: 'any' };

function prettyAny(value: unknown): string {
  if (value instanceof Date) return instant(value);
  if (value instanceof Uint8Array) return hex(value);
  if (Array.isArray(value)) return list(value.map((v) => pretty(v, any)));
  if (value instanceof Map) return struct([...value].map(([k, v]) => `${pretty(k, any)} -> ${pretty(v, any)}`));
  if (typeof value === 'object' && !(value instanceof Decimal)) {
    return struct(Object.values(value as object).map((v) => pretty(v, any)));
  }
  return plain(value as Plain);
}

/** What writes itself as Spark does. */
type Plain = string | number | bigint | boolean | Decimal;

const plain = (value: Plain): string => String(value);

const list = (items: readonly string[]): string => `[${items.join(', ')}]`;
const struct = (items: readonly string[]): string => `{${items.join(', ')}}`;
const hex = (bytes: Uint8Array): string =>
  `[${Array.from(bytes, (b) => b.toString(16).toUpperCase().padStart(2, '0')).join(' ')}]`;

/** A double as Java's `Double.toString`: `1.0`, `1.0E7`, `1.0E-4`, `-0.0`. */
function javaNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Object.is(value, -0)) return '-0.0';
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-3 && size < 1e7)) return Number.isInteger(value) ? `${value}.0` : String(value);
  let [mantissa, exponent] = value.toExponential().split('e') as [string, string];
  // Java wants two digits, and of those the nearest: 4.9E-324, not 5.0E-324.
  if (!mantissa.includes('.')) [mantissa, exponent] = value.toExponential(1).split('e') as [string, string];
  return `${mantissa}E${Number(exponent)}`;
}

/** The double with the fewest digits, two at least, that names this 32-bit value. Nine always do. */
function shortestFloat(value: number): number {
  for (let digits = 2; digits <= 9; digits++) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === value) return shorter;
  }
  return value;
}

function day(date: Date): string {
  const year = date.getUTCFullYear();
  const sign = year < 0 ? '-' : year > 9999 ? '+' : '';
  return `${sign}${digits(Math.abs(year), 4)}-${digits(date.getUTCMonth() + 1, 2)}-${digits(date.getUTCDate(), 2)}`;
}

function instant(date: Date): string {
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map((n) => digits(n, 2)).join(':');
  const micros = date.getUTCMilliseconds() * 1000 + (date instanceof Timestamp ? date.micros : 0);
  const fraction = micros === 0 ? '' : `.${digits(micros, 6).replace(/0+$/, '')}`;
  return `${day(date)} ${time}${fraction}`;
}

const digits = (value: number, length: number): string => String(value).padStart(length, '0');
