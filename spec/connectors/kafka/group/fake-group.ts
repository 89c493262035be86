import type {
  CommittedOffset,
  GroupMember,
  JoinRequest,
  Joined,
  KafkaClient,
  TopicPartition,
} from '../../../../connectors/kafka/client/contract.js';
import { KafkaFault, kafkaCode } from '../../../../connectors/kafka/client/fault.js';

interface Known {
  memberId: string;
  readonly instanceId: string;
  metadata: Buffer;
  assignment: Buffer;
  /** Waits for the others. */
  joining: { go: (joined: Joined) => void; fail: (error: unknown) => void } | undefined;
}

const refuse = (name: keyof typeof kafkaCode): never => {
  throw KafkaFault.answered('the fake', kafkaCode[name]);
};

/** A group coordinator as Kafka has it, of one group, in memory. Members die only when they are told to. */
export class FakeGroup {
  readonly committed = new Map<string, CommittedOffset>();
  generation = 0;
  private readonly members: Known[] = [];
  private state: 'stable' | 'joining' | 'syncing' = 'stable';
  private leader = '';
  private ids = 0;
  private syncing: { go: () => void; fail: () => void }[] = [];

  /** What a process of the group is given; `pass` may hold a call up, on its way there and on its way back. */
  client(pass: () => Promise<void>, isAlive: () => boolean): KafkaClient {
    const through = async <T>(call: () => T | Promise<T>): Promise<T> => {
      await pass();
      if (!isAlive()) return new Promise(() => undefined);
      const answer = await call();
      await pass();
      return answer;
    };
    const calls: Partial<KafkaClient> = {
      join: (_, request) => through(() => this.join(request)),
      sync: (_, group, member, assignments) => through(() => this.sync(member, assignments)),
      heartbeat: (_, group, member) => through(() => this.check(member, 'joining', 'syncing')),
      leave: (_, group, { instanceId }) => through(() => this.remove(instanceId!)),
      commitOffsets: (_, group, member, offsets) => through(() => this.commit(member!, offsets)),
      committedOffsets: (_, group, of) => through(() => of.map((at) => this.committedOf(at))),
    };
    return calls as KafkaClient;
  }

  /** Who has this name is taken for dead, or has left. */
  remove(instanceId: string): void {
    const at = this.members.findIndex((member) => member.instanceId === instanceId);
    if (at < 0) return;
    const [gone] = this.members.splice(at, 1);
    gone!.joining?.fail(KafkaFault.answered('the fake', kafkaCode.unknownMember));
    this.rebalance();
    this.complete();
  }

  private join({ memberId, instanceId, protocols }: JoinRequest): Promise<Joined> | Joined {
    const { metadata } = protocols[0]!;
    let member = this.members.find((known) => known.instanceId === instanceId);
    if (memberId !== '') {
      if (member === undefined) return refuse('unknownMember');
      if (member.memberId !== memberId) return refuse('fencedInstance');
      const isFollower = member.memberId !== this.leader && member.metadata.equals(metadata);
      member.metadata = metadata;
      if (this.state === 'stable' && isFollower) return this.joined(member, this.leader);
    } else {
      const newId = `m${this.ids++}`;
      if (member === undefined) {
        const assignment = Buffer.alloc(0);
        member = { memberId: newId, instanceId: instanceId!, metadata, assignment, joining: undefined };
        this.members.push(member);
      } else {
        // Back again: it has what it had, and is not told that it leads.
        const { leader } = this;
        if (leader === member.memberId) this.leader = newId;
        member.memberId = newId;
        member.metadata = metadata;
        if (this.state === 'stable') return this.joined(member, leader);
      }
    }
    this.rebalance();
    const waiting = new Promise<Joined>((go, fail) => (member.joining = { go, fail }));
    this.complete();
    return waiting;
  }

  private rebalance(): void {
    if (this.state === 'joining') return;
    this.state = 'joining';
    for (const { fail } of this.syncing.splice(0)) fail();
  }

  private complete(): void {
    if (this.members.length === 0 || this.members.some(({ joining }) => joining === undefined)) return;
    this.generation++;
    this.state = 'syncing';
    this.leader = this.members[0]!.memberId;
    for (const member of this.members) {
      member.assignment = Buffer.alloc(0);
      member.joining!.go(this.joined(member, this.leader));
      member.joining = undefined;
    }
  }

  private joined({ memberId }: Known, leader: string): Joined {
    const members = memberId === leader ? this.members.map((member) => ({ ...member })) : [];
    return { memberId, generation: this.generation, protocol: 'sluice-sticky', leader, members };
  }

  private async sync(
    member: GroupMember,
    assignments: readonly { readonly memberId: string; readonly assignment: Buffer }[],
  ): Promise<Buffer> {
    this.check(member, 'joining');
    if (this.state === 'syncing' && member.memberId === this.leader) {
      for (const { memberId, assignment } of assignments) {
        const known = this.members.find((each) => each.memberId === memberId);
        if (known !== undefined) known.assignment = assignment;
      }
      this.state = 'stable';
      for (const { go } of this.syncing.splice(0)) go();
    }
    if (this.state === 'syncing') {
      await new Promise<void>((go, reject) => {
        const fail = (): void => reject(KafkaFault.answered('the fake', kafkaCode.rebalanceInProgress));
        this.syncing.push({ go, fail });
      });
    }
    return (
      this.members.find(({ instanceId }) => instanceId === member.instanceId)?.assignment ?? refuse('unknownMember')
    );
  }

  private check({ memberId, instanceId, generation }: GroupMember, ...refused: readonly string[]): void {
    const known = this.members.find((each) => each.instanceId === instanceId);
    if (known === undefined) return refuse('unknownMember');
    if (known.memberId !== memberId) return refuse('fencedInstance');
    if (generation !== this.generation) return refuse('illegalGeneration');
    if (refused.includes(this.state)) return refuse('rebalanceInProgress');
  }

  private commit(member: GroupMember, offsets: readonly CommittedOffset[]) {
    this.check(member, 'syncing');
    for (const at of offsets) this.committed.set(`${at.topic}-${at.partition}`, at);
    return offsets.map(({ topic, partition }) => ({ topic, partition, error: 0 }));
  }

  private committedOf({ topic, partition }: TopicPartition) {
    const { offset = -1, metadata = null } = this.committed.get(`${topic}-${partition}`) ?? {};
    return { topic, partition, offset, metadata, error: 0 };
  }
}
