import { Buffer } from 'node:buffer';

const names = ['US-ASCII', 'ISO-8859-1', 'UTF-8', 'UTF-16BE', 'UTF-16LE', 'UTF-16', 'UTF-32'] as const;

export type Charset = (typeof names)[number];

/** The charset of that name, in any case; undefined if it is not one of the seven. */
export const charsetOf = (name: string): Charset | undefined => names.find((known) => known === name.toUpperCase());

/** The bytes of a text; undefined if the charset lacks a character of it. UTF-16 and UTF-32 are big-endian. */
export function encodeCharset(text: string, charset: Charset): Uint8Array | undefined {
  switch (charset) {
    case 'US-ASCII':
      return /^[\0-\x7f]*$/.test(text) ? Buffer.from(text, 'latin1') : undefined;
    case 'ISO-8859-1':
      return /^[\0-\xff]*$/.test(text) ? Buffer.from(text, 'latin1') : undefined;
    case 'UTF-8':
      return Buffer.from(text);
    case 'UTF-16LE':
      return Buffer.from(text, 'utf16le');
    case 'UTF-16BE':
      return Buffer.from(text, 'utf16le').swap16();
    case 'UTF-16':
      // The mark tells the order; a text without characters needs none.
      return text === '' ? new Uint8Array(0) : Buffer.from('\ufeff' + text, 'utf16le').swap16();
    case 'UTF-32': {
      const characters = [...text];
      const bytes = Buffer.alloc(characters.length * 4);
      characters.forEach((c, i) => bytes.writeUInt32BE(c.codePointAt(0)!, i * 4));
      return bytes;
    }
  }
}

/** The text of bytes; undefined if they are none in this charset. */
export function decodeCharset(bytes: Uint8Array, charset: Charset): string | undefined {
  switch (charset) {
    case 'US-ASCII':
      return bytes.every((byte) => byte < 0x80) ? Buffer.from(bytes).toString('latin1') : undefined;
    case 'ISO-8859-1':
      return Buffer.from(bytes).toString('latin1');
    case 'UTF-8':
      return strictly('utf-8', bytes);
    case 'UTF-16LE':
      return strictly('utf-16le', bytes);
    case 'UTF-16BE':
      return bytes.length % 2 === 0 ? strictly('utf-16le', Buffer.from(bytes).swap16()) : undefined;
    case 'UTF-16': {
      const mark = bytes.length < 2 ? 0 : bytes[0]! * 256 + bytes[1]!;
      const rest = mark === 0xfeff || mark === 0xfffe ? bytes.subarray(2) : bytes;
      return decodeCharset(rest, mark === 0xfffe ? 'UTF-16LE' : 'UTF-16BE');
    }
    case 'UTF-32': {
      if (bytes.length % 4 !== 0) return undefined;
      const view = Buffer.from(bytes);
      let text = '';
      for (let i = 0; i < bytes.length; i += 4) {
        const code = view.readUInt32BE(i);
        if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return undefined;
        if (i > 0 || code !== 0xfeff) text += String.fromCodePoint(code);
      }
      return text;
    }
  }
}

function strictly(label: 'utf-8' | 'utf-16le', bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(label, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
