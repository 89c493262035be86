import type { MaybePromise } from '../../../lib/maybe-promise.js';
import type { TopicPartition } from '../client/contract.js';

/** The next offset of a partition that is to be read. */
export interface PartitionOffset extends TopicPartition {
  readonly offset: number;
}

/** Which partitions this process reads, of those that the source is subscribed to. */
export interface Assignment {
  /**
   * Those that are ours in the batch that is planned now, in any order. Asked before each batch, when the one before is
   * committed, and before the source begins; may wait, until `close`.
   */
  owned(all: readonly TopicPartition[]): MaybePromise<readonly TopicPartition[]>;
  /**
   * Where ours begin that are new to us: the next offset to read, one for each of `partitions`; undefined where the
   * options of the source say it. Asked after `owned`.
   */
  startOf(partitions: readonly TopicPartition[]): MaybePromise<readonly (number | undefined)[]>;
  /** Everything before these is committed in the checkpoint. What it returns is waited for before the next batch. */
  committed(offsets: readonly PartitionOffset[]): MaybePromise<void>;
  /** Figures for the progress of the source. */
  metrics?(): Readonly<Record<string, string | number>>;
  /** Ends what is waited for, too. */
  close(): MaybePromise<void>;
}

/** What an assignment finds around it. */
export interface AssignmentContext {
  /** The group under whose name offsets are kept. */
  readonly group: string;
  /** What is ours may have changed: plan a batch. */
  wake(): void;
}

/** One process reads everything. */
export const everyPartition: Assignment = {
  owned: (all) => all,
  startOf: (partitions) => partitions.map(() => undefined),
  committed: () => undefined,
  close: () => undefined,
};
