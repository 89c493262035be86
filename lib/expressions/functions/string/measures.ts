import { levenshtein, repaired, sentences, soundex } from '../../../text/index.js';
import type { FunctionDef } from '../define.js';
import { int, optional, text } from '../params.js';
import { BOOLEAN, INT, STRING, STRINGS } from './types.js';

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
];
