import { type Column, StructColumn } from '../../../columns/index.js';
import { type Field, field, structOf } from '../../../schema/index.js';
import type { Bound, EagerKernel } from '../../bound.js';
import { invalid } from '../../errors.js';
import type { Expression } from '../../tree.js';
import type { Value } from '../../values.js';
import { type Constant, toColumn } from '../../vector.js';
import type { AnyFunction, Binder, SpecialDef } from '../define.js';
import { any, optional, rest } from '../params.js';

function make(name: string, fields: readonly Field[], values: readonly Bound[], binder: Binder): Bound {
  const type = structOf(fields);
  const kernel: EagerKernel = {
    nulls: 'handle',
    total: true,
    deterministic: true,
    scalar: (...given: Value[]) => given,
    vector: (args, n) =>
      new StructColumn(
        type,
        n,
        (args as readonly (Column | Constant)[]).map((arg) => toColumn(arg, n)),
      ),
  };
  return binder.apply(name, values, type, false, kernel);
}

/** The name of a column or field; what has none is called col1, col2, …. */
function nameOf(expression: Expression | undefined, position: number): string {
  switch (expression?.kind) {
    case 'name':
      return expression.parts.at(-1)!;
    case 'field':
      return expression.name;
    case 'alias':
      return expression.names[0]!;
    default:
      return `col${position + 1}`;
  }
}

const struct: SpecialDef = {
  name: 'struct',
  group: 'struct',
  usage: '[value [AS name], …]',
  summary: 'A struct of these values. Fields are called as the columns, as `AS` says, or col1, col2, ….',
  examples: [
    ['struct(1 AS a, 2 AS b)', '{1, 2}'],
    ['struct(1, 2).col2', '2'],
  ],
  params: [optional(rest(any('value')))],
  bind: (args, binder, call) => {
    const fields = args.map((arg, i) => field(nameOf(call.args[i], i), arg.type, arg.nullable));
    return make('struct', fields, args, binder);
  },
};

const namedStruct: SpecialDef = {
  name: 'named_struct',
  group: 'struct',
  usage: '[name, value, …]',
  summary: 'A struct of these names, which must be constant texts, and values.',
  examples: [["named_struct('a', 1, 'b', 2).b", '2']],
  params: [optional(rest(any('nameOrValue')))],
  bind: (args, binder) => {
    if (args.length % 2 === 1) {
      const message = `named_struct takes names and values in turn, so an even number of arguments, not ${args.length}.`;
      throw invalid('WRONG_NUM_ARGS.WITHOUT_SUGGESTION', message);
    }
    const values = args.filter((_, i) => i % 2 === 1);
    const names = args.filter((_, i) => i % 2 === 0).map(constantName);
    const fields = values.map((value, i) => field(names[i]!, value.type, value.nullable));
    return make('named_struct', fields, values, binder);
  },
};

function constantName(bound: Bound): string {
  if (bound.kind === 'literal' && typeof bound.value === 'string') return bound.value;
  if (bound.kind === 'literal' && bound.value === null) {
    throw invalid('DATATYPE_MISMATCH.UNEXPECTED_NULL', 'The name of a field must not be NULL.');
  }
  throw invalid(
    'DATATYPE_MISMATCH.CREATE_NAMED_STRUCT_WITHOUT_FOLDABLE_STRING',
    'The names of the fields of named_struct must be constant texts.',
  );
}

export const structFunctions: readonly AnyFunction[] = [struct, namedStruct];
