import { setTimeout as pause } from 'node:timers/promises';
import { type Admin, type Message, Kafka, type Producer, logLevel } from 'kafkajs';
import { type StreamingQuery, startQuery } from 'sluice';
import { foreachBatchSink, kafkaSource } from 'sluice/connectors';
import { checkpoint, trigger } from 'sluice/operators';
import type { KafkaSourceOptions } from '../../../../connectors/kafka/source-options.js';
import type { KafkaOffsets } from '../../../../connectors/kafka/source/offsets.js';
import type { KafkaRow, KafkaRowWithHeaders } from '../../../../connectors/kafka/source.js';
import { type ClusterOptions, type Cluster, startBroker } from '../../../../scripts/kafka/cluster.js';
import { tempDir } from '../../../helpers/temp-dir.js';

/** What came of a batch. */
export interface Seen {
  readonly id: number;
  readonly rows: readonly KafkaRowWithHeaders[];
}

/** Values of messages, or more of them. */
type Values = readonly (string | Omit<Message, 'partition'>)[];

const messagesOf = (partition: number, values: Values): Message[] =>
  values.map((value) => ({ ...(typeof value === 'string' ? { value } : value), partition }));

/** A broker, with kafkajs as who writes and looks. */
export class Lab {
  private topics = 0;

  private constructor(
    readonly cluster: Cluster,
    readonly kafka: Kafka,
    readonly admin: Admin,
    private producer: Producer,
  ) {}

  static async open(options: ClusterOptions = {}): Promise<Lab> {
    const cluster = await startBroker(options);
    const kafka = new Kafka({
      brokers: cluster.addresses(),
      logLevel: logLevel.NOTHING,
      retry: { initialRetryTime: 20 },
    });
    const admin = kafka.admin();
    const producer = kafka.producer({ maxInFlightRequests: 1 });
    await admin.connect();
    await producer.connect();
    return new Lab(cluster, kafka, admin, producer);
  }

  async close(): Promise<void> {
    await this.producer.disconnect();
    await this.admin.disconnect();
    await this.cluster.close();
  }

  /** kafkajs drops what is sent to a partition that it does not know yet. */
  async renewProducer(): Promise<void> {
    await this.producer.disconnect();
    this.producer = new Kafka({ brokers: this.cluster.addresses(), logLevel: logLevel.NOTHING }).producer();
    await this.producer.connect();
  }

  get bootstrapServers(): string {
    return this.cluster.addresses().join(',');
  }

  /** A new topic. */
  async topic(
    numPartitions = 1,
    settings: Readonly<Record<string, string>> = {},
    name = `t${this.topics++}`,
  ): Promise<string> {
    const configEntries = Object.entries(settings).map(([key, value]) => ({ name: key, value }));
    await this.admin.createTopics({ topics: [{ topic: name, numPartitions, configEntries }] });
    return name;
  }

  async send(topic: string, partition: number, values: Values): Promise<void> {
    await this.producer.send({ topic, messages: messagesOf(partition, values) });
  }

  /** `count` records, whose values are numbers from `from` on. */
  async fill(topic: string, partition: number, count: number, from = 0): Promise<void> {
    await this.send(topic, partition, numbers(count, from));
  }

  /** A transaction of these values, committed or not. */
  async transaction(topic: string, partition: number, values: Values, commits: boolean): Promise<void> {
    const end = await this.openTransaction(topic, partition, values);
    await end(commits);
  }

  /** Records in a transaction that stays open until the returned function is called. */
  async openTransaction(topic: string, partition: number, values: Values) {
    const transactionalId = `x${this.topics++}`;
    const producer = this.kafka.producer({ transactionalId, idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: messagesOf(partition, values) });
    const end = async (): Promise<string> =>
      (await this.admin.fetchTopicOffsets(topic)).find((of) => of.partition === partition)!.high;
    return async (commits: boolean): Promise<void> => {
      const before = await end();
      await (commits ? transaction.commit() : transaction.abort());
      await producer.disconnect();
      // A coordinator answers before the marker is there that ends it.
      while ((await end()) === before) await pause(5);
    };
  }

  /** Rows as they are to be read, by kafkajs. */
  async rowsFrom(topic: string, from: number, count: number): Promise<Record<string, unknown>[]> {
    const consumer = this.kafka.consumer({ groupId: `g${this.topics++}` });
    await consumer.connect();
    await consumer.subscribe({ topic });
    const rows: Record<string, unknown>[] = [];
    await new Promise<void>((resolve) => {
      void consumer.run({
        autoCommit: false,
        eachMessage: ({ partition, message: { offset, value, timestamp } }) => {
          const row = { key: null, value: new Uint8Array(value!), topic, partition, offset: Number(offset) };
          rows.push({ ...row, timestamp: new Date(Number(timestamp)), timestampType: 0 });
          if (rows.length === count) resolve();
          return Promise.resolve();
        },
      });
      consumer.seek({ topic, partition: 0, offset: String(from) });
    });
    await consumer.disconnect();
    return rows;
  }

  source(options: Partial<KafkaSourceOptions>) {
    return kafkaSource({
      bootstrapServers: this.bootstrapServers,
      startingOffsets: 'earliest',
      'fetchOffset.retryIntervalMs': 50,
      ...options,
    });
  }

  /** A query that keeps what it reads; `onBatch` may throw. */
  start(options: Partial<KafkaSourceOptions>, { dir = tempDir(), when, onBatch }: StartOptions = {}) {
    const batches: Seen[] = [];
    const stored = this.source(options).pipe(checkpoint(dir));
    const sink = foreachBatchSink<KafkaRow>(async (batch) => {
      await onBatch?.(batch.id);
      batches.push({ id: batch.id, rows: batch.rows as readonly KafkaRowWithHeaders[] });
    });
    const query = startQuery({ from: when === undefined ? stored : stored.pipe(trigger(when)), to: sink });
    return {
      dir,
      query,
      batches,
      get rows(): readonly KafkaRowWithHeaders[] {
        return batches.flatMap(({ rows }) => rows);
      },
      get values(): string[] {
        return valuesOf(batches.flatMap(({ rows }) => rows));
      },
    };
  }

  /** What a query reads that ends when it has read what is there. */
  async readAll(options: Partial<KafkaSourceOptions>, more: Omit<StartOptions, 'when'> = {}) {
    const run = this.start(options, { ...more, when: { availableNow: true } });
    await run.query.awaitTermination();
    return run;
  }
}

export interface StartOptions {
  readonly dir?: string;
  readonly when?: Parameters<typeof trigger>[0];
  readonly onBatch?: (id: number) => void | Promise<void>;
}

export const numbers = (count: number, from = 0): string[] => Array.from({ length: count }, (_, i) => String(from + i));

export const valuesOf = (rows: readonly KafkaRow[]): string[] =>
  rows.map(({ value }) => (value === null ? 'null' : Buffer.from(value).toString()));

/** Where the last batch of a query ended. */
export const offsetsIn = (query: StreamingQuery): KafkaOffsets =>
  (query.lastProgress?.sources[0]?.endOffset ?? {}) as unknown as KafkaOffsets;

/** The figures of the source in the last batch. */
export const metricsOf = (query: StreamingQuery): Readonly<Record<string, string | number>> =>
  query.lastProgress?.sources[0]?.metrics ?? {};
