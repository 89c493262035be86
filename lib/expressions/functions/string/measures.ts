import { levenshtein, repaired, sentences, soundex } from '../../../text/index.js';
import { failed, invalid } from '../../errors.js';
import type { Binding, FunctionDef } from '../define.js';
import { arrayOf, int, oneOf, optional, rest, text, textOrBinary } from '../params.js';
import { BOOLEAN, INT, STRING, STRINGS, allBinary, asText } from './types.js';

/** Luhn's check: every second digit from the right counts twice. */
function isLuhnNumber(digits: string): boolean {
  if (!/^\p{Nd}+$/u.test(digits)) return false;
  let sum = 0;
  [...digits].reverse().forEach((c, i) => {
    const digit = digitOf(c);
    const counted = i % 2 === 0 ? digit : digit * 2;
    sum += counted > 9 ? counted - 9 : counted;
  });
  return sum % 10 === 0;
}

/** The digits of every script stand together, ten in a row. */
function digitOf(c: string): number {
  let digit = 0;
  while (digit < 9 && /\p{Nd}/u.test(String.fromCodePoint(c.codePointAt(0)! - digit - 1))) digit++;
  return /[0-9]/.test(c) ? Number(c) : digit;
}

function checkMask({ types, constant: constantAt }: Omit<Binding, 'type'>): typeof STRING {
  for (let i = 1; i < types.length; i++) {
    const c = constantAt(i);
    if (c === null || (typeof c === 'string' && c.length === 1)) continue;
    if (c === undefined)
      throw invalid('DATATYPE_MISMATCH.NON_FOLDABLE_INPUT', 'mask: what is shown instead must be constant.');
    throw invalid('DATATYPE_MISMATCH.INPUT_SIZE_NOT_ONE', 'mask: what is shown instead must be one character.');
  }
  return STRING;
}

function mask(
  value: string | null,
  upper: string | null = 'X',
  lower: string | null = 'x',
  digit: string | null = 'n',
  other: string | null = null,
): string | null {
  if (value === null) return null;
  // Each UTF-16 unit by itself.
  return Array.from({ length: value.length }, (_, i) => {
    const c = value[i]!;
    if (/\p{Uppercase}/u.test(c)) return upper ?? c;
    if (/\p{Lowercase}/u.test(c)) return lower ?? c;
    return (/\p{Nd}/u.test(c) ? digit : other) ?? c;
  }).join('');
}

/** A language and a country as Java names them; `en-US` for what is no language. */
function localeOf(language: string | null, country: string | null): string {
  if (language === null || language === '') return 'en-US';
  try {
    return new Intl.Locale(language, country ? { region: country } : {}).toString();
  } catch {
    return 'en-US';
  }
}

export const measures: readonly FunctionDef[] = [
  {
    name: 'soundex',
    group: 'string',
    usage: 'str',
    summary: 'The soundex code of an English word; a text that begins with no letter as it is.',
    examples: [["soundex('Miller')", 'M460']],
    params: [text('str')],
    returns: STRING,
    nullable: false,
    total: true,
    evaluate: () => soundex,
  },
  {
    name: 'levenshtein',
    group: 'string',
    usage: 'str1, str2[, threshold]',
    summary:
      'How many characters must be added, removed or changed to make one text of the other; -1 if more than `threshold`.',
    examples: [
      ["levenshtein('kitten', 'sitting')", '3'],
      ["levenshtein('kitten', 'sitting', 2)", '-1'],
    ],
    params: [text('str1'), text('str2'), optional(int('threshold'))],
    returns: INT,
    nullable: false,
    total: true,
    evaluate: () => (a: string, b: string, most?: number) => levenshtein(a, b, most),
  },
  {
    name: 'sentences',
    group: 'string',
    usage: 'str[, lang[, country]]',
    summary: 'The words of each sentence, without punctuation, by the rules of a language (default English).',
    examples: [["sentences('Hi there! Good morning.')", '[[Hi, there], [Good, morning]]']],
    params: [text('str'), optional(text('lang')), optional(text('country'))],
    returns: { kind: 'array', element: STRINGS, containsNull: false },
    nulls: 'handle',
    total: true,
    evaluate:
      () =>
      (value: string | null, language: string | null = null, country: string | null = null) =>
        value === null ? null : sentences(repaired(value), localeOf(language, country)),
  },
  {
    name: 'luhn_check',
    group: 'string',
    usage: 'numStr',
    summary: 'Whether a text of digits, such as the number of a credit card, has the right check digit.',
    examples: [
      ["luhn_check('8112189876')", 'true'],
      ["luhn_check('79927398714')", 'false'],
    ],
    params: [text('numStr')],
    returns: BOOLEAN,
    nullable: false,
    total: true,
    evaluate: () => isLuhnNumber,
  },
  {
    name: 'mask',
    group: 'string',
    usage: 'input[, upperChar, lowerChar, digitChar, otherChar]',
    summary:
      "The text with capital letters shown as 'X', small ones as 'x', digits as 'n', all others as they are, or as the given characters say. NULL leaves a kind of character as it is.",
    examples: [
      ["mask('AbCD123-@$#')", 'XxXXnnn-@$#'],
      ["mask('AbCD123-@$#', 'Q', 'q', 'd', 'o')", 'QqQQdddoooo'],
    ],
    params: [
      text('input'),
      optional(text('upperChar')),
      optional(text('lowerChar')),
      optional(text('digitChar')),
      optional(text('otherChar')),
    ],
    returns: (_, binding) => checkMask(binding),
    nulls: 'handle',
    total: true,
    evaluate: () => mask,
  },
  {
    name: 'quote',
    group: 'string',
    usage: 'str',
    summary: 'The text in single quotes, with a backslash before those that it has itself.',
    examples: [["quote('Don\\'t')", "'Don\\'t'"]],
    params: [text('str')],
    returns: STRING,
    nullable: false,
    total: true,
    evaluate: () => (value: string) => `'${value.replaceAll("'", "\\'")}'`,
  },
  {
    name: 'elt',
    group: 'string',
    usage: 'n, input1, …',
    summary: 'The `n`-th input, counted from 1. If there is none, an error, or without ANSI null.',
    examples: [["elt(1, 'scala', 'java')", 'scala']],
    params: [int('n'), rest(textOrBinary('input'))],
    returns: (types) => allBinary(types.slice(1)),
    nulls: 'handle',
    evaluate:
      ({ ansi, type }) =>
      (n: number | null, ...inputs: (string | Uint8Array | null)[]) => {
        if (n === null) return null;
        const input = n < 1 ? undefined : inputs[n - 1];
        if (input !== undefined) return input === null || type.kind === 'binary' ? input : asText(input);
        if (!ansi) return null;
        throw failed(
          'INVALID_ARRAY_INDEX',
          `elt: there is no input ${n}, there are ${inputs.length}. Inputs count from 1.`,
        );
      },
  },
  {
    name: 'concat_ws',
    group: 'string',
    usage: 'sep[, str | array(str), …]',
    summary:
      'The texts, and the elements of the arrays of texts, with `sep` between them; nulls are left out. Null if `sep` is.',
    examples: [
      ["concat_ws(' ', 'Spark', 'SQL')", 'Spark SQL'],
      ["concat_ws('/', 'foo', NULL, array('bar', NULL))", 'foo/bar'],
    ],
    params: [text('sep'), optional(rest(oneOf(text, arrayOf(STRING))('str')))],
    returns: STRING,
    nulls: 'handle',
    total: true,
    evaluate:
      () =>
      (separator: string | null, ...parts: (string | readonly (string | null)[] | null)[]) => {
        if (separator === null) return null;
        const present: string[] = [];
        for (const part of parts) {
          if (typeof part === 'string') present.push(part);
          else if (part !== null) for (const element of part) if (element !== null) present.push(element);
        }
        return present.join(separator);
      },
  },
];
