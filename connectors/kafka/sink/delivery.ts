import type { MaybePromise } from '../../../lib/maybe-promise.js';
import type { Lane } from './lane.js';

/** How the rows of batches get to the brokers. */
export interface Delivery {
  /** Whether the batch is there already. */
  has(batchId: number, deadline: number): MaybePromise<boolean>;
  /** Returns when all of it is there. */
  deliver(batchId: number, lanes: readonly Lane[], deadline: number): Promise<void>;
  /** How often something had to be done again, over all batches. */
  readonly retries: number;
  /** Transactions that were given up and made anew. */
  readonly redone: number;
}
