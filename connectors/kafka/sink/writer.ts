import type { MicroBatch } from '../../../lib/batch/index.js';
import type { SinkContext, SinkWriter } from '../../../lib/connect/index.js';
import { SluiceError } from '../../../lib/errors/index.js';
import { Cluster, type KafkaClient, KafkaFault, kafkaCode, openClient } from '../client/index.js';
import type { KafkaSinkSettings } from '../sink-options.js';
import { RepeatedDelivery } from './at-least-once.js';
import { type Messages, messagesOf } from './columns.js';
import { CommitLog } from './commit-log.js';
import type { Delivery } from './delivery.js';
import type { Lane } from './lane.js';
import { place } from './placement.js';
import { Sender } from './sender.js';
import { checkSizes } from './sizes.js';
import { TopicLimits } from './topic-limits.js';
import { TransactionalDelivery } from './transaction.js';

const missingMillis = 5000;

/** Who writes as whom, in this process: two sinks of one query would fence each other. */
const writing = new Set<string>();

/** Writes the batches of one run of a query. Nobody is connected to before there are rows. */
export class KafkaWriter implements SinkWriter<unknown> {
  private readonly client: KafkaClient;
  private readonly cluster: Cluster;
  private readonly limits: TopicLimits;
  private readonly sender: Sender;
  private readonly delivery: Delivery;
  private readonly owner: string;
  private messages = 0;
  private before = { bytes: 0, retries: 0, redone: 0 };

  /** Throws DUPLICATE_NAME. */
  constructor(
    private readonly settings: KafkaSinkSettings,
    private readonly context: SinkContext,
  ) {
    const { queryId, runId, signal } = context;
    const { acks, batchSize, commitTopic, compression, delivery, maxRequestSize, name } = settings;
    const transactionalId = `${settings.transactionalIdPrefix}-${queryId}-${name}`;
    this.owner = `${transactionalId} ${runId}`;
    if (writing.has(this.owner)) throw twice(name);
    writing.add(this.owner);
    this.client = openClient(settings);
    this.cluster = new Cluster(this.client, settings.topic === undefined ? [] : [settings.topic]);
    this.limits = new TopicLimits(this.cluster);
    const sending = { acks, compression, batchBytes: batchSize, requestBytes: maxRequestSize, ackTimeout: 30_000 };
    this.sender = new Sender(this.cluster, this.limits, sending);
    this.delivery =
      delivery === 'exactly-once'
        ? new TransactionalDelivery(
            this.cluster,
            this.sender,
            new CommitLog(this.cluster, commitTopic, transactionalId),
            { transactionalId, timeout: settings.transactionTimeout, queryId, runId, signal },
          )
        : new RepeatedDelivery(this.cluster, this.sender, { isIdempotent: acks === -1, signal });
    // Requests under way end, and with them the write that is in hand.
    signal.addEventListener('abort', () => void this.client.close(), { once: true });
  }

  async write(batch: MicroBatch<unknown>): Promise<void> {
    this.before = this.totals;
    this.messages = 0;
    if (batch.numRows === 0) return;
    const { delivery, settings } = this;
    const deadline = Date.now() + settings.deliveryTimeout;
    await this.connect(deadline);
    if (await delivery.has(batch.id, deadline)) return;
    const messages = messagesOf(batch.table, settings.topic !== undefined, Date.now());
    await delivery.deliver(batch.id, await this.lanesOf(batch.id, messages, deadline), deadline);
    this.messages = batch.numRows;
  }

  metrics(): Readonly<Record<string, number>> {
    const { before, totals } = this;
    return {
      messages: this.messages,
      bytes: totals.bytes - before.bytes,
      retries: totals.retries - before.retries,
      redone: totals.redone - before.redone,
    };
  }

  async close(): Promise<void> {
    writing.delete(this.owner);
    await this.client.close();
  }

  private get totals() {
    const { bytes } = this.sender;
    const { redone, retries } = this.delivery;
    return { bytes, retries, redone };
  }

  /** Where there is nobody from the beginning, the address is probably wrong. */
  private async connect(deadline: number): Promise<void> {
    if (this.client.traffic.bytesIn > 0) return;
    const first = Math.min(deadline, Date.now() + this.settings.kafka.connectTimeout);
    const persistence = { deadline: first, signal: this.context.signal };
    await this.cluster.persist('connecting', persistence, () => this.cluster.refresh());
  }

  private async lanesOf(id: number, messages: Messages, deadline: number): Promise<Lane[]> {
    const { cluster, context, limits } = this;
    const { batchSize: stickyBytes, compression, partitioner, topic } = this.settings;
    const ask = <T>(name: string, attempt: () => Promise<T>): Promise<T> =>
      cluster
        .persist(`writing to the topic '${name}'`, { deadline, signal: context.signal }, patientOfMissing(attempt))
        .catch((error: unknown) => this.withNearest(name, error));
    const lanes = await place(id, messages, { partitioner, stickyBytes, topic }, (name, atLeast) =>
      ask(name, () => this.partitionsOf(name, atLeast)),
    );
    for (const lane of lanes) {
      await checkSizes(lane, await ask(lane.topic, () => limits.of(lane.topic)), compression);
    }
    return lanes;
  }

  /** Rejects with the error; one about a topic that is missing says which name is near. */
  private async withNearest(name: string, error: unknown): Promise<never> {
    if (!(error instanceof SluiceError) || error.code !== 'TOPIC_NOT_FOUND') throw error;
    const { cause, details, message } = error;
    const hint = await this.cluster.didYouMean([name]);
    throw new SluiceError('TOPIC_NOT_FOUND', `${message}${hint}`, { cause, details });
  }

  /** Those that nobody has heard of may have been added since. */
  private async partitionsOf(topic: string, atLeast: number): Promise<number> {
    const known = await this.cluster.topic(topic);
    if (known.partitions.length >= atLeast) return known.partitions.length;
    return (await this.cluster.topic(topic, { fresh: true })).partitions.length;
  }
}

/** A topic that was just made may not be known everywhere yet; one that is missing for longer will not come. */
function patientOfMissing<T>(attempt: () => Promise<T>): () => Promise<T> {
  const until = Date.now() + missingMillis;
  return async () => {
    try {
      return await attempt();
    } catch (error) {
      const isMissing = error instanceof KafkaFault && error.code === kafkaCode.unknownTopicOrPartition;
      throw isMissing && Date.now() > until ? new KafkaFault(error.message, 'fatal', error.code, error.cause) : error;
    }
  };
}

function twice(name: string): SluiceError {
  const message = `kafkaSink: two sinks of one query are named '${name}'. Give one of them another name.`;
  return new SluiceError('DUPLICATE_NAME', message, { details: { name } });
}
