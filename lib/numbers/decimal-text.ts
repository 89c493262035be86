import { Decimal } from '../schema/index.js';
import { countDigits, rescale } from './decimal.js';

/** A number of any size: `unscaled` / 10^`scale`. The scale is negative after `1e3`. */
export interface AnyDecimal {
  readonly unscaled: bigint;
  readonly scale: number;
}

const form = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d+))?$/;
const maxInt = 2147483647;

/** Reads what Java's `BigDecimal` reads: `-12.50`, `.5`, `5.`, `1e-3`. Undefined if the text is anything else. */
export function parseDecimal(text: string): AnyDecimal | undefined {
  const match = form.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', behind, alone = '', exponent = '0'] = match;
  const fraction = behind ?? alone;
  const scale = fraction.length - Number(exponent);
  if (Math.abs(Number(exponent)) > maxInt || Math.abs(scale) > maxInt) return undefined;
  const unscaled = BigInt(whole + fraction);
  return { unscaled: sign === '-' ? -unscaled : unscaled, scale };
}

/** How many digits stand before the point; negative if zeros follow it. */
export const integralDigits = ({ unscaled, scale }: AnyDecimal): number => countDigits(unscaled) - scale;

/** `unscaled` at the scale `to`, rounded half up. For numbers of at most some hundred integral digits. */
export function toScale({ unscaled, scale }: AnyDecimal, to: number): bigint {
  // Less than a tenth of the last place: no need for a power of ten of any size.
  if (scale - to > countDigits(unscaled)) return 0n;
  return rescale(unscaled, scale, to, 'half_up');
}

/** All digits of the scale, never an exponent: `123.00000`. */
export const formatDecimal = (unscaled: bigint, scale: number): string => new Decimal(unscaled, scale).toString();

/** As Java's `BigDecimal.toString`: with an exponent where more than five zeros would follow the point, `1E-18`. */
export function formatDecimalBriefly(unscaled: bigint, scale: number): string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString();
  const exponent = digits.length - 1 - scale;
  if (exponent >= -6) return formatDecimal(unscaled, scale);
  const mantissa = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits;
  return `${unscaled < 0n ? '-' : ''}${mantissa}E${exponent}`;
}

/** The digits that the shortest text of the double has, as Spark makes decimals of doubles. Not for NaN and infinities. */
export const decimalOfDouble = (value: number): AnyDecimal => parseDecimal(String(value))!;
