import type { StreamingQueryProgress } from '../context/index.js';
import { warnOf } from '../errors/index.js';
import type { QueryFailure } from './restart.js';
import type { QueryEvents, StreamingQuery } from './streaming-query.js';

/** Told of every query of the process. What a listener throws is reported and touches no query. */
export interface QueryListener {
  /** Before `startQuery` returns. */
  onStarted?(query: StreamingQuery): void;
  onProgress?(progress: StreamingQueryProgress): void;
  /** A query found nothing new; at most every ten seconds. */
  onIdle?(query: StreamingQuery, timestamp: number): void;
  /** A run of a query failed. It starts again after `failure.delay`, or, where that is undefined, ends. */
  onFailure?(query: StreamingQuery, failure: QueryFailure): void;
  /** The last that is heard of a query; `query.exception` says whether it failed. */
  onTerminated?(query: StreamingQuery): void;
}

/** The queries of this process. */
export interface Queries {
  /** Those that run. */
  readonly active: readonly StreamingQuery[];
  /** The running query of that id, if there is one. */
  get(id: string): StreamingQuery | undefined;
  /**
   * Waits for any query to end, and rejects if it failed. One that ended since the start of the process, or since
   * `resetTerminated`, counts. With `timeout` (milliseconds) resolves to whether one has ended by then.
   */
  awaitAnyTermination(timeout?: number): Promise<boolean>;
  resetTerminated(): void;
  addListener(listener: QueryListener): void;
  removeListener(listener: QueryListener): void;
}

class Registry implements Queries, QueryEvents {
  private readonly running = new Set<StreamingQuery>();
  private readonly listeners = new Set<QueryListener>();
  private terminated: StreamingQuery | undefined;
  private waiters: (() => void)[] = [];

  get active(): readonly StreamingQuery[] {
    return [...this.running];
  }

  get watched(): boolean {
    return this.waiters.length > 0 || [...this.listeners].some((listener) => listener.onTerminated !== undefined);
  }

  get(id: string): StreamingQuery | undefined {
    return this.active.find((query) => query.id === id);
  }

  async awaitAnyTermination(timeout?: number): Promise<boolean> {
    if (this.terminated === undefined) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.waiters.push(resolve);
        if (timeout !== undefined) timer = setTimeout(resolve, timeout);
      });
      clearTimeout(timer);
    }
    const ended = this.terminated;
    if (ended?.exception !== undefined) throw ended.exception;
    return ended !== undefined;
  }

  resetTerminated(): void {
    this.terminated = undefined;
  }

  addListener(listener: QueryListener): void {
    this.listeners.add(listener);
  }

  removeListener(listener: QueryListener): void {
    this.listeners.delete(listener);
  }

  add(query: StreamingQuery): void {
    this.running.add(query);
    this.tell((listener) => listener.onStarted?.(query));
  }

  onProgress(progress: StreamingQueryProgress): void {
    this.tell((listener) => listener.onProgress?.(progress));
  }

  onIdle(query: StreamingQuery, timestamp: number): void {
    this.tell((listener) => listener.onIdle?.(query, timestamp));
  }

  onFailure(query: StreamingQuery, failure: QueryFailure): void {
    this.tell((listener) => listener.onFailure?.(query, failure));
  }

  onTerminated(query: StreamingQuery): void {
    this.running.delete(query);
    // A clean end does not hide a failure that nobody has asked for yet.
    if (this.terminated?.exception === undefined) this.terminated = query;
    else if (query.exception !== undefined) this.terminated = query;
    this.tell((listener) => listener.onTerminated?.(query));
    for (const resolve of this.waiters.splice(0)) resolve();
  }

  private tell(event: (listener: QueryListener) => void): void {
    for (const listener of this.listeners) {
      try {
        event(listener);
      } catch (error) {
        warnOf(error);
      }
    }
  }
}

/** @internal */
export const registry = new Registry();

/** The queries of this process: which run, waiting for any of them, listening to all. */
export const queries: Queries = registry;
