/*
 * Sets of characters as V8 writes them in a class (flag `v`). Every function gives what stands between the brackets.
 */

/** One character, so that it means nothing but itself. */
export const escaped = (code: number): string => `\\u{${code.toString(16)}}`;

export const range = (from: number, to: number): string =>
  from === to ? escaped(from) : `${escaped(from)}-${escaped(to)}`;

export const not = (set: string): string => `[^${set}]`;

export interface CaseRules {
  /** Letters match in either case: those of ASCII, or with `unicode` all. */
  readonly ignore: boolean;
  readonly unicode: boolean;
}

/** The characters `from` to `to` with what matches them in the other case. */
export function rangeIgnoringCase(from: number, to: number, rules: CaseRules): string {
  let set = range(from, to);
  if (!rules.ignore) return set;
  if (rules.unicode) return set + otherCases(from, to);
  for (const [first, other] of [
    [0x41, 0x61],
    [0x61, 0x41],
  ] as const) {
    const low = Math.max(from, first);
    const high = Math.min(to, first + 25);
    if (low <= high) set += range(low - first + other, high - first + other);
  }
  return set;
}

/** All that match one of the characters when case is ignored, and are others. */
function otherCases(from: number, to: number): string {
  families ??= familiesOfLetters();
  if (from === to) return others(families.get(from) ?? [], from, to);
  let set = '';
  for (const [code, family] of families) if (code >= from && code <= to) set += others(family, from, to);
  return set;
}

const others = (family: readonly number[], from: number, to: number): string =>
  family
    .filter((code) => code < from || code > to)
    .map(escaped)
    .join('');

let families: ReadonlyMap<number, readonly number[]> | undefined;

/** Letters with the same lower case of their upper case: `k`, `K` and the Kelvin sign are one family. */
function familiesOfLetters(): Map<number, number[]> {
  const byKey = new Map<number, number[]>();
  for (let code = 0; code < 0x1ffff; code++) {
    const upper = single(String.fromCodePoint(code).toUpperCase(), code);
    const key = single(String.fromCodePoint(upper).toLowerCase(), upper);
    const family = byKey.get(key);
    if (family === undefined) byKey.set(key, [code]);
    else family.push(code);
  }
  const out = new Map<number, number[]>();
  for (const family of byKey.values()) if (family.length > 1) for (const code of family) out.set(code, family);
  return out;
}

/** The one character of a text; of mappings to several Java's patterns know nothing. */
function single(text: string, otherwise: number): number {
  const code = text.codePointAt(0)!;
  return String.fromCodePoint(code).length === text.length ? code : otherwise;
}

export const HORIZONTAL = ' \\t\\xa0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000';
export const VERTICAL = '\\n\\v\\f\\r\\x85\\u2028\\u2029';
/** What ends a line. */
export const LINE = '\\n\\r\\x85\\u2028\\u2029';
/** What `\b` takes for a word: other than `\w`, all letters. */
export const BOUNDARY_WORD = '\\p{L}\\p{Nd}\\p{Mn}_';

const SPACE = ' \\t\\n\\v\\f\\r';
const WORD = 'A-Za-z0-9_';
const UNICODE_WORD = '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\u200c\\u200d';

/** `\d`, `\w`, `\s` and the like: undefined if the letter names no set. */
export function namedSet(letter: string, unicode: boolean): string | undefined {
  switch (letter) {
    case 'd':
      return unicode ? '\\p{Nd}' : '0-9';
    case 'w':
      return unicode ? UNICODE_WORD : WORD;
    case 's':
      return unicode ? '\\p{White_Space}' : SPACE;
    case 'h':
      return HORIZONTAL;
    case 'v':
      return VERTICAL;
    case 'D':
    case 'W':
    case 'S':
    case 'H':
    case 'V':
      return not(namedSet(letter.toLowerCase(), unicode)!);
    default:
      return undefined;
  }
}

const posix: Readonly<Record<string, string>> = {
  Lower: 'a-z',
  Upper: 'A-Z',
  ASCII: '\\0-\\x7f',
  Alpha: 'A-Za-z',
  Digit: '0-9',
  Alnum: 'A-Za-z0-9',
  Punct: '\\x21-\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\x7e',
  Graph: '\\x21-\\x7e',
  Print: '\\x20-\\x7e',
  Blank: ' \\t',
  Cntrl: '\\0-\\x1f\\x7f',
  XDigit: '0-9A-Fa-f',
  Space: SPACE,
};

/** The same names, after `Is` or with the flag `U`: by Unicode's properties (its technical standard 18). */
const properties: Readonly<Record<string, string>> = {
  lower: '\\p{Lowercase}',
  lowercase: '\\p{Lowercase}',
  upper: '\\p{Uppercase}',
  uppercase: '\\p{Uppercase}',
  titlecase: '\\p{Lt}',
  ascii: '\\0-\\x7f',
  alpha: '\\p{Alphabetic}',
  alphabetic: '\\p{Alphabetic}',
  letter: '\\p{L}',
  ideographic: '\\p{Ideographic}',
  digit: '\\p{Nd}',
  alnum: '\\p{Alphabetic}\\p{Nd}',
  punct: '\\p{P}',
  punctuation: '\\p{P}',
  graph: '[^\\p{White_Space}\\p{Cc}\\p{Cs}\\p{Cn}]',
  print: '[^\\p{Zl}\\p{Zp}\\p{Cc}\\p{Cs}\\p{Cn}]',
  blank: '\\p{Zs}\\t',
  cntrl: '\\p{Cc}',
  control: '\\p{Cc}',
  xdigit: '\\p{Nd}\\p{Hex_Digit}',
  hexdigit: '\\p{Nd}\\p{Hex_Digit}',
  space: '\\p{White_Space}',
  whitespace: '\\p{White_Space}',
  word: UNICODE_WORD,
  assigned: '\\P{Cn}',
  noncharactercodepoint: '\\p{Noncharacter_Code_Point}',
  joincontrol: '\\p{Join_Control}',
};

const java: Readonly<Record<string, string>> = {
  javaLowerCase: '\\p{Lowercase}',
  javaUpperCase: '\\p{Uppercase}',
  javaAlphabetic: '\\p{Alphabetic}',
  javaIdeographic: '\\p{Ideographic}',
  javaTitleCase: '\\p{Lt}',
  javaDigit: '\\p{Nd}',
  javaDefined: '\\P{Cn}',
  javaLetter: '\\p{L}',
  javaLetterOrDigit: '\\p{L}\\p{Nd}',
  javaJavaIdentifierStart: '\\p{L}\\p{Nl}\\p{Sc}\\p{Pc}',
  javaJavaIdentifierPart: '\\p{L}\\p{Nl}\\p{Sc}\\p{Pc}\\p{Nd}\\p{Mc}\\p{Mn}\\0-\\x08\\x0e-\\x1b\\x7f-\\x9f\\p{Cf}',
  javaUnicodeIdentifierStart: '\\p{ID_Start}',
  javaUnicodeIdentifierPart: '\\p{ID_Continue}\\0-\\x08\\x0e-\\x1b\\x7f-\\x9f\\p{Cf}',
  javaIdentifierIgnorable: '\\0-\\x08\\x0e-\\x1b\\x7f-\\x9f\\p{Cf}',
  javaSpaceChar: '\\p{Z}',
  javaWhitespace: '[\\p{Z}--[\\xa0\\u2007\\u202f]]\\t-\\r\\x1c-\\x1f',
  javaISOControl: '\\0-\\x1f\\x7f-\\x9f',
  javaMirrored: '\\p{Bidi_Mirrored}',
  L1: '\\0-\\xff',
  all: '\\0-\\u{10ffff}',
  LC: '\\p{LC}',
  LD: '\\p{L}\\p{Nd}',
};

/** Blocks, which V8 does not know, by their names without spaces: those of living alphabets. */
const blocks: Readonly<Record<string, readonly [number, number]>> = {
  basiclatin: [0x0, 0x7f],
  latin1supplement: [0x80, 0xff],
  latinextendeda: [0x100, 0x17f],
  latinextendedb: [0x180, 0x24f],
  ipaextensions: [0x250, 0x2af],
  combiningdiacriticalmarks: [0x300, 0x36f],
  greek: [0x370, 0x3ff],
  greekandcoptic: [0x370, 0x3ff],
  cyrillic: [0x400, 0x4ff],
  armenian: [0x530, 0x58f],
  hebrew: [0x590, 0x5ff],
  arabic: [0x600, 0x6ff],
  devanagari: [0x900, 0x97f],
  bengali: [0x980, 0x9ff],
  tamil: [0xb80, 0xbff],
  thai: [0xe00, 0xe7f],
  georgian: [0x10a0, 0x10ff],
  hanguljamo: [0x1100, 0x11ff],
  latinextendedadditional: [0x1e00, 0x1eff],
  greekextended: [0x1f00, 0x1fff],
  generalpunctuation: [0x2000, 0x206f],
  superscriptsandsubscripts: [0x2070, 0x209f],
  currencysymbols: [0x20a0, 0x20cf],
  letterlikesymbols: [0x2100, 0x214f],
  numberforms: [0x2150, 0x218f],
  arrows: [0x2190, 0x21ff],
  mathematicaloperators: [0x2200, 0x22ff],
  boxdrawing: [0x2500, 0x257f],
  blockelements: [0x2580, 0x259f],
  geometricshapes: [0x25a0, 0x25ff],
  miscellaneoussymbols: [0x2600, 0x26ff],
  dingbats: [0x2700, 0x27bf],
  cjksymbolsandpunctuation: [0x3000, 0x303f],
  hiragana: [0x3040, 0x309f],
  katakana: [0x30a0, 0x30ff],
  cjkunifiedideographs: [0x4e00, 0x9fff],
  hangulsyllables: [0xac00, 0xd7af],
  privateusearea: [0xe000, 0xf8ff],
  halfwidthandfullwidthforms: [0xff00, 0xffef],
  emoticons: [0x1f600, 0x1f64f],
};

/** The set of `\p{name}`, or undefined if there is none of that name. */
export function propertySet(name: string, unicode: boolean, ignoreCase: boolean): string | undefined {
  const equals = name.indexOf('=');
  if (equals >= 0) {
    const value = name.slice(equals + 1);
    switch (name.slice(0, equals).toLowerCase()) {
      case 'sc':
      case 'script':
        return script(value);
      case 'blk':
      case 'block':
        return block(value);
      case 'gc':
      case 'general_category':
        return category(value);
      default:
        return undefined;
    }
  }
  if (name.startsWith('In')) return block(name.slice(2));
  if (name.startsWith('Is')) {
    const plain = name.slice(2);
    return properties[plain.replaceAll(/[_ -]/g, '').toLowerCase()] ?? category(plain) ?? script(plain);
  }
  const posixName = Object.hasOwn(posix, name) ? name : undefined;
  if (posixName !== undefined) {
    if (ignoreCase && (name === 'Lower' || name === 'Upper')) return unicode ? '\\p{Cased}' : posix['Alpha'];
    return unicode ? properties[name.toLowerCase()] : posix[name];
  }
  if (Object.hasOwn(java, name)) return known(java[name]!);
  return category(name);
}

/** General categories are one or two letters; the case matters. */
const category = (name: string): string | undefined => (/^[A-Z][a-z]?$/.test(name) ? known(`\\p{${name}}`) : undefined);

/** Scripts in any case: V8 wants `Latin`, `Old_Italic`. */
function script(name: string): string | undefined {
  if (!/^[A-Za-z_]+$/.test(name)) return undefined;
  const proper = name.toLowerCase().replaceAll(/(^|_)[a-z]/g, (start) => start.toUpperCase());
  return known(`\\p{Script=${proper}}`);
}

function block(name: string): string | undefined {
  const found = blocks[name.replaceAll(/[_ -]/g, '').toLowerCase()];
  return found === undefined ? undefined : range(found[0], found[1]);
}

/** The set itself if V8 knows it. */
function known(set: string): string | undefined {
  try {
    new RegExp(`[${set}]`, 'v');
    return set;
  } catch {
    return undefined;
  }
}
