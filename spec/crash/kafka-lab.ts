import { type ChildProcess, fork } from 'node:child_process';
import { Kafka, logLevel } from 'kafkajs';
import { type Cluster, type ClusterOptions, startBroker } from '../../scripts/kafka/cluster.js';
import { until } from '../../scripts/kafka/processes.js';
import type { Answer, Question, Watched } from './kafka-watcher.js';
import type { ChildProgram } from './processes.js';

/** A cluster for tests of crashes, with topics of four partitions. */
export class KafkaLab {
  private made = 0;

  private constructor(readonly cluster: Cluster) {}

  static async start(nodes = 1, more: Pick<ClusterOptions, 'proxied'> = {}): Promise<KafkaLab> {
    return new KafkaLab(await startBroker({ nodes, ...more }));
  }

  get brokers(): string[] {
    return this.cluster.addresses();
  }

  /** Makes a new topic. Its name. */
  async topic(prefix: string): Promise<string> {
    const topic = `${prefix}-${this.made++}`;
    const admin = new Kafka({ brokers: this.brokers, logLevel: logLevel.NOTHING, retry: { retries: 20 } }).admin();
    await admin.connect();
    const replicas = Math.min(3, this.cluster.nodes.length);
    const configEntries = [{ name: 'min.insync.replicas', value: String(Math.max(1, replicas - 1)) }];
    const wanted = { topic, numPartitions: 4, replicationFactor: replicas, configEntries };
    // What kafkajs waits for by itself fails where a node is asked that has not heard of the topic.
    await admin.createTopics({ topics: [wanted], waitForLeaders: false });
    const isThere = async (): Promise<boolean> => {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      return topics[0]!.partitions.filter(({ leader }) => leader >= 0).length === wanted.numPartitions;
    };
    await until(
      () => isThere().catch(() => false),
      topicMillis,
      () => `There is no topic ${topic}`,
    );
    await admin.disconnect();
    return topic;
  }

  close(): Promise<void> {
    return this.cluster.close();
  }
}

const topicMillis = 30_000;

/** A consumer whose broker died may need half a minute to find it again. */
const answerMillis = 120_000;

/** The process that reads what goes in and what comes out, all along. */
export class Watcher {
  private asked = 0;
  private readonly answers = new Map<number, (answer: Answer) => void>();

  private constructor(private readonly process: ChildProcess) {
    process.on('message', (answer: Answer) => {
      this.answers.get(answer.id)?.(answer);
      this.answers.delete(answer.id);
    });
  }

  static async start(program: ChildProgram, watched: Watched): Promise<Watcher> {
    const env = { ...process.env, NODE_OPTIONS: '' };
    const child = fork(program.file('kafka-watcher'), [JSON.stringify(watched)], { env, execArgv: [] });
    const watcher = new Watcher(child);
    await new Promise((resolve) => watcher.answers.set(0, resolve));
    return watcher;
  }

  /** Tells that the rows from `from` up to `to` go in, where that is no topic. */
  async wants(from: number, to: number): Promise<void> {
    await this.ask({ ask: 'wanted', from, to });
  }

  complaint(tag: string, part: 'some' | 'all'): Promise<Answer> {
    return this.ask({ ask: 'complaint', tag, part });
  }

  /** Waits until everything that was written so far can be read: no transaction in it is open any more. */
  async everything(): Promise<void> {
    await this.ask({ ask: 'everything' });
  }

  /** Writes what went in so far to a file, as lines `key,id`. */
  async write(file: string): Promise<void> {
    await this.ask({ ask: 'write', file });
  }

  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.process.on('exit', resolve));
    // In order it may take for ever where a broker has died.
    this.process.kill('SIGKILL');
    await ended;
  }

  private ask(question: WithoutId<Question>): Promise<Answer> {
    const id = ++this.asked;
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`The watcher does not answer: ${question.ask}`)), answerMillis);
      this.answers.set(id, (answer) => {
        clearTimeout(late);
        resolve(answer);
      });
      this.process.send({ ...question, id });
    });
  }
}

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;
