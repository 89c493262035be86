import * as fc from 'fast-check';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../../../lib/batch/index.js';
import { type BackedStore, LmdbState } from '../../../lib/state/index.js';
import { tempDir } from '../../helpers/temp-dir.js';
import { Comparison, layout, steps } from './model.js';

const options = { minBatchesToRetain: 3 };

async function batch(store: BackedStore, id: number, keys: readonly string[], expiry?: number): Promise<Json> {
  for (const key of keys) store.put(key, [BigInt(id), 'x'], expiry);
  const pointer = (await store.write(id))!;
  store.commit();
  return pointer;
}

describe('LmdbState', () => {
  it('is a Map that survives: any changes, batches that fail, restarts, crashes after a write', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const dir = tempDir();
        await new Comparison({
          retained: 1,
          open: () => new LmdbState(dir, options),
          tear: () => undefined,
        }).run(all);
      }),
      { numRuns: 12 },
    );
  });

  it('finds an entry that the batch in hand put anew with the expiry that it had', async () => {
    const state = new LmdbState(tempDir(), options);
    const store = state.create(layout);
    await batch(store, 0, ['a', 'b', 'c'], 5);
    store.put('a', [1n, null], 5);
    store.put('b', [1n, null], 6);
    store.remove('c');
    expect(store.nextExpiry).toBe(5);
    expect(Array.from(store.expired(5), ([key]) => key)).toEqual(['a']);
    await state.close();
  });

  it('keeps keys that are longer than LMDB takes, and expiries of any size in order', async () => {
    const dir = tempDir();
    const state = new LmdbState(dir, options);
    const store = state.create(layout);
    const long = ['a', 'b'].map((end) => 'k'.repeat(5000) + end);
    const expiries = [1e17, -1e300, -1.5, -0, 3, 0.1];
    for (const [id, expiry] of expiries.entries()) await batch(store, id, [`at ${expiry}`], expiry);
    const pointer = await batch(store, 6, long, 2);
    await state.close();
    const again = new LmdbState(dir, options);
    const found = again.load(layout.name, pointer);
    expect([...found.expired(1e18)].map(([key]) => (key.length > 50 ? 'long' : key))).toEqual(
      ['at -1e+300', 'at -1.5', 'at 0', 'at 0.1', 'long', 'long', 'at 3', 'at 100000000000000000'], // prettier-ignore
    );
    expect(long.map((key) => found.get(key))).toEqual([[6n, 'x'], [6n, 'x']]); // prettier-ignore
    expect(new Set([...found.entries()].map(([key]) => key)).size).toBe(8);
    await again.close();
  });

  it('refuses an entry that was changed, and a version that it cannot go to', async () => {
    const dir = tempDir();
    const state = new LmdbState(dir, options);
    const store = state.create(layout);
    for (let id = 0; id < 8; id++) await batch(store, id, ['key'.repeat(9)]);
    await state.close();
    const other = new LmdbState(dir, options);
    expect(() => other.load(layout.name, { lmdb: 2 })).toThrow(
      expect.objectContaining({ code: 'CHECKPOINT_CORRUPT' }) as Error,
    );
    expect(() => other.load(layout.name, { lmdb: 9 })).toThrow(
      expect.objectContaining({ code: 'CHECKPOINT_CORRUPT' }) as Error,
    );
    await other.close();
    const path = join(dir, 'state.lmdb');
    const bytes = readFileSync(path);
    // The value behind the key: its text is changed wherever it stands.
    for (let at = bytes.indexOf('keykeykey'); at >= 0; at = bytes.indexOf('keykeykey', at + 30))
      bytes[at + 27 + 6]! ^= 1;
    writeFileSync(path, bytes);
    const damaged = new LmdbState(dir, options);
    expect(() => damaged.load(layout.name, { lmdb: 8 }).get('key'.repeat(9))).toThrow(
      expect.objectContaining({ code: 'CHECKPOINT_CORRUPT' }) as Error,
    );
    await damaged.close();
  });

  it('begins anew under a name whose state no batch ever committed', async () => {
    const dir = tempDir();
    const state = new LmdbState(dir, options);
    const store = state.create(layout);
    store.put('lost', [1n, null]);
    await store.write(0);
    await state.close();
    const again = new LmdbState(dir, options);
    expect(again.create(layout).size).toBe(0);
    expect([...again.create(layout).entries()]).toEqual([]);
    await again.close();
  });
});
