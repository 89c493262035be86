import { encodeText, isValidText } from './utf8.js';

/*
 * Places in a text, counted in characters (code points), over its bytes. As in Spark the first byte of a character
 * says how long it is, whatever follows, so that broken bytes are counted the same way.
 */

const characterLengths = Uint8Array.from({ length: 256 }, (_, first) =>
  first < 0xc2 || first > 0xf4 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4,
);

/** How many characters `bytes[from, to)` has. */
export function countCharacters(bytes: Uint8Array, from: number, to: number): number {
  let count = 0;
  for (let p = from; p < to; p += characterLengths[bytes[p]!]!) count++;
  return count;
}

/** Where the character `count` further on begins; `to` if there are not so many. */
export function skipCharacters(bytes: Uint8Array, from: number, to: number, count: number): number {
  let p = from;
  for (let k = 0; k < count && p < to; k++) p += characterLengths[bytes[p]!]!;
  return p < to ? p : to;
}

/** Whether every character of a text is one UTF-16 unit, so that `length`, `slice` and the like count characters. */
export const isPlain = (text: string): boolean => !surrogate.test(text);

const surrogate = /[\ud800-\udfff]/;

/** How many characters a text has. */
export function lengthOf(text: string): number {
  if (isPlain(text)) return text.length;
  const bytes = encodeText(text);
  return countCharacters(bytes, 0, bytes.length);
}

/** The characters of a text, one string each; a broken byte is a character of its own. */
export const charactersOf = (text: string): string[] => [...text];

const replacing = new TextDecoder('utf-8', { ignoreBOM: true });

/** A text as Java's strings hold it: what is broken in it has become U+FFFD. */
export const repaired = (text: string): string => (isValidText(text) ? text : replacing.decode(encodeText(text)));
