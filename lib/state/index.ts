export type { BackedStore, Entry, StateBackend, StateStore, StoreLayout } from './contract.js';
export { MemoryStore, VolatileState } from './memory-store.js';
