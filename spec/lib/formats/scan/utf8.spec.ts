import fc from 'fast-check';
import { Utf8Check, markLength } from '../../../../lib/formats/scan/utf8.js';

/** What the check says of a text that comes in pieces, of which `consumed` tells how much is not given again. */
function checks(bytes: Uint8Array, pieces: readonly (readonly [end: number, consumed: number])[]): boolean[] {
  const check = new Utf8Check();
  let start = 0;
  return pieces.map(([end, consumed]) => {
    const valid = check.check(bytes.subarray(start, end), end === bytes.length);
    check.consumed(consumed - start);
    start = consumed;
    return valid;
  });
}

it('finds nothing wrong with a text, wherever it is cut', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const bytes = Buffer.from(text);
      const everywhere = Array.from({ length: bytes.length + 1 }, (_, end) => [end, 0] as const);
      expect(checks(bytes, everywhere)).not.toContain(false);
    }),
  );
});

it('finds what is not UTF-8 for as long as it is given again, and looks at nothing twice', () => {
  const bytes = Buffer.from('ok,\xc3\n,ok,ok', 'latin1');
  const twice: [number, number][] = [
    [5, 0],
    [8, 0],
    [10, 5],
    [11, 10],
  ];
  expect(checks(bytes, twice)).toEqual([false, false, false, true]);
  const once: [number, number][] = [
    [8, 5],
    [10, 5],
    [11, 10],
  ];
  expect(checks(bytes, once)).toEqual([false, true, true]);

  const check = new Utf8Check();
  const given = Buffer.from('a text that is changed');
  expect(check.check(given, false)).toBe(true);
  check.consumed(0);
  given.fill(0xff);
  expect(check.check(given, false)).toBe(true);
});

it('finds a character that the end of the file cuts off', () => {
  const bytes = Buffer.from('é').subarray(0, 1);
  expect(checks(bytes, [[1, 1]])).toEqual([false]);
  expect(new Utf8Check().check(bytes, false)).toBe(true);
});

it('finds a byte order mark, once it is whole or can be none', () => {
  const mark = Buffer.from('\ufeff');
  for (const last of [false, true]) {
    expect([0, 1, 2].map((n) => markLength(mark.subarray(0, n), last))).toEqual(last ? [0, 0, 0] : [-1, -1, -1]);
    expect(markLength(mark, last)).toBe(3);
    expect(markLength(Buffer.from('ab'), last)).toBe(0);
    expect(markLength(Buffer.concat([mark.subarray(0, 2), Buffer.from('a')]), last)).toBe(0);
  }
});
