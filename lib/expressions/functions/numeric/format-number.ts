import { type AnyDecimal, decimalOfDouble, exactDecimal, rescale } from '../../../numbers/index.js';
import type { DataType } from '../../../schema/index.js';
import { isNumeric } from '../../coerce.js';
import type { FunctionDef, Param } from '../define.js';
import { type DecimalFormat, parseDecimalFormat } from './decimal-format.js';

const defaultFormat = '#,###,###,###,###,###,##0';

function formatOf(given: number | string): DecimalFormat | null {
  if (typeof given === 'string') return parseDecimalFormat(given === '' ? defaultFormat : given);
  if (given < 0) return null;
  return parseDecimalFormat(given === 0 ? defaultFormat : `${defaultFormat}.${'0'.repeat(Math.min(given, 400))}`);
}

/** The number to be written. Where a double is cut, its exact digits decide: a half in its text may be none. */
function numberOf(value: number | bigint, type: DataType, { multiplier, maxFraction }: DecimalFormat): AnyDecimal {
  if (typeof value === 'bigint' || (type.kind !== 'float' && type.kind !== 'double')) {
    return { unscaled: BigInt(value) * BigInt(multiplier), scale: type.kind === 'decimal' ? type.scale : 0 };
  }
  const shown = decimalOfDouble(value * multiplier);
  return shown.scale <= maxFraction ? shown : exactDecimal(value * multiplier);
}

function write(value: number | bigint, type: DataType, format: DecimalFormat): string {
  const negative = value < 0 || Object.is(value, -0);
  const { prefix, suffix } = negative ? format.negative : format.positive;
  if (typeof value === 'number' && !Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : `${prefix}∞${suffix}`;
  const { unscaled, scale } = numberOf(value, type, format);
  return prefix + digits(unscaled < 0n ? -unscaled : unscaled, scale, format) + suffix;
}

/** Halves go to the even neighbour. */
function digits(magnitude: bigint, scale: number, format: DecimalFormat): string {
  const { minIntegral, minFraction, maxFraction, grouping } = format;
  const places = Math.max(0, Math.min(scale, maxFraction));
  const rounded = rescale(magnitude, scale, places, 'half_even');
  const all = rounded.toString().padStart(places + 1, '0');
  const whole = all
    .slice(0, all.length - places)
    .replace(/^0+/, '')
    .padStart(minIntegral, '0');
  const fraction = all
    .slice(all.length - places)
    .replace(/0+$/, '')
    .padEnd(minFraction, '0');
  const integral = whole === '' && fraction === '' ? '0' : whole;
  const grouped = grouping > 0 ? integral.replace(new RegExp(`\\B(?=(?:\\d{${grouping}})+$)`, 'g'), ',') : integral;
  return fraction === '' && !format.showsPoint ? grouped : `${grouped}.${fraction}`;
}

/** Taken as it is: nothing is cast here implicitly. */
const number = (name: string, accepts: (type: DataType) => boolean): Param => ({
  name,
  coerce: (from) => (accepts(from) ? from : from.kind === 'void' ? { kind: 'int' } : undefined),
});

export const formatNumber: FunctionDef = {
  name: 'format_number',
  group: 'numeric',
  usage: 'expr, places',
  summary:
    "A number with commas between thousands and so many digits after the point, a half rounded to the even neighbour; null for a negative number of places. Instead of the places a pattern as of Java's `DecimalFormat` may be given, such as `'#,##0.00'`.",
  examples: [
    ['format_number(12332.123456, 4)', '12,332.1235'],
    ["format_number(12332.123456, '##################.###')", '12332.123'],
    ['format_number(5, -1)', 'NULL'],
  ],
  params: [number('expr', isNumeric), number('places', ({ kind }) => kind === 'int' || kind === 'string')],
  returns: { kind: 'string' },
  evaluate: (binding) => {
    const type = binding.types[0]!;
    const given = binding.constant(1);
    const known = given === undefined || given === null ? undefined : formatOf(given as number | string);
    return (value: number | bigint, places: number | string) => {
      const format = known === undefined ? formatOf(places) : known;
      return format === null ? null : write(value, type, format);
    };
  },
};
