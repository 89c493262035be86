import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { startQuery } from 'sluice';
import { foreachBatchSink, kafkaSource } from 'sluice/connectors';
import { mapRows, trigger } from 'sluice/operators';
import { cacheDir } from '../scripts/kafka/cache.js';
import { clusterIn, startBroker } from '../scripts/kafka/cluster.js';

export interface Message {
  readonly key: string | null;
  readonly value: string | null;
}

/** What was read of a topic, and where it lay. */
export interface Record extends Message {
  readonly partition: number;
  readonly offset: number;
}

/** A broker for one sample, with topics of its own, which `close` removes. */
export interface SampleKafka {
  readonly bootstrapServers: string;
  /** Makes a topic of a name that no other run has. */
  makeTopic(name: string, partitions?: number): Promise<string>;
  send(topic: string, messages: readonly Message[]): Promise<void>;
  /** All that is in a topic now. */
  read(topic: string, isolationLevel?: 'read_committed' | 'read_uncommitted'): Promise<Record[]>;
  close(): Promise<void>;
}

/**
 * The broker that SLUICE_SAMPLE_KAFKA names (`host:port,…`), or that of `npm run kafka -- start`, or one that is started
 * now and ends with the sample (Java 17 and Maven; `docs/kafka.md`).
 */
export async function sampleKafka(): Promise<SampleKafka> {
  const { bootstrapServers, end } = await findBroker();
  const client = new Kafka({ brokers: bootstrapServers.split(','), logLevel: logLevel.NOTHING });
  const admin = client.admin();
  const producer = client.producer();
  await Promise.all([admin.connect(), producer.connect()]).catch((error: Error) => {
    throw new Error(`No broker answers at ${bootstrapServers}. ${howTo}`, { cause: error });
  });
  const topics: string[] = [];
  const isThere = (topic: string): Promise<boolean> =>
    admin.fetchTopicMetadata({ topics: [topic] }).then(
      (found) => found.topics[0]!.partitions.every(({ leader }) => leader >= 0),
      () => false,
    );
  return {
    bootstrapServers,
    makeTopic: async (name, partitions = 4) => {
      const topic = `${name}-${randomBytes(3).toString('hex')}`;
      const wanted = { topic, numPartitions: partitions, replicationFactor: 1 };
      await admin.createTopics({ topics: [wanted], waitForLeaders: false });
      topics.push(topic);
      // A broker may take a moment to hear of it, and until then says that there is no such topic.
      while (!(await isThere(topic))) await pause(20);
      return topic;
    },
    send: async (topic, messages) => {
      // A thousand at a time, each of which the broker has acknowledged before the next are sent.
      for (let i = 0; i < messages.length; i += 1000) {
        await producer.send({ topic, messages: messages.slice(i, i + 1000) });
      }
    },
    read: (topic, isolationLevel = 'read_committed') => read({ bootstrapServers, topic, isolationLevel }),
    close: async () => {
      if (topics.length > 0) await admin.deleteTopics({ topics });
      await Promise.all([admin.disconnect(), producer.disconnect()]);
      await end();
    },
  };
}

const howTo = 'To use another broker, name it: SLUICE_SAMPLE_KAFKA=host:port. More is said in docs/kafka.md.';

async function findBroker(): Promise<{ bootstrapServers: string; end: () => Promise<void> }> {
  const nothing = (): Promise<void> => Promise.resolve();
  const named = process.env.SLUICE_SAMPLE_KAFKA;
  if (named !== undefined) return { bootstrapServers: named, end: nothing };
  const running = clusterIn(join(cacheDir(), 'clusters', 'default'));
  if (running?.nodes.some((node) => running.isRunning(node))) {
    return { bootstrapServers: running.addresses().join(','), end: nothing };
  }
  console.log('Starting a broker for this sample (npm run kafka -- start makes one that stays)');
  const started = await startBroker().catch((error: Error) => {
    throw new Error(`${error.message} ${howTo}`, { cause: error });
  });
  return { bootstrapServers: started.addresses().join(','), end: () => started.close() };
}

async function read(from: {
  bootstrapServers: string;
  topic: string;
  isolationLevel: 'read_committed' | 'read_uncommitted';
}): Promise<Record[]> {
  const { bootstrapServers, topic, isolationLevel } = from;
  const all$ = kafkaSource({
    bootstrapServers,
    subscribe: topic,
    startingOffsets: 'earliest',
    isolationLevel,
    commitGroupOffsets: false,
  }).pipe(
    mapRows(({ key, value, partition, offset }): Record => {
      return { key: text(key), value: text(value), partition, offset: Number(offset) };
    }),
    trigger({ availableNow: true }),
  );
  const records: Record[] = [];
  const keep = foreachBatchSink<Record>((batch) => void records.push(...batch.rows));
  await startQuery({ from: all$, to: keep }).awaitTermination();
  return records;
}

const text = (bytes: Uint8Array | null): string | null => (bytes === null ? null : Buffer.from(bytes).toString());
