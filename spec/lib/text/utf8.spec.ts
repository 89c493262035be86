import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { byteLengthOf, characterLength, decodeText, encodeText, isValidText, settled } from '../../../lib/text/utf8.js';

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  // Mostly what begins, continues or nearly makes a character.
  fc
    .array(fc.constantFrom(0x61, 0x80, 0x9f, 0xa0, 0xbf, 0xc1, 0xc3, 0xe0, 0xe2, 0xed, 0xef, 0xf0, 0xf4, 0xf5))
    .map((list) => Uint8Array.from(list)),
);

it('gives every bytes back, and the text of valid ones', () => {
  fc.assert(
    fc.property(bytes, (given) => {
      const text = decodeText(given);
      expect([...encodeText(text)]).toEqual([...given]);
      expect(byteLengthOf(text)).toBe(given.length);
      expect(isValidText(text)).toBe(isUtf8(given));
      expect(settled(text)).toBe(text);
      if (isUtf8(given)) expect(text).toBe(Buffer.from(given).toString());
    }),
  );
});

it('reads any part of a buffer', () => {
  fc.assert(
    fc.property(bytes, fc.nat(5), fc.nat(5), (given, before, after) => {
      const buffer = new Uint8Array(before + given.length + after).fill(0xc3);
      buffer.set(given, before);
      expect([...encodeText(decodeText(buffer, before, before + given.length))]).toEqual([...given]);
    }),
  );
});

it('keeps a byte order mark, a replacement character and what stands beside a broken byte', () => {
  expect(decodeText(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe('\ufeffa');
  expect(decodeText(Uint8Array.of(0xef, 0xbf, 0xbd, 0x80, 0xc3, 0xa9))).toBe('\ufffd\udc80é');
});

it('takes for a character what UTF-8 does', () => {
  const all = [
    0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xe1, 0xed, 0xef, 0xf0, 0xf1, 0xf4, 0xf5,
  ];
  for (const first of all)
    for (const second of all)
      for (const rest of [[], [0x80], [0x80, 0x80], [0x41, 0x80]]) {
        const given = Uint8Array.of(first, second, ...rest);
        const length = [1, 2, 3, 4].find((n) => n <= given.length && isUtf8(given.subarray(0, n))) ?? 0;
        expect(characterLength(given, 0, given.length)).toBe(length);
      }
});

it('writes a surrogate that stands for no byte as U+FFFD', () => {
  for (const text of ['\ud800', 'a\udfffb', '\udc80\udc00']) {
    expect(byteLengthOf(text)).toBe(encodeText(text).length);
    expect(settled(text)).toBe(text.replace(/[\udc00\udfff\ud800]/u, '\ufffd'));
  }
});

it('makes a character of two broken halves that come together', () => {
  const [a, b] = [decodeText(Uint8Array.of(0xc3)), decodeText(Uint8Array.of(0xa9))];
  expect(settled(a + b)).toBe('é');
});
