import fc from 'fast-check';
import {
  countCharacters,
  decodeText,
  encodeText,
  hasBytesAt,
  indexOfBytes,
  isPlain,
  lengthOf,
  repaired,
  skipCharacters,
} from '../../../lib/text/index.js';

const anyText = fc.string({ unit: 'binary' });

it('counts and skips characters', () => {
  fc.assert(
    fc.property(anyText, fc.nat(5), (text, count) => {
      const bytes = encodeText(text);
      const characters = [...text];
      expect(countCharacters(bytes, 0, bytes.length)).toBe(characters.length);
      expect(lengthOf(text)).toBe(characters.length);
      const at = skipCharacters(bytes, 0, bytes.length, count);
      expect(decodeText(bytes, at)).toBe(characters.slice(count).join(''));
    }),
  );
});

it('takes broken bytes for what their first byte announces', () => {
  // E2 stands for three bytes, whatever they are; a byte that begins nothing for one.
  expect(lengthOf(decodeText(Uint8Array.of(0xe2, 0x61, 0x62, 0x63)))).toBe(2);
  expect(lengthOf(decodeText(Uint8Array.of(0x80, 0xff)))).toBe(2);
  expect(skipCharacters(Uint8Array.of(0xe2), 0, 1, 1)).toBe(1);
});

it('tells texts of one unit a character from others', () => {
  expect(isPlain('aé€')).toBe(true);
  expect(isPlain('😀')).toBe(false);
});

it('repairs what is broken', () => {
  expect(repaired(decodeText(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61, 0xe2, 0x82, 0x62)))).toBe('\ufeffa\ufffdb');
});

it('finds bytes in short and long texts', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'é'), { maxLength: 150 }).map((c) => c.join(''));
  const needle = fc.array(fc.constantFrom('a', 'b', 'é'), { maxLength: 4 }).map((c) => c.join(''));
  fc.assert(
    fc.property(text, needle, fc.nat(3), (haystack, sought, before) => {
      const part = encodeText(sought);
      const whole = Buffer.concat([Buffer.alloc(before, 'a'), encodeText(haystack), Buffer.from('ab')]);
      const to = whole.length - 2;
      const expected = (at: number) => (at < 0 ? -1 : before + at);
      const inner = Buffer.from(haystack);
      expect(indexOfBytes(whole, before, to, part)).toBe(expected(inner.indexOf(part)));
      expect(hasBytesAt(whole, before, to, part)).toBe(haystack.startsWith(sought));
    }),
  );
});
