export { type SqlRows, sql } from './sql.js';
export { type MemoryTable, memoryTables } from './tables.js';
