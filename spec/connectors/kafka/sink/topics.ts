import { randomUUID } from 'node:crypto';
import { type Admin, Kafka, type KafkaMessage, logLevel } from 'kafkajs';
import { Cluster, connectionSpec, openClient } from '../../../../connectors/kafka/client/index.js';
import { RecordReader, RecordRows } from '../../../../connectors/kafka/records/index.js';
import { parseOptions } from '../../../../lib/options/index.js';

/** What a consumer with `read_committed` finds in a topic, by partition; kafkajs, which knows nothing of us. */
export interface Found {
  readonly partition: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** Messages that say where a reading ends begin with this. */
const endKey = 'end of reading ';

/** `ConfigResourceTypes.TOPIC`, which ES modules cannot import by its name. */
const topicResource = 2;

/** Topics of a broker, as others see them. */
export class Topics {
  private readonly kafka: Kafka;

  constructor(readonly bootstrapServers: string | readonly string[]) {
    this.kafka = new Kafka({
      brokers: [bootstrapServers].flat(),
      logLevel: logLevel.NOTHING,
      retry: { initialRetryTime: 20 },
    });
  }

  /** A new topic of that many partitions. */
  async make(partitions = 4, config: Readonly<Record<string, string>> = {}): Promise<string> {
    const topic = `t-${randomUUID()}`;
    const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
    await this.admin((admin) =>
      admin.createTopics({ topics: [{ topic, numPartitions: partitions, configEntries }], waitForLeaders: true }),
    );
    return topic;
  }

  async addPartitions(topic: string, count: number): Promise<void> {
    await this.admin((admin) => admin.createPartitions({ topicPartitions: [{ topic, count }] }));
  }

  async configure(topic: string, config: Readonly<Record<string, string>>): Promise<void> {
    const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
    const resources = [{ type: topicResource, name: topic, configEntries }];
    await this.admin((admin) => admin.alterConfigs({ validateOnly: false, resources }));
  }

  /** How many offsets are used, markers of transactions as well. */
  async endOffsets(topic: string): Promise<number> {
    const all = await this.admin((admin) => admin.fetchTopicOffsets(topic));
    return all.reduce((sum, { offset }) => sum + Number(offset), 0);
  }

  /** The same as `read`, by our own reader, which knows all codecs; of one partition after the other. */
  async readOurselves(topic: string): Promise<Found[]> {
    const settings = parseOptions('topics', { bootstrapServers: this.bootstrapServers }, connectionSpec);
    const client = openClient(settings);
    const cluster = new Cluster(client);
    const found: Found[] = [];
    const rows = new RecordRows(false);
    for (const { partition } of (await cluster.topic(topic)).partitions) {
      const node = await cluster.leaderOf(topic, partition);
      for (let offset = 0; ;) {
        const [answer] = await client.fetch(node, {
          isolation: 'read_committed',
          maxWait: 0,
          minBytes: 0,
          maxBytes: 1 << 20,
          partitions: [{ topic, partition, offset, maxBytes: 1 << 20 }],
        });
        const { aborted, bytes, highWatermark } = answer!;
        const reader = new RecordReader({ topic, partition, bytes, from: offset, until: Infinity, aborted });
        await reader.readInto(rows, Infinity);
        offset = reader.position;
        // A marker of what was just committed may come a moment later.
        if (offset >= highWatermark) break;
      }
    }
    await client.close();
    for (const { key, partition, value } of rows.build().toRows()) {
      found.push({
        partition: partition as number,
        key: text(key as Uint8Array | null),
        value: text(value as Uint8Array | null),
        headers: {},
      });
    }
    return found;
  }

  /** Everything that is committed by now, each partition in order: a message that is written now says where it ends. */
  async read(topic: string): Promise<Found[]> {
    const end = `${endKey}${randomUUID()}`;
    const producer = this.kafka.producer({ allowAutoTopicCreation: false });
    const admin = this.kafka.admin();
    await Promise.all([producer.connect(), admin.connect()]);
    const partitions = (await admin.fetchTopicOffsets(topic)).map(({ partition }) => partition);
    await producer.send({ topic, messages: partitions.map((partition) => ({ partition, key: end, value: null })) });
    await Promise.all([producer.disconnect(), admin.disconnect()]);

    const consumer = this.kafka.consumer({ groupId: randomUUID(), maxWaitTimeInMs: 50 });
    const found: Found[] = [];
    const open = new Set(partitions);
    /** Where each partition is read from next: a consumer that starts again is given what it had. */
    const next = new Map<number, number>();
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      const take = (partition: number, { headers = {}, key, offset, value }: KafkaMessage): void => {
        if (Number(offset) < (next.get(partition) ?? 0)) return;
        next.set(partition, Number(offset) + 1);
        if (key?.toString() === end) open.delete(partition);
        else if (key?.toString().startsWith(endKey) !== true) {
          found.push({ partition, key: text(key), value: text(value), headers });
        }
        if (open.size === 0) resolve();
      };
      consumer.on('consumer.crash', ({ payload }) => {
        if (!payload.restart) reject(payload.error);
      });
      void consumer.run({
        autoCommit: false,
        eachMessage: ({ message, partition }) => Promise.resolve(take(partition, message)),
      });
    });
    await consumer.disconnect();
    return found;
  }

  private async admin<T>(act: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      return await act(admin);
    } finally {
      await admin.disconnect();
    }
  }
}

const text = (bytes: Uint8Array | null): string | null => bytes && Buffer.from(bytes).toString();
