import { randomUUID } from 'node:crypto';
import { CompressionTypes, Kafka, Partitioners, type ProducerConfig, logLevel } from 'kafkajs';
import type { BareForwardTask, Places, ReadTask, WriteTask } from './child.js';
import { Seen, document, userOf } from './messages.js';

/** What one writes with kafkajs alone. */

export const clientOf = (brokers: readonly string[]): Kafka =>
  // Right after a commit the coordinator is busy for some milliseconds: the default waits 300 of them.
  new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING, retry: { initialRetryTime: 5, retries: 20 } });

export const producerSettings: ProducerConfig = {
  createPartitioner: Partitioners.DefaultPartitioner,
  allowAutoTopicCreation: false,
};

const perSend = 1000;

/** Sends of 1,000 messages, one after the other; larger ones are no faster. */
export async function write({ topic, messages, bytes }: WriteTask, { brokers }: Places) {
  const producer = clientOf(brokers).producer(producerSettings);
  await producer.connect();
  const keys = Array.from({ length: perSend }, (_, i) => Buffer.from(userOf(i)));
  let seconds = 0;
  for (let i = 0; i < messages; i += perSend) {
    const values = keys.map((_, k) => Buffer.from(document(i + k, bytes)));
    const start = performance.now();
    const batch = values.map((value, k) => ({ key: keys[k]!, value }));
    await producer.send({ topic, acks: -1, compression: CompressionTypes.None, messages: batch });
    seconds += (performance.now() - start) / 1000;
  }
  await producer.disconnect();
  return { seconds };
}

/** From the first batch on: connecting and joining a group are not in it. */
export async function read({ topic, messages }: ReadTask, { brokers }: Places) {
  const consumer = clientOf(brokers).consumer({
    groupId: randomUUID(),
    maxBytesPerPartition: 8 << 20,
    maxBytes: 32 << 20,
  });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const seen = new Seen();
  const seconds = await new Promise<number>((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => !restart && reject(error));
    void consumer.run({
      autoCommit: false,
      partitionsConsumedConcurrently: 4,
      eachBatch: async ({ batch }) => {
        let bytes = 0;
        for (const message of batch.messages) bytes += message.value!.length;
        seen.add(batch.messages.length, bytes);
        if (seen.messages >= messages) resolve(seen.seconds);
      },
    });
  });
  await consumer.disconnect();
  seen.assert(messages);
  return { seconds };
}

/** Reads and writes the same: with one transaction a fetched batch, or without any guarantee. */
export async function forward({ from, to, transactions }: BareForwardTask, { brokers, told }: Places) {
  const client = clientOf(brokers);
  const groupId = randomUUID();
  // One send is one record batch a partition, which must not be larger than the topic allows.
  const consumer = client.consumer({ groupId, maxBytesPerPartition: 512 << 10, maxWaitTimeInMs: 100 });
  const exactly = { idempotent: true, maxInFlightRequests: 1, transactionalId: randomUUID() };
  const producer = client.producer({ ...producerSettings, ...(transactions ? exactly : {}) });
  await Promise.all([producer.connect(), consumer.connect()]);
  await consumer.subscribe({ topic: from, fromBeginning: true });
  const start = performance.now();
  await consumer.run({
    autoCommit: !transactions,
    eachBatch: async ({ batch }) => {
      const messages = batch.messages.map(({ key, value }) => ({ key, value }));
      if (!transactions) return void (await producer.send({ topic: to, messages }));
      const transaction = await producer.transaction();
      await transaction.send({ topic: to, messages });
      const offset = String(BigInt(batch.lastOffset()) + 1n);
      const offsets = [{ topic: batch.topic, partitions: [{ partition: batch.partition, offset }] }];
      await transaction.sendOffsets({ consumerGroupId: groupId, topics: offsets });
      await transaction.commit();
    },
  });
  console.log('ready');
  await told;
  const seconds = (performance.now() - start) / 1000;
  await consumer.disconnect();
  await producer.disconnect();
  return { seconds };
}
