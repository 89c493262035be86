import type { ProducerIdentity } from '../client/contract.js';
import { keyOf } from '../client/partition.js';
import { KafkaFault } from '../client/fault.js';
import type { Cluster } from '../client/index.js';
import type { Delivery } from './delivery.js';
import type { Lane } from './lane.js';
import type { Sender, Writer } from './sender.js';

export interface AtLeastOnceSettings {
  /** Whether brokers are to know what they have already when it is sent again. */
  readonly isIdempotent: boolean;
  readonly signal: AbortSignal;
}

/**
 * Writes each batch without a transaction. What no broker has acknowledged is sent again, under the same numbers as long
 * as its producer is known: then what had arrived after all is not taken twice. With a new producer it is.
 */
export class RepeatedDelivery implements Delivery {
  retries = 0;
  readonly redone = 0;
  private identity: ProducerIdentity | undefined;
  private readonly sequences = new Map<string, number>();

  constructor(
    private readonly cluster: Cluster,
    private readonly sender: Sender,
    private readonly settings: AtLeastOnceSettings,
  ) {}

  has(): boolean {
    return false;
  }

  async deliver(batchId: number, lanes: readonly Lane[], deadline: number): Promise<void> {
    const { isIdempotent, signal } = this.settings;
    for (const lane of lanes) lane.begin(this.sequences.get(keyOf(lane)) ?? 0);
    const onRetry = (): void => void this.retries++;
    await this.cluster.persist(`writing batch ${batchId}`, { deadline, signal, onRetry }, async () => {
      const writer = isIdempotent ? await this.writer(lanes) : undefined;
      for (const lane of lanes) lane.rewind();
      try {
        await this.sender.send(lanes, writer);
      } catch (error) {
        if (!(error instanceof KafkaFault) || error.kind !== 'abortable') throw error;
        this.identity = undefined;
        throw new KafkaFault(error.message, 'retriable', error.code, error.cause);
      }
    });
    for (const lane of lanes) this.sequences.set(keyOf(lane), lane.sequence);
  }

  private async writer(lanes: readonly Lane[]): Promise<Writer> {
    if (this.identity === undefined) {
      const { partition, topic } = lanes[0]!;
      const node = await this.cluster.leaderOf(topic, partition);
      this.identity = await this.cluster.client.initProducer(node, { transactionalId: null, timeout: 0 });
      this.sequences.clear();
      for (const lane of lanes) lane.renumber(0);
    }
    return { ...this.identity, transactionalId: null };
  }
}
