import type { HiddenColumns, MicroBatch } from '../../lib/batch/index.js';
import { type Column, Table } from '../../lib/columns/index.js';
import { structOf } from '../../lib/schema/index.js';

/** The hidden columns of a batch for some of its rows, or for rows made of them; `kept` undefined: all as they were. */
export function hiddenOf({ hidden }: MicroBatch, kept: Int32Array | undefined): HiddenColumns | undefined {
  if (hidden === undefined || kept === undefined) return hidden;
  return { schema: hidden.schema, column: (name) => hidden.column(name).gather(kept) };
}

/** Those of the first `n` rows. */
export const firstHidden = ({ hidden }: MicroBatch, n: number): HiddenColumns | undefined =>
  hidden && {
    schema: hidden.schema,
    column: (name) => hidden.column(name).gather(Int32Array.from({ length: n }, (_, i) => i)),
  };

/** Those of the rows of several batches, one after the other, if all have the same. */
export function joinedHidden(batches: readonly MicroBatch[]): HiddenColumns | undefined {
  const schema = batches[0]?.hidden?.schema;
  if (schema === undefined || batches.some(({ hidden }) => hidden?.schema !== schema)) return undefined;
  const column = (name: string): Column => {
    const one = structOf(schema.fields.filter((f) => f.name === name));
    return Table.concat(batches.map((b) => new Table(one, [b.hidden!.column(name)], b.numRows))).columns[0]!;
  };
  return { schema, column };
}
