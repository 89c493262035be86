import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { type Cluster, startBroker } from '../../scripts/kafka/cluster.js';
import { clientOf, producerSettings } from './bare.js';
import { partitions } from './messages.js';

/** How long nothing has to be written until a program is thought to be done. */
const quietMillis = 2000;
const pollMillis = 10;

/** One broker as it is run in earnest, and what is asked of it beside the measured programs. */
export class BenchBroker {
  private count = 0;

  private constructor(
    private readonly cluster: Cluster,
    private admin: Admin,
  ) {}

  static async start(): Promise<BenchBroker> {
    const cluster = await startBroker({ heap: '1g', jvm: ['-XX:+UseG1GC'] });
    const admin = clientOf(cluster.addresses()).admin();
    await admin.connect();
    const broker = new BenchBroker(cluster, admin);
    await broker.warmUp();
    return broker;
  }

  get addresses(): readonly string[] {
    return this.cluster.addresses();
  }

  async topic(): Promise<string> {
    const topic = `bench-${this.count++}`;
    await this.admin.createTopics({ topics: [{ topic, numPartitions: partitions }], waitForLeaders: false });
    // A busy broker does not know it at once, which kafkajs takes for an error.
    while (
      !(await this.written(topic).then(
        () => true,
        () => false,
      ))
    )
      await sleep(pollMillis);
    return topic;
  }

  /** The first group and the first transaction of a new broker are refused for a while. */
  private async warmUp(): Promise<void> {
    const topic = await this.topic();
    const settings = { ...producerSettings, idempotent: true, maxInFlightRequests: 1, transactionalId: topic };
    const producer = clientOf(this.addresses).producer(settings);
    await producer.connect();
    const topics = [{ topic, partitions: [{ partition: 0, offset: '0' }] }];
    for (let isWarm = false; !isWarm;) {
      const transaction = await producer.transaction();
      isWarm = await transaction.sendOffsets({ consumerGroupId: topic, topics }).then(
        () => true,
        () => false,
      );
      await (isWarm ? transaction.commit() : transaction.abort());
    }
    await producer.disconnect();
    await this.drop(topic);
  }

  async drop(topic: string): Promise<void> {
    // A new client: one that has asked for topics fails for long when these are deleted.
    const old = this.admin;
    this.admin = clientOf(this.addresses).admin();
    await Promise.all([old.disconnect(), this.admin.connect()]);
    await this.admin.deleteTopics({ topics: [topic] });
  }

  /** Records and markers of transactions. */
  async written(topic: string): Promise<number> {
    const offsets = await this.admin.fetchTopicOffsets(topic);
    return offsets.reduce((sum, { high }) => sum + Number(high), 0);
  }

  /**
   * Waits until `messages` are written to the topic and nothing more is. When the first and the last were seen, in
   * milliseconds: by the log's end alone, so that whoever looks does not disturb.
   */
  async filled(topic: string, messages: number): Promise<{ first: number; last: number }> {
    let first = 0;
    let last = performance.now();
    for (let before = 0; before < messages || performance.now() - last < quietMillis; await sleep(pollMillis)) {
      const now = await this.written(topic);
      if (now > before) {
        last = performance.now();
        if (before === 0) first = last;
      }
      before = now;
      if (performance.now() - last > 60_000) throw new Error(`${topic}: nothing was written for a minute, at ${now}`);
    }
    return { first, last };
  }

  async close(): Promise<void> {
    await this.admin.disconnect();
    await this.cluster.close();
  }
}
