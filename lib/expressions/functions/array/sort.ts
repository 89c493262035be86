import { failed, invalid } from '../../errors.js';
import { comparator, nullsFirst, nullsLast, requireOrder } from '../../order.js';
import type { Value } from '../../values.js';
import type { FunctionDef, LambdaFunction } from '../define.js';
import { boolean, constant, lambda, optional } from '../params.js';
import { elementOf, list } from './typing.js';

type Values = readonly Value[];

const sortArray: FunctionDef = {
  name: 'sort_array',
  group: 'array',
  usage: 'array[, ascending]',
  summary: 'The array in order, nulls first; with `ascending` = false from the greatest down, nulls last.',
  examples: [
    ['sort_array(array(3, NULL, 1))', '[null, 1, 3]'],
    ['sort_array(array(3, NULL, 1), false)', '[3, 1, null]'],
  ],
  params: [list('array'), optional(constant(boolean('ascending')))],
  returns: ([type]) => {
    requireOrder(elementOf(type), 'sort_array');
    return type!;
  },
  nullable: false,
  total: true,
  evaluate: ({ types }) => {
    const compare = nullsFirst(comparator(elementOf(types[0])));
    return (values: Values, ascending = true) => [...values].sort(ascending ? compare : (a, b) => compare(b, a));
  },
};

const arraySort: FunctionDef = {
  name: 'array_sort',
  group: 'array',
  usage: 'array[, (a, b) -> …]',
  summary:
    'The array in order, nulls last; or in the order of a function that gives a negative number, 0 or a positive one where `a` is less than, equal to or greater than `b`.',
  examples: [
    ['array_sort(array(3, NULL, 1))', '[1, 3, null]'],
    ['array_sort(array(3, 1, 2), (a, b) -> b - a)', '[3, 2, 1]'],
  ],
  params: [list('array'), optional(lambda('compare', ([type]) => [[elementOf(type), elementOf(type)]]))],
  returns: ([type, result]) => {
    if (result === undefined) requireOrder(elementOf(type), 'array_sort');
    else if (result.kind !== 'int') {
      throw invalid('DATATYPE_MISMATCH.UNEXPECTED_RETURN_TYPE', 'The function of array_sort must give an INT.');
    }
    return type!;
  },
  evaluate: ({ types }) => {
    const natural = types.length > 1 ? undefined : nullsLast(comparator(elementOf(types[0])));
    return (values: Values, compare?: LambdaFunction) =>
      [...values].sort(natural ?? ((a, b) => comparison(compare!(a, b))));
  },
};

function comparison(result: Value): number {
  if (result !== null) return result as number;
  throw failed(
    'COMPARATOR_RETURNS_NULL',
    'The function of array_sort gave NULL, which is no order. Treat nulls in it, with coalesce for example.',
  );
}

const extreme = (name: 'array_min' | 'array_max', summary: string, example: string): FunctionDef => ({
  name,
  group: 'array',
  usage: 'array',
  summary,
  examples: [[`${name}(array(1, NULL, 3))`, example]],
  params: [list('array')],
  returns: ([type]) => {
    requireOrder(elementOf(type), name);
    return elementOf(type);
  },
  total: true,
  evaluate: ({ types }) => {
    const compare = comparator(elementOf(types[0]));
    const sign = name === 'array_max' ? 1 : -1;
    return (values: Values) => {
      let best: Value = null;
      for (const value of values) {
        if (value !== null && (best === null || sign * compare(value, best) > 0)) best = value;
      }
      return best;
    };
  },
});

export const sorts: readonly FunctionDef[] = [
  sortArray,
  arraySort,
  extreme('array_min', 'The least element that is not null; null if there is none.', '1'),
  extreme(
    'array_max',
    'The greatest element that is not null, NaN being greater than all; null if there is none.',
    '3',
  ),
];
