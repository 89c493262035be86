import { ascii } from '../scan/numbers.js';

/** Values that are rare enough in JSON to be read through strings. */

/** The float that a quoted text names: Spark's spellings of what is not a number. */
export function specialNumber(bytes: Uint8Array, from: number, to: number): number | undefined {
  // The longest of them is "+Infinity".
  switch (to - from > 9 ? '' : ascii(bytes, from, to)) {
    case 'NaN':
      return NaN;
    case 'Infinity':
    case '+Infinity':
    case '+INF':
      return Infinity;
    case '-Infinity':
    case '-INF':
      return -Infinity;
    default:
      return undefined;
  }
}

/** Base64 with its padding; blanks in it are skipped. Undefined if it is not that. */
export function parseBase64(bytes: Uint8Array, from: number, to: number): Uint8Array | undefined {
  const text = ascii(bytes, from, to).replace(/[\0- ]/g, '');
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  return Buffer.from(text, 'base64');
}

/** A value for a column of no declared type; undefined if it is JSON only to the lenient. */
export function parsePlain(bytes: Uint8Array, from: number, to: number): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString());
  } catch {
    return undefined;
  }
}
