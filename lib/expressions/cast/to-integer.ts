import { microsPer, secondsOf } from '../../datetime/index.js';
import {
  doubleToInt,
  doubleToLong,
  fitsLong,
  formatDecimal,
  formatDouble,
  formatFloat,
  parseInteger,
  parseLong,
  pow10,
  wrapLong,
} from '../../numbers/index.js';
import type { DataType } from '../../schema/index.js';
import { malformed, overflow } from './errors.js';
import { monthsPer } from './interval-units.js';
import type { CastOptions, Convert } from './options.js';

const bitsOf = { byte: 8, short: 16, int: 32 } as const;

export type SmallKind = keyof typeof bitsOf;

/** To byte, short and int, whose values are numbers. */
export function toSmallInteger(from: DataType, to: DataType & { kind: SmallKind }, { ansi }: CastOptions): Convert {
  const bits = bitsOf[to.kind];
  const max = 2 ** (bits - 1) - 1;
  const min = -max - 1;
  const wrap = (value: number): number => (value << (32 - bits)) >> (32 - bits);
  /** A whole number that fits or is an error, whatever the mode. */
  const exactly = (value: bigint, shown: () => string): number => {
    if (value < min || value > max) throw overflow(shown(), from, to);
    return Number(value);
  };

  switch (from.kind) {
    case 'string':
      return (text: string) => {
        const value = parseInteger(text, min, max, !ansi);
        if (value === null && ansi) throw malformed(text, from, to);
        return value;
      };
    case 'boolean':
      return (value: boolean) => (value ? 1 : 0);
    case 'byte':
    case 'short':
    case 'int':
      if (!ansi) return wrap;
      return (value: number) => {
        if (value < min || value > max) throw overflow(String(value), from, to);
        return value;
      };
    case 'long':
      if (!ansi) return (value: bigint) => Number(BigInt.asIntN(bits, value));
      return (value: bigint) => exactly(value, () => `${value}L`);
    case 'float':
    case 'double':
      if (!ansi) return (value: number) => wrap(doubleToInt(value));
      return (value: number) => {
        const whole = Math.trunc(value) + 0;
        if (!(whole >= min && whole <= max)) throw overflow(floatLiteral(value, from), from, to);
        return whole;
      };
    case 'decimal': {
      const divisor = pow10(from.scale);
      if (!ansi) return (unscaled: bigint) => Number(BigInt.asIntN(bits, unscaled / divisor));
      return (unscaled: bigint) => exactly(unscaled / divisor, () => `${formatDecimal(unscaled, from.scale)}BD`);
    }
    case 'timestamp':
      return (micros: bigint) => {
        const seconds = secondsOf(micros);
        if (seconds >= min && seconds <= max) return seconds;
        if (ansi) throw overflow(`${micros} microseconds`, from, to);
        return null;
      };
    case 'day_time_interval': {
      const unit = microsPer[from.end];
      return (micros: bigint) => exactly(micros / unit, () => `${micros} microseconds`);
    }
    case 'year_month_interval': {
      const unit = monthsPer[from.end];
      return (months: number) => exactly(BigInt(Math.trunc(months / unit)), () => `${months} months`);
    }
    default:
      // A date has no number in Hive, and so not without ANSI mode.
      return () => null;
  }
}

export function toLong(from: DataType, to: DataType, { ansi }: CastOptions): Convert {
  switch (from.kind) {
    case 'string':
      return (text: string) => {
        const value = parseLong(text, !ansi);
        if (value === null && ansi) throw malformed(text, from, to);
        return value;
      };
    case 'boolean':
      return (value: boolean) => (value ? 1n : 0n);
    case 'byte':
    case 'short':
    case 'int':
      return (value: number) => BigInt(value);
    case 'float':
    case 'double':
      return (value: number) => {
        // 2^63 itself passes, since the largest long is 2^63 as a double.
        if (ansi && !(value >= -(2 ** 63) && value <= 2 ** 63)) throw overflow(floatLiteral(value, from), from, to);
        return doubleToLong(value);
      };
    case 'decimal': {
      const divisor = pow10(from.scale);
      return (unscaled: bigint) => {
        const value = unscaled / divisor;
        if (ansi && !fitsLong(value)) throw overflow(`${formatDecimal(unscaled, from.scale)}BD`, from, to);
        return wrapLong(value);
      };
    }
    case 'timestamp':
      return (micros: bigint) => BigInt(secondsOf(micros));
    case 'day_time_interval': {
      const unit = microsPer[from.end];
      return (micros: bigint) => micros / unit;
    }
    case 'year_month_interval': {
      const unit = monthsPer[from.end];
      return (months: number) => BigInt(Math.trunc(months / unit));
    }
    default:
      return () => null;
  }
}

/** A float as a literal of SQL. */
export const floatLiteral = (value: number, { kind }: DataType): string =>
  kind === 'float' ? `${formatFloat(value)}F` : `${formatDouble(value)}D`;
