import type { Table } from '../../lib/columns/index.js';

/** A table in memory that a query fills. */
export interface MemoryTable {
  /** Its rows so far: one after the other, each table holds those of one batch. */
  readonly tables: readonly Table[];
}

/** The memory tables of this process by name. A query that starts takes over the name of one before it, as in Spark. */
export const memoryTables = new Map<string, MemoryTable>();
