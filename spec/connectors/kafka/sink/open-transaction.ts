import {
  Cluster,
  type KafkaClient,
  type Transaction,
  connectionSpec,
  openClient,
} from '../../../../connectors/kafka/client/index.js';
import { encodeBatch } from '../../../../connectors/kafka/records/index.js';
import { type BytesColumn, columnFrom } from '../../../../lib/columns/index.js';
import { parseOptions } from '../../../../lib/options/index.js';
import { string } from '../../../../lib/schema/index.js';

/** A transaction that was begun by somebody: one message in partition 0 of a topic, and no end yet. */
export class OpenTransaction {
  private constructor(
    private readonly client: KafkaClient,
    private readonly node: number,
    private readonly transaction: Transaction,
  ) {}

  static async begin(
    bootstrapServers: string | readonly string[],
    transactionalId: string,
    topic: string,
    message: { readonly key: string | null; readonly value: string },
  ): Promise<OpenTransaction> {
    const client = openClient(parseOptions('spec', { bootstrapServers }, connectionSpec));
    const cluster = new Cluster(client);
    const persistence = { deadline: Date.now() + 20_000 };
    return cluster.persist('beginning a transaction', persistence, async () => {
      const node = await cluster.coordinatorOf('transaction', transactionalId);
      const leader = await cluster.leaderOf(topic, 0);
      const identity = await client.initProducer(node, { transactionalId, timeout: 60_000 });
      const transaction = { ...identity, transactionalId };
      await client.addPartitions(node, transaction, [{ topic, partition: 0 }]);
      const column = (text: string | null) => columnFrom(string(), [text]) as BytesColumn;
      const { bytes } = await encodeBatch(
        { key: column(message.key), value: column(message.value), headers: null, timestamp: Date.now() },
        Int32Array.of(0),
        0,
        {
          compression: 'none',
          maxBytes: 1e6,
          topic,
          producer: { ...identity, baseSequence: 0, isTransactional: true },
        },
      );
      const partitions = [{ topic, partition: 0, batch: bytes }];
      const [answer] = await client.produce(leader, { transactionalId, acks: -1, timeout: 5000, partitions });
      if (answer?.error !== 0) throw new Error(`the message was refused: ${answer?.error}`);
      return new OpenTransaction(client, node, transaction);
    });
  }

  async end(commits: boolean): Promise<void> {
    await this.client.endTransaction(this.node, this.transaction, commits);
    await this.client.close();
  }

  /** As when the process is killed. */
  async abandon(): Promise<void> {
    await this.client.close();
  }
}
