export type { BackedStore, Entry, StateBackend, StateStore, StoreLayout } from './contract.js';
export { removeExpired } from './remove-expired.js';
export { FileState } from './file-state.js';
export { type KeyCodec, keyCodec } from './keys.js';
export { LmdbState } from './lmdb-state.js';
export { MemoryStore, VolatileState } from './memory-store.js';
export { type StateRow, type StoreContents, readStore } from './read-version.js';
