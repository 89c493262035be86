import fc from 'fast-check';
import {
  clearUnits,
  decimalOfDouble,
  decimalToDouble,
  exactDecimal,
  longToFloat,
  rescale,
  roundDouble,
} from '../../../lib/numbers/index.js';

describe('roundDouble', () => {
  it.each([
    // The doubles lie below the halves that their texts show.
    [1.005, 2, 1.01],
    [2.675, 2, 2.68],
    [0.15, 1, 0.2],
    [-2.5, 0, -3],
    [-0.4, 0, 0],
    [123.456, -2, 100],
    [155, -1, 160],
    [1e300, 2, 1e300],
    [5e-324, 10, 0],
    [1e22, -400, 0],
    [1.5, 400, 1.5],
    [NaN, 1, NaN],
    [-Infinity, -5, -Infinity],
  ])('of %d to %d is %d', (value, scale, expected) => {
    expect(roundDouble(value, scale, 'half_up')).toBe(expected);
  });

  it('takes the even neighbour of a half', () => {
    expect([0.5, 1.5, 2.5, -2.5].map((x) => roundDouble(x, 0, 'half_even'))).toEqual([0, 2, 2, -2]);
    expect(roundDouble(2.675, 2, 'half_even')).toBe(2.68);
    expect(roundDouble(25, -1, 'half_even')).toBe(20);
  });

  it('gives what the digits of the text give', () => {
    const halves = fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => n / 2000);
    const any = fc.oneof(halves, fc.double({ min: -1e15, max: 1e15, noNaN: true }));
    fc.assert(
      fc.property(any, fc.integer({ min: -4, max: 9 }), fc.constantFrom('half_up', 'half_even'), (x, scale, mode) => {
        const { unscaled, scale: digits } = decimalOfDouble(x);
        const exact = digits <= scale ? x + 0 : decimalToDouble(rescale(unscaled, digits, scale, mode), scale) + 0;
        expect(roundDouble(x, scale, mode)).toBe(exact);
        const units = clearUnits(x, scale);
        if (units !== undefined && scale >= 0) expect(BigInt(units)).toBe(rescale(unscaled, digits, scale, mode));
      }),
    );
  });
});

it('knows all digits of a double', () => {
  expect(exactDecimal(0.5)).toEqual({ unscaled: 5n, scale: 1 });
  expect(exactDecimal(0.1).unscaled).toBe(1000000000000000055511151231257827021181583404541015625n);
  expect(exactDecimal(2 ** 70)).toEqual({ unscaled: 2n ** 70n, scale: 0 });
});

it('makes the nearest float of a long', () => {
  // By way of a double, which rounds down to the half between two floats, the even one of them would be taken.
  expect(longToFloat(9007199791611905n)).toBe(9007200328482816);
  expect(longToFloat(-9007199791611905n)).toBe(-9007200328482816);
  expect(longToFloat(16777217n)).toBe(16777216);
  expect(longToFloat(2n ** 63n - 1n)).toBe(2 ** 63);
});
