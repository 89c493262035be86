import type { Directive } from './printf.js';

/**
 * The magnitude of a number for `%e`, `%f` and `%g`. Java rounds half up, not the number itself but the shortest
 * decimal that names it: 0.125 and 1.005 with two digits are 0.13 and 1.01.
 */
export function formatFloat(value: number, conversion: 'e' | 'f' | 'g', { precision, flags }: Directive): string {
  const point = flags.includes('#') ? '.' : '';
  const magnitude = Math.abs(value);
  if (conversion === 'g') {
    const digits = precision < 0 ? 6 : precision || 1;
    if (magnitude === 0) return fixed(0, digits - 1, '');
    const exponent = exponentOf(magnitude, digits);
    return exponent >= -4 && exponent < digits
      ? fixed(magnitude, digits - 1 - exponent, '')
      : scientific(magnitude, digits - 1, '');
  }
  const digits = precision < 0 ? 6 : precision;
  return conversion === 'f' ? fixed(magnitude, digits, point) : scientific(magnitude, digits, point);
}

interface Digits {
  /** The significant ones, without zeros in front. */
  readonly digits: string;
  /** The value is 0.digits × 10^point. */
  readonly point: number;
}

function shortest(magnitude: number): Digits {
  const [mantissa, exponent] = magnitude.toExponential().split('e') as [string, string];
  return { digits: mantissa.replace('.', ''), point: Number(exponent) + 1 };
}

/** Keeps `count` digits, which may be none. */
function rounded({ digits, point }: Digits, count: number): Digits {
  if (count >= digits.length) return { digits: digits.padEnd(count, '0'), point };
  if (count < 0) return { digits: '', point };
  const up = digits[count]! >= '5';
  const kept = digits.slice(0, count);
  if (!up) return { digits: kept, point };
  const raised = String(BigInt(`1${kept}`) + 1n);
  return raised.startsWith('2')
    ? { digits: `1${raised.slice(1)}`.slice(0, count + 1), point: point + 1 }
    : { digits: raised.slice(1), point };
}

function fixed(magnitude: number, decimals: number, ending: string): string {
  if (magnitude === 0) return '0' + (decimals > 0 ? '.' + '0'.repeat(decimals) : ending);
  const exact = shortest(magnitude);
  const { digits, point } = rounded(exact, exact.point + decimals);
  // A carry has put a digit in front.
  const all = digits.padStart(Math.max(1, point) + decimals, '0').padEnd(Math.max(1, point) + decimals, '0');
  const whole = all.slice(0, all.length - decimals);
  return whole + (decimals > 0 ? '.' + all.slice(all.length - decimals) : ending);
}

function scientific(magnitude: number, decimals: number, ending: string): string {
  if (magnitude === 0) return `${fixed(0, decimals, ending)}e+00`;
  const { digits, point } = rounded(shortest(magnitude), decimals + 1);
  const exponent = point - 1;
  const rest = digits.slice(1, decimals + 1);
  return `${digits[0]}${decimals > 0 ? '.' + rest : ending}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** The decimal exponent of a number rounded to so many digits. */
const exponentOf = (magnitude: number, digits: number): number => rounded(shortest(magnitude), digits).point - 1;
