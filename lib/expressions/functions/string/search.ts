import { isPlain, lengthOf, substringOf } from '../../../text/index.js';
import type { Binding, FunctionDef } from '../define.js';
import { int, optional, text, textOrBinary } from '../params.js';
import { searchVector } from './kernels/search.js';
import { BOOLEAN, INT, asBytes } from './types.js';

/** The place of `sought` among the characters from `position` on (the first is 1); 0 if it is not there. */
function locate(sought: string, value: string, position: number): number {
  if (position < 1) return 0;
  if (sought === '') return 1;
  if (isPlain(value)) return value.indexOf(sought, position - 1) + 1;
  const rest = substringOf(value, position);
  const at = rest.indexOf(sought);
  return at < 0 ? 0 : position + lengthOf(rest.slice(0, at));
}

type Test = (value: string, part: string) => boolean;

const test = (
  name: 'contains' | 'startswith' | 'endswith',
  summary: string,
  examples: FunctionDef['examples'],
  ofText: Test,
): FunctionDef => ({
  name,
  group: 'string',
  usage: 'left, right',
  summary,
  examples,
  params: [textOrBinary('left'), textOrBinary('right')],
  returns: BOOLEAN,
  nullable: false,
  total: true,
  evaluate: ({ types }: Binding) =>
    types.every(({ kind }) => kind === 'string')
      ? ofText
      : // Bytes as characters, so that they are found like them: a binary beside a text need not be UTF-8.
        (value: string | Uint8Array, part: string | Uint8Array) => ofText(latin1(value), latin1(part)),
  vector: (binding) => searchVector(binding, name),
});

const latin1 = (value: string | Uint8Array): string => Buffer.from(asBytes(value)).toString('latin1');

export const searches: readonly FunctionDef[] = [
  test(
    'contains',
    'Whether `right` is found anywhere in `left`; texts or binaries.',
    [["contains('Spark SQL', 'Spark')", 'true']],
    (value, part) => value.includes(part),
  ),
  test(
    'startswith',
    'Whether `left` begins with `right`; texts or binaries.',
    [["startswith('Spark SQL', 'SQL')", 'false']],
    (value, part) => value.startsWith(part),
  ),
  test(
    'endswith',
    'Whether `left` ends with `right`; texts or binaries.',
    [["endswith('Spark SQL', 'SQL')", 'true']],
    (value, part) => value.endsWith(part),
  ),
  {
    name: 'instr',
    group: 'string',
    usage: 'str, substr',
    summary: 'Where `substr` begins for the first time in `str`, the first character being 1; 0 if it is not there.',
    examples: [["instr('SparkSQL', 'SQL')", '6']],
    params: [text('str'), text('substr')],
    returns: INT,
    nullable: false,
    total: true,
    evaluate: () => (value: string, sought: string) => locate(sought, value, 1),
  },
  {
    name: 'locate',
    aliases: ['position'],
    group: 'string',
    usage: 'substr, str[, pos]',
    summary:
      'Where `substr` begins for the first time in `str` from character `pos` (default 1) on; 0 if it is not there, or `pos` is null or less than 1. Also written `position(substr IN str)`.',
    examples: [
      ["locate('bar', 'foobarbar', 5)", '7'],
      ["POSITION('bar' IN 'foobarbar')", '4'],
    ],
    params: [text('substr'), text('str'), optional(int('pos'))],
    returns: INT,
    nulls: 'handle',
    total: true,
    evaluate:
      () =>
      (sought: string | null, value: string | null, position: number | null = 1) => {
        if (position === null) return 0;
        return sought === null || value === null ? null : locate(sought, value, position);
      },
  },
  {
    name: 'find_in_set',
    group: 'string',
    usage: 'str, list',
    summary:
      'Which one of the texts between the commas of `list` is `str`, counted from 1; 0 if none is, or `str` has a comma.',
    examples: [["find_in_set('ab', 'abc,b,ab,c,def')", '3']],
    params: [text('str'), text('list')],
    returns: INT,
    nullable: false,
    total: true,
    evaluate: () => (value: string, list: string) => list.split(',').indexOf(value) + 1,
  },
];
