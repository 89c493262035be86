import fc from 'fast-check';
import { comparator, compareStrings, equality, groupKey, isOrderable, rowKey } from '../../../lib/expressions/order.js';
import type { Value } from '../../../lib/expressions/values.js';
import {
  array,
  binary,
  boolean,
  decimal,
  double,
  int,
  long,
  map,
  parseType,
  string,
} from '../../../lib/schema/index.js';

const order = (ddl: string, a: Value, b: Value): number => Math.sign(comparator(parseType(ddl))(a, b));

describe('order', () => {
  it('of doubles has NaN last and one zero', () => {
    const sorted = [NaN, 1, -Infinity, Infinity, -1, NaN].sort(comparator(double()));
    expect(sorted).toEqual([-Infinity, -1, 1, Infinity, NaN, NaN]);
    expect(order('DOUBLE', -0, 0)).toBe(0);
    expect(equality(double())(NaN, NaN)).toBe(true);
    expect(equality(double())(0, -0)).toBe(true);
    expect(equality(double())(0, NaN)).toBe(false);
  });

  it('of strings is that of their UTF-8 bytes', () => {
    // U+FF5E is below U+1F600 in UTF-8 (EF.. < F0..), above it in UTF-16.
    expect(compareStrings('\uff5e', '😀')).toBeLessThan(0);
    expect(compareStrings('a😀', 'a😁')).toBeLessThan(0);
    // A byte 80 that is no UTF-8 sorts below é (C3 A9).
    expect(compareStrings('\udc80', 'é')).toBeLessThan(0);
    expect(compareStrings('a', 'ab')).toBeLessThan(0);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
        expect(Math.sign(compareStrings(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });

  it('of binaries is unsigned', () => expect(order('BINARY', Uint8Array.of(0x80), Uint8Array.of(0x7f))).toBe(1));

  it('of arrays and structs goes from left to right, missing first', () => {
    expect(order('ARRAY<INT>', [1, 2], [1, 2, 3])).toBe(-1);
    expect(order('ARRAY<INT>', [1, null], [1, -5])).toBe(-1);
    expect(order('ARRAY<INT>', [], [null])).toBe(-1);
    expect(order('STRUCT<a: INT, b: STRING>', [1, 'x'], [1, 'y'])).toBe(-1);
    expect(order('STRUCT<a: INT, b: STRING>', [null, 'x'], [null, 'x'])).toBe(0);
    expect(equality(array(double()))([NaN, null], [NaN, null])).toBe(true);
  });

  it('of the rest is natural', () => {
    expect(comparator(boolean())(false, true)).toBe(-1);
    expect(comparator(long())(2n ** 62n, 2n ** 61n)).toBe(1);
    expect(comparator(decimal(38, 2))(-1n, -1n)).toBe(0);
  });

  it('says what has none', () => {
    expect(isOrderable(parseType('STRUCT<a: ARRAY<MAP<INT, INT>>>'))).toBe(false);
    expect(isOrderable(parseType('STRUCT<a: ARRAY<INT>>'))).toBe(true);
  });
});

describe('groupKey', () => {
  it('is one for all NaNs and zeros, also inside', () => {
    const keys = new Set([0, -0, NaN, NaN, null].map(groupKey(double())));
    expect(keys.size).toBe(3);
    expect(groupKey(array(double()))([-0, NaN])).toBe(groupKey(array(double()))([0, NaN]));
  });

  it('of binaries goes by content', () => {
    const key = groupKey(binary());
    expect(key(Uint8Array.of(200, 1))).toBe(key(Uint8Array.of(200, 1)));
    expect(key(Uint8Array.of(200, 1))).not.toBe(key(Uint8Array.of(1, 200)));
  });

  it('of maps does not mind their order', () => {
    const type = map(string(), int());
    const pairs: Value = [
      ['a', 1],
      ['b', null],
    ];
    expect(groupKey(type)(pairs)).toBe(
      groupKey(type)([
        ['b', null],
        ['a', 1],
      ]),
    );
    expect(
      equality(type)(pairs, [
        ['b', null],
        ['a', 2],
      ]),
    ).toBe(false);
  });

  it('agrees with equality', () => {
    const type = parseType('ARRAY<STRUCT<a: STRING, b: DOUBLE>>');
    const text = fc.constantFrom('', 'n', '1:', ';', '1:a', 'a');
    const element = fc.tuple(fc.option(text), fc.option(fc.constantFrom(0, -0, NaN, 1)));
    const values = fc.array(fc.option(element), { maxLength: 3 });
    fc.assert(
      fc.property(values, values, (a, b) => {
        expect(groupKey(type)(a) === groupKey(type)(b)).toBe(equality(type)(a, b));
      }),
    );
  });

  it('of rows keeps columns apart', () => {
    const key = rowKey([string(), string()]);
    expect(key(['a', 'bc'])).not.toBe(key(['ab', 'c']));
    expect(key([null, 'n'])).not.toBe(key(['n', null]));
    expect(rowKey([int()])([null])).toBeNull();
  });
});
