import { Kafka, logLevel } from 'kafkajs';
import { type StreamingQuery, startQuery } from 'sluice';
import { kafka } from '../../../crash/kafka.js';
import type { KafkaLab } from '../../../crash/kafka-lab.js';
import { Ledger, keyOf, lineOf } from '../../../crash/kafka-ledger.js';
import { Topics } from '../sink/topics.js';

const tag = 'a';
const rowsPerBatch = 200;

/** A query from a topic to another, exactly once, to which things happen, and what goes in. */
export class EnduringQuery {
  private rows = 0;

  private constructor(
    private readonly lab: KafkaLab,
    readonly input: string,
    readonly output: string,
    readonly query: StreamingQuery,
  ) {}

  /** `brokers`: how it reaches them. */
  static async start(lab: KafkaLab, checkpoint: string, brokers = lab.brokers): Promise<EnduringQuery> {
    const [input, output] = [await lab.topic('in'), await lab.topic('out')];
    const places = { kafka: 'kafka to kafka', brokers, input, output, tag, checkpoint } as const;
    const query = startQuery(kafka({ ...places, rowsPerBatch, endless: true, impatient: true }));
    // Who waits for its end hears of an error.
    query.awaitTermination().catch(() => undefined);
    return new EnduringQuery(lab, input, output, query);
  }

  /** More rows go in. */
  async add(rows: number): Promise<void> {
    const retry = { retries: 100, initialRetryTime: 20, maxRetryTime: 500 };
    const client = new Kafka({ brokers: this.lab.brokers, logLevel: logLevel.NOTHING, retry });
    const producer = client.producer();
    await producer.connect();
    const ids = Array.from({ length: rows }, (_, i) => this.rows + i);
    // To one partition at a time: what kafkajs sends to several brokers at once may be lost when one of them dies.
    const messages = ids.map((id) => ({ key: keyOf(id), value: lineOf(id), partition: partitionOf(id) }));
    for (const partition of new Set(messages.map((message) => message.partition))) {
      await producer.send({
        topic: this.input,
        messages: messages.filter((message) => message.partition === partition),
      });
    }
    await producer.disconnect();
    this.rows += rows;
  }

  /** Waits until all that went in is done, and ends. What others find wrong with what came out. */
  async complaint(): Promise<string | undefined> {
    await this.query.processAllAvailable();
    await this.query.stop();
    const ledger = new Ledger();
    const topics = new Topics(this.lab.brokers);
    // What kafkajs adds while a broker dies may be there twice, or not at all.
    for (const { key, value } of await topics.read(this.input)) ledger.in(key, value!);
    for (const { key, value } of await topics.read(this.output)) ledger.out(key, value!);
    if (ledger.rows < this.rows / 2) return `${ledger.rows} of ${this.rows} rows went in`;
    return ledger.complaint(tag, 'all');
  }
}

/** Rows of one key go to one partition, of the four that there are. */
const partitionOf = (id: number): number => Number(keyOf(id)?.slice(1) ?? id) % 4;
