import type { Observer } from 'rxjs';
import type { MicroBatch } from '../../../lib/index.js';
import { defineSink } from '../../../lib/connect/index.js';

/** Sinks into memory: one that keeps the contract, and others that each break it in one way. */

export interface Row {
  id: number;
  name: string;
}

type Batch = MicroBatch<Row>;

/** A destination that outlives the sinks: rows by query and batch, in order of their coming. */
export class Store {
  private readonly parts = new Map<string, Row[]>();

  get rows(): Row[] {
    return [...this.parts.values()].flat();
  }

  has(key: string): boolean {
    return this.parts.has(key);
  }

  put(key: string, rows: readonly Row[]): void {
    this.parts.set(key, [...rows]);
  }

  append(key: string, rows: readonly Row[]): void {
    this.parts.set(key, [...(this.parts.get(key) ?? []), ...rows]);
  }

  remove(key: string): void {
    this.parts.delete(key);
  }
}

const later = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis));

const sink = (op: string, write: (store: Store, key: string, batch: Batch) => void | Promise<void>) => (store: Store) =>
  defineSink<Row>({
    op,
    supports: { exactlyOnce: true },
    open: ({ queryId }) => ({ write: (batch) => write(store, `${queryId}/${batch.id}`, batch) }),
  });

export const good = sink('good', async (store, key, batch) => {
  await later(1);
  store.put(key, batch.rows);
});

export const goodAtOnce = sink('goodAtOnce', (store, key, batch) => store.put(key, batch.rows));

/** Takes the batch that comes again for one that it must clear away. */
export const losesReplays = sink('losesReplays', (store, key, batch) => {
  if (store.has(key)) store.remove(key);
  else store.put(key, batch.rows);
});

/** Says that it is done, and writes then. */
export const acksEarly = sink('acksEarly', (store, key, batch) => {
  const { rows } = batch;
  setTimeout(() => store.put(key, rows), 2);
});

export const writesTwice = sink('writesTwice', async (store, key, batch) => {
  await later(1);
  store.append(key, batch.rows);
});

/** Remembers which rows it has, not which batches. */
export const keepsFirstTry = sink('keepsFirstTry', (store, key, batch) => {
  const known = new Set(store.rows.map((row) => row.id));
  store.append(
    key,
    batch.rows.filter((row) => !known.has(row.id)),
  );
});

/** Two queries that write to one place overwrite each other. */
export const mixesQueries = (store: Store) =>
  defineSink<Row>({
    op: 'mixesQueries',
    supports: { exactlyOnce: true },
    open: () => ({ write: (batch) => store.put(String(batch.id), batch.rows) }),
  });

/** An Observer of its own making: what `next` brings is written when there is time for it, and nobody holds it. */
export const keepsWithoutHolding = (store: Store): Observer<Batch> => {
  const waiting: Batch[] = [];
  return {
    next: (batch) => {
      waiting.push(batch);
      setImmediate(() => {
        for (const one of waiting.splice(0)) store.put(`${one.query.id}/${one.id}`, one.rows);
      });
    },
    error: () => undefined,
    complete: () => undefined,
  };
};

/** Takes the rows in time but writes them late, so that only a reader can tell. */
export const buffersWithoutHolding = (store: Store): Observer<Batch> => ({
  next: (batch) => {
    const { rows } = batch;
    setImmediate(() => store.put(`${batch.query.id}/${batch.id}`, rows));
  },
  error: () => undefined,
  complete: () => undefined,
});

export const throwsInNext = (): Observer<Batch> => ({
  next: () => {
    throw new Error('cannot');
  },
  error: () => undefined,
  complete: () => undefined,
});

export const neverReleases = (): Observer<Batch> => ({
  next: (batch) => void batch.hold(),
  error: () => undefined,
  complete: () => undefined,
});

/** Swallows what goes wrong. */
export const swallowsErrors = (broken: { yes: boolean }) =>
  sink('swallowsErrors', (store, key, batch) => {
    if (!broken.yes) store.put(key, batch.rows);
  });

export const leavesTimer = (store: Store) =>
  defineSink<Row>({
    op: 'leavesTimer',
    supports: { exactlyOnce: true },
    open: ({ queryId }) => {
      timers.push(setInterval(() => undefined, 1000));
      return { write: (batch) => store.put(`${queryId}/${batch.id}`, batch.rows) };
    },
  });

/** What `leavesTimer` leaves, for the spec to clear. */
export const timers: NodeJS.Timeout[] = [];

/** Loses order: what comes at once is written the newest first. */
export const reorders = (store: Store): Observer<Batch> => {
  const waiting: { batch: Batch; done: () => void }[] = [];
  return {
    next: (batch) => {
      waiting.unshift({ batch, done: batch.hold() });
      setImmediate(() => {
        for (const { batch: one, done } of waiting.splice(0)) {
          store.put(`${one.query.id}/${one.id}`, one.rows);
          done();
        }
      });
    },
    error: () => undefined,
    complete: () => undefined,
  };
};
