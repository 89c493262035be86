import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../lib/batch/index.js';
import { columnFrom } from '../lib/columns/index.js';
import { long, parseDdl } from '../lib/schema/index.js';
import { FileState, type StateBackend, type StateStore, keyCodec } from '../lib/state/index.js';
import { median } from './children.js';

const keyCount = 1_000_000;
const perBatch = 20_000;
const changed = 1000;
/** Enough that several snapshots are written meanwhile. */
const commits = 1500;

const layout = {
  name: 'aggregate',
  operator: 'aggregate',
  key: parseDdl('user BIGINT'),
  value: parseDdl('n BIGINT, total BIGINT'),
};
/** What a key and a value are by themselves: three numbers of eight bytes. */
const bytesThemselves = 24;

export interface StateKept {
  /** Bytes of memory a key, over the key and its value. */
  readonly overhead: number;
  /** Milliseconds of a commit that changed a thousand keys. */
  readonly commit: number;
  /** In ninety-nine of a hundred it was no more than this. */
  readonly slowCommit: number;
  readonly processorPerCommit: number;
}

export interface StateRecovered {
  readonly seconds: number;
  readonly processorSeconds: number;
}

const keys = keyCodec([long()]);
const backend = (dir: string): StateBackend => new FileState(join(dir, 'state'), { minBatchesToRetain: 100 });
const pointerFile = (dir: string): string => join(dir, 'pointer.json');
const processorMillis = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** The keys of so many users, as an operator makes them of a column. */
const keysOf = (users: readonly number[]): readonly string[] => keys.of([columnFrom(long(), users)], users.length);

function put(store: StateStore, users: readonly number[]): void {
  for (const key of keysOf(users)) {
    const [n, total] = (store.get(key) ?? [0n, 0n]) as [bigint, bigint];
    store.put(key, [n + 1n, total + 100n]);
  }
}

/** A million keys, and then batches that change a thousand of them. */
async function keep(dir: string): Promise<StateKept> {
  mkdirSync(dir, { recursive: true });
  const before = process.memoryUsage().rss;
  const store = backend(dir).create(layout);
  let pointer: Json | undefined;
  let id = 0;
  const commit = async (): Promise<void> => {
    pointer = (await store.write(id++)) ?? pointer;
    store.commit();
  };
  for (let from = 0; from < keyCount; from += perBatch) {
    put(store, Array.from({ length: perBatch }, (_, i) => (from + i) * 7919)); // prettier-ignore
    await commit();
  }
  const millis: number[] = [];
  let processor = 0;
  for (let n = 0; n < commits; n++) {
    put(store, Array.from({ length: changed }, (_, i) => ((n * 7919 + i * 31) % keyCount) * 7919)); // prettier-ignore
    const [began, used] = [performance.now(), processorMillis()];
    await commit();
    millis.push(performance.now() - began);
    processor += processorMillis() - used;
    // What is written beside the batches goes on in their pauses.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const rss = process.memoryUsage().rss;
  await store.close();
  writeFileSync(pointerFile(dir), JSON.stringify(pointer));
  const slowest = millis.toSorted((a, b) => a - b)[Math.floor(commits * 0.99)]!;
  return {
    overhead: (rss - before) / keyCount - bytesThemselves,
    commit: median(millis),
    slowCommit: slowest,
    processorPerCommit: processor / commits,
  };
}

async function recover(dir: string): Promise<StateRecovered> {
  const pointer = JSON.parse(readFileSync(pointerFile(dir), 'utf8')) as Json;
  const [began, used] = [performance.now(), processorMillis()];
  const store = await backend(dir).load(layout.name, pointer);
  const result = { seconds: (performance.now() - began) / 1000, processorSeconds: (processorMillis() - used) / 1000 };
  if (store.size !== keyCount) throw new Error(`${store.size} keys instead of ${keyCount}`);
  await store.close();
  return result;
}

const [task, dir] = process.argv.slice(2) as [string, string];
console.log(JSON.stringify(await (task === 'keep' ? keep(dir) : recover(dir))));
