import { Retries, retryTimes } from '../connect/push/index.js';
import type { SluiceError } from '../errors/index.js';
import { type Duration, parseOptions, wholeNumber } from '../options/index.js';

/** When a query that failed starts again by itself. */
export interface RestartOptions {
  /** After so many restarts in a row the query fails with the last error. Default 10. */
  maxRestarts?: number;
  /** How long to wait before the first restart. Default `'1 second'`; it doubles with each run that fails. */
  initial?: Duration;
  /** The longest wait. Default `'1 minute'`. */
  max?: Duration;
  /** Whether each wait is shortened by chance, to no less than half, so that queries do not march in step. Default true. */
  jitter?: boolean;
  /** When a run has lasted so long, its failure counts as the first again. Default `'1 minute'`. */
  resetAfter?: Duration;
}

/** A run of a query failed. */
export interface QueryFailure {
  readonly error: SluiceError;
  /** How often the query was restarted before. */
  readonly restarts: number;
  /** Milliseconds until it starts again; undefined: it has failed for good. */
  readonly delay: number | undefined;
}

const spec = { maxRestarts: wholeNumber({ min: 0 }, 10), ...retryTimes };

/** Says after how long a query that failed starts again. */
export class RestartPolicy extends Retries {
  constructor(options: RestartOptions, random?: () => number) {
    const { maxRestarts, ...times } = parseOptions('restart', options, spec);
    super(times, maxRestarts, random);
  }
}
