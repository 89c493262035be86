import { capitalizeWords, repaired } from '../../../text/index.js';
import type { FunctionDef } from '../define.js';
import { text } from '../params.js';
import { caseVector } from './kernels/case.js';
import { STRING } from './types.js';

const common = {
  group: 'string',
  usage: 'str',
  params: [text('str')],
  returns: STRING,
  nullable: false,
  total: true,
} as const;

export const cases: readonly FunctionDef[] = [
  {
    ...common,
    name: 'upper',
    aliases: ['ucase'],
    summary: 'The text in capital letters, by the rules of no language in particular (`ß` becomes `SS`).',
    examples: [["upper('SparkSql')", 'SPARKSQL']],
    evaluate: () => (s: string) => repaired(s).toUpperCase(),
    vector: () => caseVector('upper'),
  },
  {
    ...common,
    name: 'lower',
    aliases: ['lcase'],
    summary: 'The text in small letters, by the rules of no language in particular.',
    examples: [["lower('SparkSql')", 'sparksql']],
    evaluate: () => (s: string) => repaired(s).toLowerCase(),
    vector: () => caseVector('lower'),
  },
  {
    ...common,
    name: 'initcap',
    summary: 'The text with the first letter of each word large and all others small. Only spaces divide words.',
    examples: [["initcap('sPark sql')", 'Spark Sql']],
    evaluate: () => (s: string) => capitalizeWords(repaired(s)),
  },
];
