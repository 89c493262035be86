import fc from 'fast-check';
import {
  type Charset,
  charsetOf,
  decodeBase64,
  decodeCharset,
  decodeUrl,
  encodeBase64,
  encodeCharset,
  encodeUrl,
  isStrictBase64,
} from '../../../lib/text/index.js';

it('reads base64 as mail programs do', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const text = encodeBase64(bytes);
      expect(isStrictBase64(text)).toBe(true);
      expect([...decodeBase64(text.replace(/([^=]{3})/g, '$1\r\n'))!]).toEqual([...bytes]);
      expect([...decodeBase64(text.replaceAll('=', ''))!]).toEqual([...bytes]);
    }),
  );
  // As java.util.Base64.getMimeDecoder() does.
  for (const [text, expected] of [
    ['YW!Jj', 'abc'],
    ['YWI=\n', 'ab'],
    ['', ''],
    ['Y', undefined],
    ['YQ=', undefined],
    ['=', undefined],
    ['YWJj=', undefined],
    ['YQ==YQ==', undefined],
  ] as const) {
    expect(decodeBase64(text)?.toString()).toBe(expected);
  }
});

it('knows what is base64 and nothing else', () => {
  const strict = ['YQ==', 'YQ', 'YW Jj', '', 'YWI'];
  const loose = ['Y', 'YQ=', 'YQ===', 'YW!', 'Y=Q=', '='];
  expect(strict.filter((text) => !isStrictBase64(text))).toEqual([]);
  expect(loose.filter(isStrictBase64)).toEqual([]);
});

it('writes texts in seven charsets, and reads them again', () => {
  const charsets: Charset[] = ['UTF-8', 'UTF-16BE', 'UTF-16LE', 'UTF-16', 'UTF-32'];
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.constantFrom(...charsets), (text, charset) => {
      fc.pre(text[0] !== '\ufeff');
      expect(decodeCharset(encodeCharset(text, charset)!, charset)).toBe(text);
    }),
  );
  expect(charsetOf('utf-16le')).toBe('UTF-16LE');
  expect(charsetOf('latin1')).toBeUndefined();
  expect([...encodeCharset('é', 'ISO-8859-1')!]).toEqual([0xe9]);
  expect([...encodeCharset('é', 'UTF-16')!]).toEqual([0xfe, 0xff, 0x00, 0xe9]);
  expect(encodeCharset('', 'UTF-16')).toHaveLength(0);
});

it('has no text for bytes that are none, and no bytes for letters that a charset lacks', () => {
  expect(encodeCharset('é', 'US-ASCII')).toBeUndefined();
  expect(encodeCharset('€', 'ISO-8859-1')).toBeUndefined();
  for (const [bytes, charset] of [
    [[0xff], 'US-ASCII'],
    [[0xc3], 'UTF-8'],
    [[0], 'UTF-16BE'],
    [[0xdc, 0], 'UTF-16'],
    [[0xfe, 0xff, 0], 'UTF-16'],
    [[0, 0x11, 0, 0], 'UTF-32'],
    [[0, 0, 0xd8, 0], 'UTF-32'],
    [[0, 0, 0], 'UTF-32'],
  ] as const) {
    expect(decodeCharset(Uint8Array.from(bytes), charset)).toBeUndefined();
  }
  expect(decodeCharset(Uint8Array.of(0xff, 0xfe, 0x61, 0), 'UTF-16')).toBe('a');
});

it('encodes texts as forms are, and decodes them', () => {
  expect(encodeUrl("a b&c=é~*'()!-_.")).toBe('a+b%26c%3D%C3%A9%7E*%27%28%29%21-_.');
  expect(decodeUrl('%ff%41')).toBe('\ufffdA');
  expect(decodeUrl('100%')).toBeUndefined();
  expect(decodeUrl('%4')).toBeUndefined();
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(decodeUrl(encodeUrl(text))).toBe(text);
      expect(encodeUrl(text)).toMatch(/^(?:[A-Za-z0-9.*_+-]|%[0-9A-F]{2})*$/);
    }),
  );
});
