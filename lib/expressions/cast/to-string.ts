import {
  printDate,
  printDayTime,
  printInterval,
  printTimestamp,
  printTimestampNtz,
  printYearMonth,
  zoneOf,
} from '../../datetime/index.js';
import { formatDecimal, formatDecimalBriefly, formatDouble, formatFloat } from '../../numbers/index.js';
import type { DataType } from '../../schema/index.js';
import { decodeText } from '../../text/index.js';
import type { Value } from '../values.js';
import type { CastOf } from './nested.js';
import type { CastOptions } from './options.js';

type Print = (value: never) => string;

/** The text of a value. Inside arrays, maps and structs a missing value reads `null`. */
export function toText(from: DataType, options: CastOptions, castOf: CastOf): Print {
  const inside = (type: DataType) => {
    const cast = castOf(type, { kind: 'string' });
    return (value: Value): string => (cast(value) ?? 'null') as string;
  };
  switch (from.kind) {
    case 'float':
      return formatFloat;
    case 'double':
      return formatDouble;
    case 'decimal': {
      const { scale } = from;
      // Without ANSI mode as Java's BigDecimal prints: 1E-18.
      const format = options.ansi ? formatDecimal : formatDecimalBriefly;
      return (unscaled: bigint) => format(unscaled, scale);
    }
    case 'binary':
      return (bytes: Uint8Array) => decodeText(bytes);
    case 'date':
      return printDate;
    case 'timestamp': {
      const zone = zoneOf(options.zone);
      return (micros: bigint) => printTimestamp(micros, zone);
    }
    case 'timestamp_ntz':
      return printTimestampNtz;
    case 'calendar_interval':
      return printInterval;
    case 'day_time_interval':
      return (micros: bigint) => printDayTime(micros, from.start, from.end);
    case 'year_month_interval':
      return (months: number) => printYearMonth(months, from.start, from.end);
    case 'array': {
      const element = inside(from.element);
      return (values: readonly Value[]) => `[${values.map(element).join(', ')}]`;
    }
    case 'map': {
      const key = inside(from.key);
      const value = inside(from.value);
      return (entries: readonly (readonly [Value, Value])[]) =>
        `{${entries.map(([k, v]) => `${key(k)} -> ${value(v)}`).join(', ')}}`;
    }
    case 'struct': {
      const fields = from.fields.map((f) => inside(f.type));
      return (values: readonly Value[]) => `{${values.map((v, i) => fields[i]!(v)).join(', ')}}`;
    }
    default:
      return String;
  }
}
