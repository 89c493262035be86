import { type Place, invalid, located } from './errors.js';

/** A word, number, string or symbol of an expression. */
export interface Token {
  readonly kind: 'word' | 'quoted' | 'number' | 'string' | 'symbol' | 'end';
  /** A word as written, a quoted name without its quotes, a string with its escapes resolved, a symbol, a number. */
  readonly text: string;
  /** Of a word: in lower case, to compare with keywords. Else empty. */
  readonly lower: string;
  readonly from: number;
  readonly to: number;
  /** Of strings such as `r'…'` and `X'…'`: the letter. */
  readonly prefix?: string;
}

const symbols = [
  '<=>', '>>>', '||', '<>', '!=', '<=', '>=', '==', '<<', '>>', '->', '=>', '::',
  '+', '-', '*', '/', '%', '=', '<', '>', '(', ')', '[', ']', ',', '.', '~', '&', '|', '^', '!', '?', ':', '{', '}',
] as const; // prettier-ignore

const word = /[\p{L}_][\p{L}\p{N}_$]*/uy;
/** A name may begin with digits (`1a`) where it is not a number. */
const digitWord = /\d+[\p{L}_][\p{L}\p{N}_$]*/uy;
const number = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?:[lLsSyYfFdD]|[bB][dD])?(?![\p{L}\p{N}_])/uy;
const space = /(?:\s|--[^\n]*(?:\n|$)|\/\*[^]*?\*\/)+/uy;

/** Splits an expression into tokens, an `end` last. Time is linear in its length. */
export function tokenize(text: string): Token[] {
  const out: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  const push = (kind: Token['kind'], to: number, value = text.slice(at, to), prefix?: string): void => {
    const lower = kind === 'word' ? value.toLowerCase() : '';
    out.push({ kind, text: value, lower, from: at, to, ...(prefix === undefined ? {} : { prefix }) });
    at = to;
  };
  for (;;) {
    at += match(space)?.length ?? 0;
    if (at >= text.length) break;
    const c = text[at]!;
    if (c === "'" || c === '"') {
      const { value, to } = stringAt(text, at, false);
      push('string', to, value);
    } else if (/[rRxX]/.test(c) && (text[at + 1] === "'" || text[at + 1] === '"')) {
      const prefix = c.toLowerCase();
      const { value, to } = stringAt(text, at + 1, prefix === 'r');
      push('string', to, value, prefix);
    } else if (c === '`') {
      const { value, to } = nameAt(text, at);
      push('quoted', to, value);
    } else {
      const digits = match(number);
      const previous = out.at(-1);
      // After a dot `1` is a field, and `1a` is a name: `a.1`. A point that follows a name is no decimal point.
      const afterName = previous !== undefined && previous.to === at && /^(?:word|quoted)$/.test(previous.kind);
      if (digits !== undefined && !(c === '.' && (afterName || endsValue(previous))))
        push('number', at + digits.length);
      else {
        const name = match(word) ?? match(digitWord);
        if (name !== undefined) push('word', at + name.length);
        else {
          const symbol = symbols.find((s) => text.startsWith(s, at));
          if (symbol === undefined) throw syntaxError(text, at, at + 1, `'${c}' means nothing here.`);
          push('symbol', at + symbol.length);
        }
      }
    }
  }
  push('end', at, '');
  return out;
}

const endsValue = (token: Token | undefined): boolean =>
  token !== undefined && token.kind === 'symbol' && (token.text === ')' || token.text === ']');

/** A quoted string: `''` is one quote; in all but raw strings a backslash escapes. */
function stringAt(text: string, from: number, raw: boolean): { value: string; to: number } {
  const quote = text[from]!;
  let value = '';
  let start = from + 1;
  for (let i = from + 1; i < text.length; i++) {
    if (text[i] === quote) {
      value += text.slice(start, i);
      if (raw || text[i + 1] !== quote) return { value, to: i + 1 };
      value += quote;
      i++;
      start = i + 1;
    } else if (text[i] === '\\' && !raw) {
      const { value: escaped, to } = escapeAt(text, i);
      value += text.slice(start, i) + escaped;
      i = to - 1;
      start = to;
    }
  }
  throw syntaxError(text, from, text.length, `A string that begins with ${quote} does not end.`);
}

const escapes: Readonly<Record<string, string>> = {
  '0': '\0',
  b: '\b',
  n: '\n',
  r: '\r',
  t: '\t',
  Z: '\u001a',
  // A pattern keeps these for itself.
  '%': '\\%',
  _: '\\_',
};

function escapeAt(text: string, at: number): { value: string; to: number } {
  const hex = /\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/y;
  hex.lastIndex = at;
  const code = hex.exec(text);
  if (code !== null) {
    const point = Number.parseInt(code[1] ?? code[2]!, 16);
    if (point <= 0x10ffff) return { value: String.fromCodePoint(point), to: at + code[0].length };
  }
  const octal = /\\([01][0-7]{2})/y;
  octal.lastIndex = at;
  const digits = octal.exec(text);
  if (digits !== null) return { value: String.fromCharCode(Number.parseInt(digits[1]!, 8)), to: at + 4 };
  const c = text.slice(at + 1, at + 2);
  return { value: escapes[c] ?? c, to: at + 2 };
}

/** A name in back quotes; two of them are one. */
function nameAt(text: string, from: number): { value: string; to: number } {
  for (let i = from + 1; i < text.length; i++) {
    if (text[i] !== '`') continue;
    if (text[i + 1] === '`') i++;
    else if (i === from + 1) break;
    else return { value: text.slice(from + 1, i).replaceAll('``', '`'), to: i + 1 };
  }
  throw syntaxError(text, from, text.length, 'A name in back quotes does not end, or is empty.');
}

export function syntaxError(text: string, from: number, to: number, message: string): Error {
  const place: Place = { text, from, to };
  return located(invalid('PARSE_SYNTAX_ERROR', message), place);
}
