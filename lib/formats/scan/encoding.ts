import { Buffer } from 'node:buffer';
import { type Option, custom } from '../../options/index.js';
import { markLength } from './utf8.js';

/** How text is put into bytes. */
export interface Encoding {
  readonly name: string;
  /** How many bytes a character has at least; characters begin at multiples of it. */
  readonly unit: number;
  /** The text in UTF-8, without a byte order mark. What is no character becomes U+FFFD. */
  decode(bytes: Uint8Array): Buffer;
  /** What the encoding lacks becomes a question mark. Undefined where it can only be read. */
  readonly encode: ((text: string) => Buffer) | undefined;
  /** What a file begins with. */
  readonly mark: Uint8Array;
}

const noMark = new Uint8Array(0);

/** The encoding of that name, in any case; undefined if it is not known. */
export function encodingOf(name: string): Encoding | undefined {
  const known = name.toUpperCase().replace(/^UTF(8|16|32)/, 'UTF-$1');
  const encoding = { name: known, mark: noMark };
  switch (known) {
    case 'UTF-8':
      return {
        ...encoding,
        unit: 1,
        decode: (bytes) => Buffer.from(textIn('utf-8', bytes)),
        encode: (text) => Buffer.from(text),
      };
    case 'UTF-16':
    case 'UTF-32': {
      const unit = known === 'UTF-16' ? 2 : 4;
      const big = encodingOf(`${known}BE`)!;
      const little = encodingOf(`${known}LE`)!;
      const isLittle = (b: Uint8Array): boolean =>
        b[0] === 0xff && b[1] === 0xfe && (unit === 2 || (b[2] === 0 && b[3] === 0));
      // As Java does: of UTF-16 the mark is written, of UTF-32 it is not.
      const mark = unit === 2 ? Uint8Array.of(0xfe, 0xff) : noMark;
      return {
        ...encoding,
        unit,
        mark,
        decode: (bytes) => (isLittle(bytes) ? little : big).decode(bytes),
        encode: big.encode,
      };
    }
    case 'UTF-16LE':
      return {
        ...encoding,
        unit: 2,
        decode: (bytes) => Buffer.from(textIn('utf-16le', bytes)),
        encode: (text) => Buffer.from(text, 'utf16le'),
      };
    case 'UTF-16BE':
      return {
        ...encoding,
        unit: 2,
        decode: (bytes) => Buffer.from(textIn('utf-16be', bytes)),
        encode: (text) => Buffer.from(text, 'utf16le').swap16(),
      };
    case 'UTF-32LE':
      return { ...encoding, unit: 4, decode: (bytes) => textOf32(bytes, true), encode: (text) => utf32(text, true) };
    case 'UTF-32BE':
      return { ...encoding, unit: 4, decode: (bytes) => textOf32(bytes, false), encode: (text) => utf32(text, false) };
    case 'US-ASCII':
    case 'ASCII':
    case 'ISO-8859-1':
    case 'LATIN1': {
      const limit = known.endsWith('ASCII') ? 0x80 : 0x100;
      return {
        ...encoding,
        unit: 1,
        decode: (bytes) => latin(bytes, limit),
        encode: (text) => Buffer.from(replaceBeyond(text, limit), 'latin1'),
      };
    }
    default:
      return legacy(known);
  }
}

type Decoder = Pick<InstanceType<typeof TextDecoder>, 'encoding' | 'decode'>;

/** What the bytes from 0x80 to 0x9f are in windows-1252. Node (20 at least) takes them for control characters. */
const western = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

const windows1252: Decoder = {
  encoding: 'windows-1252',
  decode: (bytes) => {
    const text = Buffer.from(bytes as Uint8Array).toString('latin1');
    return text.replace(/[\x80-\x9f]/g, (c) => western[c.charCodeAt(0) - 0x80]!);
  },
};

/** What the platform knows beside: `windows-1252`, `Shift_JIS`, `GBK` and others. */
function legacy(name: string): Encoding | undefined {
  let decoder: Decoder;
  try {
    decoder = new TextDecoder(name.toLowerCase());
  } catch {
    return undefined;
  }
  if (decoder.encoding === 'windows-1252') decoder = windows1252;
  // Of these a byte is a character.
  const isTable = /^(windows|iso-8859|koi8|macintosh|x-mac)/.test(decoder.encoding);
  return {
    name,
    mark: noMark,
    unit: 1,
    decode: (bytes) => Buffer.from(decoder.decode(bytes)),
    encode: isTable ? byTable(decoder) : undefined,
  };
}

function byTable(decoder: Decoder): (text: string) => Buffer {
  let table: Map<string, number> | undefined;
  return (text) => {
    table ??= new Map(Array.from({ length: 256 }, (_, byte) => [decoder.decode(Uint8Array.of(byte)), byte]));
    return Buffer.from(Array.from(text, (c) => (c === '\ufffd' ? undefined : table!.get(c)) ?? 63));
  };
}

const textIn = (label: string, bytes: Uint8Array): string => new TextDecoder(label).decode(bytes);

function latin(bytes: Uint8Array, limit: number): Buffer {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return Buffer.from(limit === 0x80 ? text.replace(/[\x80-\xff]/g, '\ufffd') : text);
}

const replaceBeyond = (text: string, limit: number): string =>
  limit === 0x80 ? text.replace(/[^\0-\x7f]/gu, '?') : text.replace(/[^\0-\xff]/gu, '?');

function textOf32(bytes: Uint8Array, littleEndian: boolean): Buffer {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: string[] = [];
  let at = 0;
  for (; at + 4 <= bytes.length; at += 4) {
    const code = view.getUint32(at, littleEndian);
    const isCharacter = code < 0xd800 || (code > 0xdfff && code <= 0x10ffff);
    if (at > 0 || code !== 0xfeff) parts.push(isCharacter ? String.fromCodePoint(code) : '\ufffd');
  }
  if (at < bytes.length) parts.push('\ufffd');
  return Buffer.from(parts.join(''));
}

function utf32(text: string, littleEndian: boolean): Buffer {
  const characters = Array.from(text);
  const bytes = Buffer.alloc(4 * characters.length);
  characters.forEach((c, i) => {
    const code = c.codePointAt(0)!;
    if (littleEndian) bytes.writeUInt32LE(code, 4 * i);
    else bytes.writeUInt32BE(code, 4 * i);
  });
  return bytes;
}

/**
 * The encoding of a JSON document, which its first bytes give away: the mark, or where the zeros are, as its first
 * characters are ASCII. Undefined for UTF-8.
 */
export function encodingIn(document: Uint8Array): Encoding | undefined {
  if (markLength(document, true) > 0 || document.length < 2) return undefined;
  const [a, b, c, d] = document;
  const wide = document.length >= 4;
  if (wide && a === 0 && b === 0 && ((c === 0 && d !== 0) || (c === 0xfe && d === 0xff))) return encodingOf('UTF-32BE');
  if (wide && c === 0 && d === 0 && ((b === 0 && a !== 0) || (a === 0xff && b === 0xfe))) return encodingOf('UTF-32LE');
  if ((a === 0 && b !== 0) || (a === 0xfe && b === 0xff)) return encodingOf('UTF-16BE');
  if ((b === 0 && a !== 0) || (a === 0xff && b === 0xfe)) return encodingOf('UTF-16LE');
  return undefined;
}

/** The option `encoding`: a name that files can be read, or `write`n, in. */
export function encodingOption(write: boolean): Option<string | undefined, string> {
  const isKnown = (value: unknown): value is string => {
    const encoding = typeof value === 'string' ? encodingOf(value) : undefined;
    return encoding !== undefined && (!write || encoding.encode !== undefined);
  };
  return custom(isKnown, `an encoding that can be ${write ? 'written' : 'read'}, such as 'UTF-8' or 'ISO-8859-1'`);
}
