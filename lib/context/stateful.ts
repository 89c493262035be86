import type { Json } from '../batch/index.js';
import { SluiceError } from '../errors/index.js';
import { type MaybePromise, all, chain } from '../maybe-promise.js';
import type { OutputMode } from '../plan/index.js';
import { formatDdl } from '../schema/index.js';
import type { BackedStore, StateBackend, StateStore, StoreLayout } from '../state/index.js';

/** What an operator with state did in a batch. */
export interface StateMetrics {
  readonly numRowsTotal: number;
  readonly numRowsUpdated: number;
  readonly numRowsRemoved: number;
  readonly numRowsDroppedByWatermark: number;
  readonly customMetrics?: Readonly<Record<string, number>>;
}

/** The watermarks that hold for an operator in a batch, in milliseconds since the epoch; null: there is none. */
export interface OperatorWatermarks {
  /** What is not after it came too late. */
  readonly late: number | null;
  /** What ends by it is final. */
  readonly eviction: number | null;
}

/** When a batch without data is wanted by an operator with state. */
export type NoDataBatch = 'watermark' | 'processingTime' | 'never';

/** What an operator with state tells its query. */
export interface StatefulDefinition {
  /** Its name, unless another operator has it: then it gets `#2`. */
  readonly name: string;
  /** What Spark calls it in the progress. */
  readonly operatorName: string;
  /** Asked before each batch: the output mode is known then. */
  readonly noDataBatch: (mode: OutputMode) => NoDataBatch;
  /** The watermark that reaches the operator where that of the query is `global`. */
  readonly watermark: (global: number) => number | null;
}

/** What an operator with state finds: its stores, and what it tells of them. */
export interface OperatorState {
  readonly name: string;
  readonly outputMode: OutputMode;
  /** What the checkpoint holds under its name, if anything; known when the first batch comes. */
  readonly kept: StoreLayout | undefined;
  /** The store of this layout, whose name begins with that of the operator. Throws CHECKPOINT_MISMATCH. */
  store(layout: StoreLayout): StateStore;
  /** Removes all that the checkpoint holds under the name of a store, if anything; gives how many entries there were. */
  empty(store: string): number;
  /** What the batch in hand did, for the progress. */
  report(metrics: StateMetrics): void;
  /** When, in processing time, it wants a batch even if there is no data. */
  nextDue(instant: number | undefined): void;
}

/** A seat of an operator among those with state. */
export interface StatefulSeat extends OperatorState {
  /** The watermarks of a batch as they reach the operator. Says that it took part in the batch. */
  watermarks(late: number | null, current: number | null): OperatorWatermarks;
  /** How many milliseconds it worked on the batch in hand. */
  took(millis: number): void;
  release(): void;
}

/** An operator's state as the progress of a batch shows it: Spark's fields. */
export interface StateOperatorProgress extends StateMetrics {
  readonly operatorName: string;
  readonly allUpdatesTimeMs: number;
  readonly commitTimeMs: number;
  readonly memoryUsedBytes: number;
  readonly numShufflePartitions: number;
  readonly numStateStoreInstances: number;
  readonly customMetrics: Readonly<Record<string, number>>;
}

interface Member {
  readonly definition: StatefulDefinition;
  /** The eviction watermark of its last batch in this run; undefined: it has had none. */
  evicted?: number | null;
  ran: boolean;
  due: number | undefined;
  metrics: StateMetrics | undefined;
  millis: number;
}

const nothingYet: StateMetrics = {
  numRowsTotal: 0,
  numRowsUpdated: 0,
  numRowsRemoved: 0,
  numRowsDroppedByWatermark: 0,
};

/** Under what a store's pointer is kept with the commits. */
export const storePrefix = 'store:';

/** The operators of a query that keep state, and their stores. */
export class StatefulOperators {
  /** In the order of their subscriptions: the one furthest downstream first, as in Spark's progress. */
  private readonly members = new Map<string, Member>();
  private readonly stores = new Map<string, BackedStore>();
  private pointers = new Map<string, Json>();
  private staged: Record<string, Json> = {};
  private backend: StateBackend | undefined;
  private commitMillis = 0;

  constructor(private readonly mode: () => OutputMode) {}

  /** What earlier runs left. */
  recover(backend: StateBackend, state: ReadonlyMap<string, Json>): void {
    this.backend = backend;
    for (const [name, pointer] of state) {
      if (name.startsWith(storePrefix)) this.pointers.set(name.slice(storePrefix.length), pointer);
    }
  }

  add(definition: StatefulDefinition): StatefulSeat {
    let { name } = definition;
    for (let n = 2; this.members.has(name); n++) name = `${definition.name}#${n}`;
    const member: Member = { definition, ran: false, due: undefined, metrics: undefined, millis: 0 };
    this.members.set(name, member);
    const { mode, stores } = this;
    return {
      name,
      get outputMode() {
        return mode();
      },
      get kept() {
        return stores.get(name)?.layout;
      },
      store: (layout) => this.store(layout),
      empty: (store) => {
        const kept = stores.get(store);
        const keys = Array.from(kept?.entries() ?? [], ([key]) => key);
        for (const key of keys) kept!.remove(key);
        return keys.length;
      },
      report: (metrics) => (member.metrics = metrics),
      nextDue: (instant) => (member.due = instant),
      took: (millis) => (member.millis = millis),
      watermarks: (late, current) => {
        const reaching = (global: number | null): number | null =>
          global === null ? null : definition.watermark(global);
        const eviction = reaching(current);
        member.ran = true;
        member.evicted = eviction;
        return { late: reaching(late), eviction };
      },
      release: () => this.members.delete(name),
    };
  }

  /** Loads what the operators that are here left before, so that their stores can be had at once. */
  load(): MaybePromise<unknown> {
    const missing = [...this.pointers].filter(([name]) => !this.stores.has(name) && this.isOurs(name));
    return all(
      missing.map(([name, pointer]) =>
        chain(this.backend!.load(name, pointer), (store) => void this.stores.set(name, store)),
      ),
    );
  }

  private isOurs(store: string): boolean {
    return [...this.members.keys()].some((name) => belongsTo(store, name));
  }

  private store(layout: StoreLayout): StateStore {
    const known = this.stores.get(layout.name);
    if (known === undefined) {
      const store = this.backend!.create(layout);
      this.stores.set(layout.name, store);
      return store;
    }
    const [before, now] = [describeLayout(known.layout), describeLayout(layout)];
    if (before === now) return known;
    throw new SluiceError(
      'CHECKPOINT_MISMATCH',
      `The state '${layout.name}' in the checkpoint is ${before}; the pipeline needs ${now}. Give the operator another ` +
        'name to begin its state anew, or start with another checkpoint directory.',
      { details: { state: layout.name, checkpoint: before, pipeline: now } },
    );
  }

  /**
   * Whether some operator wants a batch although no source has data: `watermark` is that of the next batch, `previous`
   * that of the last one. `tick`: the trigger has ticks of its own; then, as in Spark, a batch that was wanted when the
   * query ended waits for the first data of the next run.
   */
  wantsBatch(now: number, watermark: number | null, previous: number | null, tick: boolean): boolean {
    return [...this.members.values()].some(({ definition, ran, evicted, due }) => {
      if (!ran && tick) return false;
      switch (definition.noDataBatch(this.mode())) {
        case 'never':
          return false;
        case 'processingTime':
          return ran && (tick || (due !== undefined && due <= now));
        case 'watermark': {
          const next = watermark === null ? null : definition.watermark(watermark);
          const last = ran || previous === null ? evicted : definition.watermark(previous);
          return next !== null && typeof last === 'number' && next > last;
        }
      }
    });
  }

  /** When an operator wants a batch next, in processing time. */
  get nextDue(): number | undefined {
    const due = [...this.members.values()].flatMap((member) => (member.ran ? (member.due ?? []) : []));
    return due.length === 0 ? undefined : Math.min(...due);
  }

  /** Makes what the batch changed durable: gives what is to be kept with its commit. */
  write(batchId: number): MaybePromise<Record<string, Json>> {
    if (this.stores.size === 0) return {};
    const began = performance.now();
    const stores = [...this.stores];
    return chain(all(stores.map(([, store]) => store.write(batchId))), (pointers) => {
      this.staged = {};
      pointers.forEach((pointer, i) => {
        if (pointer !== undefined) this.staged[storePrefix + stores[i]![0]] = pointer;
      });
      this.commitMillis = performance.now() - began;
      return this.staged;
    });
  }

  commit(): void {
    for (const [name, pointer] of Object.entries(this.staged))
      this.pointers.set(name.slice(storePrefix.length), pointer);
    this.staged = {};
    for (const store of this.stores.values()) store.commit();
  }

  discard(): void {
    this.staged = {};
    for (const store of this.stores.values()) store.discard();
  }

  /** What each operator did in the batch in hand. */
  progress(): StateOperatorProgress[] {
    return [...this.members].map(([name, member]) => {
      const stores = [...this.stores].filter(([store]) => belongsTo(store, name));
      const metrics = member.metrics ?? nothingYet;
      member.metrics = { ...nothingYet, numRowsTotal: metrics.numRowsTotal };
      return {
        operatorName: member.definition.operatorName,
        ...metrics,
        allUpdatesTimeMs: Math.round(member.millis * 100) / 100,
        commitTimeMs: Math.round(this.commitMillis * 100) / 100,
        memoryUsedBytes: stores.reduce((sum, [, store]) => sum + store.bytes, 0),
        numShufflePartitions: 1,
        numStateStoreInstances: stores.length,
        customMetrics: metrics.customMetrics ?? {},
      };
    });
  }

  async close(): Promise<void> {
    for (const store of this.stores.values()) await store.close();
    await this.backend?.close();
  }
}

/** Whether a store is that of an operator, or one of its stores. */
export const belongsTo = (store: string, operator: string): boolean =>
  store === operator || store.startsWith(`${operator}/`);

function describeLayout({ operator, key, value, settings }: StoreLayout): string {
  const more = Object.entries(settings ?? {}).map(([name, setting]) => `, ${name} ${JSON.stringify(setting)}`);
  return `that of ${operator} with the key (${formatDdl(key)}) and the value (${formatDdl(value)})${more.join('')}`;
}
