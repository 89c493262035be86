import { type AnyDecimal, divideRounded, exactDecimal, pow10, rescale } from '../../../numbers/index.js';
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

/** The exact number: a double is not what its text says, and a half in the text may be none. */
function exactly(value: number | bigint, type: DataType): AnyDecimal {
  if (type.kind === 'float' || type.kind === 'double') return exactDecimal(value as number);
  return { unscaled: BigInt(value), scale: type.kind === 'decimal' ? type.scale : 0 };
}

function write(value: number | bigint, type: DataType, format: DecimalFormat): string {
  const negative = value < 0 || Object.is(value, -0);
  const { prefix, suffix } = negative ? format.negative : format.positive;
  if (typeof value === 'number' && !Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : `${prefix}∞${suffix}`;
  const { unscaled, scale } = exactly(value, type);
  const magnitude = (unscaled < 0n ? -unscaled : unscaled) * BigInt(format.multiplier);
  return prefix + digits(magnitude, scale, format) + suffix;
}

/** Halves go to the even neighbour. */
function digits(magnitude: bigint, scale: number, format: DecimalFormat): string {
  const { minIntegral, minFraction, maxFraction, grouping } = format;
  const places = Math.min(scale, maxFraction);
  const rounded =
    scale > places
      ? divideRounded(magnitude, pow10(scale - places), 'half_even')
      : rescale(magnitude, scale, places, 'down');
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
