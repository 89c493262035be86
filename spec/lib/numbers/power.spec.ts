import * as fc from 'fast-check';
import { pow } from '../../../lib/numbers/index.js';

describe('pow', () => {
  it('of ten is the literal', () => {
    for (let n = -130; n <= 130; n++) expect(pow(10, n)).toBe(Number(`1e${n}`));
  });

  it('of whole numbers is exact while a double holds it', () => {
    fc.assert(
      fc.property(fc.integer({ min: -40, max: 40 }), fc.integer({ min: 0, max: 9 }), (x, n) => {
        expect(pow(x, n)).toBe(Number(BigInt(x) ** BigInt(n)));
      }),
    );
  });

  // Java's Math.pow.
  it.each([
    [10, -4, 1e-4],
    [1.1, 7, 1.9487171000000012],
    [2, 0.5, Math.SQRT2],
    [0, -1, Infinity],
    [NaN, 0, 1],
    [1e200, 2, Infinity],
    [-8, 3, -512],
  ])('%d to the power of %d is %d', (x, y, expected) => expect(pow(x, y)).toBe(expected));
});
