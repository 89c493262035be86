import { invalid } from '../../errors.js';
import type { Binding, FunctionDef } from '../define.js';
import { optional, text } from '../params.js';
import { STRING } from './types.js';

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

export const maskings: readonly FunctionDef[] = [
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
];
