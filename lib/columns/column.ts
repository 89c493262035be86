import type { BytesColumn } from './bytes-column.js';
import type { DecimalColumn } from './decimal-column.js';
import type { BooleanColumn, FixedColumn } from './fixed-columns.js';
import type { ListColumn, MapColumn, StructColumn } from './nested-columns.js';
import type { PlainColumn } from './plain-column.js';

/**
 * A column of a micro-batch, laid out in memory as Apache Arrow lays it out. Immutable: whoever has one may keep it
 * and share its buffers. Hot loops read the buffers; `get` is for everything else.
 */
export type Column =
  FixedColumn | BooleanColumn | BytesColumn | DecimalColumn | ListColumn | MapColumn | StructColumn | PlainColumn;

export { type Validity, allValid, validityOf } from './base-column.js';
export { BytesColumn } from './bytes-column.js';
export { DecimalColumn } from './decimal-column.js';
export * from './fixed-columns.js';
export { ListColumn, MapColumn, StructColumn } from './nested-columns.js';
export { PlainColumn } from './plain-column.js';
export { setOwn } from './set-own.js';
