import type { HiddenColumns, MicroBatch } from '../lib/batch/index.js';

/** The hidden columns of a batch for some of its rows, or for rows made of them; `kept` undefined: all as they were. */
export function hiddenOf({ hidden }: MicroBatch, kept: Int32Array | undefined): HiddenColumns | undefined {
  if (hidden === undefined || kept === undefined) return hidden;
  return { schema: hidden.schema, column: (name) => hidden.column(name).gather(kept) };
}
