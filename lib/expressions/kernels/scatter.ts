import { type Column, Table } from '../../columns/index.js';
import { type DataType, field, structOf } from '../../schema/index.js';
import { Constant, columnOf } from '../vector.js';

/** Values for some of the rows. */
export interface Part {
  readonly positions: Int32Array;
  readonly values: Column | Constant;
}

/** A column of `n` rows put together from parts; a row that no part has is null. */
export function scatter(type: DataType, parts: readonly Part[], n: number): Column {
  const index = new Int32Array(n).fill(-1);
  const columns: Column[] = [];
  let base = 0;
  for (const { positions, values } of parts) {
    if (positions.length === 0) continue;
    // One value stands for all rows of its part.
    const constant = values instanceof Constant;
    for (let k = 0; k < positions.length; k++) index[positions[k]!] = base + (constant ? 0 : k);
    const column = constant ? columnOf(type, [values.value]) : values;
    columns.push(column);
    base += column.length;
  }
  let missing = false;
  for (let i = 0; i < n; i++) {
    if (index[i] !== -1) continue;
    index[i] = base;
    missing = true;
  }
  if (missing) columns.push(columnOf(type, [null]));
  if (columns.length === 0) return columnOf(type, []);
  const schema = structOf([field('value', type)]);
  const all = Table.concat(columns.map((column) => new Table(schema, [column], column.length)));
  return all.columns[0]!.gather(index);
}
