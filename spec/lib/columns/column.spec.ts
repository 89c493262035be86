import fc from 'fast-check';
import { columnFrom } from '../../../lib/columns/index.js';
import { formatType, parseType } from '../../../lib/schema/index.js';
import { arbitrary, types } from './values.js';

const contents = (column: { length: number; get(i: number): unknown }) =>
  Array.from({ length: column.length }, (_, i) => column.get(i));

describe.each(types.map((type) => [formatType(type), type] as const))('a column of %s', (_name, type) => {
  const values = fc.array(arbitrary(type), { maxLength: 40 });

  it('gives back what it was made from', () => {
    fc.assert(
      fc.property(values, (given) => {
        const column = columnFrom(type, given);
        expect(column.type).toEqual(type);
        expect(contents(column)).toEqual(given);
        expect(column.nullCount).toBe(given.filter((v) => v === null).length);
        if (column.nullCount === 0) expect(column.validity).toBeNull();
      }),
    );
  });

  it('is sliced like an array, also a slice of a slice', () => {
    fc.assert(
      fc.property(values, fc.nat(40), fc.nat(40), fc.nat(20), (given, a, b, c) => {
        const [from, to] = [Math.min(a, b, given.length), Math.min(Math.max(a, b), given.length)];
        const slice = columnFrom(type, given).slice(from, to);
        expect(contents(slice)).toEqual(given.slice(from, to));
        const inner = Math.min(c, slice.length);
        expect(contents(slice.slice(inner, slice.length))).toEqual(given.slice(from + inner, to));
      }),
    );
  });

  it('gathers rows by position, in any order and more than once', () => {
    fc.assert(
      fc.property(
        fc.array(arbitrary(type), { minLength: 1, maxLength: 40 }),
        fc.array(fc.nat(1000)),
        (given, picks) => {
          const selection = Int32Array.from(picks, (p) => p % given.length);
          const column = columnFrom(type, given).gather(selection);
          expect(contents(column)).toEqual(Array.from(selection, (k) => given[k]));
          expect(column.nullCount).toBe(contents(column).filter((v) => v === null).length);
        },
      ),
    );
  });

  it.each([7, 8, 9, 15, 16, 17, 63, 64, 65])('keeps what is missing at the edges of bytes: %i rows', (length) => {
    const [value] = fc.sample(arbitrary(type).filter((v) => v !== null), { numRuns: 1, seed: 7 }); // prettier-ignore
    for (const hole of [0, length >> 1, length - 1]) {
      const given = Array.from({ length }, (_, i) => (i === hole ? null : value));
      const column = columnFrom(type, given);
      expect(contents(column)).toEqual(given);
      expect(column.nullCount).toBe(1);
      expect(contents(column.slice(1, length))).toEqual(given.slice(1));
      expect(column.slice(0, hole).nullCount).toBe(0);
    }
  });
});

describe('sharing', () => {
  it('slices of numbers and texts are views of the same memory', () => {
    const numbers = columnFrom(parseType('DOUBLE'), [1, 2, 3]);
    const texts = columnFrom(parseType('STRING'), ['a', 'b', 'c']);
    expect((numbers.slice(1, 3) as unknown as { values: Float64Array }).values.buffer).toBe(
      (numbers as unknown as { values: Float64Array }).values.buffer,
    );
    expect((texts.slice(1, 3) as unknown as { bytes: Uint8Array }).bytes).toBe(
      (texts as unknown as { bytes: Uint8Array }).bytes,
    );
  });
});
