import type { DataType } from '../../../schema/index.js';
import { type Key, groupKey } from '../../order.js';
import type { Value } from '../../values.js';

/*
 * Sets and counts of values, kept as lists so that they are plain values of a state. Where a value stands in its list
 * is looked up in an index beside it, which is made when it is first needed, also after a restart.
 */

const indexes = new WeakMap<object, Map<Key, number>>();

function indexOf<T>(list: readonly T[], keyOf: (entry: T) => Key): Map<Key, number> {
  let index = indexes.get(list);
  if (index === undefined) {
    index = new Map(list.map((entry, i) => [keyOf(entry), i]));
    indexes.set(list, index);
  }
  return index;
}

/** Adds to a list what is not there yet. */
export function setAdder(type: DataType): (set: Value[], value: Value) => void {
  const key = groupKey(type);
  return (set, value) => {
    const index = indexOf(set, key);
    const k = key(value);
    if (index.has(k)) return;
    index.set(k, set.length);
    set.push(value);
  };
}

/** A value and how often it was seen. */
export type Tally = [value: Value, times: bigint];

/** Adds to the count of a value. */
export function tallyAdder(type: DataType): (tallies: Tally[], value: Value, times: bigint) => void {
  const key = groupKey(type);
  return (tallies, value, times) => {
    const index = indexOf(tallies, ([v]) => key(v));
    const k = key(value);
    const at = index.get(k);
    if (at !== undefined) {
      tallies[at]![1] += times;
    } else {
      index.set(k, tallies.length);
      tallies.push([value, times]);
    }
  };
}
