import * as fc from 'fast-check';
import { DecimalColumn, PlainColumn, columnFrom } from '../../../lib/columns/index.js';
import { rowKey } from '../../../lib/expressions/order.js';
import type { Value } from '../../../lib/expressions/values.js';
import { columnOf } from '../../../lib/expressions/vector.js';
import { anyType, decimal, double, long, parseType, string } from '../../../lib/schema/index.js';
import { keyCodec } from '../../../lib/state/keys.js';
import { valueOf } from '../expressions/random-values.js';
import { allTypes } from './types.js';

describe('keyCodec', () => {
  it('makes the same key of a row as of its values, and the values of the key', () => {
    for (const type of allTypes) {
      const rows = fc.array(fc.tuple(fc.option(valueOf(type)), fc.option(valueOf(long()))), { minLength: 1 });
      const codec = keyCodec([type, long()]);
      fc.assert(
        fc.property(rows, (tuples) => {
          const columns = [columnOf(type, tuples.map(([a]) => a)), columnOf(long(), tuples.map(([, b]) => b))]; // prettier-ignore
          const keys = codec.of(columns, tuples.length);
          expect(keys).toEqual(tuples.map((tuple) => codec.ofValues(tuple)));
          for (const key of keys) expect(codec.ofValues(codec.values(key))).toBe(key);
        }),
        { numRuns: 25 },
      );
    }
  });

  it('is as fine as the groups of Spark', () => {
    for (const type of allTypes) {
      const codec = keyCodec([type, string()]);
      const group = rowKey([type, string()]);
      const tuple = fc.tuple(fc.option(valueOf(type)), fc.constantFrom(null, '', 'a'));
      fc.assert(
        fc.property(tuple, tuple, (a, b) => {
          expect(codec.ofValues(a) === codec.ofValues(b)).toBe(group(a) === group(b));
        }),
        { numRuns: 60 },
      );
    }
  });

  it('takes 0.0 and -0.0 for one, as NaN and NaN, but not missing and empty', () => {
    const codec = keyCodec([double(), string()]);
    const keys = codec.of(
      [columnFrom(double(), [0, -0, NaN, -NaN, null]), columnFrom(string(), ['', '', '', '', null])],
      5,
    );
    expect(new Set(keys).size).toBe(3);
    expect(codec.values(keys[1]!)).toEqual([0, '']);
    expect(codec.values(keys[4]!)).toEqual([null, null]);
  });

  it('takes every NaN for one, whatever its bits', () => {
    const bits = new Float64Array(new BigUint64Array([0x7ff8000000000001n, 0xfff8000000000000n, 0x7ff8000000000000n]).buffer); // prettier-ignore
    const column = columnOf(double(), [...bits]);
    expect(new Set(keyCodec([double()]).of([column], 3)).size).toBe(1);
  });

  it('takes maps for one whatever the order of their entries', () => {
    const codec = keyCodec([parseType('MAP<STRING, INT>')]);
    const key = codec.ofValues([[['b', 1], ['a', 2]]]); // prettier-ignore
    expect(key).toBe(codec.ofValues([[['a', 2], ['b', 1]]])); // prettier-ignore
    expect(codec.values(key)).toEqual([[['a', 2], ['b', 1]]]); // prettier-ignore
  });

  it('reads decimals of any width, and values without a type', () => {
    for (const type of [decimal(10, 2), decimal(38, 2)]) {
      const column = columnFrom(type, ['1.50', '-1.50']);
      expect(column).toBeInstanceOf(DecimalColumn);
      const codec = keyCodec([type]);
      expect(codec.of([column], 2).map(codec.values)).toEqual([[150n], [-150n]]);
    }
    const codec = keyCodec([anyType()]);
    const given = [1, '1', null, undefined, -0, 0];
    const keys = codec.of([new PlainColumn(anyType(), given)], given.length);
    expect(keys.map(codec.values)).toEqual([[1], ['1'], [null], [null], [0], [0]]);
    expect(new Set(keys).size).toBe(4);
  });

  it('takes one byte a character, and one key for no column at all', () => {
    const codec = keyCodec([string()]);
    const [key] = codec.of([columnFrom(string(), ['ключ 😀'])], 1);
    expect([...key!].every((char) => char.charCodeAt(0) < 256)).toBe(true);
    expect(codec.values(key!)).toEqual(['ключ 😀']);
    expect(keyCodec([]).of([], 2)).toEqual(['', '']);
    expect(keyCodec([]).values('')).toEqual([] satisfies Value[]);
  });

  it('reads a slice of a column', () => {
    const column = columnFrom(string(), ['a', 'b', null, 'd']).slice(1, 4);
    const codec = keyCodec([string()]);
    expect(codec.of([column], 3).map(codec.values)).toEqual([['b'], [null], ['d']]);
  });
});
