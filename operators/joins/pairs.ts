import { BooleanColumn, type Column, type Table } from '../../lib/columns/index.js';
import { type Bound, Frame, evaluate, inputsOf } from '../../lib/expressions/index.js';
import type { BatchFacts } from '../../lib/expressions/functions/define.js';
import { positionsOf, truthOf } from '../../lib/expressions/kernels/booleans.js';
import { toColumn } from '../../lib/expressions/vector.js';
import { type KeyCodec, keyCodec } from '../../lib/state/index.js';
import type { JoinKey, Side } from './condition.js';

/** Rows of the left side beside rows of the right, by their positions. */
export interface Pairs {
  readonly left: Int32Array;
  readonly right: Int32Array;
}

/** The rows of a table by what they are joined on. */
export interface KeyedRows {
  readonly table: Table;
  /** By key: the positions of its rows, in order. */
  readonly byKey: ReadonlyMap<string, readonly number[]>;
  /** Keys with a null in them, which match nothing. */
  readonly unmatchable: ReadonlySet<string>;
  /** The columns of the keys. */
  readonly keys: readonly Column[];
}

/** Finds out what the rows of a side are joined on. */
export class JoinKeys {
  private readonly codec: KeyCodec;

  /** @param from the slot of the side's first column */
  constructor(
    private readonly keys: readonly JoinKey[],
    private readonly side: Side,
    private readonly from: number,
  ) {
    this.codec = keyCodec(keys.map((key) => key[side].type));
  }

  /** The key of each row, and the columns that it is made of. */
  texts(table: Table, facts: BatchFacts): { readonly texts: readonly string[]; readonly columns: readonly Column[] } {
    const frame = new Frame(slots(table, this.from), table.numRows, facts);
    const columns = this.keys.map((key) => toColumn(evaluate(key[this.side], frame), table.numRows));
    return { texts: this.codec.of(columns, table.numRows), columns };
  }

  of(table: Table, facts: BatchFacts): KeyedRows {
    const n = table.numRows;
    const { texts, columns } = this.texts(table, facts);
    const strict = columns.filter((column, i) => column.nullCount > 0 && !this.keys[i]!.nullSafe);
    const byKey = new Map<string, number[]>();
    const unmatchable = new Set<string>();
    for (let i = 0; i < n; i++) {
      const text = texts[i]!;
      const rows = byKey.get(text);
      if (rows !== undefined) {
        rows.push(i);
        continue;
      }
      byKey.set(text, [i]);
      if (strict.some((column) => !column.isValid(i))) unmatchable.add(text);
    }
    return { table, byKey, unmatchable, keys: columns };
  }
}

/** The columns of a table in the slots from `from` on. */
function slots(table: Table, from: number): Column[] {
  const columns = new Array<Column>(from);
  columns.push(...table.columns);
  return columns;
}

/** The pairs for which a condition over both sides is true. */
export function matching(
  pairs: Pairs,
  condition: Bound | undefined,
  left: Table,
  right: Table,
  facts: BatchFacts,
): Pairs {
  const n = pairs.left.length;
  if (condition === undefined || n === 0) return pairs;
  const width = left.columns.length;
  const columns = new Array<Column>(width + right.columns.length);
  for (const slot of inputsOf(condition)) {
    columns[slot] =
      slot < width ? left.columns[slot]!.gather(pairs.left) : right.columns[slot - width]!.gather(pairs.right);
  }
  const rows = whereTrue(condition, columns, n, facts);
  if (rows.length === n) return pairs;
  return { left: rows.map((i) => pairs.left[i]!), right: rows.map((i) => pairs.right[i]!) };
}

/** The positions of the rows for which a condition is true. */
export function whereTrue(condition: Bound, columns: readonly Column[], n: number, facts: BatchFacts): Int32Array {
  const vector = evaluate(condition, new Frame(columns, n, facts));
  if (vector instanceof BooleanColumn && vector.nullCount === 0) return positionsOf(vector.bits, n);
  return positionsOf(truthOf(vector, n).yes, n);
}
