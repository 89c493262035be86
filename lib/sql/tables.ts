import type { Table } from '../columns/index.js';
import type { Schema } from '../schema/index.js';

/** A table in memory that a query fills. */
export interface MemoryTable {
  /** Its rows so far, batch by batch. The table of a batch may be made when it is first asked for. */
  readonly batches: readonly { readonly table: Table }[];
  /** The columns that the newest batch declared, if any did. */
  readonly schema: Schema | undefined;
}

/** The memory tables of this process by name. A query that starts takes over the name of one before it, as in Spark. */
export const memoryTables = new Map<string, MemoryTable>();
