import fc from 'fast-check';
import { compileLike } from '../../../lib/text/like.js';
import { decodeText, encodeText } from '../../../lib/text/utf8.js';

const like = (text: string, pattern: string, escape?: string): boolean => compileLike(pattern, escape).test(text);

it('agrees with a regular expression, over texts and over their bytes', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'é', '😀', '\n')).map((c) => c.join(''));
  const pattern = fc.array(fc.constantFrom('a', 'b', 'é', '😀', '%', '%', '_')).map((c) => c.join(''));
  fc.assert(
    fc.property(text, pattern, fc.nat(3), (given, p, before) => {
      const expected = new RegExp(`^${p.replaceAll('%', '.*').replaceAll('_', '.')}$`, 'su').test(given);
      const compiled = compileLike(p);
      expect(compiled.test(given)).toBe(expected);
      const bytes = Uint8Array.of(...new Array<number>(before).fill(0x61), ...encodeText(given), 0x61);
      expect(compiled.testBytes(bytes, before, bytes.length - 1)).toBe(expected);
    }),
    { numRuns: 2000 },
  );
});

it('takes an escaped character for itself', () => {
  expect(like('a%', 'a\\%')).toBe(true);
  expect(like('ab', 'a\\%')).toBe(false);
  expect(like('a_c%', 'a!_c!%', '!')).toBe(true);
  expect(like('a\\', 'a\\\\')).toBe(true);
  expect(like('a!b', 'a!!b', '!')).toBe(true);
});

it('refuses an escape that escapes nothing', () => {
  expect(() => compileLike('a\\')).toThrow(expect.objectContaining({ condition: 'INVALID_FORMAT.ESC_AT_THE_END' }));
  expect(() => compileLike('a\\b')).toThrow(expect.objectContaining({ condition: 'INVALID_FORMAT.ESC_IN_THE_MIDDLE' }));
});

it('takes a broken byte for one character, and finds it again', () => {
  const text = decodeText(Uint8Array.of(0x61, 0xc3, 0x62));
  expect(like(text, 'a_b')).toBe(true);
  expect(like(text, `%${text[1]}b`)).toBe(true);
});

it('takes no time for patterns that a search with backtracking never ends on', () => {
  const text = 'a'.repeat(50_000);
  expect(like(text, `${'%a'.repeat(50)}%b`)).toBe(false);
  expect(like(text, `${'%a_'.repeat(50)}%b`)).toBe(false);
});
