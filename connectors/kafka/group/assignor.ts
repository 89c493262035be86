/** A member of a group, as the leader sees it. */
export interface Candidate {
  readonly memberId: string;
  readonly topics: readonly string[];
  /** The partitions that it holds, and may be reading: `[topic, partitions]`. */
  readonly owned: PartitionsByTopic;
  /** The generation in which they were given to it; -1 where it had them once, as its checkpoint says. */
  readonly generation: number;
}

export type PartitionsByTopic = ReadonlyMap<string, readonly number[]>;

export interface Shares {
  /** What each member is to read from now on. */
  readonly given: ReadonlyMap<string, PartitionsByTopic>;
  /** How many partitions nobody gets yet, because a member that is to give them up may still be reading them. */
  readonly withheld: number;
}

/**
 * Shares partitions out among the members that want their topics. Topics that the same members want are shared out
 * together: nobody gets two more of them than another. Members keep what they hold as far as that allows. A partition
 * that is to move is given to nobody until the member that holds it has joined again without it, so that no two ever
 * read it at once.
 */
export function shareOut(members: readonly Candidate[], partitions: PartitionsByTopic): Shares {
  const sorted = [...members].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const holders = holdersOf(sorted, partitions);
  const totals = new Map(sorted.map(({ memberId }) => [memberId, 0]));
  const given = new Map(sorted.map(({ memberId }) => [memberId, new Map<string, number[]>()]));
  let withheld = 0;
  for (const { wanting, slots } of topicSets(sorted, partitions)) {
    const owners = balance(wanting, slots, holders, totals);
    for (const [i, { topic, partition }] of slots.entries()) {
      const owner = owners[i]!;
      totals.set(owner, totals.get(owner)! + 1);
      const claims = holders.get(topic)?.get(partition);
      if (claims !== undefined && (claims.length > 1 || claims[0]!.memberId !== owner)) {
        withheld++;
        continue;
      }
      const share = given.get(owner)!;
      const list = share.get(topic);
      if (list === undefined) share.set(topic, [partition]);
      else list.push(partition);
    }
  }
  return { given, withheld };
}

interface Slot {
  readonly topic: string;
  readonly partition: number;
}

type Holders = ReadonlyMap<string, ReadonlyMap<number, readonly Candidate[]>>;

/** Who holds each partition: of several those with the latest generation, who all have to give it up. */
function holdersOf(members: readonly Candidate[], partitions: PartitionsByTopic): Holders {
  const out = new Map<string, Map<number, Candidate[]>>();
  for (const [topic, all] of partitions) {
    const wanted = new Set(all);
    const byPartition = new Map<number, Candidate[]>();
    for (const member of members) {
      if (!member.topics.includes(topic)) continue;
      for (const partition of new Set(member.owned.get(topic))) {
        if (!wanted.has(partition)) continue;
        const known = byPartition.get(partition);
        if (known === undefined || member.generation > known[0]!.generation) byPartition.set(partition, [member]);
        else if (member.generation === known[0]!.generation) known.push(member);
      }
    }
    out.set(topic, byPartition);
  }
  return out;
}

/** Partitions by who wants them: those of topics that the same members want are one set. */
function topicSets(
  members: readonly Candidate[],
  partitions: PartitionsByTopic,
): { readonly wanting: readonly string[]; readonly slots: readonly Slot[] }[] {
  const sets = new Map<string, { wanting: readonly string[]; slots: Slot[] }>();
  for (const topic of [...partitions.keys()].sort()) {
    const wanting = members.filter(({ topics }) => topics.includes(topic)).map(({ memberId }) => memberId);
    if (wanting.length === 0) continue;
    const key = JSON.stringify(wanting);
    const set = sets.get(key) ?? { wanting, slots: [] };
    sets.set(key, set);
    for (const partition of [...partitions.get(topic)!].sort((a, b) => a - b)) set.slots.push({ topic, partition });
  }
  // Those that few members want come first: the others make up for it.
  return [...sets.values()].sort((a, b) => a.wanting.length - b.wanting.length);
}

/** The new owner of each slot. */
function balance(
  wanting: readonly string[],
  slots: readonly Slot[],
  holders: Holders,
  totals: ReadonlyMap<string, number>,
): string[] {
  const holderOf = slots.map(({ topic, partition }) => holders.get(topic)?.get(partition)?.[0]?.memberId);
  const held = new Map(wanting.map((member) => [member, 0]));
  for (const holder of holderOf) if (holder !== undefined) held.set(holder, held.get(holder)! + 1);

  // One more than the others have those that hold most already, then those that have least of other topics.
  const least = Math.floor(slots.length / wanting.length);
  const favoured = [...wanting]
    .sort((a, b) => held.get(b)! - held.get(a)! || totals.get(a)! - totals.get(b)! || (a < b ? -1 : 1))
    .slice(0, slots.length % wanting.length);
  const room = new Map(wanting.map((member) => [member, least + (favoured.includes(member) ? 1 : 0)]));

  const owners = holderOf.map((holder) => (holder !== undefined && take(room, holder) ? holder : undefined));
  const free = wanting.flatMap((member) => Array.from({ length: room.get(member)! }, (_, turn) => ({ member, turn })));
  // In turns, so that neighbouring partitions go to different members. The last of a sorted list is taken.
  free.sort((a, b) => b.turn - a.turn || (a.member < b.member ? 1 : -1));
  return owners.map((owner) => owner ?? free.pop()!.member);
}

function take(room: Map<string, number>, member: string): boolean {
  const left = room.get(member)!;
  if (left > 0) room.set(member, left - 1);
  return left > 0;
}
