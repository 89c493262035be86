import fc from 'fast-check';
import {
  decimalAdd,
  decimalDivide,
  decimalIntegralDivide,
  decimalMultiply,
  decimalOfDouble,
  decimalPositiveModulo,
  decimalRemainder,
  decimalSubtract,
  decimalToDouble,
  divideRounded,
  fits,
  formatDecimal,
  formatDecimalBriefly,
  integralDigits,
  parseDecimal,
  resultShape,
  toPrecision,
  toScale,
} from '../../../lib/numbers/index.js';

const shape = (precision: number, scale: number) => ({ precision, scale });

describe('text', () => {
  it.each([
    ['1', 1n, 0],
    ['-1.50', -150n, 2],
    ['.5', 5n, 1],
    ['5.', 5n, 0],
    ['1e-3', 1n, 3],
    ['+1.5E2', 15n, -1],
  ])('reads %s', (text, unscaled, scale) => {
    expect(parseDecimal(text)).toEqual({ unscaled, scale });
  });

  it.each(['', '.', '-', 'e1', '1.2.3', 'NaN', '1e', '1 ', '1e99999999999'])('does not read %j', (text) => {
    expect(parseDecimal(text)).toBeUndefined();
  });

  it('counts the digits before the point as Java does', () => {
    expect(integralDigits(parseDecimal('123.45')!)).toBe(3);
    expect(integralDigits(parseDecimal('0.001')!)).toBe(-2);
    expect(integralDigits(parseDecimal('0e100')!)).toBe(101);
    expect(integralDigits(parseDecimal('1e25569151')!)).toBe(25569152);
  });

  it('takes what is far too small for zero, without a large power', () => {
    expect(toScale(parseDecimal('9e-2000000000')!, 2)).toBe(0n);
    expect(toScale(parseDecimal('0.005')!, 2)).toBe(1n);
    expect(toScale(parseDecimal('0.0049')!, 2)).toBe(0n);
    expect(toScale(parseDecimal('0.05')!, 0)).toBe(0n);
    expect(toScale(parseDecimal('0.5')!, 0)).toBe(1n);
  });

  it('writes all digits, or as BigDecimal.toString does', () => {
    expect(formatDecimal(-5n, 3)).toBe('-0.005');
    expect(formatDecimalBriefly(1n, 18)).toBe('1E-18');
    expect(formatDecimalBriefly(-123n, 10)).toBe('-1.23E-8');
    expect(formatDecimalBriefly(1n, 6)).toBe('0.000001');
    expect(formatDecimalBriefly(0n, 7)).toBe('0E-7');
    expect(formatDecimalBriefly(150n, 2)).toBe('1.50');
  });

  it('has the digits of the shortest text of a double', () => {
    expect(decimalOfDouble(0.1)).toEqual({ unscaled: 1n, scale: 1 });
    expect(decimalOfDouble(1e21)).toEqual({ unscaled: 1n, scale: -21 });
    expect(decimalToDouble(1n, 1)).toBe(0.1);
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e30, max: 1e30 }), (d) => {
        const { unscaled, scale } = decimalOfDouble(d);
        return decimalToDouble(unscaled, scale) === d;
      }),
    );
  });
});

describe('rounding', () => {
  it.each([
    ['half_up', [3n, -3n, 4n, 3n, -3n]],
    ['half_even', [2n, -2n, 4n, 3n, -3n]],
    ['ceiling', [3n, -2n, 4n, 3n, -2n]],
    ['floor', [2n, -3n, 3n, 2n, -3n]],
    ['down', [2n, -2n, 3n, 2n, -2n]],
  ] as const)('%s', (rounding, expected) => {
    const dividends = [25n, -25n, 35n, 26n, -26n];
    expect(dividends.map((n) => divideRounded(n, 10n, rounding))).toEqual(expected);
    expect(dividends.map((n) => divideRounded(-n, -10n, rounding))).toEqual(expected);
  });

  it('keeps to the precision', () => {
    expect(toPrecision(99995n, 3, 4, 2)).toBeNull();
    expect(toPrecision(99994n, 3, 4, 2)).toBe(9999n);
    expect(fits(-(10n ** 38n), 38)).toBe(false);
    expect(fits(10n ** 38n - 1n, 38)).toBe(true);
  });
});

describe('shapes of results', () => {
  // As Spark gives them: 1.5 + 2.25, m * m of decimal(10,2), 1.0 / 3, and what does not fit 38 digits.
  it.each([
    ['add', shape(2, 1), shape(3, 2), shape(4, 2)],
    ['multiply', shape(10, 2), shape(10, 2), shape(21, 4)],
    ['divide', shape(2, 1), shape(1, 0), shape(7, 6)],
    ['divide', shape(2, 1), shape(10, 0), shape(13, 12)],
    ['remainder', shape(2, 1), shape(2, 1), shape(2, 1)],
    ['add', shape(38, 18), shape(38, 18), shape(38, 17)],
    ['multiply', shape(38, 18), shape(38, 18), shape(38, 6)],
    ['multiply', shape(38, 2), shape(1, 0), shape(38, 2)],
    ['divide', shape(38, 18), shape(38, 18), shape(38, 6)],
    ['integralDivide', shape(5, 2), shape(3, 1), shape(4, 0)],
    ['integralDivide', shape(2, 2), shape(3, 0), shape(1, 0)],
  ] as const)('%s', (name, a, b, expected) => {
    expect(resultShape[name](a, b)).toEqual(expected);
  });
});

describe('arithmetic', () => {
  const a = shape(10, 2);
  const b = shape(10, 3);

  it('computes at the scales of both', () => {
    expect(decimalAdd(a, b, resultShape.add(a, b))(150n, 1n)).toBe(1501n);
    expect(decimalSubtract(a, b, resultShape.add(a, b))(150n, 1n)).toBe(1499n);
    expect(decimalMultiply(a, b, resultShape.multiply(a, b))(150n, 2000n)).toBe(300000n);
    expect(decimalRemainder(a, b, resultShape.remainder(a, b))(-700n, 3000n)).toBe(-1000n);
    expect(decimalPositiveModulo(a, b, resultShape.remainder(a, b))(-700n, 3000n)).toBe(2000n);
    expect(decimalPositiveModulo(a, b, resultShape.remainder(a, b))(-700n, -3000n)).toBe(-1000n);
    expect(decimalIntegralDivide(a, b)(-700n, 3000n)).toBe(-2n);
  });

  it('rounds a quotient half up', () => {
    const one = shape(2, 1);
    const divide = decimalDivide(one, shape(1, 0), shape(7, 6));
    expect(divide(10n, 3n)).toBe(333333n);
    expect(divide(20n, 3n)).toBe(666667n);
    expect(divide(-20n, 3n)).toBe(-666667n);
  });

  it('is null where the result has too many digits', () => {
    const wide = shape(38, 0);
    expect(decimalAdd(wide, wide, resultShape.add(wide, wide))(10n ** 38n - 1n, 1n)).toBeNull();
    expect(decimalMultiply(wide, wide, resultShape.multiply(wide, wide))(10n ** 20n, 10n ** 20n)).toBeNull();
  });

  it('gives up digits of the fraction, rounded half up', () => {
    const wide = shape(38, 18);
    const to = resultShape.multiply(wide, wide);
    expect(decimalMultiply(wide, wide, to)(15n * 10n ** 17n, 10n ** 12n)).toBe(2n);
  });

  it('divides as it multiplies', () => {
    const digits = fc.bigInt({ min: -(10n ** 10n), max: 10n ** 10n });
    fc.assert(
      fc.property(digits, digits, (x, y) => {
        fc.pre(y !== 0n);
        const quotient = decimalIntegralDivide(shape(11, 0), shape(11, 0))(x, y)!;
        const rest = decimalRemainder(shape(11, 0), shape(11, 0), shape(11, 0))(x, y)!;
        return quotient * y + rest === x;
      }),
    );
  });
});
