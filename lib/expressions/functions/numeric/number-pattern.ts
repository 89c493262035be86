import { invalid } from '../../errors.js';

/** Digits side by side: as many as there are zeros and nines, or just as many if the first is a zero. */
export interface DigitRun {
  readonly kind: 'run';
  readonly count: number;
  readonly exact: boolean;
}

/** Runs of digits with separators between them. */
interface Digits {
  readonly kind: 'digits';
  readonly items: readonly (DigitRun | { readonly kind: ',' })[];
}

export type PatternToken = Digits | { readonly kind: Symbol };

/** `S`: a sign; `MI`: a minus or nothing; `<` and `>`: both for `PR`, around a negative number. */
type Symbol = '.' | '$' | 'S' | 'MI' | '<' | '>';

/** A pattern of `to_number` and `to_char`, such as `S999,999.99`. */
export interface NumberPattern {
  readonly text: string;
  readonly tokens: readonly PatternToken[];
  /** The digits before the point. */
  readonly integral: number;
  /** The digits after the point. */
  readonly scale: number;
}

/** Reads a pattern. @throws ExpressionError INVALID_FORMAT.* for what is no pattern */
export function parseNumberPattern(given: string): NumberPattern {
  const text = given.toUpperCase();
  const { tokens, unknown } = tokenize(text);
  check(text, tokens, unknown);
  const point = tokens.findIndex(({ kind }) => kind === '.');
  const before = point < 0 ? tokens : tokens.slice(0, point);
  const after = point < 0 ? [] : tokens.slice(point);
  const pattern = { text, tokens, integral: countDigits(before), scale: countDigits(after) };
  if (pattern.integral + pattern.scale > 38) {
    throw invalid('DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION', `The pattern '${text}' has more than 38 digits.`);
  }
  return pattern;
}

export const runsOf = (digits: Digits): readonly DigitRun[] =>
  digits.items.filter((item): item is DigitRun => item.kind === 'run');

const countDigits = (tokens: readonly PatternToken[]): number =>
  tokens.reduce((sum, t) => sum + (t.kind === 'digits' ? runsOf(t).reduce((n, run) => n + run.count, 0) : 0), 0);

interface Tokens {
  readonly tokens: PatternToken[];
  /** The first character that means nothing, and where: by the number of tokens before it. */
  readonly unknown: { readonly at: number; readonly char: string } | undefined;
}

function tokenize(text: string): Tokens {
  const tokens: PatternToken[] = [];
  let unknown: Tokens['unknown'];
  let items: (DigitRun | { kind: ',' })[] = [];
  const flush = (): void => {
    if (items.length > 0) tokens.push({ kind: 'digits', items });
    items = [];
  };
  for (const [part] of text.matchAll(/[09]+|[.D]|[,G]|\$|S|MI|PR|[^]/g)) {
    const behindPoint = tokens.some(({ kind }) => kind === '.');
    if (part[0] === '0' || part[0] === '9') {
      items.push({ kind: 'run', count: part.length, exact: part[0] === '0' && !behindPoint });
    } else if (part === ',' || part === 'G') {
      items.push({ kind: ',' });
    } else {
      flush();
      if (part === 'PR') {
        tokens.unshift({ kind: '<' });
        tokens.push({ kind: '>' });
      } else if (part === 'D' || part === '.') tokens.push({ kind: '.' });
      else if (part === '$' || part === 'S' || part === 'MI') tokens.push({ kind: part });
      else unknown ??= { at: tokens.length, char: part };
    }
  }
  flush();
  return { tokens, unknown };
}

/** What may follow what: `[MI|S] [$] digits [.] [digits] [$] [PR|MI|S]`. */
const order: readonly (readonly string[])[] = [
  ['<'],
  ['MI', 'S'],
  ['$'],
  ['digits'],
  ['.'],
  ['digits'],
  ['$'],
  ['MI', 'S', '>'],
];

function check(text: string, tokens: readonly PatternToken[], unknown: Tokens['unknown']): void {
  const wrong = (condition: string, message: string): Error =>
    invalid(`INVALID_FORMAT.${condition}`, `The format '${text}' is invalid: ${message}.`);
  const at = (kind: string): number => tokens.findIndex((token) => token.kind === kind);
  const point = at('.');
  if (text === '') throw wrong('EMPTY', 'it is empty');
  if (at('digits') < 0) throw wrong('WRONG_NUM_DIGIT', 'it needs a digit, 0 or 9');
  if (at('digits') < at('$')) throw wrong('CUR_MUST_BEFORE_DIGIT', 'the $ must stand before all digits');
  if (point >= 0 && point < at('$')) throw wrong('CUR_MUST_BEFORE_DEC', 'the $ must stand before the point');
  for (const [i, token] of tokens.entries()) {
    if (token.kind !== 'digits') continue;
    const separators = token.items.map((item) => item.kind === ',');
    if (point >= 0 && i > point) {
      if (separators.includes(true))
        throw wrong('THOUSANDS_SEPS_MUST_BEFORE_DEC', 'a separator cannot stand after the point');
    } else if (separators.some((is, k) => is && (k === 0 || k === separators.length - 1 || separators[k + 1]!))) {
      throw wrong('CONT_THOUSANDS_SEPS', 'a separator needs digits on both sides');
    }
  }
  for (const kind of ['.', 'S', 'MI', '$', '>']) {
    if (tokens.filter((token) => token.kind === kind).length > 1)
      throw wrong('WRONG_NUM_TOKEN', `it has '${kind}' twice`);
  }
  let taken = 0;
  for (const allowed of order) {
    const next = unknown?.at === taken ? undefined : tokens[taken];
    if (next !== undefined && allowed.includes(next.kind)) taken++;
  }
  if (taken < tokens.length || unknown !== undefined) {
    throw wrong('UNEXPECTED_TOKEN', `'${unknown?.char ?? tokens[taken]!.kind}' is not expected there`);
  }
}
