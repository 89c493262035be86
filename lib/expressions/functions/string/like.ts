import { compileLike, lengthOf, repaired } from '../../../text/index.js';
import { invalid } from '../../errors.js';
import type { Binding, FunctionDef } from '../define.js';
import { optional, rest, text } from '../params.js';
import { constantOr } from './constants.js';
import { likeVector } from './kernels/like.js';
import { BOOLEAN } from './types.js';

const lower = (value: string): string => repaired(value).toLowerCase();

function checkEscape({ types, constant }: Pick<Binding, 'types' | 'constant'>): typeof BOOLEAN {
  if (types.length < 3) return BOOLEAN;
  const escape = constant(2);
  if (typeof escape === 'string' && lengthOf(escape) === 1) return BOOLEAN;
  throw invalid('INVALID_ESCAPE_CHAR', 'The escape of LIKE must be a constant of one character.');
}

const like = (name: 'like' | 'ilike', summary: string, examples: FunctionDef['examples']): FunctionDef => ({
  name,
  group: 'string',
  usage: `str ${name.toUpperCase()} pattern [ESCAPE escape]`,
  summary,
  examples,
  params: [text('str'), text('pattern'), optional(text('escape'))],
  returns: (_, binding) => checkEscape(binding),
  nullable: false,
  evaluate: (binding) => {
    const fold = name === 'ilike';
    const compiled = constantOr(binding, [1], (pattern: string) =>
      compileLike(fold ? lower(pattern) : pattern, (binding.constant(2) as string | undefined) ?? '\\'),
    );
    return fold
      ? (value: string, pattern: string) => compiled(pattern).test(lower(value))
      : (value: string, pattern: string) => compiled(pattern).test(value);
  },
  vector: (binding) => (name === 'like' ? likeVector(binding) : undefined),
});

const quantified = (
  name: string,
  insensitive: boolean,
  all: boolean,
  summary: string,
  examples: FunctionDef['examples'],
): FunctionDef => ({
  name,
  group: 'string',
  usage: `str ${insensitive ? 'ILIKE' : 'LIKE'} ${all ? 'ALL' : 'ANY'} (pattern, …)`,
  summary,
  examples,
  params: [text('str'), rest(text('pattern'))],
  returns: BOOLEAN,
  nulls: 'handle',
  evaluate: (binding) => {
    const fold = insensitive ? lower : (value: string) => value;
    const compiled = binding.types
      .slice(1)
      .map((_, i) =>
        constantOr({ ...binding, constant: () => binding.constant(i + 1) }, [0], (p: string) => compileLike(fold(p))),
      );
    return (value: string | null, ...patterns: (string | null)[]) => {
      if (value === null) return null;
      const folded = fold(value);
      let missing = false;
      for (let i = 0; i < patterns.length; i++) {
        const pattern = patterns[i]!;
        if (pattern === null) missing = true;
        else if (compiled[i]!(pattern).test(folded) !== all) return !all;
      }
      return missing ? null : all;
    };
  },
});

export const likes: readonly FunctionDef[] = [
  like(
    'like',
    'Whether the whole text fits the pattern, in which `%` stands for any text and `_` for any character; `\\` (or `escape`) before them takes that meaning away.',
    [
      ["'Spark' LIKE 'Sp%k'", 'true'],
      ["'100%' LIKE '100!%' ESCAPE '!'", 'true'],
    ],
  ),
  like('ilike', 'As LIKE, whatever the case of the letters.', [["'Spark' ILIKE '_PARK'", 'true']]),
  quantified('like_any', false, false, 'Whether the text fits one of the patterns at least. `SOME` means the same.', [
    ["'abc' LIKE ANY ('x%', 'a%')", 'true'],
  ]),
  quantified('like_all', false, true, 'Whether the text fits all of the patterns.', [
    ["'abc' LIKE ALL ('a%', '%c')", 'true'],
  ]),
  quantified('ilike_any', true, false, 'As LIKE ANY, whatever the case of the letters.', [
    ["'abc' ILIKE ANY ('X%', 'A%')", 'true'],
  ]),
  quantified('ilike_all', true, true, 'As LIKE ALL, whatever the case of the letters.', [
    ["'abc' ILIKE ALL ('A%', '%x')", 'false'],
  ]),
];
