import type { Cluster } from '../client/cluster.js';
import { KafkaFault, kafkaCode } from '../client/fault.js';
import { type KafkaOffsets, listOf } from './offsets.js';

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
    while (this.next !== undefined) {
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

  /** Waits a little for what was not committed yet. */
  async close(): Promise<void> {
    if (this.committing === undefined) return;
    const timer = setTimeout(() => this.ending.abort(), lastCommitMillis);
    await this.committing.finally(() => clearTimeout(timer));
  }
}
