import { BytesColumn, type Column, FixedColumn } from '../../columns/index.js';
import type { DataType } from '../../schema/index.js';
import { exactNumbers } from '../kernels/numbers.js';
import { type Key, groupKey } from '../order.js';
import { readerOf } from '../vector.js';

/** Which group each row belongs to: groups are numbered in the order in which they begin. */
export interface Grouping {
  readonly ids: Int32Array;
  readonly count: number;
  /** The first row of each group. */
  readonly first: Int32Array;
}

/** Groups the rows of columns by their values. Without columns all rows are one group, which is there without rows. */
export function groupRows(keys: readonly Column[], n: number): Grouping {
  if (keys.length === 0) return { ids: new Int32Array(n), count: 1, first: new Int32Array(1) };
  let grouping = groupColumn(keys[0]!);
  for (const key of keys.slice(1)) grouping = combine(grouping, groupColumn(key));
  return grouping;
}

function groupColumn(column: Column): Grouping {
  const key = keyReader(column);
  return numbered(column.length, key);
}

/** Gives the distinct keys numbers. */
function numbered(n: number, key: (i: number) => Key): Grouping {
  const ids = new Int32Array(n);
  const known = new Map<Key, number>();
  const first: number[] = [];
  for (let i = 0; i < n; i++) {
    const k = key(i);
    let id = known.get(k);
    if (id === undefined) {
      id = first.length;
      known.set(k, id);
      first.push(i);
    }
    ids[i] = id;
  }
  return { ids, count: first.length, first: Int32Array.from(first) };
}

/** Gives the distinct pairs numbers, by a table of open addressing: numbers as keys of a `Map` take several times as long. */
function combine(a: Grouping, b: Grouping): Grouping {
  if (a.count === 1) return b;
  if (b.count === 1) return a;
  const n = a.ids.length;
  const mask = 2 ** Math.ceil(Math.log2(2 * n + 1)) - 1;
  /** By hash: one more than the group, 0 for none. */
  const table = new Int32Array(mask + 1);
  const ids = new Int32Array(n);
  const first = new Int32Array(n);
  let count = 0;
  for (let i = 0; i < n; i++) {
    const x = a.ids[i]!;
    const y = b.ids[i]!;
    let at = (Math.imul(x, 0x9e3779b1) ^ Math.imul(y, 0x85ebca6b)) >>> 0;
    at = (at ^ (at >>> 15)) & mask;
    for (;;) {
      const found = table[at]! - 1;
      if (found < 0) {
        table[at] = count + 1;
        first[count] = i;
        ids[i] = count++;
        break;
      }
      const row = first[found]!;
      if (a.ids[row] === x && b.ids[row] === y) {
        ids[i] = found;
        break;
      }
      at = (at + 1) & mask;
    }
  }
  return { ids, count, first: first.subarray(0, count) };
}

function keyReader(column: Column): (i: number) => Key {
  if (column instanceof FixedColumn) {
    const numbers = exactNumbers(column.values);
    if (numbers !== undefined) {
      if (column.nullCount === 0) return (i) => numbers[i]!;
      return (i) => (column.isValid(i) ? numbers[i]! : null);
    }
  }
  const read = readerOf(column);
  // Strings are their own keys.
  if (column instanceof BytesColumn && column.type.kind === 'string') return read as (i: number) => Key;
  const key = groupKey(column.type);
  return (i) => key(read(i));
}

/** The keys of the groups, -0.0 being 0.0 as in Spark. */
export function keyColumn(column: Column, { first, count }: Grouping): Column {
  const keys = column.gather(first.subarray(0, count));
  return isFloat(column.type) && keys instanceof FixedColumn ? withoutMinusZero(keys) : keys;
}

const isFloat = ({ kind }: DataType): boolean => kind === 'double' || kind === 'float';

function withoutMinusZero({ type, values, validity, nullCount }: FixedColumn): FixedColumn {
  const out = (values as Float64Array).map((value) => value + 0);
  return new FixedColumn(type, out, { validity, nullCount });
}
