import { setTimeout as pause } from 'node:timers/promises';
import type { Json } from '../../../lib/batch/index.js';
import type { SourceContext } from '../../../lib/connect/index.js';
import type { Cluster } from '../client/cluster.js';
import type { ClusterInfo, TopicInfo, TopicPartition } from '../client/contract.js';
import { KafkaFault, kafkaCode } from '../client/fault.js';
import { keyOf } from '../client/partition.js';
import { type Selection, partitionsOf, selects, topicsOf } from './selection.js';

export interface TopicsSettings {
  /** How often, and after how long, what seems to be gone is looked for again. */
  readonly retries: number;
  readonly retryInterval: number;
  readonly selection: Selection;
  /** How old knowledge of topics may be, in milliseconds. */
  readonly maxAge: number;
  /** How long brokers may be away, in milliseconds. */
  readonly patience: number;
  /** The same before any has answered. */
  readonly firstPatience: number;
}

/**
 * Knows which of the partitions that are to be read exist, and looks again and again; and which topics were read so far,
 * by their ids: one that is deleted and made anew has another.
 */
export class Topics {
  /** Those that exist. */
  partitions: readonly TopicPartition[] = [];
  /** Topics that were named and do not exist. */
  missing: readonly string[] = [];
  /** Partitions that were named and do not exist. */
  absent: readonly TopicPartition[] = [];
  private hasLooked = false;
  private ids = new Map<string, string>();
  /** The ids of topics that were read. */
  private readonly known = new Map<string, string>();
  private there = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;

  /** @param changed is called when a look in between found something else than the one before. */
  constructor(
    private readonly cluster: Cluster,
    private readonly settings: TopicsSettings,
    private readonly context: Pick<SourceContext, 'remembered' | 'remember'>,
    private readonly signal: AbortSignal,
    private readonly changed: () => void,
    private readonly onRetry: () => void,
  ) {
    for (const entry of context.remembered) {
      for (const [topic, id] of Object.entries(entry as Readonly<Record<string, string>>)) this.known.set(topic, id);
    }
  }

  /** Whether a topic of this name was read. */
  isKnown(topic: string): boolean {
    return this.known.has(topic);
  }

  /** Whether the very partition is there that was read so far. */
  isThere(of: TopicPartition): boolean {
    return this.has(of) && !this.isAnew(of);
  }

  /** Whether the topic is another than was read; not where brokers tell no ids. */
  isAnew({ topic }: TopicPartition): boolean {
    const was = this.known.get(topic);
    const is = this.ids.get(topic);
    return was !== undefined && is !== undefined && was !== is;
  }

  /** These are read from now on. */
  remember(partitions: readonly TopicPartition[]): void {
    const more: Record<string, string> = {};
    for (const topic of new Set(partitions.map((of) => of.topic))) {
      const id = this.ids.get(topic);
      if (id === undefined || this.known.get(topic) === id) continue;
      this.known.set(topic, id);
      more[topic] = id;
    }
    if (Object.keys(more).length > 0) this.context.remember(more);
  }

  /** All that is to be remembered. */
  get memory(): readonly Json[] {
    return [Object.fromEntries(this.known)];
  }

  has(of: TopicPartition): boolean {
    return this.there.has(keyOf(of));
  }

  /** Looks now. Rejects when no broker answers for long. */
  async look(): Promise<void> {
    clearTimeout(this.timer);
    this.looking ??= this.ask().finally(() => {
      this.looking = undefined;
      this.lookLater();
    });
    await this.looking;
  }

  /** Looks again a few times, since not every broker knows everything at once. */
  async lookWhile(isWrong: () => boolean): Promise<void> {
    const { retries, retryInterval } = this.settings;
    for (let left = retries; left > 0 && isWrong(); left--) {
      await pause(retryInterval, undefined, { signal: this.signal });
      await this.look();
    }
  }

  /**
   * Rejects with NOT_AUTHORIZED if one of these topics may not be seen any more: who asks for all topics is not told of
   * those, as if they were deleted.
   */
  async checkAllowed(partitions: readonly TopicPartition[]): Promise<void> {
    const names = [...new Set(partitions.map(({ topic }) => topic))];
    if (names.length > 0) await this.allowed(names, () => this.cluster.client.metadata(names));
  }

  close(): void {
    clearTimeout(this.timer);
  }

  private lookLater(): void {
    clearTimeout(this.timer);
    if (this.signal.aborted) return;
    this.timer = setTimeout(() => void this.lookAgain(), this.settings.maxAge);
  }

  private async lookAgain(): Promise<void> {
    const before = this.fingerprint;
    try {
      await this.look();
    } catch {
      // Whoever needs what brokers know will ask, and be told.
      return;
    }
    if (this.fingerprint !== before) this.changed();
  }

  private get fingerprint(): string {
    return JSON.stringify([[...this.there].sort(), [...this.ids].sort()]);
  }

  private async ask(): Promise<void> {
    const { selection } = this.settings;
    const named = topicsOf(selection);
    const topics = await this.allowed(named ?? [], () => this.cluster.refresh());
    const found = topics.filter((topic) => exists(topic) && selects(selection, topic));
    this.hasLooked = true;
    this.ids = new Map(found.flatMap(({ name, id }) => (id === '' ? [] : [[name, id]])));
    this.partitions = found.flatMap((topic) => partitionsOf(selection, topic));
    this.there = new Set(this.partitions.map(keyOf));
    this.missing = named?.filter((name) => !found.some((topic) => topic.name === name)) ?? [];
    const assigned = selection.kind === 'partitions' ? selection.partitions : [];
    this.absent = assigned.filter((of) => !this.has(of));
  }

  /** What brokers answer; those that are `named` have to be such that we may see them. */
  private async allowed(named: readonly string[], asking: () => Promise<ClusterInfo>): Promise<readonly TopicInfo[]> {
    const { patience, firstPatience } = this.settings;
    const { signal, onRetry } = this;
    const until = { deadline: Date.now() + (this.hasLooked ? patience : firstPatience), signal, onRetry };
    const { topics } = await this.cluster.persist('asking for topics', until, async () => {
      const info = await asking();
      const closed = info.topics.find(({ name, error }) => error === forbidden && named.includes(name));
      if (closed !== undefined) throw KafkaFault.answered(`topic '${closed.name}'`, forbidden);
      return info;
    });
    return topics;
  }
}

const forbidden = kafkaCode.topicNotAuthorized;

const exists = ({ error }: TopicInfo): boolean =>
  error !== kafkaCode.unknownTopicOrPartition && error !== kafkaCode.invalidTopic;
