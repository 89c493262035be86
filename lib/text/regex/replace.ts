import { PatternError } from './nodes.js';
import type { JavaPattern } from './pattern.js';

/**
 * A replacement of Java's (`$1`, `${name}`, `\$`) as one of V8's. Throws `PatternError` for what Java refuses, which
 * it does when it first replaces something.
 */
export function translateReplacement(replacement: string, { groups, names }: JavaPattern): string {
  if (!/[$\\]/.test(replacement)) return replacement;
  const last = groups.length - 1;
  let out = '';
  for (let i = 0; i < replacement.length; i++) {
    const c = replacement[i]!;
    if (c === '\\') {
      if (++i === replacement.length) throw new PatternError('A backslash at the end escapes nothing.', i);
      out += replacement[i] === '$' ? '$$' : replacement[i]!;
    } else if (c !== '$') out += c;
    else if (replacement[i + 1] === '{') {
      const [whole, name] = /^\{([A-Za-z][A-Za-z0-9]*)\}/.exec(replacement.slice(i + 1)) ?? [];
      if (whole === undefined) throw new PatternError("'${' wants the name of a group and '}'.", i);
      const group = names.get(name!);
      if (group === undefined) throw new PatternError(`There is no group named '${name}'.`, i);
      out += reference(groups[group]!);
      i += whole.length;
    } else {
      const digits = /^[0-9]+/.exec(replacement.slice(i + 1))?.[0] ?? '';
      if (digits === '') throw new PatternError("'$' wants the number of a group. Write '\\$' for the sign itself.", i);
      let length = 1;
      if (Number(digits[0]) > last) throw new PatternError(`There is no group ${digits[0]}.`, i);
      while (length < digits.length && Number(digits.slice(0, length + 1)) <= last) length++;
      out += reference(groups[Number(digits.slice(0, length))]!);
      i += length;
    }
  }
  return out;
}

/** Two digits, so that none that follows is taken for one of the number. */
const reference = (group: number): string => (group === 0 ? '$&' : `$${String(group).padStart(2, '0')}`);

/** Splits as `String.split` of Java does: at most `limit` pieces, all if it is 0 or less; empty ones are kept. */
export function splitBy({ scanner }: JavaPattern, text: string, limit: number): string[] {
  const pieces: string[] = [];
  let from = 0;
  scanner.lastIndex = 0;
  for (let match = scanner.exec(text); match !== null; match = scanner.exec(text)) {
    const length = match[0].length;
    const to = match.index;
    if (length === 0) scanner.lastIndex = after(text, to);
    if (limit > 0 && pieces.length >= limit - 1) break;
    // Nothing that matches nothing, before the first character, splits nothing off.
    if (length === 0 && to === 0) continue;
    pieces.push(text.slice(from, to));
    from = to + length;
  }
  pieces.push(text.slice(from));
  return pieces;
}

/** Past the character at `at`. */
export const after = (text: string, at: number): number => at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
