/** The shortest text that names the double, in Java's shape: `1.0`, `0.001`, `1.0E7`, `1.0E-4`, `NaN`, `-Infinity`. */
export function formatDouble(value: number): string {
  const magnitude = value < 0 ? -value : value;
  if (magnitude >= 1e-3 && magnitude < 1e7) return Number.isInteger(value) ? `${value}.0` : String(value);
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  if (magnitude === Infinity || value !== value) return String(value);
  const exponential = value.toExponential();
  return javaExponent(exponential.includes('.') ? exponential : twoDigits(value, exponential));
}

/** As `formatDouble`, for a value that is a 32-bit float: `0.1`, not `0.10000000149011612`. */
export function formatFloat(value: number): string {
  const magnitude = value < 0 ? -value : value;
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  if (magnitude === Infinity || value !== value) return String(value);
  const shortest = shortestFloat(value);
  if (magnitude < 1e-3 || magnitude >= 1e7) return javaExponent(shortest);
  const plain = String(Number(shortest));
  return plain.includes('.') ? plain : `${plain}.0`;
}

/** The smallest normal float: below it, floats have fewer than six digits. */
const smallestNormal = 2 ** -126;

/** Six digits name a normal float if fewer do, since no two decimals of six digits are the same float; nine always do. */
function shortestFloat(value: number): string {
  const first = Math.abs(value) < smallestNormal ? 1 : 5;
  for (let digits = first; digits < 8; digits++) {
    const text = value.toExponential(digits);
    if (Math.fround(Number(text)) === value) return withoutTrailingZeros(text);
  }
  return withoutTrailingZeros(value.toExponential(8));
}

const withoutTrailingZeros = (exponential: string): string => exponential.replace(/\.?0*e/, 'e');

/** Java writes two digits at least, and takes the two that are nearest: 4.9E-324 where one digit would be 5E-324. */
function twoDigits(value: number, exponential: string): string {
  const two = value.toExponential(1);
  return Number(two) === value ? two : exponential;
}

function javaExponent(exponential: string): string {
  const e = exponential.indexOf('e');
  const mantissa = exponential.slice(0, e);
  const exponent = exponential.slice(exponential[e + 1] === '+' ? e + 2 : e + 1);
  return `${mantissa}${mantissa.includes('.') ? '' : '.0'}E${exponent}`;
}
