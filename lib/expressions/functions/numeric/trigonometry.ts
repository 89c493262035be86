import type { FunctionDef } from '../define.js';
import { ofDouble, ofDoubles } from './doubles.js';

const angle = (
  name: string,
  what: string,
  compute: (x: number) => number,
  example: readonly [string, string],
): FunctionDef =>
  ofDouble(
    name,
    { summary: `${what} of an angle in radians.`, examples: [[`${name}(${example[0]})`, example[1]]] },
    compute,
  );

const inverse = (
  name: string,
  what: string,
  compute: (x: number) => number,
  example: readonly [string, string],
): FunctionDef => ofDouble(name, { summary: `${what}.`, examples: [[`${name}(${example[0]})`, example[1]]] }, compute);

/** Spark's formula, whose rounding differs from that of `Math.asinh`. */
const asinh = (x: number): number => (x === -Infinity ? x : Math.log(x + Math.sqrt(x * x + 1)));
const acosh = (x: number): number => Math.log(x + Math.sqrt(x * x - 1));
const atanh = (x: number): number => 0.5 * (Math.log1p(x) - Math.log1p(-x));

/** The upper half of the bits of a double, so that its square is exact. */
function upper(x: number): number {
  double[0] = x;
  words[0] = 0;
  return double[0];
}

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

/** As Java; `Math.hypot` is off by one bit for as simple numbers as 2 and 3. */
function hypot(x: number, y: number): number {
  const a = Math.max(Math.abs(x), Math.abs(y));
  const b = Math.min(Math.abs(x), Math.abs(y));
  if (!(a < Infinity) || b === 0) return Math.hypot(x, y);
  if (a > b * 2 ** 60) return a + b;
  // Squares would be too large or too small for a double.
  if (a > 2 ** 500) return hypot(x * 2 ** -600, y * 2 ** -600) * 2 ** 600;
  if (b < 2 ** -450) return hypot(x * 2 ** 600, y * 2 ** 600) * 2 ** -600;
  // The largest part of the sum of squares is exact, and comes last.
  const rest = a - b;
  if (rest > b) {
    const high = upper(a);
    return Math.sqrt(high * high + (b * b + (a - high) * (a + high)));
  }
  const twice = upper(2 * a);
  const high = upper(b);
  return Math.sqrt(twice * high + (rest * rest + (twice * (b - high) + (2 * a - twice) * b)));
}

/** From exp(2x) - 1, as Java does. */
function tanh(x: number): number {
  const magnitude = Math.abs(x);
  if (magnitude > 22) return Math.sign(x);
  if (!(magnitude > 2 ** -55)) return x;
  const t = Math.expm1(magnitude < 1 ? -2 * magnitude : 2 * magnitude);
  const result = magnitude < 1 ? -t / (t + 2) : 1 - 2 / (t + 2);
  return x < 0 ? -result : result;
}

/** With the exponential of 1 that Java has. */
const cosh = (x: number): number => (Math.abs(x) === 1 ? 1.543080634815244 : Math.cosh(x));

// Java multiplies by one constant, which rounds otherwise than x / 180 * PI does.
const degreesPerRadian = 57.29577951308232;
const radiansPerDegree = 0.017453292519943295;

export const trigonometry: readonly FunctionDef[] = [
  angle('sin', 'The sine', Math.sin, ['0', '0.0']),
  angle('cos', 'The cosine', Math.cos, ['0', '1.0']),
  angle('tan', 'The tangent', Math.tan, ['0', '0.0']),
  angle('sec', 'The secant, 1 / cos(x),', (x) => 1 / Math.cos(x), ['0', '1.0']),
  angle('csc', 'The cosecant, 1 / sin(x),', (x) => 1 / Math.sin(x), ['1', '1.1883951057781212']),
  angle('cot', 'The cotangent, 1 / tan(x),', (x) => 1 / Math.tan(x), ['1', '0.6420926159343306']),
  inverse('asin', 'The angle in radians of a sine; NaN outside of -1 to 1', Math.asin, ['0', '0.0']),
  inverse('acos', 'The angle in radians of a cosine; NaN outside of -1 to 1', Math.acos, ['1', '0.0']),
  inverse('atan', 'The angle in radians of a tangent', Math.atan, ['0', '0.0']),
  ofDoubles(
    'atan2',
    'y, x',
    { summary: 'The angle in radians between the x axis and the point (x, y).', examples: [['atan2(0, 0)', '0.0']] },
    // A negative zero counts as zero.
    (y, x) => Math.atan2(y + 0, x + 0),
  ),
  inverse('sinh', 'The hyperbolic sine', Math.sinh, ['0', '0.0']),
  inverse('cosh', 'The hyperbolic cosine', cosh, ['0', '1.0']),
  inverse('tanh', 'The hyperbolic tangent', tanh, ['0', '0.0']),
  inverse('asinh', 'The inverse hyperbolic sine', asinh, ['0', '0.0']),
  inverse('acosh', 'The inverse hyperbolic cosine; NaN below 1', acosh, ['1', '0.0']),
  inverse('atanh', 'The inverse hyperbolic tangent; NaN outside of -1 to 1', atanh, ['0', '0.0']),
  inverse('degrees', 'An angle in radians as degrees', (x) => x * degreesPerRadian, ['3.141592653589793D', '180.0']),
  inverse('radians', 'An angle in degrees as radians', (x) => x * radiansPerDegree, ['180', '3.141592653589793']),
  ofDoubles(
    'hypot',
    'a, b',
    { summary: 'The square root of a² + b², without overflow on the way.', examples: [['hypot(3, 4)', '5.0']] },
    hypot,
  ),
  {
    name: 'pi',
    group: 'numeric',
    usage: '',
    summary: 'The ratio of the circumference of a circle to its diameter.',
    examples: [['pi()', '3.141592653589793']],
    params: [],
    returns: { kind: 'double' },
    nullable: 'never',
    total: true,
    evaluate: () => () => Math.PI,
  },
];
