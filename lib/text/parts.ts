import { charactersOf, countCharacters, isPlain, skipCharacters } from './characters.js';
import { decodeText, encodeText } from './utf8.js';

/** Characters (from 1, or from the end if negative) `position` to `position + length`, by default all. */
export function substringOf(value: string, position: number, length = Infinity): string {
  if (isPlain(value)) {
    const start = position > 0 ? position - 1 : position < 0 ? value.length + position : 0;
    const end = start + length;
    return end <= start ? '' : value.slice(Math.max(0, start), Math.max(0, end));
  }
  const bytes = encodeText(value);
  const start = position > 0 ? position - 1 : position < 0 ? countCharacters(bytes, 0, bytes.length) + position : 0;
  const end = start + length;
  if (end <= start) return '';
  const from = skipCharacters(bytes, 0, bytes.length, start);
  return decodeText(bytes, from, skipCharacters(bytes, from, bytes.length, end - Math.max(0, start)));
}

export function substringOfBytes(bytes: Uint8Array, position: number, length = Infinity): Uint8Array {
  const start = position > 0 ? position - 1 : position < 0 ? bytes.length + position : 0;
  return bytes.subarray(Math.max(0, start), Math.max(0, start, start + length));
}

export type Side = 'both' | 'left' | 'right';

/** Takes away the characters that are among `set`, on these sides. */
export function trimmed(side: Side, value: string, set: string): string {
  if (isPlain(value)) {
    let from = 0;
    let to = value.length;
    if (side !== 'right') while (from < to && set.includes(value[from]!)) from++;
    if (side !== 'left') while (to > from && set.includes(value[to - 1]!)) to--;
    return value.slice(from, to);
  }
  const characters = charactersOf(value);
  const taken = new Set(charactersOf(set));
  let from = 0;
  let to = characters.length;
  if (side !== 'right') while (from < to && taken.has(characters[from]!)) from++;
  if (side !== 'left') while (to > from && taken.has(characters[to - 1]!)) to--;
  return characters.slice(from, to).join('');
}

/** The characters in reverse order. */
export const reversed = (value: string): string => charactersOf(value).reverse().join('');
