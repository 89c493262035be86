import { BooleanColumn, ListColumn, bitmapBytes, setBit, validityOf } from '../../../columns/index.js';
import { type DataType, boolean, long } from '../../../schema/index.js';
import { equality, groupKey, requireOrder } from '../../order.js';
import type { Value } from '../../values.js';
import { Constant, type Vector, readerOf } from '../../vector.js';
import type { EagerKernel } from '../../bound.js';
import type { SpecialDef, VectorFunction } from '../define.js';
import { any } from '../params.js';
import { arrayAndElement, hasNull, list, refuseNull, twoArrays } from './typing.js';

/** A function of an array and a value to look for, both not null. */
function searching(
  info: Pick<SpecialDef, 'name' | 'usage' | 'summary' | 'examples'>,
  result: (element: DataType) => DataType,
  search: (equal: (a: Value, b: Value) => boolean) => (values: readonly Value[], item: Value) => Value,
  vector?: (element: DataType) => VectorFunction | undefined,
): SpecialDef {
  return {
    ...info,
    group: 'array',
    params: [list('array'), any('element')],
    bind: ([values, item], binder) => {
      refuseNull(info.name, [values!, item!]);
      const bound = arrayAndElement(info.name, values!, item!, binder);
      requireOrder(bound.element, info.name);
      const kernel: EagerKernel = {
        nulls: 'propagate',
        total: true,
        deterministic: true,
        scalar: search(equality(bound.element)),
        vector: vector?.(bound.element),
      };
      return binder.apply(info.name, [bound.list, bound.item], result(bound.element), true, kernel);
    },
  };
}

/** Looks for a constant among the numbers or texts of all arrays, without making the arrays. */
function containsConstant(element: DataType): VectorFunction | undefined {
  const equal = equality(element);
  return (args, n) => {
    const [values, item] = args as readonly [Vector, Vector];
    if (!(values instanceof ListColumn) || !(item instanceof Constant)) return containsAny(equal, args, n);
    if (item.value === null) return new Constant(boolean(), null);
    const { offsets, child } = values;
    const read = readerOf(child);
    const found = new Uint8Array(bitmapBytes(n));
    const known = new Uint8Array(bitmapBytes(n));
    for (let i = 0; i < n; i++) {
      if (!values.isValid(i)) continue;
      let missing = false;
      let hit = false;
      for (let p = offsets[i]!; p < offsets[i + 1]! && !hit; p++) {
        const value = read(p);
        if (value === null) missing = true;
        else hit = equal(value, item.value);
      }
      if (hit) setBit(found, i);
      if (hit || !missing) setBit(known, i);
    }
    return new BooleanColumn(boolean(), n, found, validityOf(known, n));
  };
}

function containsAny(equal: (a: Value, b: Value) => boolean, args: readonly Vector[], n: number): BooleanColumn {
  const values = readerOf(args[0] as Constant);
  const item = readerOf(args[1] as Constant);
  const found = new Uint8Array(bitmapBytes(n));
  const known = new Uint8Array(bitmapBytes(n));
  for (let i = 0; i < n; i++) {
    const array = values(i) as readonly Value[] | null;
    const wanted = item(i);
    const result = array === null || wanted === null ? null : contains(equal)(array, wanted);
    if (result === true) setBit(found, i);
    if (result !== null) setBit(known, i);
  }
  return new BooleanColumn(boolean(), n, found, validityOf(known, n));
}

const contains =
  (equal: (a: Value, b: Value) => boolean) =>
  (values: readonly Value[], item: Value): boolean | null => {
    let missing = false;
    for (const value of values) {
      if (value === null) missing = true;
      else if (equal(value, item)) return true;
    }
    return missing ? null : false;
  };

const arrayContains = searching(
  {
    name: 'array_contains',
    usage: 'array, element',
    summary: 'Whether the array holds the value; null if it does not, but holds a null.',
    examples: [
      ['array_contains(array(1, 2), 2)', 'true'],
      ['array_contains(array(1, NULL), 2)', 'NULL'],
    ],
  },
  () => boolean(),
  contains,
  containsConstant,
);

const arrayPosition = searching(
  {
    name: 'array_position',
    usage: 'array, element',
    summary: 'Where the value first stands in the array, from 1 on; 0 if it does not.',
    examples: [["array_position(array('a', 'b'), 'b')", '2']],
  },
  () => long(),
  (equal) => (values, item) => BigInt(values.findIndex((value) => value !== null && equal(value, item)) + 1),
);

const arrayRemove = searching(
  {
    name: 'array_remove',
    usage: 'array, element',
    summary: 'The array without the elements that equal the value.',
    examples: [['array_remove(array(1, 2, 1), 1)', '[2]']],
  },
  (element) => ({ kind: 'array', element, containsNull: true }),
  (equal) => (values, item) => values.filter((value) => value === null || !equal(value, item)),
);

const arraysOverlap: SpecialDef = {
  name: 'arrays_overlap',
  group: 'array',
  usage: 'a, b',
  summary: 'Whether the arrays have a value in common; null if none is known to be, but one of them holds a null.',
  examples: [['arrays_overlap(array(1, 2), array(2, 3))', 'true']],
  params: [list('a'), list('b')],
  bind: (given, binder) => {
    const { element, args } = twoArrays('arrays_overlap', given, binder);
    requireOrder(element, 'arrays_overlap');
    const key = groupKey(element);
    const scalar = (a: readonly Value[], b: readonly Value[]): boolean | null => {
      const known = new Set(a.map(key));
      if (b.some((value) => value !== null && known.has(key(value)))) return true;
      return a.length > 0 && b.length > 0 && (hasNull(a) || hasNull(b)) ? null : false;
    };
    return binder.apply('arrays_overlap', args, boolean(), true, {
      nulls: 'propagate',
      total: true,
      deterministic: true,
      scalar,
    });
  },
};

export const searches: readonly SpecialDef[] = [arrayContains, arrayPosition, arrayRemove, arraysOverlap];
