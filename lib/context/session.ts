import type { SchedulerLike } from 'rxjs';
import type { OutputMode } from '../plan/index.js';
import type { StreamingQueryProgress } from './progress.js';

/** How a query ended: it completed, failed, or (neither) was left. */
export interface Ending {
  readonly completed?: boolean;
  readonly error?: unknown;
}

/** A running query, as far as its handle sees it. */
export interface ObservedQuery {
  readonly id: string;
  readonly status: string;
  readonly isDataAvailable: boolean;
  readonly isTriggerActive: boolean;
  /** Resolves when everything is closed; never rejects. */
  readonly closed: Promise<Ending>;
  drain(): Promise<void>;
  processAllAvailable(): Promise<void>;
}

/** The handle that a query was started with, as far as the query tells it things. */
export interface QuerySession {
  readonly name: string | undefined;
  readonly runId: string;
  readonly outputMode?: OutputMode;
  /** The clock of triggers; rxjs's `asyncScheduler` if it is not given. */
  readonly clock?: SchedulerLike;
  onContext(query: ObservedQuery): void;
  onProgress(progress: StreamingQueryProgress): void;
  onIdle(timestamp: number): void;
}
