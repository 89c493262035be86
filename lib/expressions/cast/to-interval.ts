import { microsPer, parseDayTime, parseYearMonth, tryParseUnits } from '../../datetime/index.js';
import { divideRounded, formatDecimal, fitsLong, pow10 } from '../../numbers/index.js';
import type { DataType, DayTimeIntervalType, YearMonthIntervalType } from '../../schema/index.js';
import { overflow } from './errors.js';
import { monthsPer } from './interval-units.js';
import type { Convert } from './options.js';

/** A text that is no interval is null here, in every mode, as in Spark. */
export function toCalendarInterval(): Convert {
  return (text: string) => tryParseUnits(text) ?? null;
}

/** Numbers count the smallest unit of the type. Units that it does not have are cut off. */
export function toDayTimeInterval(from: DataType, to: DayTimeIntervalType): Convert {
  const unit = microsPer[to.end];
  switch (from.kind) {
    case 'string':
      return (text: string) => parseDayTime(text, to.start, to.end);
    case 'day_time_interval':
      return (micros: bigint) => micros - (micros % unit);
    default: {
      const units = unitsOf(from, unit);
      return (value: number | bigint) => {
        const micros = units(value);
        if (!fitsLong(micros)) throw overflow(shown(value, from), from, to);
        return micros;
      };
    }
  }
}

/** As `toDayTimeInterval`, in months. */
export function toYearMonthInterval(from: DataType, to: YearMonthIntervalType): Convert {
  const unit = monthsPer[to.end];
  switch (from.kind) {
    case 'string':
      return (text: string) => parseYearMonth(text, to.start, to.end);
    case 'year_month_interval':
      return (months: number) => months - (months % unit);
    default: {
      const units = unitsOf(from, BigInt(unit));
      return (value: number | bigint) => {
        const months = units(value);
        if (BigInt.asIntN(32, months) !== months) throw overflow(shown(value, from), from, to);
        return Number(months);
      };
    }
  }
}

/** A number times a unit, rounded half up. */
function unitsOf(from: DataType, unit: bigint): (value: number | bigint) => bigint {
  if (from.kind !== 'decimal') return (value) => BigInt(value) * unit;
  const divisor = pow10(from.scale);
  return (value) => divideRounded(BigInt(value) * unit, divisor, 'half_up');
}

const shown = (value: number | bigint, from: DataType): string =>
  from.kind === 'decimal' ? formatDecimal(BigInt(value), from.scale) : String(value);
