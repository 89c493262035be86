import { type DataType, array, binary, field, simpleString, string, structOf } from '../../../schema/index.js';
import type { Bound, EagerKernel } from '../../bound.js';
import { isAtomic } from '../../coerce.js';
import { invalid } from '../../errors.js';
import type { Expression } from '../../tree.js';
import type { Value } from '../../values.js';
import { unify } from '../conditional/case.js';
import type { Binder, FunctionDef, SpecialDef } from '../define.js';
import { any, arrayOf, optional, rest, text } from '../params.js';
import { joinColumns } from './concat-bytes.js';
import { list } from './typing.js';

type Values = readonly Value[];

const concat: SpecialDef = {
  name: 'concat',
  group: 'string',
  usage: '[value, …]',
  summary: 'Texts, binaries or arrays one after the other; null if one of them is null. What is no text becomes one.',
  examples: [
    ["concat('a', 1, true)", 'a1true'],
    ['concat(array(1), array(2, 3))', '[1, 2, 3]'],
  ],
  params: [optional(rest(any('value')))],
  bind: (args, binder) => {
    if (args.length === 0) return binder.literal(string(), '');
    const { type, values } = joinable(args, binder);
    const nullable = values.some((value) => value.nullable);
    return binder.apply('concat', values, type, nullable, joining(type));
  },
};

/** The arguments in one type: arrays if one of them is an array, binaries if all are, else texts. */
function joinable(args: readonly Bound[], binder: Binder): { type: DataType; values: readonly Bound[] } {
  if (args.some((arg) => arg.type.kind === 'array')) return unify(args, 'concat', binder);
  const type = args.every((arg) => arg.type.kind === 'binary') ? binary() : string();
  for (const arg of args) {
    if (isAtomic(arg.type) || arg.type.kind === 'void') continue;
    throw invalid(
      'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE',
      `concat takes texts, binaries or arrays, not ${simpleString(arg.type).toUpperCase()}.`,
    );
  }
  return { type, values: args.map((arg) => binder.cast(arg, type)) };
}

function joining(type: DataType): EagerKernel {
  const shared = { nulls: 'propagate', total: true, deterministic: true } as const;
  if (type.kind === 'array') return { ...shared, scalar: (...lists: Values[]) => lists.flat<Values[], 1>(1) };
  const scalar =
    type.kind === 'string'
      ? (...texts: string[]) => texts.join('')
      : (...parts: Uint8Array[]) => Uint8Array.from(Buffer.concat(parts));
  return { ...shared, scalar, vector: (args, n) => joinColumns(type, args, n) };
}

const arrayJoin: FunctionDef = {
  name: 'array_join',
  group: 'array',
  usage: 'array, delimiter[, nullReplacement]',
  summary: 'The elements as one text with the delimiter between them. Nulls are left out unless replaced.',
  examples: [
    ["array_join(array('a', NULL, 'b'), ', ')", 'a, b'],
    ["array_join(array('a', NULL, 'b'), ', ', '?')", 'a, ?, b'],
  ],
  params: [arrayOf(string())('array'), text('delimiter'), optional(text('nullReplacement'))],
  returns: string(),
  nullable: false,
  total: true,
  evaluate: () => (values: readonly (string | null)[], delimiter: string, replacement?: string) =>
    (replacement === undefined
      ? values.filter((value) => value !== null)
      : values.map((value) => value ?? replacement)
    ).join(delimiter),
};

/** The name of a column or field; what has none is called by its position. */
const nameOf = (expression: Expression | undefined, position: number): string => {
  switch (expression?.kind) {
    case 'name':
      return expression.parts.at(-1)!;
    case 'field':
      return expression.name;
    case 'alias':
      return expression.names[0] ?? String(position);
    default:
      return String(position);
  }
};

const arraysZip: SpecialDef = {
  name: 'arrays_zip',
  group: 'array',
  usage: '[array, …]',
  summary:
    'An array of structs: the first holds the first elements of all arrays, and so on. The longest array says how many; the others are filled up with nulls. Fields are called as the columns, or 0, 1, ….',
  examples: [['arrays_zip(array(1, 2), array(3))', '[{1, 3}, {2, null}]']],
  params: [optional(rest(list('array')))],
  bind: (args, binder, call) => {
    const fields = args.map((arg, i) => {
      const { type } = arg;
      if (type.kind !== 'array' && type.kind !== 'void') {
        throw invalid(
          'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE',
          `arrays_zip takes arrays, not ${simpleString(type).toUpperCase()}.`,
        );
      }
      return field(nameOf(call.args[i], i), type.kind === 'array' ? type.element : type);
    });
    const type = array(structOf(fields), false);
    const nullable = args.some((arg) => arg.nullable);
    return binder.apply('arrays_zip', args, type, nullable, {
      nulls: 'propagate',
      total: true,
      deterministic: true,
      scalar: (...lists: Values[]) =>
        Array.from({ length: Math.max(0, ...lists.map((values) => values.length)) }, (_, i) =>
          lists.map((values) => values[i] ?? null),
        ),
    });
  },
};

export const combinations: readonly (FunctionDef | SpecialDef)[] = [concat, arrayJoin, arraysZip];
