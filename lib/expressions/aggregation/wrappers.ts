import { type DataType, array, field, structOf } from '../../schema/index.js';
import { setAdder } from '../functions/aggregate/distinct.js';
import type { Accumulator } from '../functions/define.js';
import { type Comparator, comparator, nullsFirst, nullsLast } from '../order.js';
import type { SortKey } from '../tree.js';
import type { Value } from '../values.js';

const rowsOf = (types: readonly DataType[]): DataType =>
  array(structOf(types.map((type, i) => field(`col${i + 1}`, type))), false);

/** Keeps the rows, and computes the aggregate of them at the end. */
function keeping(
  inner: Accumulator,
  types: readonly DataType[],
  add: (rows: Value[], row: readonly Value[]) => void,
  arrange: (rows: readonly (readonly Value[])[]) => readonly (readonly Value[])[],
): Accumulator {
  return {
    state: [rowsOf(types)],
    init: () => [[]],
    update: (state, ...args) => add(state[0] as Value[], args),
    merge: (state, [other]) => {
      for (const row of other as readonly (readonly Value[])[]) add(state[0] as Value[], row);
    },
    finish: ([rows]) => {
      const state = inner.init();
      for (const row of arrange(rows as readonly (readonly Value[])[])) inner.update(state, ...row);
      inner.seal?.(state);
      return inner.finish(state);
    },
  };
}

/** `DISTINCT`: the same arguments count once. */
export function distinctly(inner: Accumulator, types: readonly DataType[]): Accumulator {
  const add = setAdder(structOf(types.map((type, i) => field(`col${i + 1}`, type))));
  return keeping(inner, types, add, (rows) => rows);
}

/** `WITHIN GROUP (ORDER BY …)`: the sort keys come behind the arguments, of which there are `width`. */
export function inOrder(
  inner: Accumulator,
  types: readonly DataType[],
  width: number,
  order: readonly SortKey[],
): Accumulator {
  const compare = order.map((key, i): Comparator => {
    const plain = comparator(types[width + i]!);
    const directed: Comparator = key.descending ? (a, b) => plain(b, a) : plain;
    return key.nullsFirst ? nullsFirst(directed) : nullsLast(directed);
  });
  const compareRows = (a: readonly Value[], b: readonly Value[]): number => {
    for (let i = 0; i < compare.length; i++) {
      const found = compare[i]!(a[width + i]!, b[width + i]!);
      if (found !== 0) return found;
    }
    return 0;
  };
  const push = (rows: Value[], row: readonly Value[]): void => void rows.push(row);
  return keeping(inner, types, push, (rows) => [...rows].sort(compareRows));
}
