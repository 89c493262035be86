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

/** Pairs of numbers are numbers again: at most 2^31 times 2^31 would be too many, but there are no more than rows. */
function combine(a: Grouping, b: Grouping): Grouping {
  return numbered(a.ids.length, (i) => a.ids[i]! * b.count + b.ids[i]!);
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
