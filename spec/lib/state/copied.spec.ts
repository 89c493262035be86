import { Decimal, Timestamp } from '../../../lib/schema/index.js';
import { copied } from '../../../lib/state/copied.js';

describe('copied', () => {
  it('shares nothing that can be changed', () => {
    const value = {
      list: [1, [2n, null, undefined]],
      bytes: Uint8Array.of(1, 2),
      at: new Date(5),
      map: new Map([[{ k: 1 }, new Set(['a'])]]),
      exact: new Decimal(15n, 1),
      micros: new Timestamp(1_000_001n),
    };
    const copy = copied(value);
    expect(copy).toEqual(value);
    value.list.push(3);
    value.bytes[0] = 9;
    value.at.setTime(9);
    [...value.map.values()][0]!.add('b');
    expect(copy.list).toHaveLength(2);
    expect(copy.bytes[0]).toBe(1);
    expect(copy.at.getTime()).toBe(5);
    expect([...copy.map.values()][0]!.size).toBe(1);
    expect(copy.micros.micros).toBe(1);
    expect(copy.exact.toString()).toBe('1.5');
  });

  it('takes objects without a prototype, and Buffers as bytes', () => {
    expect(copied(Object.assign(Object.create(null) as object, { a: 1 }))).toEqual({ a: 1 });
    expect(copied(Buffer.from('a'))).toEqual(Uint8Array.of(97));
  });

  class Session {
    n = 1;
  }
  const self: unknown[] = [];
  self.push(self);

  it.each([
    ['an object of the class Session', new Session()],
    ['a function', { f: () => 1 }],
    ['a symbol', [Symbol('s')]],
    ['an object of the class Promise', { p: Promise.resolve(1) }],
    ['holds itself', self],
  ])('refuses %s', (what, value) => {
    expect(() => copied<unknown>(value)).toThrow(expect.objectContaining({ code: 'TYPE_MISMATCH' }));
    expect(() => copied<unknown>(value)).toThrow(what);
  });
});
