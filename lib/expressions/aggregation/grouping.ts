import { BytesColumn, type Column, FixedColumn, StructColumn } from '../../columns/index.js';
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
  if (column instanceof StructColumn && column.nullCount === 0 && column.children.length > 0) {
    return column.children.map(groupColumn).reduce(combine);
  }
  if (column instanceof BytesColumn) return groupBytes(column);
  if (column instanceof FixedColumn) {
    const numbers = exactNumbers(column.values);
    if (numbers !== undefined) return groupNumbers(column, numbers);
  }
  return groupValues(column);
}

/** Strings and binaries by their bytes. */
function groupBytes(column: BytesColumn): Grouping {
  const { bytes, offsets } = column;
  const full = column.nullCount === 0;
  const hash = (i: number): number => {
    if (!full && !column.isValid(i)) return 0;
    let h = 0x811c9dc5;
    for (let p = offsets[i]!; p < offsets[i + 1]!; p++) h = Math.imul(h ^ bytes[p]!, 0x01000193);
    return h;
  };
  const same = (i: number, j: number): boolean => {
    if (!full && (!column.isValid(i) || !column.isValid(j))) return column.isValid(i) === column.isValid(j);
    let p = offsets[i]!;
    const end = offsets[i + 1]!;
    let q = offsets[j]!;
    if (end - p !== offsets[j + 1]! - q) return false;
    while (p < end) if (bytes[p++] !== bytes[q++]) return false;
    return true;
  };
  return grouped(column.length, hash, same, false);
}

function groupNumbers(column: FixedColumn, numbers: ArrayLike<number>): Grouping {
  const full = column.nullCount === 0;
  const double = new Float64Array(1);
  const words = new Int32Array(double.buffer);
  const hash = (i: number): number => {
    if (!full && !column.isValid(i)) return 0;
    const number = numbers[i]!;
    // One zero, and one NaN whatever its bits.
    double[0] = number === number ? number + 0 : 0;
    return words[0]! ^ Math.imul(words[1]!, 0x9e3779b1);
  };
  const same = (i: number, j: number): boolean => {
    if (!full && (!column.isValid(i) || !column.isValid(j))) return column.isValid(i) === column.isValid(j);
    const [a, b] = [numbers[i]!, numbers[j]!];
    return a === b || (a !== a && b !== b);
  };
  return grouped(column.length, hash, same, true);
}

function groupValues(column: Column): Grouping {
  const n = column.length;
  const read = readerOf(column);
  const key = groupKey(column.type);
  const ids = new Int32Array(n);
  const known = new Map<Key, number>();
  const first: number[] = [];
  for (let i = 0; i < n; i++) {
    const k = key(read(i));
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

/** Gives the distinct pairs numbers. */
function combine(a: Grouping, b: Grouping): Grouping {
  if (a.count === 1) return b;
  if (b.count === 1) return a;
  return grouped(
    a.ids.length,
    (i) => Math.imul(a.ids[i]!, 0x9e3779b1) ^ Math.imul(b.ids[i]!, 0x85ebca6b),
    (i, j) => a.ids[i] === a.ids[j] && b.ids[i] === b.ids[j],
    true,
  );
}

/**
 * Gives rows that are the same one number, by a table of open addressing that grows with them: a `Map` would want a key
 * for each row. `runs`: the same often follow each other, and comparing them is cheap.
 */
function grouped(
  n: number,
  hash: (i: number) => number,
  same: (i: number, j: number) => boolean,
  runs: boolean,
): Grouping {
  const ids = new Int32Array(n);
  let mask = 1023;
  /** By hash: one more than the group, 0 for none. */
  let table = new Int32Array(mask + 1);
  let first = new Int32Array(512);
  let hashes = new Int32Array(512);
  let count = 0;
  for (let i = 0; i < n; i++) {
    if (runs && i > 0 && same(i, i - 1)) {
      ids[i] = ids[i - 1]!;
      continue;
    }
    const h = mixed(hash(i));
    let at = h & mask;
    let group = table[at]! - 1;
    while (group >= 0 && !(hashes[group] === h && same(i, first[group]!))) {
      at = (at + 1) & mask;
      group = table[at]! - 1;
    }
    if (group < 0) {
      if (count === first.length) {
        mask = 2 * mask + 1;
        first = grown(first);
        hashes = grown(hashes);
        table = new Int32Array(mask + 1);
        for (let g = 0; g < count; g++) table[freeIn(table, hashes[g]!, mask)] = g + 1;
        at = freeIn(table, h, mask);
      }
      group = count++;
      table[at] = count;
      first[group] = i;
      hashes[group] = h;
    }
    ids[i] = group;
  }
  return { ids, count, first: first.slice(0, count) };
}

function freeIn(table: Int32Array, hash: number, mask: number): number {
  let at = hash & mask;
  while (table[at] !== 0) at = (at + 1) & mask;
  return at;
}

function grown(array: Int32Array): Int32Array<ArrayBuffer> {
  const out = new Int32Array(2 * array.length);
  out.set(array);
  return out;
}

/** Spreads a hash over all of its bits. */
function mixed(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
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
