import { reversed, settled, translation } from '../../../text/index.js';
import type { FunctionDef } from '../define.js';
import { constantOr } from './constants.js';
import { oneOf, array, optional, text } from '../params.js';
import { replaceVector } from './kernels/replace.js';
import { STRING } from './types.js';

export const replacements: readonly FunctionDef[] = [
  {
    name: 'replace',
    group: 'string',
    usage: 'str, search[, replace]',
    summary: 'The text with every `search` in it replaced, or taken out if `replace` is left out.',
    examples: [["replace('ABCabc', 'abc', 'DEF')", 'ABCDEF']],
    params: [text('str'), text('search'), optional(text('replace'))],
    returns: STRING,
    nullable: false,
    total: true,
    evaluate:
      () =>
      (value: string, search: string, replacement = '') =>
        search === '' ? value : settled(value.split(search).join(replacement)),
    vector: replaceVector,
  },
  {
    name: 'translate',
    group: 'string',
    usage: 'input, from, to',
    summary:
      'Every character of `from` becomes the one at the same place in `to`; those that have none there are taken out.',
    examples: [["translate('AaBbCc', 'abc', '123')", 'A1B2C3']],
    params: [text('input'), text('from'), text('to')],
    returns: STRING,
    nullable: false,
    total: true,
    evaluate: (binding) => {
      const tableOf = constantOr(binding, [1, 2], (from: string, to: string) => translation(from, to));
      return (value: string, from: string, to: string) => {
        const table = tableOf(from, to);
        let out = '';
        for (const c of value) out += table.get(c) ?? c;
        return settled(out);
      };
    },
  },
  {
    name: 'reverse',
    group: 'string',
    usage: 'strOrArray',
    summary: 'The characters of a text, or the elements of an array, in reverse order.',
    examples: [
      ["reverse('Spark SQL')", 'LQS krapS'],
      ['reverse(array(2, 1, 4, 3))', '[3, 4, 1, 2]'],
    ],
    params: [oneOf(array, text)('strOrArray')],
    returns: ([type]) => (type!.kind === 'array' ? type! : STRING),
    nullable: false,
    total: true,
    evaluate: () => (value: string | readonly never[]) =>
      typeof value === 'string' ? reversed(value) : [...value].reverse(),
  },
];
