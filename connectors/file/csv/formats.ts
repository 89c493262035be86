import type { BooleanColumn, BytesColumn, Column, DecimalColumn, FixedColumn } from '../../../lib/columns/index.js';
import { getBit } from '../../../lib/columns/index.js';
import { Decimal } from '../../../lib/schema/index.js';
import type { TextOutput } from './output.js';

/** Writes the value of row `i`, which is there, as Spark spells it. */
export type Format = (out: TextOutput, i: number) => void;

/** The format of a column's values that are not strings; undefined for a type that CSV cannot hold. */
export function formatOf(column: Column): Format | undefined {
  switch (column.type.kind) {
    case 'boolean': {
      const { bits } = column as BooleanColumn;
      return (out, i) => out.ascii(getBit(bits, i) ? 'true' : 'false');
    }
    case 'byte':
    case 'short':
    case 'int': {
      const values = (column as FixedColumn).values as Int32Array;
      return (out, i) => out.integer(values[i]!);
    }
    case 'long': {
      const values = (column as FixedColumn).values as BigInt64Array;
      const halves = halvesOf(values);
      return (out, i) => {
        const hi = halves[2 * i + 1]!;
        if (hi >= -0x200000 && hi < 0x200000) out.integer(hi * 0x100000000 + (halves[2 * i]! >>> 0));
        else out.ascii(String(values[i]!));
      };
    }
    case 'double': {
      const values = (column as FixedColumn).values as Float64Array;
      return (out, i) => formatDouble(out, values[i]!);
    }
    case 'float': {
      const values = (column as FixedColumn).values as Float32Array;
      return (out, i) => out.ascii(javaForm(values[i]!, shortestFloat(values[i]!)));
    }
    case 'decimal': {
      const decimals = column as DecimalColumn;
      const { scale } = decimals.type;
      return (out, i) => out.ascii(new Decimal(decimals.unscaled(i), scale).toString());
    }
    case 'date': {
      const values = (column as FixedColumn).values as Int32Array;
      return (out, i) => formatDay(out, values[i]!);
    }
    case 'timestamp':
    case 'timestamp_ntz': {
      const halves = halvesOf((column as FixedColumn).values as BigInt64Array);
      const zoned = column.type.kind === 'timestamp';
      return (out, i) => {
        formatMillis(out, millisOf(halves[2 * i + 1]!, halves[2 * i]! >>> 0));
        if (zoned) out.byte(90);
      };
    }
    case 'binary': {
      const { bytes, offsets } = column as BytesColumn;
      return (out, i) => out.ascii(hexList(bytes.subarray(offsets[i], offsets[i + 1])));
    }
    default:
      return undefined;
  }
}

/** 64-bit integers as pairs of 32-bit ones, low half first: reading a bigint would allocate one. */
const halvesOf = (values: BigInt64Array): Int32Array =>
  new Int32Array(values.buffer, values.byteOffset, 2 * values.length);

/** A double as Java's `Double.toString` prints it. */
function formatDouble(out: TextOutput, value: number): void {
  // Most doubles in files are amounts with two decimals or whole numbers. A decimal of at most 15 digits that reads
  // back as the value is the shortest that does.
  if (value > -1e7 && value < 1e7) {
    const cents = Math.round(value * 100);
    if (cents / 100 === value && (value >= 1e-3 || value <= -1e-3 || Object.is(value, 0))) {
      const magnitude = Math.abs(cents);
      const whole = Math.floor(magnitude / 100);
      const rest = magnitude - 100 * whole;
      if (cents < 0) out.byte(45);
      out.integer(whole);
      out.byte(46);
      if (rest % 10 === 0) out.digits(rest / 10, 1);
      else out.digits(rest, 2);
      return;
    }
  }
  out.ascii(javaForm(value, String(Math.abs(value))));
}

/** Java's spelling of a number whose shortest digits are those of `text`, JavaScript's spelling without a sign. */
function javaForm(value: number, text: string): string {
  if (Number.isNaN(value)) return 'NaN';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  if (!Number.isFinite(value)) return `${sign}Infinity`;
  const magnitude = Math.abs(value);
  if (magnitude === 0) return `${sign}0.0`;
  const [mantissa = '', exponent = '0'] = text.split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = (whole + fraction).replace(/^0+/, '');
  // The power of ten of the first digit.
  const power = Number(exponent) + (whole === '0' ? -1 - /^0*/.exec(fraction)![0].length : whole.length - 1);
  if (magnitude >= 1e-3 && magnitude < 1e7) {
    if (power < 0) return `${sign}0.${'0'.repeat(-power - 1)}${trimZeros(digits)}`;
    return `${sign}${digits.slice(0, power + 1).padEnd(power + 1, '0')}.${trimZeros(digits.slice(power + 1))}`;
  }
  return `${sign}${digits[0]!}.${trimZeros(digits.slice(1))}E${power}`;
}

const trimZeros = (digits: string): string => digits.replace(/0+$/, '') || '0';

/** The shortest digits that name a 32-bit float. */
function shortestFloat(value: number): string {
  const magnitude = Math.abs(value);
  for (let digits = 1; digits < 9; digits++) {
    const text = magnitude.toPrecision(digits);
    if (Math.fround(Number(text)) === magnitude) return String(Number(text));
  }
  return String(Number(magnitude.toPrecision(9)));
}

/** Milliseconds of a 64-bit number of microseconds, rounded down. */
function millisOf(hi: number, lo: number): number {
  const high = Math.floor(hi / 1000);
  return high * 0x100000000 + Math.floor(((hi - high * 1000) * 0x100000000 + lo) / 1000);
}

const MILLIS_PER_DAY = 86_400_000;

function formatMillis(out: TextOutput, millis: number): void {
  const day = Math.floor(millis / MILLIS_PER_DAY);
  formatDay(out, day);
  const ofDay = millis - day * MILLIS_PER_DAY;
  const seconds = (ofDay / 1000) | 0;
  const minutes = (seconds / 60) | 0;
  out.byte(84);
  out.digits((minutes / 60) | 0, 2);
  out.byte(58);
  out.digits(minutes % 60, 2);
  out.byte(58);
  out.digits(seconds % 60, 2);
  out.byte(46);
  out.digits(ofDay % 1000, 3);
}

/** A day since 1970-01-01 as yyyy-MM-dd; years past four digits have a sign. */
function formatDay(out: TextOutput, epochDay: number): void {
  // Years that start in March have the leap day at their end, and repeat every 400.
  const days = epochDay + 719468;
  const cycle = Math.floor(days / 146097);
  const dayOfCycle = days - cycle * 146097;
  const yearOfCycle =
    ((dayOfCycle - ((dayOfCycle / 1460) | 0) + ((dayOfCycle / 36524) | 0) - ((dayOfCycle / 146096) | 0)) / 365) | 0;
  const dayOfYear = dayOfCycle - (365 * yearOfCycle + (yearOfCycle >> 2) - ((yearOfCycle / 100) | 0));
  const shifted = ((5 * dayOfYear + 2) / 153) | 0;
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  const year = yearOfCycle + cycle * 400 + (month <= 2 ? 1 : 0);
  if (year >= 0 && year <= 9999) {
    out.digits(year, 4);
  } else {
    out.byte(year < 0 ? 45 : 43);
    if (Math.abs(year) > 9999) out.integer(Math.abs(year));
    else out.digits(-year, 4);
  }
  out.byte(45);
  out.digits(month, 2);
  out.byte(45);
  out.digits(dayOfYear - (((153 * shifted + 2) / 5) | 0) + 1, 2);
}

const hexList = (bytes: Uint8Array): string =>
  `[${Array.from(bytes, (b) => b.toString(16).toUpperCase().padStart(2, '0')).join(' ')}]`;
