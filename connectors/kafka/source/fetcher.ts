import { SluiceError } from '../../../lib/errors/index.js';
import type { Cluster } from '../client/cluster.js';
import type { FetchAnswer, IsolationLevel, TopicPartition } from '../client/contract.js';
import { KafkaFault, kafkaCode, kindOf } from '../client/fault.js';
import { within } from '../within.js';
import { type Chunk, chunkOf, firstBatchBytes, nowhere } from './chunk.js';
import { Feed } from './feed.js';
import type { OffsetLookup } from './lookup.js';
import { keyOf } from '../client/partition.js';
import type { PartitionOffset } from './offsets.js';

export interface FetchSettings {
  readonly isolation: IsolationLevel;
  /** Bytes that may wait to be read before nothing more is fetched that nobody waits for. */
  readonly readAhead: number;
  /** How long brokers may be away, and records not come, in milliseconds. */
  readonly patience: number;
  /** How often, and after how long, offsets that are not there are asked for again. */
  readonly retries: number;
  readonly retryInterval: number;
  readonly fetchMinBytes: number;
  readonly fetchMaxWait: number;
  readonly fetchMaxBytes: number;
  readonly maxPartitionFetchBytes: number;
}

/** How long a partition is left alone whose broker could not answer for it, in milliseconds. */
const rest = 50;

/**
 * Fetches partitions ahead of who reads them: one long poll at each of their leaders, which brings what is there for all
 * of them, and the next as soon as it has come. Keeps at most `readAhead` bytes, one answer of each broker, and what
 * somebody waits for.
 */
export class Fetcher {
  fetches = 0;
  private readonly feeds = new Map<string, Feed>();
  /** The brokers that are being asked. */
  private readonly asked = new Set<number>();
  private readonly ending = new AbortController();
  private failure: Error | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isRefreshing = false;

  /** @param arrived is called when something has come that is new, or will not come. */
  constructor(
    private readonly cluster: Cluster,
    private readonly lookup: OffsetLookup,
    private readonly settings: FetchSettings,
    private readonly arrived: () => void,
    private readonly onRetry: () => void,
  ) {}

  /** From now on these are fetched, and no others: those that are new here from their offsets on. */
  keep(list: readonly PartitionOffset[]): void {
    const kept = new Set(list.map(keyOf));
    for (const [key, feed] of this.feeds) if (!kept.has(key)) this.remove(key, feed);
    for (const each of list) this.feedOf(each, each.offset);
    this.pump();
  }

  /** What is fetched of a partition is of no use: it is gone, or goes on elsewhere. Whoever waits for it is told. */
  forget(of: TopicPartition): void {
    const key = keyOf(of);
    const feed = this.feeds.get(key);
    if (feed !== undefined) this.remove(key, feed);
  }

  /** What is before `offset` was read. */
  release(feed: Feed, offset: number): void {
    feed.release(offset);
    this.pump();
  }

  /** The feed of a partition; a new one begins at `offset`. */
  feedOf(of: TopicPartition, offset: number): Feed {
    const key = keyOf(of);
    let feed = this.feeds.get(key);
    if (feed === undefined) {
      feed = new Feed({ topic: of.topic, partition: of.partition }, offset, this.settings.maxPartitionFetchBytes);
      this.feeds.set(key, feed);
    }
    return feed;
  }

  /** The partitions that are fetched. */
  get all(): TopicPartition[] {
    return [...this.feeds.values()].map(({ of }) => of);
  }

  /** What holds the offset `from`; waits until it is fetched. Undefined: the partition was given up. */
  async next(feed: Feed, from: number): Promise<Chunk | undefined> {
    for (;;) {
      this.check();
      if (feed.isGivenUp) return undefined;
      const chunk = feed.at(from);
      if (chunk !== undefined) {
        feed.isWanted = false;
        return chunk;
      }
      feed.isWanted = true;
      this.pump();
      await this.stirred(feed);
    }
  }

  /** Bytes of an offset of the partition, about, when records of it have come. */
  async sizeOf(feed: Feed): Promise<number> {
    while (feed.bytesPerOffset === undefined) {
      this.check();
      if (feed.isGivenUp) return 0;
      feed.isWanted = true;
      this.pump();
      await this.stirred(feed);
    }
    feed.isWanted = false;
    return feed.bytesPerOffset;
  }

  /** Offsets that are there and may not be read yet. */
  get heldBack(): number {
    let total = 0;
    for (const feed of this.feeds.values()) total += feed.heldBack;
    return total;
  }

  /** Throws what ended the fetching. */
  check(): void {
    if (this.failure !== undefined) throw this.failure;
  }

  close(): void {
    this.end(new SluiceError('QUERY_STOPPED', 'The source was closed.'));
    this.feeds.clear();
  }

  private end(failure: unknown): void {
    this.failure ??= SluiceError.from(failure, 'SOURCE_FAILED', 'Reading records');
    this.ending.abort();
    clearTimeout(this.timer);
    for (const feed of this.feeds.values()) feed.stir();
  }

  private remove(key: string, feed: Feed): void {
    this.feeds.delete(key);
    feed.giveUp();
  }

  /** Waits until something has come; looks now and then whether it can. */
  private async stirred(feed: Feed): Promise<void> {
    const { patience, retries, retryInterval } = this.settings;
    const late = performance.now() + patience;
    const stirring = feed.stirred();
    while (!(await within(stirring, Math.max(1, Math.min(retries * retryInterval, late - performance.now()))))) {
      if (performance.now() >= late) throw this.tooLate(feed);
      await this.checkEnd(feed);
    }
  }

  /** Records that were there once are lost if the log ends before them now. */
  private async checkEnd(feed: Feed): Promise<void> {
    const { epoch, position } = feed;
    const [, latest] = await this.lookup.range(feed.of);
    if (feed.epoch !== epoch || feed.position !== position || latest > position) return;
    feed.add({ from: position, next: nowhere, bytes: undefined, aborted: [] });
  }

  private tooLate({ of: { topic, partition }, position }: Feed): SluiceError {
    const { patience } = this.settings;
    const message =
      `Nothing came of topic '${topic}', partition ${partition} from offset ${position} on within ` +
      `kafkaConsumer.pollTimeoutMs, ${patience} ms, although its broker says that records are there.`;
    return new SluiceError('TIMEOUT', message, { details: { topic, partition, offset: position } });
  }

  /** Asks every broker that leads partitions to be fetched and is not being asked. */
  private pump(): void {
    if (this.failure !== undefined) return;
    const now = performance.now();
    const isFull = this.byteLength >= this.settings.readAhead;
    let wakesIn = Infinity;
    let isLost = false;
    const nodes = new Set<number>();
    for (const feed of this.feeds.values()) {
      if (feed.position === nowhere || (isFull && !feed.isWanted)) continue;
      if (feed.restsUntil > now) {
        wakesIn = Math.min(wakesIn, feed.restsUntil - now);
        continue;
      }
      const node = this.cluster.known(feed.of);
      if (node === undefined) isLost = true;
      else if (!this.asked.has(node)) nodes.add(node);
    }
    for (const node of nodes) void this.ask(node);
    if (isLost) this.refresh();
    if (wakesIn < Infinity) this.pumpIn(wakesIn);
  }

  private get byteLength(): number {
    let total = 0;
    for (const feed of this.feeds.values()) total += feed.byteLength;
    return total;
  }

  private pumpIn(millis: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.pump(), Math.ceil(millis));
  }

  /** Finds out who leads what. */
  private refresh(): void {
    if (this.isRefreshing) return;
    this.isRefreshing = true;
    const done = (): void => {
      this.isRefreshing = false;
      if (this.failure === undefined) this.pumpIn(rest);
    };
    this.cluster.refresh().then(done, done);
  }

  /** One fetch after the other from a broker, as long as there is something to ask it for. */
  private async ask(node: number): Promise<void> {
    this.asked.add(node);
    const { patience } = this.settings;
    const { signal } = this.ending;
    const onRetry = (): void => {
      this.onRetry();
      this.refresh();
    };
    try {
      for (;;) {
        const feeds = this.wantedOf(node);
        if (feeds.length === 0) break;
        await this.cluster.persist('reading records', { deadline: Date.now() + patience, signal, onRetry }, () =>
          this.fetch(node),
        );
      }
    } catch (error) {
      this.end(error);
      this.arrived();
    }
    this.asked.delete(node);
  }

  /** The partitions to ask a broker for, first those that have waited longest for records. */
  private wantedOf(node: number): Feed[] {
    const isFull = this.byteLength >= this.settings.readAhead;
    const now = performance.now();
    const feeds = [...this.feeds.values()].filter(
      (feed) =>
        feed.position !== nowhere &&
        feed.restsUntil <= now &&
        (!isFull || feed.isWanted) &&
        this.cluster.known(feed.of) === node,
    );
    return feeds.sort((a, b) => a.served - b.served);
  }

  private async fetch(node: number): Promise<void> {
    const feeds = this.wantedOf(node);
    if (feeds.length === 0 || this.failure !== undefined) return;
    const { isolation, fetchMinBytes: minBytes, fetchMaxWait: maxWait, fetchMaxBytes: maxBytes } = this.settings;
    const epochs = feeds.map((feed) => feed.epoch);
    const partitions = feeds.map(({ of, position, maxBytes: most }) => ({ ...of, offset: position, maxBytes: most }));
    this.fetches++;
    const answers = await this.cluster.client.fetch(node, { isolation, minBytes, maxWait, maxBytes, partitions });
    const byKey = new Map(answers.map((answer) => [keyOf(answer), answer]));
    let fault: KafkaFault | undefined;
    let isNew = false;
    feeds.forEach((feed, i) => {
      const answer = byKey.get(keyOf(feed.of));
      if (answer === undefined) return;
      const isCurrent = feed.epoch === epochs[i];
      const isTaken = isCurrent && answer.error === kafkaCode.none && this.take(feed, answer);
      if (isTaken) isNew = true;
      else answer.release();
      if (isCurrent && answer.error !== kafkaCode.none) fault = this.refused(feed, answer.error) ?? fault;
    });
    if (isNew) this.arrived();
    if (fault !== undefined) throw fault;
  }

  /** Returns whether there was anything. */
  private take(feed: Feed, answer: FetchAnswer): boolean {
    const { bytes, highWatermark, lastStableOffset } = answer;
    if (this.settings.isolation === 'read_committed') feed.heldBack = Math.max(0, highWatermark - lastStableOffset);
    const chunk = chunkOf(answer, feed.position);
    if (chunk !== undefined) {
      feed.served = this.fetches;
      feed.add(chunk);
      return true;
    }
    // What is larger than was asked for comes only to who asks for it first, or for enough.
    if (bytes.length > 0) feed.maxBytes = Math.max(feed.maxBytes, firstBatchBytes(bytes));
    return false;
  }

  /** Returns what is to be told about it, if anything. */
  private refused(feed: Feed, code: number): KafkaFault | undefined {
    if (code === kafkaCode.offsetOutOfRange) {
      feed.restsUntil = Infinity;
      void this.outOfRange(feed, feed.epoch);
      return undefined;
    }
    const { topic, partition } = feed.of;
    if (kindOf(code) === 'fatal') return KafkaFault.answered(`topic '${topic}', partition ${partition}`, code);
    feed.restsUntil = performance.now() + rest;
    if (kindOf(code) === 'moved') this.refresh();
    else this.pumpIn(rest);
    return undefined;
  }

  /** Finds out what became of offsets that are not there. */
  private async outOfRange(feed: Feed, epoch: number): Promise<void> {
    const { retries, retryInterval } = this.settings;
    try {
      const [earliest, latest] = await this.lookup.range(feed.of);
      if (feed.epoch !== epoch) return;
      const { position } = feed;
      feed.restsUntil = 0;
      if (position < earliest) {
        feed.add({ from: position, next: earliest, bytes: undefined, aborted: [] });
        this.arrived();
      } else if (position > latest && feed.misses === retries) {
        feed.add({ from: position, next: nowhere, bytes: undefined, aborted: [] });
        this.arrived();
      } else {
        // A leader that has only just become one may know less than the one before knew.
        feed.misses++;
        feed.restsUntil = performance.now() + retryInterval;
      }
      this.pump();
    } catch (error) {
      this.end(error);
      this.arrived();
    }
  }
}
