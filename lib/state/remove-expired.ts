import type { StateStore } from './contract.js';

/** Removes the entries whose expiry is at most `until`; gives how many there were. */
export function removeExpired(store: StateStore, until: number): number {
  let removed = 0;
  for (const [key] of store.expired(until)) {
    store.remove(key);
    removed++;
  }
  return removed;
}
