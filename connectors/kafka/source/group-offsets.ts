import { setTimeout as pause } from 'node:timers/promises';
import type { Cluster } from '../client/cluster.js';
import { KafkaFault, kafkaCode } from '../client/fault.js';
import { type KafkaOffsets, listOf } from './offsets.js';
import { within } from '../within.js';

/** Offsets are committed at most so often, in milliseconds. */
const interval = 200;

/** How long the last commit may hold up the end of a source, in milliseconds. */
const lastCommitMillis = 2000;

/**
 * Tells Kafka how far a query is, under the name of a group, so that Kafka's tools show it. Nothing depends on that: it
 * goes on beside the query, only the newest offsets count, and what fails is counted.
 */
export class GroupOffsets {
  failed = 0;
  private next: KafkaOffsets | undefined;
  private committing: Promise<void> | undefined;
  private readonly ending = new AbortController();
  private hurry!: () => void;
  private readonly closing = new Promise<void>((resolve) => (this.hurry = resolve));

  constructor(
    private readonly cluster: Cluster,
    private readonly group: string,
  ) {}

  /** Everything before `offsets` is done. */
  commit(offsets: KafkaOffsets): void {
    this.next = offsets;
    this.committing ??= this.work().finally(() => (this.committing = undefined));
  }

  private async work(): Promise<void> {
    for (; this.next !== undefined; await this.rest()) {
      const offsets = listOf(this.next).map((of) => ({ ...of, metadata: null }));
      this.next = undefined;
      if (offsets.length === 0) continue;
      const until = { deadline: Date.now() + lastCommitMillis, signal: this.ending.signal };
      try {
        await this.cluster.persist(`committing offsets to the group '${this.group}'`, until, async () => {
          const node = await this.cluster.coordinatorOf('group', this.group);
          const answers = await this.cluster.client.commitOffsets(node, this.group, undefined, offsets);
          const refused = answers.find(({ error }) => error !== kafkaCode.none);
          if (refused !== undefined) throw KafkaFault.answered(`${refused.topic}-${refused.partition}`, refused.error);
        });
      } catch {
        this.failed++;
      }
    }
  }

  /** Nobody looks more often; a query of small batches would make the coordinator write ten times as much. */
  private rest(): Promise<void> {
    return Promise.race([pause(interval, undefined, { ref: false }), this.closing]);
  }

  /** Waits a little for what was not committed yet. */
  async close(): Promise<void> {
    this.hurry();
    if (this.committing === undefined) return;
    await within(this.committing, lastCommitMillis);
    this.ending.abort();
  }
}
