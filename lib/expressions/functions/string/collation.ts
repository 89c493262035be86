import { invalid } from '../../errors.js';
import type { Binding, FunctionDef } from '../define.js';
import { constant, text } from '../params.js';
import { STRING } from './types.js';

function checkCollation({ constant: constantAt }: Omit<Binding, 'type'>): typeof STRING {
  const name = constantAt(1);
  if (typeof name === 'string' && /^(?:SYSTEM\.BUILTIN\.)?UTF8_BINARY$/i.test(name)) return STRING;
  throw invalid(
    name === null ? 'DATATYPE_MISMATCH.UNEXPECTED_NULL' : 'COLLATION_INVALID_NAME',
    "collate: texts are compared by their bytes, which is the collation 'UTF8_BINARY'; there is no other. Compare lower(…) instead.",
  );
}

export const collations: readonly FunctionDef[] = [
  {
    name: 'collate',
    group: 'string',
    usage: 'str, collation',
    summary: "The text itself. The only collation is 'UTF8_BINARY', by bytes; others are refused.",
    examples: [["collate('a', 'UTF8_BINARY') = 'A'", 'false']],
    params: [text('str'), constant(text('collation'))],
    returns: (_, binding) => checkCollation(binding),
    nullable: false,
    total: true,
    evaluate: () => (value: string) => value,
  },
  {
    name: 'collation',
    group: 'string',
    usage: 'str',
    summary: 'The name of the collation of a text.',
    examples: [["collation('Spark SQL')", 'SYSTEM.BUILTIN.UTF8_BINARY']],
    params: [text('str')],
    returns: STRING,
    nulls: 'handle',
    nullable: 'never',
    total: true,
    evaluate: () => () => 'SYSTEM.BUILTIN.UTF8_BINARY',
  },
];
