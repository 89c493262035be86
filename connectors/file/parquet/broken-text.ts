import { isUtf8 } from 'node:buffer';
import {
  BytesColumn,
  type Column,
  ListColumn,
  MapColumn,
  StructColumn,
  type Table,
} from '../../../lib/columns/index.js';
import { SluiceError } from '../../../lib/errors/index.js';

/** A value within a column: `path` names it, `index` is its row there. */
interface Place {
  readonly path: string;
  readonly index: number;
}

/**
 * TYPE_MISMATCH for the first text in the tables that is no UTF-8, which Parquet does not allow; undefined if there is
 * none. Texts get such bytes from files in other encodings, and from casts of BINARY.
 */
export function brokenText(tables: readonly Table[]): SluiceError | undefined {
  let before = 0;
  for (const { columns, schema, numRows } of tables) {
    for (const [i, column] of columns.entries()) {
      const place = brokenIn(column, schema.fields[i]!.name);
      if (place === undefined) continue;
      const { path, index } = place;
      const message = `Writing Parquet: the text in column '${path}', row ${before + index}, is not valid UTF-8. Repair it with make_valid_utf8(${path}), or make the column a BINARY.`;
      return new SluiceError('TYPE_MISMATCH', message, { details: { column: path, row: before + index } });
    }
    before += numRows;
  }
  return undefined;
}

function brokenIn(column: Column, path: string): Place | undefined {
  if (column instanceof BytesColumn) {
    if (column.type.kind !== 'string') return undefined;
    const { bytes, offsets } = column;
    for (let i = 0; i < column.length; i++) {
      if (!isUtf8(bytes.subarray(offsets[i], offsets[i + 1]))) return { path, index: i };
    }
  }
  if (column instanceof ListColumn) return rowOf(brokenIn(column.child, `${path}.element`), column.offsets);
  if (column instanceof MapColumn) {
    const place = brokenIn(column.keys, `${path}.key`) ?? brokenIn(column.values, `${path}.value`);
    return rowOf(place, column.offsets);
  }
  if (column instanceof StructColumn && column.type.kind === 'struct') {
    for (const [i, { name }] of column.type.fields.entries()) {
      const place = brokenIn(column.children[i]!, `${path}.${name}`);
      if (place !== undefined) return place;
    }
  }
  return undefined;
}

/** The row of an element: the last one that begins at or before it. */
const rowOf = (place: Place | undefined, offsets: Int32Array): Place | undefined =>
  place && { ...place, index: offsets.findLastIndex((from) => from <= place.index) };
