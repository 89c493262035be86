import fc from 'fast-check';
import { formatDouble, formatFloat, parseDouble, parseFloat32 } from '../../../lib/numbers/index.js';

describe('formatDouble', () => {
  it.each([
    [0, '0.0'],
    [-0, '-0.0'],
    [1, '1.0'],
    [100, '100.0'],
    [0.1, '0.1'],
    [0.001, '0.001'],
    [0.0001, '1.0E-4'],
    [-0.00012, '-1.2E-4'],
    [9999999, '9999999.0'],
    [1e7, '1.0E7'],
    [12345678.9, '1.23456789E7'],
    [1e20, '1.0E20'],
    [123456789012345680, '1.2345678901234568E17'],
    [1.7976931348623157e308, '1.7976931348623157E308'],
    // Java never writes less than two digits, and these two are nearer than 5.0E-324.
    [5e-324, '4.9E-324'],
    [1e-323, '9.9E-324'],
    [2e23, '2.0E23'],
    [NaN, 'NaN'],
    [-Infinity, '-Infinity'],
  ])('%d', (value, text) => {
    expect(formatDouble(value)).toBe(text);
  });

  it('names the double', () => {
    fc.assert(fc.property(fc.double(), (d) => Object.is(parseDouble(formatDouble(d)), d)));
  });
});

describe('formatFloat', () => {
  it.each([
    [0.1, '0.1'],
    [1e10, '1.0E10'],
    [16777216, '1.6777216E7'],
    [9999999, '9999999.0'],
    [3.4028234663852886e38, '3.4028235E38'],
    [1.401298464324817e-45, '1.4E-45'],
    [-0.001, '-0.001'],
    [0.00099999, '9.9999E-4'],
    [33554432, '3.3554432E7'],
    [-0, '-0.0'],
    [NaN, 'NaN'],
    [Infinity, 'Infinity'],
  ])('%d', (value, text) => {
    expect(formatFloat(Math.fround(value))).toBe(text);
  });

  it('names the float, with no digit too many', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (f) => {
        const text = formatFloat(f);
        expect(parseFloat32(text)).toBe(f);
        const digits = text.replace(/E.*|[-.]/g, '').replace(/^0+|0+$/g, '').length;
        if (digits > 2) expect(Math.fround(Number(f.toPrecision(digits - 1)))).not.toBe(f);
      }),
    );
  });
});
