import { randomUUID } from 'node:crypto';
import { Kafka, type KafkaMessage, logLevel } from 'kafkajs';

/** What a consumer with `read_committed` finds in a topic, by partition; kafkajs, which knows nothing of us. */
export interface Found {
  readonly partition: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** Messages that say where a reading ends begin with this. */
const endKey = 'end of reading ';

/** Topics of a broker, as others see them. */
export class Topics {
  private readonly kafka: Kafka;

  constructor(readonly bootstrapServers: string) {
    this.kafka = new Kafka({
      brokers: [bootstrapServers],
      logLevel: logLevel.NOTHING,
      retry: { initialRetryTime: 20 },
    });
  }

  /** A new topic of that many partitions. */
  async make(partitions = 4, config: Readonly<Record<string, string>> = {}): Promise<string> {
    const topic = `t-${randomUUID()}`;
    const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      await admin.createTopics({ topics: [{ topic, numPartitions: partitions, configEntries }], waitForLeaders: true });
    } finally {
      await admin.disconnect();
    }
    return topic;
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
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      const take = (partition: number, { headers = {}, key, value }: KafkaMessage): void => {
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
        eachMessage: ({ message, partition }) => Promise.resolve(take(partition, message)),
      });
    });
    await consumer.disconnect();
    return found;
  }
}

const text = (bytes: Buffer | null): string | null => bytes && bytes.toString();
