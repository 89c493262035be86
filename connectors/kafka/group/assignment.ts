import type { TopicPartition } from '../client/contract.js';
import type { Assignment } from '../source/assignment.js';
import { keyOf } from '../client/partition.js';
import { type KafkaOffsets, type PartitionOffset, listOf, offsetOf, offsetsOf } from '../source/offsets.js';
import type { PartitionsByTopic } from './assignor.js';
import type { GivenPartitions } from './encoding.js';
import type { Membership, Participant } from './membership.js';
import type { Position, Positions } from './positions.js';

/** A partition that we read. */
interface Holding extends TopicPartition {
  readonly of: number;
  /** What is committed to the group as ours; undefined: nothing yet. */
  committed: number | undefined;
}

/** An offset that is to be committed. */
type Entry = PartitionOffset & { readonly of: number };

/**
 * The share of one process. Partitions change hands between two batches only: what is to be given up is let go when the
 * batch in hand is committed, in the checkpoint and to the group, and only then do we join without it.
 */
export class GroupAssignment implements Assignment, Participant {
  private all: readonly TopicPartition[] = [];
  private allKeys: ReadonlySet<string> = new Set();
  /** Where the checkpoint stands. */
  private held: KafkaOffsets = {};
  private statedTopics: ReadonlySet<string> = new Set();
  /** What we said that we have when we joined last: nobody else gets it before we join without it. */
  private claimed: readonly TopicPartition[] = [];
  /** Whether that is due. */
  private isAwaited = false;
  /** What we were given last; undefined while we are no member. */
  private target: ReadonlySet<string> | undefined;
  private targetPartitions: PartitionsByTopic = new Map();
  private known: ReadonlySet<string> | undefined;
  /** Counts what changes `target`. */
  private version = 0;
  private readonly mine = new Map<string, Holding>();
  private entering: KafkaOffsets = {};
  /** What `owned` answers as long as nothing changes. */
  private answer: readonly TopicPartition[] | undefined;
  private isBatchInHand = false;
  /** Whether a run before this one had the batch in hand. */
  private isReplay = false;

  constructor(
    private readonly membership: Membership,
    private readonly positions: Positions,
    private readonly around: {
      /** There is something to ask `owned` for. */
      readonly wake: () => void;
      readonly earliest: (partitions: readonly TopicPartition[]) => Promise<KafkaOffsets>;
      /** Whether nobody gets the rows of the batch that is being read. */
      readonly isGivenUp: () => boolean;
      readonly close: (leaves: boolean) => Promise<void>;
    },
  ) {}

  owned(
    all: readonly TopicPartition[],
    held: KafkaOffsets,
  ): readonly TopicPartition[] | Promise<readonly TopicPartition[]> {
    this.held = held;
    const isNews = this.see(all);
    return isNews || this.answer === undefined ? this.takeOver() : this.answer;
  }

  async startOf(partitions: readonly TopicPartition[]): Promise<KafkaOffsets> {
    const unknown = partitions.filter((partition) => offsetOf(this.entering, partition) === undefined);
    if (unknown.length === 0) return this.entering;
    // Who is new in a group reads what is new in the topic, too, from its beginning.
    const topics = new Set(unknown.map(({ topic }) => topic));
    const positions = await this.positions.of(this.all.filter(({ topic }) => topics.has(topic)));
    const youngest = new Map<string, number>();
    for (const { topic, partition } of this.all) {
      const { of = Infinity } = positions.get(keyOf({ topic, partition })) ?? {};
      youngest.set(topic, Math.min(of, youngest.get(topic) ?? Infinity));
    }
    const young = unknown.filter(({ topic, partition }) => partition >= youngest.get(topic)!);
    if (young.length === 0) return this.entering;
    return offsetsOf([...listOf(this.entering), ...listOf(await this.around.earliest(young))]);
  }

  confirmed(from: KafkaOffsets): readonly TopicPartition[] | Promise<readonly TopicPartition[]> {
    const asked = listOf(from);
    this.isBatchInHand = true;
    // Nothing was planned in this run.
    this.isReplay = this.all.length === 0;
    const isSure = this.membership.isSure && asked.every((partition) => this.mine.has(keyOf(partition)));
    return isSure ? asked : this.confirm(asked, from);
  }

  async committed(offsets: KafkaOffsets): Promise<void> {
    this.held = offsets;
    this.isBatchInHand = false;
    const entries = listOf(offsets).flatMap((at): Entry[] => {
      const holding = this.mine.get(keyOf(at));
      return holding === undefined || holding.committed === at.offset ? [] : [{ ...at, of: holding.of }];
    });
    await this.commit(entries);
  }

  metrics(): Readonly<Record<string, number>> {
    const { member, rebalances, losses } = this.membership;
    return {
      groupGeneration: member.generation,
      groupRebalances: rebalances,
      groupMembershipsLost: losses,
      groupPartitions: this.mine.size,
    };
  }

  /**
   * With a batch in hand that may be in the sink we stay a member: it is ours to do again, if we are back before we are
   * taken for dead.
   */
  close(): Promise<void> {
    const isUnseen = this.around.isGivenUp() && !this.isReplay;
    return this.around.close(!this.isBatchInHand || isUnseen);
  }

  // ---- As a member.

  subscription() {
    const partitions = grouped(this.all);
    this.statedTopics = new Set(partitions.keys());
    // Without a membership it is what we had once: nobody else is to begin before we have said where we are.
    this.claimed = this.target === undefined ? listOf(this.held) : [...this.mine.values(), ...this.targets()];
    return { topics: [...partitions.keys()], owned: grouped(this.claimed), partitions };
  }

  given({ given, known }: GivenPartitions): void {
    this.targetPartitions = given;
    this.target = new Set(this.targets().map(keyOf));
    this.known = known && new Set(flat(known).map(keyOf));
    this.isAwaited = this.claimed.some((partition) => !this.target!.has(keyOf(partition)));
    this.changes();
  }

  lost(): void {
    this.mine.clear();
    this.target = undefined;
    this.changes();
  }

  failed(): void {
    this.changes();
  }

  private changes(): void {
    this.version++;
    this.answer = undefined;
    this.around.wake();
  }

  private targets(): TopicPartition[] {
    return flat(this.targetPartitions);
  }

  // ---- Between two batches.

  /** Whether there are other partitions than before. */
  private see(all: readonly TopicPartition[]): boolean {
    if (all === this.all) return false;
    const isSame = all.length === this.all.length && all.every((partition) => this.allKeys.has(keyOf(partition)));
    this.all = all;
    if (!isSame) this.allKeys = new Set(all.map(keyOf));
    return !isSame;
  }

  private async takeOver(): Promise<readonly TopicPartition[]> {
    this.membership.start();
    for (;;) {
      this.membership.throwIfFailed();
      while (this.target === undefined) await this.membership.settled();
      const { version } = this;
      const next = await this.changeHands(version);
      if (next === undefined || version !== this.version) continue;

      for (const key of next.gone) this.mine.delete(key);
      for (const holding of next.gained) this.mine.set(keyOf(holding), holding);
      this.entering = offsetsOf(next.entering);
      const out = [...this.mine.values()];
      if (this.isAwaited || next.gone.length > 0 || this.isUnknownToGroup()) this.membership.ask();
      this.isAwaited = false;
      if (next.waits) this.around.wake();
      else if (out.every(({ committed }) => committed !== undefined)) this.answer = out;
      return out;
    }
  }

  /** What the target makes of what is ours; undefined if it is another by now. Nothing is changed but offsets. */
  private async changeHands(version: number) {
    const at = listOf(this.held);
    const gone = [...this.mine].filter(([, holding]) => !this.isTarget(holding)).map(([key]) => key);
    const strange = at.filter((partition) => !this.isTarget(partition) && !this.mine.has(keyOf(partition)));
    const wanted = this.all.filter((partition) => this.isTarget(partition) && !this.mine.has(keyOf(partition)));
    const positions = await this.positions.of([...strange, ...wanted]);

    const released: Entry[] = [];
    const claimed: Entry[] = [];
    const gained: Holding[] = [];
    const entering: PartitionOffset[] = [];
    let waits = false;

    for (const partition of at) {
      const holding = this.mine.get(keyOf(partition));
      if (holding === undefined || holding.committed === partition.offset) continue;
      (this.isTarget(holding) ? claimed : released).push({ ...partition, of: holding.of });
    }
    for (const partition of strange) {
      const position = positions.get(keyOf(partition));
      if (this.isFree(position) && (position?.offset ?? -1) < partition.offset) {
        released.push({ ...partition, of: position?.of ?? this.countOf(partition) });
      }
    }
    for (const { topic, partition } of wanted) {
      const position = positions.get(keyOf({ topic, partition }));
      const here = offsetOf(this.held, { topic, partition });
      if (here !== undefined && !this.isFree(position) && position!.offset !== here) {
        // Another has read on from here: it leaves our offsets, and enters anew where the other was.
        waits = true;
        continue;
      }
      const offset = here ?? position?.offset;
      const of = position?.of ?? this.countOf({ topic, partition });
      gained.push({ topic, partition, of, committed: offset });
      if (offset === undefined) continue;
      if (here === undefined) entering.push({ topic, partition, offset });
      claimed.push({ topic, partition, offset, of });
    }
    if (!(await this.commitBoth(version, released, claimed))) return undefined;
    return { gone, gained, entering, waits };
  }

  private async confirm(asked: readonly PartitionOffset[], from: KafkaOffsets): Promise<readonly TopicPartition[]> {
    if (this.all.length === 0) {
      this.see(asked);
      this.held = from;
    }
    this.membership.start();
    for (;;) {
      await this.membership.settled();
      const { version } = this;
      if (this.target === undefined) continue;
      const unsure = asked.filter((partition) => !this.mine.has(keyOf(partition)));
      const positions = await this.positions.of(unsure);
      const claimed: Entry[] = [];
      const released: Entry[] = [];
      for (const partition of unsure) {
        const position = positions.get(keyOf(partition));
        const entry = { ...partition, of: position?.of ?? this.countOf(partition) };
        const isFree = this.isFree(position);
        if (!this.isTarget(partition)) {
          if (isFree) released.push(entry);
        } else if (isFree || position!.offset === partition.offset) claimed.push(entry);
      }
      if (!(await this.commitBoth(version, released, claimed))) continue;
      if (version !== this.version) continue;
      for (const { topic, partition, offset, of } of claimed) {
        this.mine.set(keyOf({ topic, partition }), { topic, partition, of, committed: offset });
      }
      return asked.filter((partition) => this.mine.has(keyOf(partition)));
    }
  }

  /** Gives up, and takes. False if the target has changed, so that this may be wrong. */
  private async commitBoth(version: number, released: readonly Entry[], claimed: readonly Entry[]): Promise<boolean> {
    if (version !== this.version || !(await this.positions.commit(released, true))) return false;
    return version === this.version && this.commit(claimed);
  }

  /** Commits offsets as ours; false if we were taken for dead. */
  private async commit(entries: readonly Entry[]): Promise<boolean> {
    if (!(await this.positions.commit(entries))) return false;
    for (const entry of entries) {
      const holding = this.mine.get(keyOf(entry));
      if (holding !== undefined) holding.committed = entry.offset;
    }
    return true;
  }

  /** Whether nobody else has had the partition since we did. */
  private isFree(position: Position | undefined): boolean {
    return position === undefined || this.positions.isOurs(position);
  }

  private isTarget(partition: TopicPartition): boolean {
    const key = keyOf(partition);
    return this.target?.has(key) === true && this.allKeys.has(key);
  }

  /** Whether there are partitions, or topics, that our group does not share out, or not with us. */
  private isUnknownToGroup(): boolean {
    const { known, statedTopics } = this;
    return this.all.some((partition) => !statedTopics.has(partition.topic) || known?.has(keyOf(partition)) === false);
  }

  private countOf({ topic }: TopicPartition): number {
    return this.all.reduce((count, other) => (other.topic === topic ? Math.max(count, other.partition + 1) : count), 0);
  }
}

const flat = (partitions: PartitionsByTopic): TopicPartition[] =>
  [...partitions].flatMap(([topic, list]) => list.map((partition) => ({ topic, partition })));

function grouped(partitions: readonly TopicPartition[]): Map<string, number[]> {
  const out = new Map<string, Set<number>>();
  for (const { topic, partition } of partitions) {
    const list = out.get(topic);
    if (list === undefined) out.set(topic, new Set([partition]));
    else list.add(partition);
  }
  return new Map([...out].map(([topic, list]) => [topic, [...list].sort((a, b) => a - b)]));
}
