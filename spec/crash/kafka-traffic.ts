import { setTimeout as pause } from 'node:timers/promises';
import { Kafka, type Producer, logLevel } from 'kafkajs';
import type { Random } from '../../lib/testing/random.js';
import { abortedKey, foreignTag, keyOf, lineOf } from './kafka-ledger.js';

/** Ids from here on are those of rows that strangers write to the input in transactions. */
const strangerIds = 1_000_000_000;

const perSend = 400;

export interface TrafficOptions {
  readonly brokers: readonly string[];
  readonly random: Random;
  /** A topic that rows are written to; without it, strangers alone write. */
  readonly input?: string | undefined;
  readonly output?: string | undefined;
  readonly rowsPerSecond: number;
}

/**
 * What goes on beside a query: numbered rows come into its input, and strangers write to its input and its output in
 * transactions, which they commit, abort, or leave open until the broker aborts them.
 */
export class Traffic {
  private readonly kafka: Kafka;
  private readonly running: Promise<unknown>;
  private stopped = false;
  private loaded = 0;
  private strange = strangerIds;
  /** How the transactions of strangers ended. */
  readonly transactions = { committed: 0, aborted: 0, left: 0, failed: 0 };

  constructor(private readonly options: TrafficOptions) {
    this.kafka = new Kafka({
      brokers: [...options.brokers],
      logLevel: logLevel.NOTHING,
      retry: { retries: 1000, initialRetryTime: 50, maxRetryTime: 500 },
    });
    this.running = Promise.all([this.load(), this.behaveStrangely()]);
  }

  /** How many rows were written, those of strangers left out. */
  get rows(): number {
    return this.loaded;
  }

  /** Ends, when there are at least so many rows. */
  async finish(rows: number): Promise<void> {
    this.stopped = true;
    await this.running;
    if (this.options.input === undefined) return;
    const producer = await this.producer();
    while (this.loaded < rows) await this.send(producer, Math.min(2000, rows - this.loaded));
    await producer.disconnect();
  }

  private async load(): Promise<void> {
    if (this.options.input === undefined) return;
    const producer = await this.producer();
    const begun = performance.now();
    while (!this.stopped) {
      const due = ((performance.now() - begun) / 1000) * this.options.rowsPerSecond;
      if (this.loaded < due) await this.send(producer, perSend);
      else await pause(10);
    }
    await producer.disconnect();
  }

  private async producer(): Promise<Producer> {
    const producer = this.kafka.producer();
    await producer.connect();
    return producer;
  }

  private async send(producer: Producer, rows: number): Promise<void> {
    const messages = Array.from({ length: rows }, (_, i) => messageOf(this.loaded + i));
    await producer.send({ topic: this.options.input!, messages });
    this.loaded += rows;
  }

  private async behaveStrangely(): Promise<void> {
    const { input, output, random } = this.options;
    const topics = [input, output].filter((topic) => topic !== undefined);
    for (let n = 0; !this.stopped && topics.length > 0; n++) {
      // Patient enough to see a broker come back, not patient enough to be what the end waits for.
      const producer = this.kafka.producer({
        transactionalId: `stranger-${process.pid}-${n}`,
        transactionTimeout: 3000,
        maxInFlightRequests: 1,
        idempotent: true,
        retry: { retries: 3, initialRetryTime: 50 },
      });
      try {
        await producer.connect();
        await this.transact(producer, topics[random.int(0, topics.length - 1)]!);
      } catch {
        this.transactions.failed++;
      }
      await producer.disconnect().catch(() => undefined);
      await pause(random.int(0, 300));
    }
  }

  private async transact(producer: Producer, topic: string): Promise<void> {
    const { input, random } = this.options;
    const transaction = await producer.transaction();
    // While one is open nobody reads beyond it.
    const how = random.int(1, 12) === 1 ? 'left' : random.int(1, 3) === 1 ? 'aborted' : 'committed';
    const rows = random.int(1, 20);
    for (let part = random.int(1, 3); part > 0; part--) {
      const messages = Array.from({ length: rows }, () => {
        if (how !== 'committed') return { key: abortedKey, value: 'never committed' };
        if (topic !== input) return { key: 'k1', value: `${foreignTag}|0|` };
        return messageOf(this.strange++);
      });
      await transaction.send({ topic, messages });
    }
    if (how === 'committed') await transaction.commit();
    if (how === 'aborted') await transaction.abort();
    this.transactions[how]++;
  }
}

const messageOf = (id: number): { key: string | null; value: string } => ({ key: keyOf(id), value: lineOf(id) });
