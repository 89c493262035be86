import { type Side, trimmed } from '../../../text/index.js';
import type { FunctionDef } from '../define.js';
import { optional, text } from '../params.js';
import { trimVector } from './kernels/trim.js';
import { STRING } from './types.js';

const where = { both: 'both ends', left: 'the beginning', right: 'the end' };

const trim = (name: string, side: Side, word: string, examples: FunctionDef['examples']): FunctionDef => ({
  name,
  group: 'string',
  usage: '[trimStr,] str',
  summary:
    `The text without the spaces, or the characters of \`trimStr\`, at ${where[side]}. ` +
    `Also written \`trim(${word} trimStr FROM str)\`.`,
  examples,
  params: [text('str'), optional(text('source'))],
  returns: STRING,
  nullable: false,
  total: true,
  // What is to be taken away comes first, if it is given.
  evaluate: () => (first: string, second?: string) =>
    second === undefined ? trimmed(side, first, ' ') : trimmed(side, second, first),
  vector: (binding) => trimVector(binding, side, binding.types.length === 2 ? { text: 1, set: 0 } : { text: 0 }),
});

export const trims: readonly FunctionDef[] = [
  trim('trim', 'both', 'BOTH', [
    ["trim('    SparkSQL   ')", 'SparkSQL'],
    ["trim(BOTH 'SL' FROM 'SSparkSQLS')", 'parkSQ'],
  ]),
  trim('ltrim', 'left', 'LEADING', [["ltrim('    SparkSQL')", 'SparkSQL']]),
  trim('rtrim', 'right', 'TRAILING', [["rtrim('SparkSQL    ')", 'SparkSQL']]),
  {
    name: 'btrim',
    group: 'string',
    usage: 'str[, trimStr]',
    summary: 'The text without the spaces, or the characters of `trimStr`, at both ends.',
    examples: [["btrim('SSparkSQLS', 'SL')", 'parkSQ']],
    params: [text('str'), optional(text('trimStr'))],
    returns: STRING,
    nullable: false,
    total: true,
    evaluate:
      () =>
      (value: string, set = ' ') =>
        trimmed('both', value, set),
    vector: (binding) => trimVector(binding, 'both', binding.types.length === 2 ? { text: 0, set: 1 } : { text: 0 }),
  },
];
