import type { CommittedOffset, GroupMember, JoinRequest, Joined, PartitionError, TopicPartition } from '../contract.js';
import type { Api } from './api.js';
import { readError, readErrors, writeOffsets } from './transactions.js';
import { type Writer, byTopic } from './wire.js';

interface InGroup {
  readonly group: string;
  readonly member: GroupMember;
}

function writeMember(to: Writer, group: string, member: GroupMember | undefined): void {
  to.string(group)
    .int32(member?.generation ?? -1)
    .string(member?.memberId ?? '')
    .nullableString(member?.instanceId ?? null);
}

export const offsetCommit: Api<
  {
    readonly group: string;
    readonly member: GroupMember | undefined;
    readonly offsets: readonly CommittedOffset[];
  },
  PartitionError[]
> = {
  name: 'OffsetCommit',
  key: 8,
  versions: [7, 7],
  write(to, { group, member, offsets }) {
    writeMember(to, group, member);
    writeOffsets(to, offsets);
  },
  read: readErrors,
};

/** Stable offsets alone: while a transaction that commits some is open the answer is UNSTABLE_OFFSET_COMMIT. */
export const offsetFetch: Api<
  { readonly group: string; readonly of: readonly TopicPartition[] },
  { readonly error: number; readonly offsets: (CommittedOffset & PartitionError)[] }
> = {
  name: 'OffsetFetch',
  key: 9,
  versions: [7, 7],
  flexible: 6,
  write(to, { group, of }) {
    to.string(group).array(byTopic(of), ([topic, list]) => {
      to.string(topic)
        .array(list, ({ partition }) => to.int32(partition))
        .tags();
    });
    to.bool(true).tags();
  },
  read(from) {
    from.int32();
    const topics = from.array(() => {
      const topic = from.string();
      const partitions = from.array(() => {
        const partition = from.int32();
        const offset = from.int64();
        from.int32();
        const answer = { topic, partition, offset, metadata: from.nullableString(), error: from.int16() };
        from.tags();
        return answer;
      });
      from.tags();
      return partitions;
    });
    return { error: from.int16(), offsets: topics.flat() };
  },
};

export const joinGroup: Api<JoinRequest, Joined & { readonly error: number }> = {
  name: 'JoinGroup',
  key: 11,
  versions: [5, 5],
  write(to, { group, sessionTimeout, rebalanceTimeout, memberId, instanceId, protocols }) {
    to.string(group).int32(sessionTimeout).int32(rebalanceTimeout).string(memberId);
    to.nullableString(instanceId ?? null).string('consumer');
    to.array(protocols, ({ name, metadata }) => to.string(name).bytes(metadata));
  },
  read(from) {
    from.int32();
    return {
      error: from.int16(),
      generation: from.int32(),
      protocol: from.string(),
      leader: from.string(),
      memberId: from.string(),
      members: from.array(() => ({
        memberId: from.string(),
        instanceId: from.nullableString() ?? undefined,
        metadata: from.bytes(),
      })),
    };
  },
};

export const syncGroup: Api<
  InGroup & { readonly assignments: readonly { readonly memberId: string; readonly assignment: Buffer }[] },
  { readonly error: number; readonly assignment: Buffer }
> = {
  name: 'SyncGroup',
  key: 14,
  versions: [3, 3],
  write(to, { group, member, assignments }) {
    writeMember(to, group, member);
    to.array(assignments, ({ memberId, assignment }) => to.string(memberId).bytes(assignment));
  },
  read(from) {
    from.int32();
    return { error: from.int16(), assignment: from.bytes() };
  },
};

export const heartbeat: Api<InGroup, number> = {
  name: 'Heartbeat',
  key: 12,
  versions: [3, 3],
  write: (to, { group, member }) => writeMember(to, group, member),
  read: readError,
};

export const leaveGroup: Api<InGroup, number> = {
  name: 'LeaveGroup',
  key: 13,
  versions: [3, 3],
  write(to, { group, member }) {
    to.string(group)
      .int32(1)
      .string(member.memberId)
      .nullableString(member.instanceId ?? null);
  },
  read(from) {
    from.int32();
    const error = from.int16();
    const members = from.array(() => {
      from.string();
      from.nullableString();
      return from.int16();
    });
    return error === 0 ? (members[0] ?? 0) : error;
  },
};
