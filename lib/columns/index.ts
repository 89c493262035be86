export * from './bits.js';
export * from './column.js';
export { columnFrom, fieldsFrom } from './builder.js';
export { Table, unknownColumn } from './table.js';
