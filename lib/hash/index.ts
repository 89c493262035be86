export { cellHasher } from './columns.js';
export type { CellHasher } from './columns.js';
export type { Hasher } from './hasher.js';
export { Murmur3 } from './murmur3.js';
export { valueHasher } from './values.js';
export { Xxh64 } from './xxh64.js';
