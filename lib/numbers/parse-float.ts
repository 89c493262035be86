import { parseDecimal } from './decimal-text.js';
import { javaTrim } from './trim.js';

/** What Java's `Double.parseDouble` takes. Nothing in them backtracks. */
const decimalForm = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?[dDfF]?$/;
const hexadecimalForm = /^([+-]?)0[xX]([\da-fA-F]*)(?:\.([\da-fA-F]*))?[pP]([+-]?\d+)[dDfF]?$/;

const specials: Readonly<Record<string, number>> = {
  inf: Infinity,
  '+inf': Infinity,
  '-inf': -Infinity,
  infinity: Infinity,
  '+infinity': Infinity,
  '-infinity': -Infinity,
  nan: NaN,
};

/** How many bits a format keeps, and the exponent of its smallest number. */
interface BinaryFormat {
  readonly bits: number;
  readonly lowest: number;
}

const binary64: BinaryFormat = { bits: 53, lowest: -1074 };
const binary32: BinaryFormat = { bits: 24, lowest: -149 };

/**
 * A double as Spark casts it from text: decimal or hexadecimal, perhaps with a suffix (`1d`, `2F`), `Infinity`, `inf`
 * and `NaN` in any case; blanks around it do not matter. Null if the text is none of these.
 */
export function parseDouble(text: string): number | null {
  const trimmed = javaTrim(text);
  return decimalForm.test(trimmed) ? Number(withoutSuffix(trimmed)) : otherForms(trimmed, binary64);
}

/** As `parseDouble`, rounded once, to a 32-bit float. */
export function parseFloat32(text: string): number | null {
  const trimmed = javaTrim(text);
  return decimalForm.test(trimmed) ? decimalToFloat(withoutSuffix(trimmed)) : otherForms(trimmed, binary32);
}

const withoutSuffix = (text: string): string => (/[dDfF]$/.test(text) ? text.slice(0, -1) : text);

function otherForms(text: string, format: BinaryFormat): number | null {
  const match = hexadecimalForm.exec(text);
  const [, sign, whole = '', fraction = '', exponent] = match ?? [];
  if (whole + fraction !== '') {
    const value = roundBinary(BigInt(`0x${whole}${fraction}`), Number(exponent) - 4 * fraction.length, format);
    return sign === '-' ? -value : value;
  }
  if (text === '+NaN' || text === '-NaN') return NaN;
  const lower = text.toLowerCase();
  return Object.hasOwn(specials, lower) ? specials[lower]! : null;
}

/** `mantissa` times two to `exponent`, rounded to the nearest number of the format, half to even. */
function roundBinary(mantissa: bigint, exponent: number, { bits, lowest }: BinaryFormat): number {
  if (mantissa === 0n) return 0;
  const length = mantissa.toString(2).length;
  const highest = length + exponent;
  if (highest > 1024) return Infinity;
  if (highest < lowest) return 0;
  const dropped = Math.max(length - bits, lowest - exponent);
  if (dropped <= 0) return scaled(Number(mantissa), exponent);
  const shift = BigInt(dropped);
  const head = mantissa >> shift;
  const tail = mantissa - (head << shift);
  const half = 1n << (shift - 1n);
  const up = tail > half || (tail === half && (head & 1n) === 1n);
  const value = scaled(Number(up ? head + 1n : head), exponent + dropped);
  return bits === binary32.bits ? Math.fround(value) : value;
}

/** In two steps, since two to the exponent alone may be too small or too large for a double. */
function scaled(mantissa: number, exponent: number): number {
  const half = Math.trunc(exponent / 2);
  return mantissa * 2 ** half * 2 ** (exponent - half);
}

/**
 * Rounding to a double first goes wrong where the double lies half way between two floats: there the exact number
 * tells which of the two is nearer.
 */
function decimalToFloat(digits: string): number {
  const double = Number(digits);
  const float = Math.fround(double);
  const other = otherNeighbour(double, float);
  if (other === undefined) return float;
  const side = sideOf(digits, double);
  return side !== 0 && side > 0 === other > double ? other : float;
}

const largestFloat = (2 - 2 ** -23) * 2 ** 127;
/** Half way from the largest float to where the next would be; from here on a float is infinite. */
const infiniteFrom = largestFloat + 2 ** 103;

/** The float that is as near to the double as `float`, on its other side. */
function otherNeighbour(double: number, float: number): number | undefined {
  if (Math.abs(double) === infiniteFrom) return Math.sign(double) * largestFloat;
  const rest = double - float;
  if (rest === 0 || !Number.isFinite(rest)) return undefined;
  const other = Math.fround(float + 2 * rest);
  return other - double === rest ? other : undefined;
}

/** Whether the number that `digits` says lies below (-1), at (0) or above (1) the double. */
function sideOf(digits: string, double: number): -1 | 0 | 1 {
  const { unscaled, scale } = parseDecimal(digits)!;
  let mantissa = double;
  let halvings = 0;
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2;
    halvings++;
  }
  const exact = (unscaled * 10n ** BigInt(Math.max(0, -scale))) << BigInt(halvings);
  const rounded = BigInt(mantissa) * 10n ** BigInt(Math.max(0, scale));
  return exact < rounded ? -1 : exact > rounded ? 1 : 0;
}
