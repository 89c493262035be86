import { type ReadLimit, type Sink, defineSink, defineSource } from '../../lib/connect/index.js';
import type { Flow } from '../../lib/flow.js';
import { chain } from '../../lib/maybe-promise.js';

export interface CounterOptions {
  /** How many rows there are. */
  total: number;
  /** How many rows a batch holds at most. */
  perBatch?: number;
  name?: string;
  op?: string;
  /** Called before it opens; may throw. */
  onOpen?: () => void | Promise<void>;
  /** Called with each range that is read; may throw. */
  onRead?: (start: number, end: number) => void;
  onCommit?: (end: number) => void;
  onClose?: () => void | Promise<void>;
  /** Reads in a later turn of the event loop. */
  later?: boolean;
  /** Whether the source tells that it ends. Default true. */
  ends?: boolean;
}

/** A replayable source of the numbers from 0 on. */
export function counter(options: CounterOptions): Flow<{ n: number }> {
  const { total, perBatch = 10, name = 'counter', op = 'counter', later = false, ends = true } = options;
  return defineSource<{ n: number }, number>({
    op,
    name,
    schema: 'n INT',
    supports: { replay: true },
    open: () =>
      chain(options.onOpen?.(), () => ({
        initial: () => 0,
        latest: (start: number, { all, rows }: ReadLimit) =>
          Math.min(total, start + (all ? total : Math.min(rows, perBatch))),
        read: (start: number, end: number) => {
          options.onRead?.(start, end);
          const rows = Array.from({ length: end - start }, (_, i) => ({ n: start + i }));
          return later ? new Promise((resolve) => setImmediate(() => resolve(rows))) : rows;
        },
        freeze: () => undefined,
        status: () => ({ ended: ends, latest: total }),
        commit: (end: number) => options.onCommit?.(end),
        close: () => options.onClose?.(),
      })),
  });
}

export interface Collected {
  readonly sink: Sink<{ n: number }>;
  /** The numbers of each batch, by its id, in the order of writing. */
  readonly batches: { id: number; timestamp: number; ns: number[] }[];
  /** All numbers. */
  readonly ns: number[];
  closed: number;
}

/** A sink that keeps what it gets; `write` may take its time or throw. */
export function collector(write?: (id: number) => void | Promise<void>): Collected {
  const batches: Collected['batches'] = [];
  const collected: Collected = {
    batches,
    get ns() {
      return batches.flatMap((b) => b.ns);
    },
    closed: 0,
    sink: defineSink<{ n: number }>({
      op: 'collector',
      supports: { exactlyOnce: false },
      open: () => ({
        write: (batch) => {
          const keep = (): void => {
            batches.push({ id: batch.id, timestamp: batch.timestamp, ns: batch.rows.map((row) => row.n) });
          };
          const writing = write?.(batch.id);
          if (writing instanceof Promise) return writing.then(keep);
          keep();
        },
        close: () => {
          collected.closed++;
        },
      }),
    }),
  };
  return collected;
}

/** The numbers from 0 up to `n`. */
export const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
