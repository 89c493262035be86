import { BooleanColumn, BytesColumn, type Column, FixedColumn, type Table } from '../../../lib/columns/index.js';
import { UTC, type Zone } from '../../../lib/datetime/index.js';
import { SluiceError } from '../../../lib/errors/index.js';
import { folderName, valueText } from './folders.js';

/** The rows of a batch that go to one folder. */
export interface Partition {
  /** `a=1/b=x`; empty without partition columns. */
  readonly folder: string;
  /** Without the partition columns. */
  readonly table: Table;
}

/**
 * Splits a table by the values of some columns, which are left out of the parts. Parts come in the order of their first
 * rows, and rows keep theirs. Throws UNKNOWN_COLUMN, and INVALID_OPTION if no column is left or one cannot make folders.
 */
export function partitions(table: Table, by: readonly string[], zone: Zone): Partition[] {
  if (by.length === 0) return [{ folder: '', table }];
  const rest = table.schema.fields.map((f) => f.name).filter((name) => !by.includes(name));
  const keys = by.map((name) => table.column(name));
  if (rest.length === 0) {
    const message = `fileSink: partitionBy names all columns (${by.join(', ')}), and nothing is left for the files. Leave one out.`;
    throw new SluiceError('INVALID_OPTION', message, { details: { partitionBy: by } });
  }
  const data = table.select(rest);
  const { codes, folders } = group(keys, by, table.numRows, zone);
  if (folders.length === 1) return [{ folder: folders[0]!, table: data }];
  return selections(codes, folders.length).map((selection, p) => ({
    folder: folders[p]!,
    table: pick(data, selection),
  }));
}

/** For each row the index of its folder. */
interface Grouped {
  readonly codes: Int32Array;
  readonly folders: readonly string[];
}

function group(keys: readonly Column[], names: readonly string[], numRows: number, zone: Zone): Grouped {
  let grouped: Grouped | undefined;
  keys.forEach((column, k) => {
    const own = foldersOf(column, names[k]!, numRows, zone);
    grouped = grouped === undefined ? own : combine(grouped, own, numRows);
  });
  return grouped!;
}

/** Folders of folders: the pairs that there are. */
function combine(outer: Grouped, inner: Grouped, numRows: number): Grouped {
  const width = inner.folders.length;
  const known = new Map<number, number>();
  const folders: string[] = [];
  const codes = new Int32Array(numRows);
  let lastPair = -1;
  let code = -1;
  for (let i = 0; i < numRows; i++) {
    const pair = outer.codes[i]! * width + inner.codes[i]!;
    if (pair !== lastPair) {
      lastPair = pair;
      const found = known.get(pair);
      if (found === undefined) {
        code = folders.push(`${outer.folders[outer.codes[i]!]!}/${inner.folders[inner.codes[i]!]!}`) - 1;
        known.set(pair, code);
      } else code = found;
    }
    codes[i] = code;
  }
  return { codes, folders };
}

function foldersOf(column: Column, name: string, numRows: number, zone: Zone): Grouped {
  const textOf = valueText(column, name, zone);
  const byFolder = new Map<string, number>();
  const folders: string[] = [];
  // Different values may have one folder: null and '', bytes that are not text.
  const codeOf = (row: number): number => {
    const folder = folderName(name, textOf(row));
    const known = byFolder.get(folder);
    if (known !== undefined) return known;
    byFolder.set(folder, folders.length);
    return folders.push(folder) - 1;
  };
  return { codes: distinct(column, numRows, codeOf), folders };
}

/** Calls `codeOf` for rows with values that differ, and gives each row the code of its value. */
function distinct(column: Column, numRows: number, codeOf: (row: number) => number): Int32Array {
  if (column instanceof BytesColumn) return distinctBytes(column, numRows, codeOf);
  const codes = new Int32Array(numRows);
  const known = new Map<unknown, number>();
  const keyOf = keyReader(column);
  let last: unknown = codes;
  let code = -1;
  for (let i = 0; i < numRows; i++) {
    const key = column.isValid(i) ? keyOf(i) : null;
    if (key !== last) {
      last = key;
      const found = known.get(key);
      if (found === undefined) known.set(key, (code = codeOf(i)));
      else code = found;
    }
    codes[i] = code;
  }
  return codes;
}

/** Values as keys of a Map: equal if and only if they are the same. */
function keyReader(column: Column): (row: number) => unknown {
  if (column instanceof BooleanColumn) return (i) => column.get(i);
  if (column instanceof FixedColumn) {
    const { values } = column;
    if (!(values instanceof BigInt64Array)) return (i) => (Object.is(values[i], -0) ? '-0' : values[i]);
    // Most 64-bit integers are exact as numbers, which are found much faster than bigints.
    const halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
    return (i) => {
      const high = halves[2 * i + 1]!;
      return high >= -0x200000 && high < 0x200000 ? high * 4294967296 + (halves[2 * i]! >>> 0) : values[i];
    };
  }
  return valueText(column, '', UTC);
}

/** Through a hash table over the bytes, so that no text is made but for new values. */
function distinctBytes(column: BytesColumn, numRows: number, codeOf: (row: number) => number): Int32Array {
  const { bytes, offsets, validity } = column;
  const codes = new Int32Array(numRows);
  let size = 1024;
  /** Row + 1 of the first row with that value; 0: free. */
  let slots = new Int32Array(size);
  let used = 0;
  let missing = -1;
  const hashOf = (row: number): number => {
    let hash = 0x811c9dc5;
    for (let p = offsets[row]!; p < offsets[row + 1]!; p++) hash = Math.imul(hash ^ bytes[p]!, 0x01000193);
    return (hash ^ (hash >>> 15)) >>> 0;
  };
  const isSame = (a: number, b: number): boolean => {
    const [from, other] = [offsets[a]!, offsets[b]!];
    const length = offsets[a + 1]! - from;
    if (offsets[b + 1]! - other !== length) return false;
    for (let k = 0; k < length; k++) if (bytes[from + k] !== bytes[other + k]) return false;
    return true;
  };
  const grow = (): void => {
    const old = slots;
    size *= 2;
    slots = new Int32Array(size);
    for (const slot of old) {
      if (slot === 0) continue;
      let at = hashOf(slot - 1) & (size - 1);
      while (slots[at] !== 0) at = (at + 1) & (size - 1);
      slots[at] = slot;
    }
  };
  for (let i = 0; i < numRows; i++) {
    if (validity !== null && !column.isValid(i)) {
      codes[i] = missing >= 0 ? missing : (missing = codeOf(i));
      continue;
    }
    let at = hashOf(i) & (size - 1);
    while (slots[at] !== 0 && !isSame(i, slots[at]! - 1)) at = (at + 1) & (size - 1);
    if (slots[at] !== 0) {
      codes[i] = codes[slots[at]! - 1]!;
      continue;
    }
    codes[i] = codeOf(i);
    slots[at] = i + 1;
    if (++used * 2 > size) grow();
  }
  return codes;
}

/** The rows of each code, in order: a counting sort. */
export function selections(codes: Int32Array, count: number): Int32Array[] {
  const ends = new Int32Array(count);
  for (const code of codes) ends[code]!++;
  const starts = new Int32Array(count);
  for (let c = 1; c < count; c++) {
    starts[c] = ends[c - 1]!;
    ends[c]! += ends[c - 1]!;
  }
  const rows = new Int32Array(codes.length);
  const next = starts.slice();
  for (let i = 0; i < codes.length; i++) rows[next[codes[i]!]!++] = i;
  return Array.from(starts, (start, c) => rows.subarray(start, ends[c]));
}

/** Rows that stand together need not be copied. */
export function pick(table: Table, selection: Int32Array): Table {
  const from = selection[0]!;
  const to = selection[selection.length - 1]! + 1;
  return to - from === selection.length ? table.slice(from, to) : table.gather(selection);
}
