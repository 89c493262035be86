// Made from the definitions of the functions: `npm run builders:update`.
import { argument, type Argument, make, setting, type Setting } from '../arguments.js';
import type { Expr } from '../builder.js';

/**
 * The number or interval on the other side of zero, `- expr`.
 *
 * In SQL:
 *
 *     negative(1.5)  -- -1.5
 *     negative(INTERVAL '1' DAY)  -- INTERVAL '-1' DAY
 */
export const negative = (expr: Argument): Expr => make('negative', argument(expr));

/**
 * The number or interval itself, `+ expr`.
 *
 * In SQL:
 *
 *     positive(-1)  -- -1
 */
export const positive = (expr: Argument): Expr => make('positive', argument(expr));

/**
 * The magnitude of a number or interval. The least integer of a type has none: an error with ANSI, else itself.
 *
 * In SQL:
 *
 *     abs(-1.5)  -- 1.5
 *     abs(INTERVAL '-1' DAY)  -- INTERVAL '1' DAY
 */
export const abs = (expr: Argument): Expr => make('abs', argument(expr));

/**
 * -1.0, 0.0 or 1.0 as the number or interval is negative, zero or positive; NaN of NaN.
 *
 * In SQL:
 *
 *     sign(-5)  -- -1.0
 */
export const sign = (expr: Argument): Expr => make('sign', argument(expr));
/** The same as `sign`. */
export const signum = sign;

/**
 * Whether a number is NaN. False for null.
 *
 * In SQL:
 *
 *     isnan(double('NaN'))  -- true
 *     isnan(NULL)  -- false
 */
export const isnan = (expr: Argument): Expr => make('isnan', argument(expr));

/**
 * The number, or the other one where it is NaN.
 *
 * In SQL:
 *
 *     nanvl(double('NaN'), 123)  -- 123.0
 */
export const nanvl = (expr: Argument, instead: Argument): Expr => make('nanvl', argument(expr), argument(instead));

/**
 * The number rounded; a half goes away from zero. The scale is how many digits stay after the point (default 0); of a negative one, as many before the point become zero.
 *
 * In SQL:
 *
 *     round(2.5)  -- 3
 *     round(123.456, -1)  -- 120
 *     round(1.005D, 2)  -- 1.01
 */
export const round = (expr: Argument, scale?: Setting): Expr => make('round', argument(expr), setting(scale));

/**
 * The number rounded; a half goes to the even neighbour. The scale is how many digits stay after the point (default 0); of a negative one, as many before the point become zero.
 *
 * In SQL:
 *
 *     bround(2.5)  -- 2
 *     bround(25, -1)  -- 20
 */
export const bround = (expr: Argument, scale?: Setting): Expr => make('bround', argument(expr), setting(scale));

/**
 * The least whole number that is not below the number; with a scale, the least number of so many digits after the point.
 *
 * In SQL:
 *
 *     ceil(-0.1)  -- 0
 *     ceil(3.1411, 3)  -- 3.142
 */
export const ceil = (expr: Argument, scale?: Argument): Expr => make('ceil', argument(expr), argument(scale));
/** The same as `ceil`. */
export const ceiling = ceil;

/**
 * The greatest whole number that is not above the number; with a scale, the greatest number of so many digits after the point.
 *
 * In SQL:
 *
 *     floor(-0.1)  -- -1
 *     floor(3.1411, -3)  -- 0
 */
export const floor = (expr: Argument, scale?: Argument): Expr => make('floor', argument(expr), argument(scale));

/**
 * The nearest whole number as a double, the even one of two.
 *
 * In SQL:
 *
 *     rint(12.5)  -- 12.0
 */
export const rint = (expr: Argument): Expr => make('rint', argument(expr));

/**
 * The remainder of a division that is not negative if the divisor is not. By zero an error with ANSI, else null.
 *
 * In SQL:
 *
 *     pmod(10, 3)  -- 1
 *     pmod(-10, 3)  -- 2
 */
export const pmod = (a: Argument, b: Argument): Expr => make('pmod', argument(a), argument(b));

/**
 * In which of `count` buckets of the same width between `min` and `max` the value is, from 1 on; 0 before the first, count + 1 after the last. Null for a count below 1, bounds that are equal, and NaN.
 *
 * In SQL:
 *
 *     width_bucket(5.3, 0.2, 10.6, 5)  -- 3
 *     width_bucket(-2.1, 1.3, 3.4, 3)  -- 0
 */
export const widthBucket = (value: Argument, min: Argument, max: Argument, count: Argument): Expr =>
  make('width_bucket', argument(value), argument(min), argument(max), argument(count));

/**
 * The square root; NaN of a negative number.
 *
 * In SQL:
 *
 *     sqrt(4)  -- 2.0
 */
export const sqrt = (expr: Argument): Expr => make('sqrt', argument(expr));

/**
 * The cube root.
 *
 * In SQL:
 *
 *     cbrt(27)  -- 3.0
 */
export const cbrt = (expr: Argument): Expr => make('cbrt', argument(expr));

/**
 * e to the power of a number.
 *
 * In SQL:
 *
 *     exp(0)  -- 1.0
 */
export const exp = (expr: Argument): Expr => make('exp', argument(expr));

/**
 * exp(x) - 1, exact for small x.
 *
 * In SQL:
 *
 *     expm1(0)  -- 0.0
 */
export const expm1 = (expr: Argument): Expr => make('expm1', argument(expr));

/**
 * The natural logarithm. Null for zero and below.
 *
 * In SQL:
 *
 *     ln(1)  -- 0.0
 *     ln(0)  -- NULL
 */
export const ln = (expr: Argument): Expr => make('ln', argument(expr));

/**
 * The logarithm to the base 2. Null for zero and below.
 *
 * In SQL:
 *
 *     log2(1)  -- 0.0
 *     log2(-1)  -- NULL
 */
export const log2 = (expr: Argument): Expr => make('log2', argument(expr));

/**
 * The logarithm to the base 10. Null for zero and below.
 *
 * In SQL:
 *
 *     log10(1)  -- 0.0
 *     log10(0)  -- NULL
 */
export const log10 = (expr: Argument): Expr => make('log10', argument(expr));

/**
 * ln(1 + x), exact for small x. Null for -1 and below.
 *
 * In SQL:
 *
 *     log1p(0)  -- 0.0
 *     log1p(-1)  -- NULL
 */
export const log1p = (expr: Argument): Expr => make('log1p', argument(expr));

/**
 * The logarithm to a base, the natural one without a base. Null unless both are above zero.
 *
 * In SQL:
 *
 *     log(10, 100)  -- 2.0
 *     log(1)  -- 0.0
 *     log(0, 1)  -- NULL
 */
export const log = (base: Argument, expr?: Argument): Expr => make('log', argument(base), argument(expr));

/**
 * A number to the power of another.
 *
 * In SQL:
 *
 *     pow(2, -1)  -- 0.5
 */
export const pow = (base: Argument, exponent: Argument): Expr => make('pow', argument(base), argument(exponent));
/** The same as `pow`. */
export const power = pow;

/**
 * The product of the whole numbers from 1 to n. Null unless n is between 0 and 20: further ones fit no BIGINT.
 *
 * In SQL:
 *
 *     factorial(5)  -- 120
 *     factorial(21)  -- NULL
 */
export const factorial = (n: Argument): Expr => make('factorial', argument(n));

/**
 * Euler's number.
 *
 * In SQL:
 *
 *     e()  -- 2.718281828459045
 */
export const e = (): Expr => make('e');

/**
 * The sine of an angle in radians.
 *
 * In SQL:
 *
 *     sin(0)  -- 0.0
 */
export const sin = (expr: Argument): Expr => make('sin', argument(expr));

/**
 * The cosine of an angle in radians.
 *
 * In SQL:
 *
 *     cos(0)  -- 1.0
 */
export const cos = (expr: Argument): Expr => make('cos', argument(expr));

/**
 * The tangent of an angle in radians.
 *
 * In SQL:
 *
 *     tan(0)  -- 0.0
 */
export const tan = (expr: Argument): Expr => make('tan', argument(expr));

/**
 * The secant, 1 / cos(x), of an angle in radians.
 *
 * In SQL:
 *
 *     sec(0)  -- 1.0
 */
export const sec = (expr: Argument): Expr => make('sec', argument(expr));

/**
 * The cosecant, 1 / sin(x), of an angle in radians.
 *
 * In SQL:
 *
 *     csc(1)  -- 1.1883951057781212
 */
export const csc = (expr: Argument): Expr => make('csc', argument(expr));

/**
 * The cotangent, 1 / tan(x), of an angle in radians.
 *
 * In SQL:
 *
 *     cot(1)  -- 0.6420926159343306
 */
export const cot = (expr: Argument): Expr => make('cot', argument(expr));

/**
 * The angle in radians of a sine; NaN outside of -1 to 1.
 *
 * In SQL:
 *
 *     asin(0)  -- 0.0
 */
export const asin = (expr: Argument): Expr => make('asin', argument(expr));

/**
 * The angle in radians of a cosine; NaN outside of -1 to 1.
 *
 * In SQL:
 *
 *     acos(1)  -- 0.0
 */
export const acos = (expr: Argument): Expr => make('acos', argument(expr));

/**
 * The angle in radians of a tangent.
 *
 * In SQL:
 *
 *     atan(0)  -- 0.0
 */
export const atan = (expr: Argument): Expr => make('atan', argument(expr));

/**
 * The angle in radians between the x axis and the point (x, y).
 *
 * In SQL:
 *
 *     atan2(0, 0)  -- 0.0
 */
export const atan2 = (y: Argument, x: Argument): Expr => make('atan2', argument(y), argument(x));

/**
 * The hyperbolic sine.
 *
 * In SQL:
 *
 *     sinh(0)  -- 0.0
 */
export const sinh = (expr: Argument): Expr => make('sinh', argument(expr));

/**
 * The hyperbolic cosine.
 *
 * In SQL:
 *
 *     cosh(0)  -- 1.0
 */
export const cosh = (expr: Argument): Expr => make('cosh', argument(expr));

/**
 * The hyperbolic tangent.
 *
 * In SQL:
 *
 *     tanh(0)  -- 0.0
 */
export const tanh = (expr: Argument): Expr => make('tanh', argument(expr));

/**
 * The inverse hyperbolic sine.
 *
 * In SQL:
 *
 *     asinh(0)  -- 0.0
 */
export const asinh = (expr: Argument): Expr => make('asinh', argument(expr));

/**
 * The inverse hyperbolic cosine; NaN below 1.
 *
 * In SQL:
 *
 *     acosh(1)  -- 0.0
 */
export const acosh = (expr: Argument): Expr => make('acosh', argument(expr));

/**
 * The inverse hyperbolic tangent; NaN outside of -1 to 1.
 *
 * In SQL:
 *
 *     atanh(0)  -- 0.0
 */
export const atanh = (expr: Argument): Expr => make('atanh', argument(expr));

/**
 * An angle in radians as degrees.
 *
 * In SQL:
 *
 *     degrees(3.141592653589793D)  -- 180.0
 */
export const degrees = (expr: Argument): Expr => make('degrees', argument(expr));

/**
 * An angle in degrees as radians.
 *
 * In SQL:
 *
 *     radians(180)  -- 3.141592653589793
 */
export const radians = (expr: Argument): Expr => make('radians', argument(expr));

/**
 * The square root of a² + b², without overflow on the way.
 *
 * In SQL:
 *
 *     hypot(3, 4)  -- 5.0
 */
export const hypot = (a: Argument, b: Argument): Expr => make('hypot', argument(a), argument(b));

/**
 * The ratio of the circumference of a circle to its diameter.
 *
 * In SQL:
 *
 *     pi()  -- 3.141592653589793
 */
export const pi = (): Expr => make('pi');

/**
 * The bits moved to the left. Also `value << bits`. As in Java, of the number of bits only the last five (INT) or six (BIGINT) bits count.
 *
 * In SQL:
 *
 *     shiftleft(2, 1)  -- 4
 */
export const shiftleft = (value: Argument, bits: Argument): Expr => make('shiftleft', argument(value), argument(bits));

/**
 * The bits moved to the right, the sign kept. Also `value >> bits`. As in Java, of the number of bits only the last five (INT) or six (BIGINT) bits count.
 *
 * In SQL:
 *
 *     shiftright(-4, 1)  -- -2
 */
export const shiftright = (value: Argument, bits: Argument): Expr =>
  make('shiftright', argument(value), argument(bits));

/**
 * The bits moved to the right, filled up with zeros. Also `value >>> bits`. As in Java, of the number of bits only the last five (INT) or six (BIGINT) bits count.
 *
 * In SQL:
 *
 *     shiftrightunsigned(-1, 31)  -- 1
 */
export const shiftrightunsigned = (value: Argument, bits: Argument): Expr =>
  make('shiftrightunsigned', argument(value), argument(bits));

/**
 * How many bits are set in an integer, taken as 64 bits, or in a boolean.
 *
 * In SQL:
 *
 *     bit_count(7)  -- 3
 *     bit_count(-1)  -- 64
 */
export const bitCount = (expr: Argument): Expr => make('bit_count', argument(expr));

/**
 * The bit at a position of an integer, 0 or 1; the last bit is at 0. A position that the type does not have is an error.
 *
 * In SQL:
 *
 *     bit_get(11, 0)  -- 1
 *     bit_get(11, 2)  -- 0
 */
export const bitGet = (expr: Argument, pos: Argument): Expr => make('bit_get', argument(expr), argument(pos));
/** The same as `bitGet`. */
export const getbit = bitGet;

/**
 * An integer in binary digits; a negative one as its 64 bits.
 *
 * In SQL:
 *
 *     bin(13)  -- 1101
 */
export const bin = (expr: Argument): Expr => make('bin', argument(expr));

/**
 * An integer (its 64 bits if it is negative), the bytes of a text or a binary in hexadecimal digits.
 *
 * In SQL:
 *
 *     hex(255)  -- FF
 *     hex('Spark')  -- 537061726B
 */
export const hex = (expr: Argument): Expr => make('hex', argument(expr));

/**
 * The bytes that hexadecimal digits stand for; null where there is anything else. Of an odd number of digits, the first one is a byte.
 *
 * In SQL:
 *
 *     unhex('537061726B')  -- Spark
 *     unhex('zz')  -- NULL
 */
export const unhex = (expr: Argument): Expr => make('unhex', argument(expr));

/**
 * A number from one base to another, 2 to 36, by way of 64 bits: a negative one becomes their complement, or keeps its sign where the base is given as negative. More than 64 bits are an error with ANSI, else the largest number.
 *
 * In SQL:
 *
 *     conv('100', 2, 10)  -- 4
 *     conv(-10, 16, -10)  -- -16
 */
export const conv = (num: Argument, fromBase: Argument, toBase: Argument): Expr =>
  make('conv', argument(num), argument(fromBase), argument(toBase));

/**
 * `a + b`, null on overflow.
 *
 * In SQL:
 *
 *     try_add(1, 2)  -- 3
 *     try_add(2147483647, 1)  -- NULL
 */
export const tryAdd = (a: Argument, b: Argument): Expr => make('try_add', argument(a), argument(b));

/**
 * `a - b`, null on overflow.
 *
 * In SQL:
 *
 *     try_subtract(2, 1)  -- 1
 */
export const trySubtract = (a: Argument, b: Argument): Expr => make('try_subtract', argument(a), argument(b));

/**
 * `a * b`, null on overflow.
 *
 * In SQL:
 *
 *     try_multiply(2, 3)  -- 6
 */
export const tryMultiply = (a: Argument, b: Argument): Expr => make('try_multiply', argument(a), argument(b));

/**
 * `a / b`, null for a division by zero.
 *
 * In SQL:
 *
 *     try_divide(3, 2)  -- 1.5
 *     try_divide(1, 0)  -- NULL
 */
export const tryDivide = (a: Argument, b: Argument): Expr => make('try_divide', argument(a), argument(b));

/**
 * `a % b`, null for a division by zero.
 *
 * In SQL:
 *
 *     try_mod(7, 4)  -- 3
 *     try_mod(7, 0)  -- NULL
 */
export const tryMod = (a: Argument, b: Argument): Expr => make('try_mod', argument(a), argument(b));

/**
 * The number that a text says by a format. In the format, 0 and 9 are digits (0: written or expected also if it is a zero in front), `.` or D the point, `,` or G a separator, $ itself, S a sign, MI a minus at that place, PR angle brackets around a negative number. A text that does not match is an error.
 *
 * In SQL:
 *
 *     to_number('12,454.8', '99,999.9')  -- 12454.8
 *     to_number('$78.12', '$99.99')  -- 78.12
 *     to_number('-454', 'S999')  -- -454
 */
export const toNumber = (expr: Argument, format: Setting): Expr => make('to_number', argument(expr), setting(format));

/**
 * As `to_number`, but null for a text that does not match the format.
 *
 * In SQL:
 *
 *     try_to_number('abc', '999')  -- NULL
 */
export const tryToNumber = (expr: Argument, format: Setting): Expr =>
  make('try_to_number', argument(expr), setting(format));

/**
 * A number, a date or timestamp, or a binary as text. In the format, 0 and 9 are digits (0: written or expected also if it is a zero in front), `.` or D the point, `,` or G a separator, $ itself, S a sign, MI a minus at that place, PR angle brackets around a negative number. A number with more digits than the format becomes hashes. Of dates the format is that of `date_format`, of binaries `'base64'`, `'hex'` or `'utf-8'`.
 *
 * In SQL:
 *
 *     to_char(454, '999')  -- 454
 *     to_char(78.12, '$99.99')  -- $78.12
 *     to_char(-12454.8, '99,999.9S')  -- 12,454.8-
 *     to_char(DATE '2024-02-29', 'yyyy/MM/dd')  -- 2024/02/29
 */
export const toChar = (expr: Argument, format: Setting): Expr => make('to_char', argument(expr), setting(format));
/** The same as `toChar`. */
export const toVarchar = toChar;

/**
 * A number with commas between thousands and so many digits after the point, a half rounded to the even neighbour; null for a negative number of places. Instead of the places a pattern as of Java's `DecimalFormat` may be given, such as `'#,##0.00'`.
 *
 * In SQL:
 *
 *     format_number(12332.123456, 4)  -- 12,332.1235
 *     format_number(12332.123456, '##################.###')  -- 12332.123
 *     format_number(5, -1)  -- NULL
 */
export const formatNumber = (expr: Argument, places: Argument): Expr =>
  make('format_number', argument(expr), argument(places));

/**
 * A random number from 0 (inclusive) to 1 (exclusive). With a seed the same for the same batch and row; without one, also when a batch is replayed.
 *
 * In SQL:
 *
 *     rand(0)  -- 0.7604953758285915
 */
export const rand = (seed?: Setting): Expr => make('rand', setting(seed));
/** The same as `rand`. */
export const random = rand;

/**
 * A random number from the normal distribution around 0 with a deviation of 1. With a seed the same for the same batch and row; without one, also when a batch is replayed.
 *
 * In SQL:
 *
 *     randn(0)  -- 1.6034991609278433
 */
export const randn = (seed?: Setting): Expr => make('randn', setting(seed));

/**
 * A random number between two constants, evenly distributed: an integer if both are. With a seed the same for the same batch and row; without one, also when a batch is replayed.
 *
 * In SQL:
 *
 *     uniform(10, 20, 0) BETWEEN 10 AND 20  -- true
 */
export const uniform = (min: Argument, max: Argument, seed?: Setting): Expr =>
  make('uniform', argument(min), argument(max), setting(seed));
