import { Buffer } from 'node:buffer';
import type { CalendarInterval, Value } from '../../lib/expressions/values.js';
import { type DataType, type DecimalType, type StructType, simpleString } from '../../lib/schema/index.js';
import { decodeText, encodeText, isValidText } from '../../lib/text/index.js';

/** A value as the vectors write it. */
export function encode(type: DataType, value: Value): unknown {
  if (value === null) return null;
  switch (type.kind) {
    case 'boolean':
    case 'byte':
    case 'short':
    case 'int':
      return value;
    case 'string':
      return encodeString(value as string);
    case 'long':
      return encodeLong(value as bigint);
    case 'float':
      return encodeFraction('$float', value as number, shortestFloat);
    case 'double':
      return encodeFraction('$double', value as number, (v) => v);
    case 'decimal':
      return { $decimal: decimalText(value as bigint, type.scale) };
    case 'date':
      return { $date: dateText(BigInt(value as number)) };
    case 'timestamp':
      return { $timestamp: `${instantText(value as bigint)}Z` };
    case 'timestamp_ntz':
      return { $timestamp_ntz: instantText(value as bigint) };
    case 'binary':
      return { $binary: Buffer.from(value as Uint8Array).toString('base64') };
    case 'day_time_interval':
      return { $dayTimeMicros: (value as bigint).toString() };
    case 'year_month_interval':
      return { $yearMonthMonths: (value as number).toString() };
    case 'calendar_interval': {
      const { months, days, micros } = value as CalendarInterval;
      return { $interval: { months, days, micros: String(micros) } };
    }
    case 'array':
      return (value as Value[]).map((v) => encode(type.element, v));
    case 'map': {
      const entries = value as readonly (readonly [Value, Value])[];
      return { $map: entries.map(([k, v]) => [encode(type.key, k), encode(type.value, v)]) };
    }
    case 'struct':
      return encodeStruct(type, value as Value[]);
    case 'void':
    case 'any':
      throw new TypeError(`a ${type.kind} has no value`);
  }
}

/** Reads a value as the vectors write it. Throws where it is not one of the type. */
export function decode(type: DataType, json: unknown): Value {
  if (json === null) return null;
  const text = (tag: string): string => {
    const found = (json as Readonly<Record<string, unknown>>)[tag];
    if (typeof found !== 'string') throw wrong(type, json);
    return found;
  };
  switch (type.kind) {
    case 'boolean':
      if (typeof json !== 'boolean') throw wrong(type, json);
      return json;
    case 'byte':
    case 'short':
    case 'int':
      if (!Number.isInteger(json)) throw wrong(type, json);
      return json as number;
    case 'long':
      return Number.isSafeInteger(json) ? BigInt(json as number) : BigInt(text('$long'));
    case 'float':
      return Math.fround(typeof json === 'number' ? json : Number(text('$float')));
    case 'double':
      return typeof json === 'number' ? json : Number(text('$double'));
    case 'string':
      if (typeof json === 'string') return json;
      return decodeText(Buffer.from(text('$invalidUtf8'), 'base64'));
    case 'decimal':
      return decodeDecimal(type, text('$decimal'));
    case 'date':
      return Number(epochDays(text('$date')));
    case 'timestamp':
      return instantMicros(text('$timestamp').replace(/Z$/, ''));
    case 'timestamp_ntz':
      return instantMicros(text('$timestamp_ntz'));
    case 'binary':
      return Uint8Array.from(Buffer.from(text('$binary'), 'base64'));
    case 'day_time_interval':
      return BigInt(text('$dayTimeMicros'));
    case 'year_month_interval':
      return Number(text('$yearMonthMonths'));
    case 'calendar_interval': {
      const { $interval } = json as { $interval: { months: number; days: number; micros: string } };
      return { ...$interval, micros: BigInt($interval.micros) };
    }
    case 'array':
      return (json as unknown[]).map((v) => decode(type.element, v));
    case 'map': {
      const { $map } = json as { $map: [unknown, unknown][] };
      return $map.map(([k, v]) => [decode(type.key, k), decode(type.value, v)]);
    }
    case 'struct':
      return decodeStruct(type, json);
    case 'void':
    case 'any':
      throw wrong(type, json);
  }
}

const wrong = (type: DataType, json: unknown): TypeError =>
  new TypeError(`${JSON.stringify(json)} is no ${simpleString(type)}`);

/** Broken bytes are lone surrogates here, which JSON would not keep. */
function encodeString(value: string): unknown {
  if (isValidText(value)) return value;
  return { $invalidUtf8: Buffer.from(encodeText(value)).toString('base64') };
}

function encodeLong(value: bigint): unknown {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : { $long: String(value) };
}

function encodeFraction(tag: string, value: number, written: (value: number) => number): unknown {
  if (Object.is(value, -0)) return { [tag]: '-0.0' };
  return Number.isFinite(value) ? written(value) : { [tag]: String(value) };
}

/** The double with the fewest digits that names this 32-bit value. */
function shortestFloat(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === value) return shorter;
  }
  return Number(value.toPrecision(9));
}

function decimalText(unscaled: bigint, scale: number): string {
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  const point = digits.length - scale;
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, point)}${scale > 0 ? `.${digits.slice(point)}` : ''}`;
}

function decodeDecimal(type: DecimalType, text: string): bigint {
  const [whole, fraction = ''] = text.split('.') as [string, string?];
  if (fraction.length !== type.scale) throw wrong(type, text);
  return BigInt(whole + fraction);
}

function encodeStruct({ fields }: StructType, values: readonly Value[]): unknown {
  const entries = fields.map((f, i) => [f.name, encode(f.type, values[i]!)] as const);
  const unique = new Set(fields.map((f) => f.name)).size === fields.length;
  return unique ? Object.fromEntries(entries) : { $struct: entries };
}

function decodeStruct({ fields }: StructType, json: unknown): Value {
  const { $struct } = json as { $struct?: [string, unknown][] };
  const entries = $struct ?? Object.entries(json as Readonly<Record<string, unknown>>);
  if (entries.length !== fields.length) throw new TypeError(`${JSON.stringify(json)} has other fields`);
  if ($struct !== undefined) return fields.map((f, i) => decode(f.type, $struct[i]![1]));
  return fields.map((f) => {
    if (!Object.hasOwn(json as object, f.name)) throw new TypeError(`${JSON.stringify(json)} has no '${f.name}'`);
    return decode(f.type, (json as Readonly<Record<string, unknown>>)[f.name]);
  });
}

// The calendar repeats after 400 years, so that `Date`, which ends before Spark's timestamps do, is enough.
const DAYS_PER_CYCLE = 146_097n;
const MICROS_PER_DAY = 86_400_000_000n;

const floorDiv = (a: bigint, b: bigint): bigint => (a - (((a % b) + b) % b)) / b;

function dateText(days: bigint): string {
  const cycle = floorDiv(days, DAYS_PER_CYCLE);
  const date = new Date(Number(days - cycle * DAYS_PER_CYCLE) * 86_400_000);
  const year = date.getUTCFullYear() + Number(cycle) * 400;
  const sign = year < 0 ? '-' : year > 9999 ? '+' : '';
  return `${sign}${String(Math.abs(year)).padStart(4, '0')}${date.toISOString().slice(4, 10)}`;
}

function epochDays(text: string): bigint {
  const match = /^([+-]?\d{4,})-(\d\d)-(\d\d)$/.exec(text);
  if (match === null) throw new TypeError(`'${text}' is no date`);
  const year = Number(match[1]);
  const cycle = Math.floor((year - 1970) / 400);
  const days = Date.UTC(year - cycle * 400, Number(match[2]) - 1, Number(match[3])) / 86_400_000;
  return BigInt(days) + BigInt(cycle) * DAYS_PER_CYCLE;
}

function instantText(micros: bigint): string {
  const day = floorDiv(micros, MICROS_PER_DAY);
  const rest = micros - day * MICROS_PER_DAY;
  const time = new Date(Number(rest / 1000n)).toISOString().slice(11, 23);
  return `${dateText(day)}T${time}${String(rest % 1000n).padStart(3, '0')}`;
}

function instantMicros(text: string): bigint {
  const match = /^(.*)T(\d\d):(\d\d):(\d\d)\.(\d{6})$/.exec(text);
  if (match === null) throw new TypeError(`'${text}' is no timestamp of six digits`);
  const [, day, hours, minutes, seconds, micros] = match;
  const sum = (BigInt(hours!) * 60n + BigInt(minutes!)) * 60n + BigInt(seconds!);
  return epochDays(day!) * MICROS_PER_DAY + sum * 1_000_000n + BigInt(micros!);
}
