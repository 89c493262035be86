import { microsPer } from '../../datetime/index.js';
import {
  type AnyDecimal,
  decimalOfDouble,
  decimalToDouble,
  divideRounded,
  fits,
  formatDecimal,
  integralDigits,
  javaTrim,
  longToFloat,
  maxPrecision,
  parseDecimal,
  parseDouble,
  parseFloat32,
  rescale,
  toScale,
} from '../../numbers/index.js';
import type { DataType, DecimalType } from '../../schema/index.js';
import { malformed, outOfDecimals, outOfPrecision } from './errors.js';
import { monthsPer } from './interval-units.js';
import type { CastOptions, Convert } from './options.js';

export function toDouble(from: DataType, to: DataType, { ansi }: CastOptions): Convert {
  switch (from.kind) {
    case 'string':
      return floatFromText(parseDouble, from, to, ansi);
    case 'boolean':
      return (value: boolean) => (value ? 1 : 0);
    case 'long':
      return (value: bigint) => Number(value);
    case 'decimal':
      return (unscaled: bigint) => decimalToDouble(unscaled, from.scale);
    case 'timestamp':
      return secondsWithFraction;
    case 'date':
      return () => null;
    default:
      return (value: number) => value;
  }
}

export function toFloat(from: DataType, to: DataType, { ansi }: CastOptions): Convert {
  switch (from.kind) {
    case 'string':
      return floatFromText(parseFloat32, from, to, ansi);
    case 'boolean':
      return (value: boolean) => (value ? 1 : 0);
    case 'long':
      return longToFloat;
    case 'decimal':
      return (unscaled: bigint) => parseFloat32(formatDecimal(unscaled, from.scale));
    case 'timestamp':
      return (micros: bigint) => Math.fround(secondsWithFraction(micros));
    case 'date':
      return () => null;
    default:
      return Math.fround;
  }
}

const secondsWithFraction = (micros: bigint): number => Number(micros) / 1e6;

const floatFromText =
  (parse: (text: string) => number | null, from: DataType, to: DataType, ansi: boolean) =>
  (text: string): number | null => {
    const value = parse(text);
    if (value === null && ansi) throw malformed(text, from, to);
    return value;
  };

export function toDecimal(from: DataType, to: DecimalType, { ansi }: CastOptions): Convert {
  const { precision, scale } = to;
  /** `unscaled` is at the scale of the type; `shown` tells the number in an error. */
  const checked = (unscaled: bigint, shown: () => string, strict = ansi): bigint | null => {
    if (fits(unscaled, precision)) return unscaled;
    if (strict) throw outOfPrecision(shown(), to);
    return null;
  };
  const fromAny = (value: AnyDecimal, shown: () => string): bigint | null => {
    if (integralDigits(value) <= maxPrecision) return checked(toScale(value, scale), shown);
    if (ansi) throw outOfPrecision(shown(), to);
    return null;
  };
  const whole = (value: bigint): bigint | null => checked(rescale(value, 0, scale, 'half_up'), () => String(value));
  const fromFloat = (value: number): bigint | null =>
    Number.isFinite(value) ? fromAny(decimalOfDouble(value), () => String(value)) : null;

  switch (from.kind) {
    case 'string':
      return (text: string) => {
        const value = parseDecimal(javaTrim(text));
        if (value === undefined) {
          if (ansi) throw malformed(text, from, to);
          return null;
        }
        if (ansi && integralDigits(value) > maxPrecision) throw outOfDecimals(text);
        return fromAny(value, () => text);
      };
    case 'boolean':
      return (value: boolean) => whole(value ? 1n : 0n);
    case 'byte':
    case 'short':
    case 'int':
      return (value: number) => whole(BigInt(value));
    case 'long':
      return whole;
    case 'float':
    case 'double':
      return fromFloat;
    case 'decimal':
      return (unscaled: bigint) =>
        checked(rescale(unscaled, from.scale, scale, 'half_up'), () => formatDecimal(unscaled, from.scale));
    case 'timestamp':
      return (micros: bigint) => fromFloat(secondsWithFraction(micros));
    case 'day_time_interval':
      // Seconds have a fraction; of larger units only whole ones count.
      if (from.end === 'second') {
        return (micros: bigint) => checked(rescale(micros, 6, scale, 'half_up'), () => formatDecimal(micros, 6), true);
      }
      return countOf(microsPer[from.end]);
    case 'year_month_interval': {
      const count = countOf(BigInt(monthsPer[from.end]));
      return (months: number) => count(BigInt(months));
    }
    default:
      return () => null;
  }

  function countOf(unit: bigint): (length: bigint) => bigint | null {
    return (length) => {
      const count = divideRounded(length, unit, 'down');
      return checked(rescale(count, 0, scale, 'half_up'), () => String(count), true);
    };
  }
}
