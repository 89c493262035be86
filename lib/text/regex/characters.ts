import { PatternError } from './nodes.js';
import { namedSet, not, propertySet, rangeIgnoringCase } from './sets.js';

/** `(?idmsuxU)`: what is in force where a pattern is being read. */
export interface Flags {
  i: boolean;
  d: boolean;
  m: boolean;
  s: boolean;
  u: boolean;
  x: boolean;
  U: boolean;
}

export interface CharacterReader {
  /** The next character, a code point; '' at the end. */
  peek(ahead?: number): string;
  next(): string;
  back(): void;
  /** Goes past `text` if it comes next. */
  take(text: string): boolean;
  done(): boolean;
  at(): number;
  /** Goes past white space and `# comments`. */
  skipComments(): void;
  error(message: string): PatternError;
}

export function reader(pattern: string): CharacterReader {
  const characters = [...pattern];
  let at = 0;
  const r: CharacterReader = {
    peek: (ahead = 0) => characters[at + ahead] ?? '',
    next: () => {
      if (at >= characters.length) throw r.error('The pattern ends too early.');
      return characters[at++]!;
    },
    back: () => void at--,
    take: (text) => {
      for (let i = 0; i < text.length; i++) if (characters[at + i] !== text[i]) return false;
      at += text.length;
      return true;
    },
    done: () => at >= characters.length,
    at: () => at,
    skipComments: () => {
      for (;;) {
        if (/^[ \t\n\v\f\r]$/.test(r.peek())) at++;
        else if (r.peek() === '#') while (at < characters.length && !/^[\n\r\x85\u2028\u2029]$/.test(r.peek())) at++;
        else return;
      }
    },
    error: (message) => new PatternError(message, at),
  };
  return r;
}

/** What comes after a backslash if it is one character: `\t`, `\x41`, `\.`. */
export function readEscapedCode(r: CharacterReader): number {
  const c = r.next();
  switch (c) {
    case 't':
      return 9;
    case 'n':
      return 10;
    case 'r':
      return 13;
    case 'f':
      return 12;
    case 'a':
      return 7;
    case 'e':
      return 27;
    case 'c':
      return r.next().codePointAt(0)! ^ 64;
    case '0':
      return octal(r);
    case 'x':
      if (!r.take('{')) return hex(r, 2);
      return bracedHex(r);
    case 'u':
      return utf16(r);
    default:
      if (/^[A-Za-z0-9]$/.test(c)) throw r.error(`'\\${c}' means nothing.`);
      return c.codePointAt(0)!;
  }
}

function octal(r: CharacterReader): number {
  let digits = '';
  while (/^[0-7]$/.test(r.peek()) && digits.length < (/^[0-3]/.test(digits + r.peek()) ? 3 : 2)) digits += r.next();
  if (digits === '') throw r.error("'\\0' wants an octal number.");
  return Number.parseInt(digits, 8);
}

function hex(r: CharacterReader, length: number): number {
  let digits = '';
  while (digits.length < length && /^[0-9A-Fa-f]$/.test(r.peek())) digits += r.next();
  if (digits.length < length) throw r.error(`A hexadecimal number of ${length} digits is wanted here.`);
  return Number.parseInt(digits, 16);
}

function bracedHex(r: CharacterReader): number {
  let digits = '';
  while (/^[0-9A-Fa-f]$/.test(r.peek())) digits += r.next();
  const code = Number.parseInt(digits, 16);
  if (!r.take('}') || !(code <= 0x10ffff)) throw r.error("'\\x{…}' wants a hexadecimal number up to 10FFFF.");
  return code;
}

/** One unit of UTF-16, or two that make a character. */
function utf16(r: CharacterReader): number {
  const high = hex(r, 4);
  if (high < 0xd800 || high > 0xdbff || r.peek() !== '\\' || r.peek(1) !== 'u') return high;
  r.take('\\u');
  const low = hex(r, 4);
  if (low < 0xdc00 || low > 0xdfff) throw r.error('The second half of a surrogate pair is wanted here.');
  return ((high - 0xd800) << 10) + (low - 0xdc00) + 0x10000;
}

/**
 * A character class, its opening bracket read, or with `single` the one escape that comes: what stands between the
 * brackets of a class of V8's.
 */
export function readSet(r: CharacterReader, flags: Flags, single = false): string {
  if (single) return escapedSet(r, flags)!;
  const negated = r.take('^');
  const set = intersections(r, flags, true, 0);
  r.next();
  return negated ? not(set) : set;
}

const MAX_DEPTH = 100;

/** Up to the closing bracket: unions between `&&`. */
function intersections(r: CharacterReader, flags: Flags, first: boolean, depth: number): string {
  if (depth > MAX_DEPTH) throw r.error(`Classes are nested more than ${MAX_DEPTH} deep.`);
  const parts: string[] = [];
  let union = '';
  for (;;) {
    if (flags.x) r.skipComments();
    if (r.done()) throw r.error('A character class is not closed.');
    if (r.peek() === ']' && !(first && union === '' && parts.length === 0)) break;
    if (r.take('&&')) {
      while (r.take('&')) union += '&';
      if (union !== '') parts.push(union);
      union = '';
    } else if (r.take('[')) {
      const negated = r.take('^');
      const inner = intersections(r, flags, true, depth + 1);
      r.next();
      union += `[${negated ? '^' : ''}${inner}]`;
    } else union += item(r, flags);
  }
  if (union !== '') parts.push(union);
  if (parts.length === 0) throw r.error("'&&' has nothing on either side.");
  return parts.length === 1 ? parts[0]! : parts.map((part) => `[${part}]`).join('&&');
}

function item(r: CharacterReader, flags: Flags): string {
  const rules = { ignore: flags.i, unicode: flags.u };
  if (r.take('\\Q')) {
    let union = '';
    while (!r.done() && !r.take('\\E')) {
      const code = r.next().codePointAt(0)!;
      union += rangeIgnoringCase(code, code, rules);
    }
    return union;
  }
  if (r.peek() === '\\') {
    const set = escapedSet(r, flags);
    if (set !== undefined) return set;
  }
  const from = character(r);
  if (r.peek() !== '-' || r.peek(1) === ']' || r.peek(1) === '[' || r.peek(1) === '') {
    return rangeIgnoringCase(from, from, rules);
  }
  r.next();
  const to = character(r);
  if (to < from) throw r.error('A range ends before it begins.');
  return rangeIgnoringCase(from, to, rules);
}

const character = (r: CharacterReader): number => (r.take('\\') ? readEscapedCode(r) : r.next().codePointAt(0)!);

/** `\d`, `\p{L}` and the like, if that comes next. */
function escapedSet(r: CharacterReader, flags: Flags): string | undefined {
  const letter = r.peek(1);
  const named = namedSet(letter, flags.U);
  if (named !== undefined) {
    r.take('\\' + letter);
    return named;
  }
  if (letter !== 'p' && letter !== 'P') return undefined;
  r.take('\\' + letter);
  const at = r.at();
  let name = r.next();
  if (name === '{') {
    name = '';
    while (!r.take('}')) name += r.next();
  }
  const set = propertySet(name, flags.U, flags.i);
  if (set === undefined) throw new PatternError(`There is no class of characters named '${name}'.`, at);
  return letter === 'p' ? set : not(set);
}
