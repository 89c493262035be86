import {
  SECONDS_PER_DAY,
  daysIn,
  isLong,
  microsFrom,
  microsOfSecond,
  parseDate,
  parseTimestamp,
  parseTimestampNtz,
  secondsOf,
  zoneOf,
} from '../../datetime/index.js';
import { doubleToLong, pow10, saturateLong, wrapLong } from '../../numbers/index.js';
import type { DataType } from '../../schema/index.js';
import { failed } from '../errors.js';
import { malformed, overflow } from './errors.js';
import { floatLiteral } from './to-integer.js';
import type { CastOptions, Convert } from './options.js';

export function toDate(from: DataType, to: DataType, options: CastOptions): Convert {
  switch (from.kind) {
    case 'string':
      return fromText(parseDate, from, to, options);
    case 'timestamp': {
      const zone = zoneOf(options.zone);
      return (micros: bigint) => {
        const seconds = secondsOf(micros);
        return daysIn(seconds + zone.offsetAt(seconds));
      };
    }
    default:
      return (micros: bigint) => daysIn(secondsOf(micros));
  }
}

/** Numbers are seconds since the epoch. */
export function toTimestamp(from: DataType, to: DataType, options: CastOptions): Convert {
  const zone = zoneOf(options.zone);
  switch (from.kind) {
    case 'string':
      return fromText((text) => parseTimestamp(text, zone), from, to, options);
    case 'date':
      return (days: number) => inRange(microsFrom(zone.startOfDay(days * SECONDS_PER_DAY), 0));
    case 'timestamp_ntz':
      return (micros: bigint) => inRange(microsFrom(zone.instantOf(secondsOf(micros)), microsOfSecond(micros)));
    case 'boolean':
      // Hive took true for a microsecond.
      return (value: boolean) => (value ? 1n : 0n);
    case 'decimal': {
      const divisor = pow10(from.scale);
      return (unscaled: bigint) => wrapLong((unscaled * 1_000_000n) / divisor);
    }
    case 'float':
    case 'double':
      return fromSeconds(from, to, options.ansi);
    case 'long':
      return (seconds: bigint) => saturateLong(seconds * 1_000_000n);
    default:
      return (seconds: number) => BigInt(seconds * 1e6);
  }
}

export function toTimestampNtz(from: DataType, to: DataType, options: CastOptions): Convert {
  switch (from.kind) {
    case 'string':
      return fromText(parseTimestampNtz, from, to, options);
    case 'date':
      return (days: number) => inRange(microsFrom(days * SECONDS_PER_DAY, 0));
    default: {
      const zone = zoneOf(options.zone);
      return (micros: bigint) => {
        const seconds = secondsOf(micros);
        return inRange(microsFrom(seconds + zone.offsetAt(seconds), microsOfSecond(micros)));
      };
    }
  }
}

const fromText =
  <T extends number | bigint>(
    parse: (text: string) => T | undefined,
    from: DataType,
    to: DataType,
    { ansi }: CastOptions,
  ) =>
  (text: string): T | null => {
    const value = parse(text);
    if (value !== undefined) return value;
    if (ansi) throw malformed(text, from, to);
    return null;
  };

const fromSeconds =
  (from: DataType, to: DataType, ansi: boolean) =>
  (seconds: number): bigint | null => {
    if (!Number.isFinite(seconds)) {
      if (ansi) throw malformed(floatLiteral(seconds, from), from, to);
      return null;
    }
    const micros = seconds * 1e6;
    if (ansi && Math.abs(micros) > 2 ** 63) throw overflow(floatLiteral(seconds, from), from, to);
    return doubleToLong(micros);
  };

function inRange(micros: bigint): bigint {
  if (isLong(micros)) return micros;
  throw failed(
    'DATETIME_OVERFLOW',
    'The day is too far from 1970 for a timestamp, which counts microseconds in 64 bits.',
  );
}
