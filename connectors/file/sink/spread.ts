import type { Layout } from '../../../lib/batch/index.js';
import type { Table } from '../../../lib/columns/index.js';
import { withTypes } from '../../../lib/columns/infer.js';
import { Murmur3, cellHasher } from '../../../lib/hash/index.js';
import { pick, selections } from './partitions.js';

/** The rows of a batch as its layout deals them out; none of the tables is empty. Throws UNKNOWN_COLUMN. */
export function spread(table: Table, layout: Layout | undefined): readonly Table[] {
  if (layout === undefined || layout.groups === 1) return [table];
  const { partitions, groups } = layout;
  const codes =
    layout.by.length === 0 ? inTurn(table.numRows, partitions) : byHash(table.select(layout.by), partitions);
  if (groups < partitions) for (let i = 0; i < codes.length; i++) codes[i] = groupOf(codes[i]!, layout);
  return selections(codes, groups)
    .filter((rows) => rows.length > 0)
    .map((rows) => pick(table, rows));
}

function inTurn(numRows: number, partitions: number): Int32Array {
  return Int32Array.from({ length: numRows }, (_, i) => i % partitions);
}

/** As Spark's hash partitioning: Murmur3 over the columns, missing values left out. */
function byHash(keys: Table, partitions: number): Int32Array {
  const hasher = new Murmur3();
  const cells = withTypes(keys).columns.map(cellHasher);
  const codes = new Int32Array(keys.numRows);
  for (let row = 0; row < codes.length; row++) {
    hasher.reset();
    for (const cell of cells) cell(hasher, row);
    const rest = hasher.value % partitions;
    codes[row] = rest < 0 ? rest + partitions : rest;
  }
  return codes;
}

/** As Spark's coalescing: group `g` of `n` begins at partition `floor(g * partitions / n)`. */
const groupOf = (partition: number, { partitions, groups }: Layout): number =>
  Math.ceil(((partition + 1) * groups) / partitions) - 1;
