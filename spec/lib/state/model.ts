import * as fc from 'fast-check';
import type { Json } from '../../../lib/batch/index.js';
import { parseDdl } from '../../../lib/schema/index.js';
import type { BackedStore, Entry, StateBackend, StoreLayout } from '../../../lib/state/index.js';

export const layout: StoreLayout = {
  name: 'Aggregate/left#2',
  operator: 'aggregate',
  key: parseDdl('k STRING'),
  value: parseDdl('n BIGINT, s STRING'),
  settings: { width: '5 minutes' },
};

type Change =
  | { readonly key: string; readonly n: bigint; readonly s: string | null; readonly expiry: number | undefined }
  | { readonly key: string; readonly n: undefined };

/** What may happen to a store. */
export type Step =
  | {
      readonly kind: 'batch';
      readonly changes: readonly Change[];
      /** What is due is removed after the changes. */
      readonly until: number | undefined;
      readonly end: 'commit' | 'discard' | 'written';
    }
  | { readonly kind: 'expire'; readonly until: number }
  | { readonly kind: 'restart' | 'crash'; readonly written: boolean; readonly junk: number }
  | { readonly kind: 'pause' };

const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      key: fc.integer({ min: 0, max: 15 }).map((i) => `k\u00ff${i}`),
      n: fc.bigInt({ min: -5n, max: 5n }),
      s: fc.constantFrom(null, '', 'text', 'ü'.repeat(30)),
      expiry: fc.constantFrom(undefined, 1, 2, 3.5, 10, -1),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ key: fc.constantFrom('k\u00ff1', 'k\u00ff2', 'gone'), n: fc.constant(undefined) }),
  },
);

export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('batch' as const),
        changes: fc.array(change, { maxLength: 12 }),
        until: fc.constantFrom(undefined, undefined, 0, 2, 5),
        end: fc.constantFrom('commit', 'commit', 'commit', 'discard', 'written'),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('expire' as const), until: fc.constantFrom(0, 2, 5) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constantFrom('restart' as const, 'crash' as const),
        written: fc.boolean(),
        junk: fc.integer({ min: 0, max: 50 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('pause' as const) }) },
  ),
  { minLength: 5, maxLength: 40, size: 'max' },
);

interface Held {
  readonly value: Entry;
  readonly expiry: number | undefined;
}
type Model = ReadonlyMap<string, Held>;

/** Where a backend is opened, and what a crash does there beyond what it does to the process. */
export interface Ground {
  open(): StateBackend;
  /** Bytes that never counted are left in any state. */
  tear(junk: number): void;
  /** How many batches back a version can be read. */
  readonly retained: number;
}

/** Does steps to a store and to a Map, and compares them after each. */
export class Comparison {
  private backend: StateBackend;
  private store: BackedStore;
  private model: Map<string, Held> = new Map();
  private committed: Model = new Map();
  private pointer: Json | undefined;
  private batchId = 0;
  private readonly versions: { readonly batchId: number; readonly pointer: Json; readonly model: Model }[] = [];

  constructor(private readonly ground: Ground) {
    this.backend = ground.open();
    this.store = this.backend.create(layout);
  }

  async run(all: readonly Step[]): Promise<void> {
    try {
      for (const step of all) {
        await this.step(step);
        this.compare();
      }
      await this.restart();
      this.compare();
      await this.compareVersions();
    } finally {
      await this.close();
    }
  }

  private async step(step: Step): Promise<void> {
    switch (step.kind) {
      case 'batch':
        for (const { key, ...rest } of step.changes) {
          if (rest.n === undefined) this.remove(key);
          else this.put(key, [rest.n, rest.s], rest.expiry);
        }
        this.compare();
        if (step.until !== undefined) this.expire(step.until);
        await this.end(step.end);
        return;
      case 'expire':
        this.expire(step.until);
        await this.end('commit');
        return;
      case 'pause':
        await new Promise((resolve) => setTimeout(resolve, 2));
        return;
      case 'restart':
      case 'crash':
        this.put('unseen', [1n, 'never committed'], 1);
        if (step.written) await this.store.write(this.batchId);
        if (step.kind === 'restart') await this.restart();
        else await this.restart(() => this.ground.tear(step.junk));
    }
  }

  private expire(until: number): void {
    const due = [...this.model].filter(([, { expiry }]) => expiry !== undefined && expiry <= until);
    const found: (readonly [string, Entry])[] = [];
    const expiries: number[] = [];
    for (const [key, value] of this.store.expired(until)) {
      found.push([key, value]);
      expiries.push(this.model.get(key)!.expiry!);
      this.remove(key);
    }
    expect(found).toHaveLength(due.length);
    expect(new Map(found)).toEqual(new Map(due.map(([key, { value }]) => [key, value])));
    expect(expiries).toEqual(expiries.toSorted((a, b) => a - b));
  }

  private put(key: string, value: Entry, expiry: number | undefined): void {
    this.store.put(key, value, expiry);
    this.model.set(key, { value, expiry });
  }

  private remove(key: string): void {
    this.store.remove(key);
    this.model.delete(key);
  }

  private async end(how: 'commit' | 'discard' | 'written'): Promise<void> {
    if (how === 'discard') {
      this.forget();
      return;
    }
    const pointer = await this.store.write(this.batchId);
    if (how === 'written') {
      this.forget();
      return;
    }
    this.store.commit();
    if (pointer !== undefined) {
      // As a log keeps it.
      this.pointer = JSON.parse(JSON.stringify(pointer)) as Json;
    }
    this.committed = new Map(this.model);
    if (this.pointer !== undefined) {
      this.versions.push({ batchId: this.batchId, pointer: this.pointer, model: this.committed });
    }
    this.batchId++;
  }

  private forget(): void {
    this.store.discard();
    this.model = new Map(this.committed);
  }

  private async restart(between: () => void = () => undefined): Promise<void> {
    await this.close();
    between();
    this.backend = this.ground.open();
    this.store =
      this.pointer === undefined ? this.backend.create(layout) : await this.backend.load(layout.name, this.pointer);
    expect(this.store.layout).toEqual(layout);
    this.model = new Map(this.committed);
  }

  private async close(): Promise<void> {
    await this.store.close();
    await this.backend.close();
  }

  private compare(): void {
    const { store, model } = this;
    expect(store.size).toBe(model.size);
    expect(new Map(store.entries())).toEqual(new Map([...model].map(([key, { value }]) => [key, value])));
    for (const key of [...model.keys(), 'nowhere']) expect(store.get(key)).toEqual(model.get(key)?.value);
    const expiries = [...model.values()].flatMap(({ expiry }) => expiry ?? []);
    expect(store.nextExpiry).toBe(expiries.length === 0 ? undefined : Math.min(...expiries));
  }

  /** Versions of the last batches, each as it was. */
  private async compareVersions(): Promise<void> {
    for (const { batchId, pointer, model } of this.versions) {
      if (batchId < this.batchId - this.ground.retained) continue;
      await this.close();
      this.backend = this.ground.open();
      this.store = await this.backend.load(layout.name, pointer);
      this.model = new Map(model);
      this.compare();
    }
  }
}
