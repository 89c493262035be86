import type { MaybePromise } from '../../../lib/maybe-promise.js';
import type { TopicPartition } from '../client/contract.js';
import { type KafkaOffsets, listOf } from './offsets.js';

/** Which partitions this process reads, of those that the source is subscribed to. */
export interface Assignment {
  /**
   * Those that are ours in the batch that is planned now, in any order; `held` are those that were so far, and where
   * they stand. Asked before each batch, when the one before is committed, and before the source begins; may wait, until
   * `close`. What was held and is not answered leaves the offsets of the source, what is answered and was not held
   * enters at `startOf`, without rows in that batch.
   */
  owned(all: readonly TopicPartition[], held: KafkaOffsets): MaybePromise<readonly TopicPartition[]>;
  /** Where those of `partitions` begin that it knows; the others begin where the options of the source say. */
  startOf(partitions: readonly TopicPartition[]): MaybePromise<KafkaOffsets>;
  /**
   * Those of the partitions of a batch, which begins at `from`, that are still ours to read; asked before the batch is
   * read, also when it is done again. Rows of the others are left out.
   */
  confirmed(from: KafkaOffsets): MaybePromise<readonly TopicPartition[]>;
  /** Everything before `offsets` is committed in the checkpoint. What it returns is waited for before the next batch. */
  committed(offsets: KafkaOffsets): MaybePromise<void>;
  /** Figures for the progress of the source. */
  metrics(): Readonly<Record<string, number>>;
  /** Ends what is waited for, too. */
  close(): MaybePromise<void>;
}

const nothing: KafkaOffsets = {};

/** One process reads everything. */
export const everyPartition: Assignment = {
  owned: (all) => all,
  startOf: () => nothing,
  confirmed: listOf,
  committed: () => undefined,
  metrics: () => ({}),
  close: () => undefined,
};
