import type { DataType } from '../../../schema/index.js';
import { type Key, groupKey, requireOrder } from '../../order.js';
import type { Value } from '../../values.js';
import type { FunctionDef, SpecialDef } from '../define.js';
import { elementOf, list, twoArrays } from './typing.js';

type Values = readonly Value[];

/** The elements whose key `accepts`, each once. */
function distinctBy(key: (v: Value) => Key, values: Values, accepts: (key: Key) => boolean): Value[] {
  const seen = new Set<Key>();
  return values.filter((value) => {
    const k = key(value);
    if (seen.has(k) || !accepts(k)) return false;
    seen.add(k);
    return true;
  });
}

const arrayDistinct: FunctionDef = {
  name: 'array_distinct',
  group: 'array',
  usage: 'array',
  summary: 'The array with each value once, where it first stood. Nulls equal each other here.',
  examples: [['array_distinct(array(1, 2, 1, NULL, NULL))', '[1, 2, null]']],
  params: [list('array')],
  returns: ([type]) => {
    requireOrder(elementOf(type), 'array_distinct');
    return type!;
  },
  nullable: false,
  total: true,
  evaluate: ({ types }) => {
    const key = groupKey(elementOf(types[0]));
    return (values: Values) => distinctBy(key, values, () => true);
  },
};

const setFunction = (
  name: string,
  summary: string,
  example: string,
  combine: (key: (v: Value) => Key) => (a: Values, b: Values) => Value[],
): SpecialDef => ({
  name,
  group: 'array',
  usage: 'a, b',
  summary,
  examples: [[`${name}(array(1, 2), array(2, 3))`, example]],
  params: [list('a'), list('b')],
  bind: (given, binder) => {
    const { element, args } = twoArrays(name, given, binder);
    requireOrder(element, name);
    const type: DataType = { kind: 'array', element, containsNull: true };
    const nullable = args.some((arg) => arg.nullable);
    const scalar = combine(groupKey(element));
    return binder.apply(name, args, type, nullable, { nulls: 'propagate', total: true, deterministic: true, scalar });
  },
});

export const sets: readonly (FunctionDef | SpecialDef)[] = [
  arrayDistinct,
  setFunction(
    'array_union',
    'The values of both arrays, each once.',
    '[1, 2, 3]',
    (key) => (a, b) => distinctBy(key, [...a, ...b], () => true),
  ),
  setFunction('array_intersect', 'The values that are in both arrays, each once.', '[2]', (key) => (a, b) => {
    const others = new Set(b.map(key));
    return distinctBy(key, a, (k) => others.has(k));
  }),
  setFunction('array_except', 'The values of the first array that are not in the second, each once.', '[1]', (key) => {
    return (a, b) => {
      const others = new Set(b.map(key));
      return distinctBy(key, a, (k) => !others.has(k));
    };
  }),
];
