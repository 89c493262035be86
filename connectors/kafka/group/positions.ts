import type { TopicPartition } from '../client/contract.js';
import { KafkaFault, kafkaCode } from '../client/fault.js';
import { keyOf } from '../client/partition.js';
import type { PartitionOffset } from '../source/offsets.js';
import type { Coordinator } from './coordinator.js';
import type { Membership } from './membership.js';

/** What is committed to the group for a partition. */
export interface Position {
  readonly offset: number;
  /**
   * The member that had the partition last, and what it has read beyond `offset` is durable in its sink; empty if none
   * has: it was given up here.
   */
  readonly owner: string;
  /** How many partitions the topic had when somebody of the group first had this one. */
  readonly of: number;
}

/**
 * The offsets that are committed to the group. Each says in its metadata who has the partition, so that a member that
 * comes back knows whether another has had it since: if not, its own checkpoint says where to go on, else the group does.
 */
export class Positions {
  constructor(
    private readonly coordinator: Coordinator,
    private readonly membership: Membership,
    private readonly owner: string,
  ) {}

  /** What is known, by key. */
  async of(partitions: readonly TopicPartition[]): Promise<Map<string, Position>> {
    const out = new Map<string, Position>();
    if (partitions.length === 0) return out;
    const { group } = this.coordinator;
    const answer = await this.coordinator.ask('reading the offsets of', async (client, node) => {
      const answers = await client.committedOffsets(node, group, partitions);
      const wrong = answers.find(({ error }) => error !== kafkaCode.none);
      if (wrong !== undefined) throw KafkaFault.answered(`offset of ${keyOf(wrong)}`, wrong.error);
      return answers;
    });
    if (answer instanceof KafkaFault) throw this.membership.refusal(answer);
    for (const { topic, partition, offset, metadata } of answer) {
      if (offset >= 0) out.set(keyOf({ topic, partition }), { offset, ...said(metadata) });
    }
    return out;
  }

  /** Whether `position` is ours: nobody has had the partition since we did. */
  isOurs = (position: Position): boolean => position.owner === this.owner;

  /**
   * Commits offsets, as the member that we are. False: we were taken for dead, and nothing is committed. `gives` them up:
   * who has the partition next goes on from there.
   */
  async commit(list: readonly (PartitionOffset & { readonly of: number })[], gives = false): Promise<boolean> {
    if (list.length === 0) return true;
    const owner = gives ? '' : this.owner;
    const { coordinator, membership } = this;
    const { losses } = membership;
    const offsets = list.map(({ of, ...at }) => ({ ...at, metadata: JSON.stringify({ owner, of }) }));
    for (;;) {
      const { member } = membership;
      const fault = await coordinator.ask('committing offsets to', async (client, node) => {
        const answers = await client.commitOffsets(node, coordinator.group, member, offsets);
        // Of a topic that is gone there is nothing to commit.
        const wrong = answers.find(
          ({ error }) => error !== kafkaCode.none && error !== kafkaCode.unknownTopicOrPartition,
        );
        if (wrong !== undefined) throw KafkaFault.answered(`offset of ${keyOf(wrong)}`, wrong.error);
      });
      if (fault === undefined) return true;
      if (membership.losses !== losses) return false;
      // A rebalance may have ended between: in the next generation we still have what we had.
      const isStale = member.generation !== membership.member.generation || !membership.isSettled;
      const moves = fault.code === kafkaCode.rebalanceInProgress || fault.code === kafkaCode.illegalGeneration;
      if (!(isStale && moves)) membership.refused(fault);
      await membership.settled();
      if (membership.losses !== losses) return false;
    }
  }
}

/** What another client has put there tells of no owner: what is committed is where to go on. */
function said(metadata: string | null): { readonly owner: string; readonly of: number } {
  const none = { owner: '', of: Infinity };
  try {
    const { owner, of } = JSON.parse(metadata ?? '') as { owner?: unknown; of?: unknown };
    return { owner: typeof owner === 'string' ? owner : '', of: typeof of === 'number' ? of : Infinity };
  } catch {
    return none;
  }
}
