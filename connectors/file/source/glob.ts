/** Whether a path holds wildcards, as Spark sees it: `*`, `?`, `[ab]`, `[^a-c]`, `{a,b}`. A backslash takes their meaning. */
export const isGlob = (path: string): boolean => /[*?[{]/.test(path);

/** A test of one name (no folders) against a pattern. */
export function nameMatcher(pattern: string): (name: string) => boolean {
  const all = expandBraces(pattern).map((p) => new RegExp(`^${regexOf(p)}$`, 'su'));
  return (name) => all.some((one) => one.test(name));
}

/** The alternatives of `{a,b}`, also nested and across folders, each spelled out. */
export function expandBraces(pattern: string): string[] {
  const open = unescaped(pattern, '{', 0);
  if (open < 0) return [pattern];
  const parts: string[] = [];
  let depth = 0;
  let from = open + 1;
  for (let i = open; i < pattern.length; i++) {
    const char = pattern[i];
    if (char === '\\') i++;
    else if (char === '{') depth++;
    else if (char === ',' && depth === 1) {
      parts.push(pattern.slice(from, i));
      from = i + 1;
    } else if (char === '}' && --depth === 0) {
      parts.push(pattern.slice(from, i));
      const [head, tail] = [pattern.slice(0, open), pattern.slice(i + 1)];
      return parts.flatMap((part) => expandBraces(head + part + tail));
    }
  }
  // Never closed: it is a character like others.
  return expandBraces(`${pattern.slice(0, open)}\\${pattern.slice(open)}`);
}

/** What a pattern without wildcards names: the pattern without its backslashes. */
export const unescape = (pattern: string): string => pattern.replace(/\\(.)/gsu, '$1');

/** Whether one part of a path has a wildcard. */
export const hasWildcard = (part: string): boolean =>
  ['*', '?', '['].some((character) => unescaped(part, character, 0) >= 0);

function unescaped(text: string, character: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === character) return i;
  }
  return -1;
}

function regexOf(pattern: string): string {
  let out = '';
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]!;
    if (char === '*') out += '.*';
    else if (char === '?') out += '.';
    else if (char === '\\' && i + 1 < pattern.length) out += literal(pattern[++i]!);
    else if (char === '[') {
      // A bracket that comes first in its set is a member of it.
      const end = unescaped(pattern, ']', pattern[i + 1] === '^' || pattern[i + 1] === '!' ? i + 3 : i + 2);
      if (end < 0) out += literal(char);
      else {
        out += setOf(pattern.slice(i + 1, end));
        i = end;
      }
    } else out += literal(char);
  }
  return out;
}

function setOf(body: string): string {
  const negated = body[0] === '^' || body[0] === '!';
  const members = unescape(negated ? body.slice(1) : body).replace(/[\\\]^[]/g, '\\$&');
  return `[${negated ? '^' : ''}${members}]`;
}

const literal = (char: string): string => char.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
