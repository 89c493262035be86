import * as fc from 'fast-check';
import { appendFileSync, readFileSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../../../lib/batch/index.js';
import { hookDurableSteps } from '../../../lib/durable.js';
import { FileState, type BackedStore } from '../../../lib/state/index.js';
import { toPointer } from '../../../lib/state/store-files.js';
import { tempDir } from '../../helpers/temp-dir.js';
import { Comparison, layout, steps } from './model.js';

const options = { snapshotBytes: 600, minBatchesToRetain: 3 };
const onlyDirectory = (dir: string): string => join(dir, readdirSync(dir)[0]!);

/** The bytes of all files of the one store in `dir`. */
const filesIn = (dir: string): readonly string[] =>
  readdirSync(onlyDirectory(dir)).map((name) => join(onlyDirectory(dir), name));

async function batch(store: BackedStore, id: number, keys: readonly string[], text = 'x'): Promise<Json> {
  for (const key of keys) store.put(key, [BigInt(id), text]);
  const pointer = (await store.write(id))!;
  store.commit();
  return pointer;
}

const numbered = (n: number): string[] => Array.from({ length: n }, (_, i) => `key ${i}`);

/** Lets what was begun beside the batches come to its end. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 25));

describe('FileState', () => {
  it('is a Map that survives: any changes, batches that fail, restarts, crashes with torn files', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const dir = tempDir();
        await new Comparison({
          retained: options.minBatchesToRetain,
          open: () => new FileState(dir, options),
          tear: (junk) => {
            const store = readdirSync(dir)[0];
            if (store === undefined) return;
            // What was appended last never counted, or is all there: more of it is no matter.
            const newest = readdirSync(join(dir, store)).filter((name) => name.endsWith('.changes')).sort().at(-1); // prettier-ignore
            if (newest !== undefined) appendFileSync(join(dir, store, newest), Buffer.alloc(junk, junk));
            writeFileSync(join(dir, store, '99999999.snapshot.tmp'), 'never finished');
          },
        }).run(all);
      }),
      { numRuns: 15 },
    );
  });

  it('is closed when nothing is being written any more', async () => {
    const store = new FileState(tempDir(), options).create(layout);
    for (const key of numbered(100)) store.put(key, [1n, 'x']);
    let isWritten = false;
    void Promise.resolve(store.write(0)).then(() => (isWritten = true));
    await store.close();
    expect(isWritten).toBe(true);
  });

  it('puts a snapshot in the place of changes, and removes what nobody can ask for', async () => {
    const dir = tempDir();
    const store = new FileState(dir, options).create(layout);
    const sizes: number[] = [];
    for (let id = 0; id < 80; id++) {
      await batch(store, id, numbered(10));
      if (id % 10 === 0) await settle();
      // A snapshot that is being written may be renamed between the two.
      sizes.push(filesIn(dir).reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0));
    }
    await store.close();
    // A snapshot has about 250 bytes; four batches of changes outgrow it.
    expect(Math.max(...sizes)).toBeLessThan(20_000);
    expect(filesIn(dir).some((path) => path.endsWith('.snapshot'))).toBe(true);
  });

  it('lets batches wait for a snapshot that is far behind: short runs do not add up changes for ever', async () => {
    const dir = tempDir();
    let pointer: Json | undefined;
    for (let id = 0; id < 40; id++) {
      const state = new FileState(dir, options);
      const store = pointer === undefined ? state.create(layout) : await state.load(layout.name, pointer);
      pointer = await batch(store, id, numbered(10));
      await store.close();
    }
    const { changes, snapshot } = toPointer(layout.name, pointer!);
    expect(snapshot).not.toBeNull();
    expect(changes.reduce((sum, [length]) => sum + length, 0)).toBeLessThan(6000);
  });

  it('holds in a snapshot what changes while it is written only under those changes', async () => {
    const dir = tempDir();
    const state = new FileState(dir, { snapshotBytes: 1 << 20, minBatchesToRetain: 100 });
    const store = state.create(layout);
    const pointers = [await batch(store, 0, numbered(30_000), 'x'.repeat(40))];
    for (let id = 1; id < 40; id++) {
      store.remove(`key ${29_999 - id}`);
      pointers.push(await batch(store, id, [`key ${id}`, `key ${29_000 - id}`, `new ${id}`]));
    }
    await settle();
    pointers.push(await batch(store, 40, ['last']));
    await store.close();
    expect(new Set(pointers.map((pointer) => toPointer(layout.name, pointer).base)).size).toBeGreaterThan(1);
    for (let id = 0; id <= 40; id += 8) {
      const version = await state.load(layout.name, pointers[id]!);
      expect(version.size).toBe(30_000 + (id === 40 ? 1 : 0));
      expect(version.get(`key ${29_999 - id}`)).toEqual(id === 0 || id === 40 ? [0n, 'x'.repeat(40)] : undefined);
      expect(version.get('key 39')).toEqual(id < 39 ? [0n, 'x'.repeat(40)] : [39n, 'x']);
      expect(version.get(`new ${id + 1}`)).toBeUndefined();
    }
  });

  it('appends what changed and syncs once a batch; nothing at all where nothing changed', async () => {
    const dir = tempDir();
    const store = new FileState(dir, { ...options, snapshotBytes: 1 << 20 }).create(layout);
    await batch(store, 0, numbered(1000));
    const seen: string[] = [];
    const unhook = hookDurableSteps((step, when) => when === 'before' && seen.push(step));
    try {
      expect(store.write(1)).toBeUndefined();
      expect(seen).toEqual([]);
      const before = statSync(filesIn(dir)[0]!).size;
      await batch(store, 2, ['key 7']);
      expect(seen).toEqual(['write', 'sync']);
      expect(statSync(filesIn(dir)[0]!).size - before).toBeLessThan(40);
    } finally {
      unhook();
      await store.close();
    }
  });

  it('tells any file that was changed from what was written', async () => {
    const dir = tempDir();
    const state = new FileState(dir, options);
    const store = state.create(layout);
    let pointer!: Json;
    for (let id = 0; id < 12; id++) {
      pointer = await batch(store, id, numbered(6), `text ${id}`);
      await settle();
    }
    await store.close();
    const expected = new Map(store.entries());
    const { base, changes } = toPointer(layout.name, pointer);
    const counted = new Map(changes.map(([length], i) => [base + i, length]));
    let checked = 0;
    for (const path of filesIn(dir)) {
      const [index, kind] = /(\d+)\.(\w+)$/.exec(path)!.slice(1);
      const isUsed = kind === 'snapshot' ? Number(index) === base : counted.has(Number(index));
      if (!isUsed) continue;
      const whole = readFileSync(path);
      const damage = async (change: () => void): Promise<void> => {
        change();
        await expect(state.load(layout.name, pointer)).rejects.toMatchObject({
          code: 'CHECKPOINT_CORRUPT',
          details: { path, position: expect.any(Number) as number },
        });
        writeFileSync(path, whole);
        checked++;
      };
      const end = kind === 'snapshot' ? whole.length : counted.get(Number(index))!;
      for (let at = 0; at < end; at += 17) {
        await damage(() => writeFileSync(path, whole.with(at, whole[at]! ^ (1 << (at % 8)))));
        await damage(() => writeFileSync(path, Buffer.from(whole).fill(0, at, Math.min(at + 64, end))));
        await damage(() => truncateSync(path, at));
      }
    }
    expect(checked).toBeGreaterThan(50);
    expect(new Map((await state.load(layout.name, pointer)).entries())).toEqual(expected);
  });

  it('refuses a file that is whole but of another time', async () => {
    const dir = tempDir();
    const state = new FileState(dir, { ...options, snapshotBytes: 1 << 20 });
    const store = state.create(layout);
    await batch(store, 0, ['a'], 'one');
    const [path] = filesIn(dir);
    const pointer = await batch(store, 1, ['a'], 'two');
    const other = new FileState(tempDir(), options).create(layout);
    await batch(other, 0, ['a'], 'one');
    await batch(other, 1, ['a'], 'six');
    await store.close();
    await other.close();
    writeFileSync(path!, readFileSync(filesIn(join(other['dir'], '..'))[0]!));
    await expect(state.load(layout.name, pointer)).rejects.toMatchObject({ code: 'CHECKPOINT_CORRUPT' });
  });

  it('fails the batch where the disk fails, and is whole after', async () => {
    const dir = tempDir();
    const state = new FileState(dir, { ...options, snapshotBytes: 1 << 20 });
    const store = state.create(layout);
    const pointer = await batch(store, 0, ['a']);
    for (const step of ['write', 'sync'] as const) {
      const again = await state.load(layout.name, pointer);
      const unhook = hookDurableSteps((kind, when) => {
        if (kind === step && when === 'after') throw Object.assign(new Error('full'), { code: 'ENOSPC' });
      });
      again.put('b', [1n, 'lost']);
      await expect(again.write(1)).rejects.toMatchObject({ code: 'CHECKPOINT_UNWRITABLE' });
      unhook();
      again.discard();
      await again.close();
    }
    await store.close();
    const found = await state.load(layout.name, pointer);
    expect([...found.entries()]).toEqual([['a', [0n, 'x']]]);
    const next = await batch(found, 1, ['c']);
    await found.close();
    expect((await state.load(layout.name, next)).size).toBe(2);
  });

  it('says in the next batch that a snapshot could not be written', async () => {
    const dir = tempDir();
    const store = new FileState(dir, options).create(layout);
    const unhook = hookDurableSteps((kind, when, path) => {
      if (kind === 'write' && when === 'before' && path.endsWith('.tmp')) {
        throw Object.assign(new Error('full'), { code: 'ENOSPC' });
      }
    });
    const run = async (): Promise<void> => {
      for (let id = 0; id < 10; id++) {
        await batch(store, id, numbered(10));
        await settle();
      }
    };
    await expect(run()).rejects.toMatchObject({ code: 'CHECKPOINT_UNWRITABLE' });
    unhook();
    await store.close();
  });

  it('keeps stores apart whose names look alike', async () => {
    const dir = tempDir();
    const state = new FileState(dir, options);
    const names = ['a/b', 'A/B', 'a-b', 'a b', 'ä', 'ö', '..', 'x'.repeat(300)];
    const pointers: Json[] = [];
    for (const name of names) {
      const store = state.create({ ...layout, name });
      pointers.push(await batch(store, 0, [name.slice(0, 5)], name));
      await store.close();
    }
    expect(new Set(readdirSync(dir).map((name) => name.toLowerCase())).size).toBe(names.length);
    for (const [i, name] of names.entries()) {
      const store = await state.load(name, pointers[i]!);
      expect([...store.entries()].map(([, value]) => value[1])).toEqual([name]);
      expect(store.layout.name).toBe(name);
    }
  });
});
