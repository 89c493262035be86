import type { DataType } from '../../../schema/index.js';
import type { Value } from '../../values.js';

/** A number, date, time or interval as the double nearest to it. */
export function toDouble(type: DataType): (value: Value) => number {
  if (type.kind !== 'decimal') return Number;
  const { scale } = type;
  return (value) => decimalToDouble(value as bigint, scale);
}

/** The double nearest to a decimal, which dividing two doubles would not always give. */
const decimalToDouble = (unscaled: bigint, scale: number): number => Number(`${unscaled}e-${scale}`);

/** Back from a double: what has no fraction is cut, as Spark does. */
export function fromDouble(type: DataType): (value: number) => Value {
  switch (type.kind) {
    case 'byte':
    case 'short':
    case 'int':
    case 'date':
    case 'year_month_interval':
      return (value) => Math.trunc(value);
    case 'long':
    case 'timestamp':
    case 'timestamp_ntz':
    case 'day_time_interval':
      return (value) => BigInt(Math.trunc(value));
    case 'float':
      return Math.fround;
    case 'decimal': {
      const { scale } = type;
      return (value) => decimalFromDouble(value, scale);
    }
    default:
      return (value) => value;
  }
}

/** From the shortest decimal text of a double, rounded half up. */
function decimalFromDouble(value: number, scale: number): bigint {
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string];
  const [whole, fraction = ''] = mantissa.split('.') as [string, string?];
  const shift = scale + Number(exponent) - fraction.length;
  const digits = BigInt(whole + fraction);
  if (shift >= 0) return digits * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  const half = divisor / 2n;
  return (digits < 0n ? digits - half : digits + half) / divisor;
}
