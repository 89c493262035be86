import { Buffer } from 'node:buffer';

/** Without breaks between lines. */
export const encodeBase64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

/**
 * As a mail program reads it: what is no letter of the alphabet is passed over. Undefined where letters are missing
 * at the end, the padding is cut off, or letters follow it.
 */
export function decodeBase64(text: string): Buffer | undefined {
  const [, letters = '', padding = '', rest = ''] = /^([^=]*)(=?)(.*)$/s.exec(text) ?? [];
  const clean = letters.replaceAll(/[^A-Za-z0-9+/]/g, '');
  const over = clean.length % 4;
  if (over === 1) return undefined;
  if (padding !== '') {
    // With two letters left over a second padding follows at once; after whole groups there is none.
    if (over === 0 || (over === 2 && !rest.startsWith('='))) return undefined;
    if (/[A-Za-z0-9+/]/.test(rest)) return undefined;
  }
  return Buffer.from(clean, 'base64');
}

/** Whether a text is base64 and nothing else but white space: the padding whole, or left out. */
export function isStrictBase64(text: string): boolean {
  const clean = text.replaceAll(/[ \t\n\v\f\r]/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(clean)) return false;
  return clean.endsWith('=') ? clean.length % 4 === 0 : clean.length % 4 !== 1;
}
