import { setTimeout as sleep } from 'node:timers/promises';
import { nearest } from '../../../lib/errors/index.js';
import type { ClusterInfo, KafkaClient, TopicInfo, TopicPartition } from './contract.js';
import { KafkaFault, kafkaCode } from './fault.js';
import { publicError } from './public-error.js';

export interface Persistence {
  /** When to give up, in milliseconds since the epoch. */
  readonly deadline: number;
  readonly signal?: AbortSignal | undefined;
  /** Called before each repetition. */
  readonly onRetry?: ((fault: KafkaFault) => void) | undefined;
}

const firstPause = 5;
const longestPause = 1000;

/**
 * What is known of a cluster: who leads which partition, who coordinates what. It is asked when something is needed that
 * is not known, and again when it turned out to be wrong.
 */
export class Cluster {
  private readonly wanted: Set<string> | undefined;
  private readonly topics = new Map<string, TopicInfo>();
  private readonly coordinators = new Map<string, Promise<number>>();
  private stale = true;
  private refreshing: Promise<ClusterInfo> | undefined;

  /** @param names of the topics that matter; undefined: all. More are added as they are asked for. */
  constructor(
    readonly client: KafkaClient,
    names?: readonly string[],
  ) {
    this.wanted = names === undefined ? undefined : new Set(names);
  }

  /** Asks the cluster now; shares the answer with who asks meanwhile. Rejects with a `KafkaFault`. */
  refresh(): Promise<ClusterInfo> {
    if (this.refreshing !== undefined) return this.refreshing;
    const asked = this.ask().finally(() => {
      if (this.refreshing === asked) this.refreshing = undefined;
    });
    this.refreshing = asked;
    return asked;
  }

  /** What was found out is wrong: it is asked for again when it is needed. */
  moved(): void {
    this.stale = true;
    this.coordinators.clear();
  }

  /** The leader of a partition as it was known last; undefined if there is none. */
  known({ topic, partition }: TopicPartition): number | undefined {
    const info = this.topics.get(topic)?.partitions[partition];
    return info === undefined || info.leader < 0 ? undefined : info.leader;
  }

  /** Rejects with a `KafkaFault` of the kind `moved` if there is no leader now. */
  async leaderOf(topic: string, partition: number): Promise<number> {
    if (this.stale || this.known({ topic, partition }) === undefined) await this.topic(topic, { fresh: true });
    const leader = this.known({ topic, partition });
    if (leader === undefined)
      throw KafkaFault.answered(`the leader of ${topic}-${partition}`, kafkaCode.leaderNotAvailable);
    return leader;
  }

  /** Partitions by the brokers that lead them. Rejects as `leaderOf`. */
  async byLeader<T extends TopicPartition>(partitions: readonly T[]): Promise<Map<number, T[]>> {
    const out = new Map<number, T[]>();
    for (const of of partitions) {
      const leader = await this.leaderOf(of.topic, of.partition);
      const some = out.get(leader);
      if (some === undefined) out.set(leader, [of]);
      else some.push(of);
    }
    return out;
  }

  /** A topic, as it was known last or, with `fresh`, as it is now. Rejects with a `KafkaFault` if there is none. */
  async topic(name: string, { fresh = false }: { readonly fresh?: boolean } = {}): Promise<TopicInfo> {
    const before = this.topics.get(name);
    // One that may not be used is known by its name as well, without partitions: rows for it would go nowhere.
    if (before !== undefined && before.partitions.length > 0 && !fresh && !this.stale) return before;
    if (this.wanted !== undefined && !this.wanted.has(name)) {
      this.wanted.add(name);
      this.refreshing = undefined;
    }
    await this.refresh();
    const found = this.topics.get(name);
    if (found === undefined) throw KafkaFault.answered(`the topic '${name}'`, kafkaCode.unknownTopicOrPartition);
    if (found.error !== kafkaCode.none && found.error !== kafkaCode.leaderNotAvailable) {
      throw KafkaFault.answered(`the topic '${name}'`, found.error);
    }
    if (found.partitions.length === 0) {
      throw KafkaFault.answered(`the partitions of the topic '${name}'`, kafkaCode.leaderNotAvailable);
    }
    return found;
  }

  /** What to tell who has named topics that do not exist: ` Did you mean 'a', 'b'?`, or nothing. One attempt. */
  async didYouMean(names: readonly string[]): Promise<string> {
    const { topics } = await this.client.metadata().catch(() => ({ topics: [] as TopicInfo[] }));
    const there = topics.map(({ name }) => name);
    const near = [...new Set(names.flatMap((name) => nearest(name, there) ?? []))];
    return near.length === 0 ? '' : ` Did you mean ${near.map((name) => `'${name}'`).join(', ')}?`;
  }

  coordinatorOf(kind: 'group' | 'transaction', key: string): Promise<number> {
    const name = `${kind}:${key}`;
    const known = this.coordinators.get(name);
    if (known !== undefined) return known;
    const asked = this.client.coordinator(kind, key);
    this.coordinators.set(name, asked);
    asked.catch(() => {
      if (this.coordinators.get(name) === asked) this.coordinators.delete(name);
    });
    return asked;
  }

  /**
   * Repeats `attempt` while its fault is `moved`, `retriable` or `unknown`, until `deadline`: it has to be one that may be
   * carried out twice. `what` says what is being done, such as `reading the offsets of the topic 'a'`. Rejects with a
   * `SluiceError` where users can do something about it or the time is over, with the `KafkaFault` of an `abortable` or
   * `fatal` one that is not theirs, with whatever else `attempt` throws, and with the signal's reason.
   */
  async persist<T>(what: string, persistence: Persistence, attempt: () => Promise<T>): Promise<T> {
    const { deadline, signal, onRetry } = persistence;
    const began = Date.now();
    for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
      signal?.throwIfAborted();
      try {
        return await attempt();
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof KafkaFault)) throw error;
        const last = error.kind === 'fatal' || error.kind === 'abortable';
        if (last) throw publicError(what, error) ?? error;
        const left = deadline - Date.now();
        if (left <= 0) throw publicError(what, error, Date.now() - began) ?? error;
        // Who does not answer may not lead any more.
        if (error.kind === 'moved' || error.code === undefined) this.moved();
        onRetry?.(error);
        await this.pause(Math.min(left, pause * (0.75 + Math.random() / 2)), signal);
      }
    }
  }

  private async pause(millis: number, signal: AbortSignal | undefined): Promise<void> {
    try {
      await sleep(millis, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  }

  private async ask(): Promise<ClusterInfo> {
    const info = await this.client.metadata(this.wanted === undefined ? undefined : [...this.wanted]);
    this.topics.clear();
    for (const topic of info.topics) {
      if (topic.error !== kafkaCode.unknownTopicOrPartition) this.topics.set(topic.name, topic);
    }
    this.stale = false;
    return info;
  }
}
