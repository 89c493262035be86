import { setTimeout as pause } from 'node:timers/promises';
import { Delivery, type Json } from '../../../lib/batch/index.js';
import type { Table } from '../../../lib/columns/index.js';
import type { ReadLimit, SourceContext, SourceReader, SourceStatus } from '../../../lib/connect/index.js';
import { SluiceError } from '../../../lib/errors/index.js';
import type { Cluster } from '../client/cluster.js';
import type { TopicPartition } from '../client/contract.js';
import { RecordRows, defaultLimits } from '../records/index.js';
import type { SourceSettings } from '../source-options.js';
import type { Assignment } from './assignment.js';
import { ask, beginningsOf, partitionsNotFound, topicsNotFound } from './begin.js';
import { Fetcher } from './fetcher.js';
import { GroupOffsets } from './group-offsets.js';
import { lagMetrics } from './lag.js';
import { OffsetLookup } from './lookup.js';
import { LossPolicy } from './loss.js';
import { keyOf } from '../client/partition.js';
import { type KafkaOffsets, type PartitionOffset, listOf, offsetOf, offsetsOf } from './offsets.js';
import { piecesOf } from './pieces.js';
import { planned } from './plan.js';
import { RangeReader } from './range-reader.js';
import { wants } from './selection.js';
import type { Backlog } from './shares.js';
import { Topics } from './topics.js';

/**
 * Marks offsets that no batch has begun at: no topic has this name. So the first plan differs from them even when there
 * is nothing to read, and where a query begins is durable before anything comes.
 */
const unplanned = '(new)';

/** How often it is looked whether `minOffsetsPerTrigger` are there, in milliseconds. */
const delayPoll = 1000;

/** Reads partitions of Kafka. Its offsets are Spark's: `{ topic: { "0": nextOffset } }`. */
export class KafkaReader implements SourceReader<unknown, KafkaOffsets> {
  private readonly ending = new AbortController();
  private readonly losses: LossPolicy;
  private readonly topics: Topics;
  private readonly lookup: OffsetLookup;
  private readonly fetcher: Fetcher;
  private readonly groupOffsets: GroupOffsets | undefined;
  private readonly ranges: RangeReader;
  private readonly includeHeaders: boolean;
  private begun: Promise<void> | undefined;
  private isChecked = false;
  private closing: Promise<void> | undefined;
  private frozen: ReadonlyMap<string, number> | undefined;
  private retries = 0;
  private lastBatchAt = -Infinity;
  private state: SourceStatus = {};

  constructor(
    private readonly context: SourceContext,
    private readonly settings: SourceSettings,
    private readonly cluster: Cluster,
    private readonly assignment: Assignment,
    group: string | undefined,
  ) {
    const { signal } = this.ending;
    const patience = settings['kafkaConsumer.pollTimeoutMs'];
    const wake = (): void => context.wake();
    const retries = settings['fetchOffset.numRetries'];
    const retryInterval = settings['fetchOffset.retryIntervalMs'];
    const retrying = { patience, retries, retryInterval };
    const onRetry = (): void => void this.retries++;
    this.losses = new LossPolicy(context.name, settings.failOnDataLoss);
    this.lookup = new OffsetLookup(
      cluster,
      settings.isolationLevel,
      patience,
      signal,
      onRetry,
      retries * retryInterval,
    );
    this.topics = new Topics(
      cluster,
      { ...settings, ...retrying, maxAge: settings.kafka.metadataMaxAge, firstPatience: settings.kafka.connectTimeout },
      context,
      signal,
      () => void this.topicsChanged(),
      onRetry,
    );
    this.fetcher = new Fetcher(
      cluster,
      this.lookup,
      {
        ...settings.kafka,
        ...retrying,
        isolation: settings.isolationLevel,
        readAhead: settings.readAhead,
      },
      wake,
      onRetry,
    );
    this.groupOffsets = group === undefined ? undefined : new GroupOffsets(cluster, group);
    const limits = { ...defaultLimits, maxDecompressedBytes: settings.maxDecompressedBytes };
    this.ranges = new RangeReader(this.fetcher, this.losses, limits);
    this.includeHeaders = settings.includeHeaders && (context.columns?.includes('headers') ?? true);
    context.signal.addEventListener('abort', () => void this.close(), { once: true });
  }

  async initial(): Promise<KafkaOffsets> {
    await this.begin();
    await this.checkNamed({});
    const { partitions: all } = this.topics;
    const owned = await this.assignment.owned(all, {});
    const given = await this.assignment.startOf(owned);
    const known = owned.flatMap((of) => placed(of, offsetOf(given, of)));
    const others = owned.filter((of) => offsetOf(given, of) === undefined);
    const begun = await beginningsOf(this.settings.start, others, all, this.lookup, this.losses);
    return { ...offsetsOf([...known, ...begun]), [unplanned]: {} };
  }

  async freeze(): Promise<void> {
    await this.begin();
    const { partitions } = this.topics;
    const ends = await ask(partitions, () => 'latest', this.lookup);
    this.frozen = new Map(ends.map((end) => [keyOf(end), end.offset]));
  }

  async latest(start: KafkaOffsets, limit: ReadLimit): Promise<KafkaOffsets> {
    this.fetcher.check();
    await this.begin();
    try {
      return await this.plan(start, limit);
    } catch (error) {
      if (!(error instanceof SluiceError) || error.code !== 'TOPIC_NOT_FOUND') throw error;
      // It was deleted since we looked.
      await this.topics.look();
      return this.plan(start, limit);
    }
  }

  private async plan(start: KafkaOffsets, limit: ReadLimit): Promise<KafkaOffsets> {
    // What the options do not name any more is left behind.
    const held = listOf(start).filter((of) => wants(this.settings.selection, of));
    const { there, moved } = await this.verified(held);
    await this.checkNamed(start);
    const all = this.topics.partitions.filter((of) => this.frozen?.has(keyOf(of)) ?? true);
    const owned = await this.assignment.owned(all, offsetsOf(held));
    const entering = owned.filter((of) => offsetOf(start, of) === undefined);
    const mine = new Set(owned.map(keyOf));
    const reading = there.filter((of) => mine.has(keyOf(of)));
    this.fetcher.keep(reading);
    const { latest, changed } = await this.endsOf(reading);
    const ends = await this.bounded(reading, latest, limit);
    const entered = entering.length === 0 ? [] : await this.enter(entering, held);
    const consumed = reading.map((of, i) => ({ ...of, offset: changed.get(keyOf(of)) ?? ends[i]! }));
    this.topics.remember([...consumed, ...moved, ...entered]);
    const available = [...reading.map((of, i) => ({ ...of, offset: latest[i]! })), ...moved, ...entered];
    this.state = { ...this.state, latest: offsetsOf(available), metrics: lagMetrics(consumed, latest) };
    return offsetsOf([...consumed, ...moved.filter((of) => mine.has(keyOf(of))), ...entered]);
  }

  async read(start: KafkaOffsets, end: KafkaOffsets): Promise<Table | Delivery> {
    await this.begin();
    const planned = rangesOf(start, end);
    const mine = new Set((await this.assignment.confirmed(offsetsOf(planned.map(startOf)))).map(keyOf));
    const ranges = planned.filter((range) => mine.has(keyOf(range)));
    const starts = ranges.map(startOf);
    const unnamed = starts.filter((of) => !wants(this.settings.selection, of));
    // They were named when the batch was planned.
    if (unnamed.length > 0) await ask(unnamed, () => 'earliest', this.lookup);
    const { there } = await this.verified(starts.filter((of) => wants(this.settings.selection, of)));
    const left = new Set([...there, ...unnamed].map(keyOf));
    const readable = ranges.filter((range) => left.has(keyOf(range)));
    const rows = new RecordRows(this.includeHeaders);
    await this.ranges.readInto(rows, readable);
    const table = rows.build();
    const { columns } = this.context;
    return this.dealtOut(columns === undefined ? table : table.select(columns), ranges);
  }

  commit(end: KafkaOffsets): ReturnType<Assignment['committed']> {
    const offsets = offsetsOf(listOf(end));
    this.groupOffsets?.commit(offsets);
    return this.assignment.committed(offsets);
  }

  status(): SourceStatus {
    const { bytesIn } = this.cluster.client.traffic;
    const { lostOffsets, losses } = this.losses;
    const metrics = {
      ...this.state.metrics,
      offsetsInOpenTransactions: this.fetcher.heldBack,
      bytesIn,
      fetches: this.fetcher.fetches,
      retries: this.retries,
      lostOffsets,
      losses,
      failedGroupCommits: this.groupOffsets?.failed ?? 0,
      ...this.assignment.metrics(),
    };
    return { ...this.state, metrics };
  }

  memory(): readonly Json[] {
    return this.topics.memory;
  }

  close(): Promise<void> {
    return (this.closing ??= this.end());
  }

  private async end(): Promise<void> {
    this.ending.abort(new SluiceError('QUERY_STOPPED', 'The source was closed.'));
    this.fetcher.close();
    this.topics.close();
    await this.assignment.close();
    await this.groupOffsets?.close();
    await this.cluster.client.close();
  }

  /** Finds out what there is, once. */
  private begin(): Promise<void> {
    return (this.begun ??= this.findTopics());
  }

  private async findTopics(): Promise<void> {
    await this.topics.look();
    const isKnown = (topic: string): boolean => this.topics.isKnown(topic);
    const isMissing = (): boolean => !this.topics.missing.every(isKnown);
    await this.topics.lookWhile(isMissing);
    if (isMissing() && this.settings.failOnDataLoss) {
      const missing = this.topics.missing.filter((topic) => !isKnown(topic));
      throw topicsNotFound(this.context.name, missing, await this.cluster.didYouMean(missing));
    }
  }

  /** Partitions that the options name have to be there, but for those that were read: that they are gone is told as a loss. */
  private async checkNamed(start: KafkaOffsets): Promise<void> {
    if (this.isChecked || !this.settings.failOnDataLoss) return;
    const absent = (): TopicPartition[] => this.topics.absent.filter((of) => offsetOf(start, of) === undefined);
    await this.topics.lookWhile(() => absent().length > 0);
    if (absent().length > 0) throw partitionsNotFound(absent());
    this.isChecked = true;
  }

  private rest(): Promise<void> {
    return pause(this.settings['fetchOffset.retryIntervalMs'], undefined, { signal: this.ending.signal });
  }

  /** A batch may be waiting for records of a topic that is gone. */
  private async topicsChanged(): Promise<void> {
    try {
      const { selection } = this.settings;
      const gone = this.fetcher.all.filter((of) => wants(selection, of) && !this.topics.isThere(of));
      if (gone.length > 0) await this.topics.lookWhile(() => gone.some((of) => !this.topics.isThere(of)));
      await this.topics.checkAllowed(gone.filter((of) => !this.topics.has(of)));
      for (const of of gone) if (!this.topics.isThere(of)) this.fetcher.forget(of);
    } catch {
      // Whoever waits for brokers, or asks for what is not allowed, will be told.
    }
    this.context.wake();
  }

  /** Which partitions are as they were, and where those go on that were made anew. What is lost is told. */
  private async verified(
    held: readonly PartitionOffset[],
  ): Promise<{ readonly there: readonly PartitionOffset[]; readonly moved: readonly PartitionOffset[] }> {
    if (held.every((of) => this.topics.isThere(of))) return { there: held, moved: [] };
    await this.topics.lookWhile(() => !held.every((of) => this.topics.has(of)));
    await this.topics.checkAllowed(held.filter((of) => !this.topics.has(of)));
    for (const of of held) {
      if (this.topics.has(of)) continue;
      const why = 'it does not exist any more';
      this.losses.report({ ...of, condition: 'PARTITIONS_DELETED', from: of.offset, to: undefined, why });
      this.fetcher.forget(of);
    }
    const anew = held.filter((of) => this.topics.has(of) && this.topics.isAnew(of));
    const moved = await ask(anew, () => 'earliest', this.lookup);
    anew.forEach((of, i) => {
      const to = moved[i]!.offset;
      const why = 'the topic was deleted and made anew since';
      this.losses.report({ ...of, condition: 'PARTITION_OFFSET_CHANGED', from: of.offset, to, why });
      this.fetcher.forget(of);
    });
    return { there: held.filter((of) => this.topics.isThere(of)), moved };
  }

  /** Up to where records are there, and partitions that end before what was read of them. */
  private async endsOf(
    reading: readonly PartitionOffset[],
  ): Promise<{ readonly latest: number[]; readonly changed: ReadonlyMap<string, number> }> {
    const changed = new Map<string, number>();
    const { frozen } = this;
    if (frozen !== undefined) return { latest: reading.map((of) => frozen.get(keyOf(of)) ?? of.offset), changed };
    let latest: number[];
    for (let retry = this.settings['fetchOffset.numRetries']; ; retry--) {
      latest = (await ask(reading, () => 'latest', this.lookup)).map(({ offset }) => offset);
      changed.clear();
      for (const [i, of] of reading.entries()) {
        if (latest[i]! >= of.offset) continue;
        // What was read without regard to transactions may be further than the last that is committed.
        const [, end] = await this.lookup.range(of);
        if (end >= of.offset) latest[i] = of.offset;
        else changed.set(keyOf(of), end);
      }
      if (changed.size === 0 || retry <= 0) break;
      await this.rest();
    }
    for (const of of reading) {
      const to = changed.get(keyOf(of));
      if (to === undefined) continue;
      const why = `it ends at ${to} now`;
      this.losses.report({ ...of, condition: 'PARTITION_OFFSET_CHANGED', from: of.offset, to, why });
      this.fetcher.forget(of);
    }
    return { latest, changed };
  }

  /** Where the batch ends within the bounds of the user and of the engine. */
  private async bounded(reading: readonly PartitionOffset[], latest: number[], limit: ReadLimit): Promise<number[]> {
    const backlogs = reading.map(({ topic, partition, offset }, i) => ({
      topic,
      partition,
      from: offset,
      until: Math.max(offset, latest[i]!),
    }));
    const total = backlogs.reduce((sum, { from, until }) => sum + until - from, 0);
    const now = this.context.now();
    this.state = {};
    if (limit.all) return backlogs.map(({ until }) => until);
    const { minOffsetsPerTrigger = 0, maxOffsetsPerTrigger = Infinity, maxTriggerDelay } = this.settings;
    const left = this.lastBatchAt + maxTriggerDelay - now;
    if (total < minOffsetsPerTrigger && left > 0 && this.frozen === undefined) {
      this.state = { pollAfter: Math.min(left, delayPoll) };
      return backlogs.map(({ from }) => from);
    }
    this.lastBatchAt = now;
    if (total === 0) return backlogs.map(({ until }) => until);
    const sizes = limit.bytes === Infinity ? backlogs.map(() => 0) : await this.sizesOf(backlogs);
    const { ends, cut } = planned(backlogs, sizes, { maxOffsets: maxOffsetsPerTrigger, ...limit });
    this.state = { cut };
    return ends;
  }

  /** Bytes of an offset of each, about. Waits for the first records, if none has come yet. */
  private async sizesOf(backlogs: readonly Backlog[]): Promise<number[]> {
    const feeds = backlogs.map((of) => this.fetcher.feedOf(of, of.from));
    const known = feeds.flatMap((feed) => feed.bytesPerOffset ?? []);
    if (known.length === 0) {
      const largest = backlogs.reduce((a, b) => (b.until - b.from > a.until - a.from ? b : a));
      known.push(await this.fetcher.sizeOf(this.fetcher.feedOf(largest, largest.from)));
    }
    const average = known.reduce((a, b) => a + b) / known.length;
    return feeds.map((feed) => feed.bytesPerOffset ?? average);
  }

  /** Where partitions begin that were found later, or were given to us. */
  private async enter(
    entering: readonly TopicPartition[],
    held: readonly TopicPartition[],
  ): Promise<PartitionOffset[]> {
    const given = await this.assignment.startOf(entering);
    const known = entering.flatMap((of) => placed(of, offsetOf(given, of)));
    const found = await ask(
      entering.filter((of) => offsetOf(given, of) === undefined),
      () => 'earliest',
      this.lookup,
    );
    const topics = new Set(held.map(({ topic }) => topic));
    for (const of of found) {
      // A topic that the user has only now named was never promised from its beginning.
      if (of.offset === 0 || (this.settings.selection.kind !== 'pattern' && !topics.has(of.topic))) continue;
      const why = 'which is new, its first records are deleted already';
      const condition = 'ADDED_PARTITION_DOES_NOT_START_FROM_OFFSET_ZERO';
      this.losses.report({ ...of, condition, from: 0, to: of.offset, why });
    }
    return [...known, ...found];
  }

  private dealtOut(table: Table, ranges: readonly Backlog[]): Table | Delivery {
    const { minPartitions, maxRecordsPerPartition } = this.settings;
    if (minPartitions === undefined && maxRecordsPerPartition === undefined) return table;
    const partitions = piecesOf(ranges, { minPartitions, maxRecordsPerPartition }).length;
    if (partitions < 2) return table;
    return new Delivery(table, undefined, undefined, { partitions, by: [], groups: partitions });
  }
}

const placed = ({ topic, partition }: TopicPartition, offset: number | undefined): PartitionOffset[] =>
  offset === undefined ? [] : [{ topic, partition, offset }];

const startOf = ({ topic, partition, from }: Backlog): PartitionOffset => ({ topic, partition, offset: from });

/** What a batch holds; a partition that is not in `start` begins at its end. */
function rangesOf(start: KafkaOffsets, end: KafkaOffsets): Backlog[] {
  return listOf(end).flatMap(({ topic, partition, offset: until }) => {
    const from = offsetOf(start, { topic, partition });
    return from === undefined || from >= until ? [] : [{ topic, partition, from, until }];
  });
}
