import type { DataType } from '../../../schema/index.js';
import { array } from '../../../schema/index.js';
import { failed } from '../../errors.js';
import type { Value } from '../../values.js';
import type { FunctionDef, SpecialDef } from '../define.js';
import { any, int } from '../params.js';
import { arrayAndElement, elementOf, list } from './typing.js';
import { MAX_ELEMENTS, tooLong } from './make.js';

type Values = readonly Value[];

/** A function that puts a value, null or not, into an array. */
const adding = (
  name: string,
  summary: string,
  example: string,
  add: (values: Values, item: Value) => Value[],
): SpecialDef => ({
  name,
  group: 'array',
  usage: 'array, element',
  summary,
  examples: [[`${name}(array(1, 2), 3)`, example]],
  params: [list('array'), any('element')],
  bind: ([values, item], binder) => {
    const bound = arrayAndElement(name, values!, item!, binder);
    return binder.apply(name, [bound.list, bound.item], array<DataType>(bound.element), values!.nullable, {
      nulls: 'handle',
      total: true,
      deterministic: true,
      scalar: (given: Values | null, value: Value) => given && add(given, value),
    });
  },
});

const arrayInsert: SpecialDef = {
  name: 'array_insert',
  group: 'array',
  usage: 'array, position, element',
  summary:
    'The array with the value at the position, which counts from 1, or from the end (-1) if it is negative. Nulls fill what lies between.',
  examples: [
    ['array_insert(array(1, 2), 2, 9)', '[1, 9, 2]'],
    ['array_insert(array(1, 2), -1, 9)', '[1, 2, 9]'],
  ],
  params: [list('array'), int('position'), any('element')],
  bind: ([values, position, item], binder) => {
    const bound = arrayAndElement('array_insert', values!, item!, binder);
    const args = [bound.list, binder.cast(position!, { kind: 'int' }), bound.item];
    const nullable = values!.nullable || position!.nullable;
    return binder.apply('array_insert', args, array<DataType>(bound.element), nullable, {
      nulls: 'handle',
      total: false,
      deterministic: true,
      scalar: (given: Values | null, at: number | null, value: Value) =>
        given === null || at === null ? null : insert(given, at, value),
    });
  },
};

function insert(values: Values, position: number, item: Value): Value[] {
  if (position === 0) throw failed('INVALID_INDEX_OF_ZERO', 'The first position is 1, the last -1; 0 is none.');
  if (Math.abs(position) > MAX_ELEMENTS) throw tooLong('array_insert', Math.abs(position));
  const n = values.length;
  if (-position > n) return [item, ...new Array<Value>(-position - n - 1).fill(null), ...values];
  const at = position > 0 ? position - 1 : n + position + 1;
  return [...values.slice(0, at), ...new Array<Value>(Math.max(0, at - n)).fill(null), item, ...values.slice(at)];
}

const arrayCompact: FunctionDef = {
  name: 'array_compact',
  group: 'array',
  usage: 'array',
  summary: 'The array without its nulls.',
  examples: [['array_compact(array(1, NULL, 3))', '[1, 3]']],
  params: [list('array')],
  returns: ([type]) => array(elementOf(type), false),
  nullable: false,
  total: true,
  evaluate: () => (values: Values) => values.filter((value) => value !== null),
};

const flatten: FunctionDef = {
  name: 'flatten',
  group: 'array',
  usage: 'arrayOfArrays',
  summary: 'The elements of all inner arrays, one after the other; null if one of them is null.',
  examples: [['flatten(array(array(1, 2), array(3)))', '[1, 2, 3]']],
  params: [
    {
      name: 'arrayOfArrays',
      coerce: (type) => (type.kind === 'array' && type.element.kind === 'array' ? type : undefined),
    },
  ],
  returns: ([type]) => elementOf(type),
  total: true,
  evaluate: () => (values: readonly (Values | null)[]) => {
    const out: Value[] = [];
    for (const inner of values) {
      if (inner === null) return null;
      for (const value of inner) out.push(value);
    }
    return out;
  },
};

export const changes: readonly (FunctionDef | SpecialDef)[] = [
  adding('array_append', 'The array with the value behind its last element.', '[1, 2, 3]', (values, item) => [
    ...values,
    item,
  ]),
  adding('array_prepend', 'The array with the value before its first element.', '[3, 1, 2]', (values, item) => [
    item,
    ...values,
  ]),
  arrayInsert,
  arrayCompact,
  flatten,
];
