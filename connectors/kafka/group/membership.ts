import { SluiceError } from '../../../lib/errors/index.js';
import type { GroupMember, Joined } from '../client/contract.js';
import { KafkaFault, kafkaCode } from '../client/fault.js';
import { shareOut } from './assignor.js';
import type { Coordinator } from './coordinator.js';
import {
  type GivenPartitions,
  type Subscription,
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
} from './encoding.js';
import type { GroupSettings } from './options.js';
import { Signal } from './signal.js';

/** Who takes part in the group. Nothing is called while one of these runs. */
export interface Participant {
  /** What is said to the others on joining: above all every partition that is, or may any moment be, read. */
  subscription(): Omit<Subscription, 'generation' | 'asks'>;
  /** What is to be read from now on. What is held besides is still ours, until the next time we join without it. */
  given(partitions: GivenPartitions): void;
  /** We were taken for dead: everything that was held may be another's by now. */
  lost(): void;
  /** We are no member, and will not be: `settled` and `throwIfFailed` say why. */
  failed(): void;
}

/** The name of how we share partitions out: a group cannot have members that do it otherwise. */
const protocol = 'sluice-sticky';
/** Between two attempts to join, if the first was refused in a way that another may not be. */
const refusedPause = 100;
const leaveMillis = 2_000;

/**
 * Keeps a process a member of its group: joins, says that it lives, joins again when the group rebalances. All that goes
 * on beside the batches: who joins keeps what it holds, and goes on reading it, until it is told to give it up; so a
 * rebalance waits for nobody's batch.
 */
export class Membership {
  participant!: Participant;
  member: GroupMember;
  /** How often what was held was lost. */
  losses = 0;
  rebalances = 0;
  /** The generation in which what we hold was given to us. */
  private heldIn = -1;
  private asks = 0;
  private asked = false;
  private mustJoin = true;
  private inHurry = false;
  /** When the request was sent that the coordinator answered last, by the clock of `performance`. */
  private heard = -Infinity;
  private failure: { readonly error: unknown } | undefined;
  private readonly changed = new Signal();
  private readonly hurry = new Signal();
  private running: Promise<void> | undefined;

  constructor(
    private readonly coordinator: Coordinator,
    private readonly settings: GroupSettings,
    private readonly instanceId: string,
  ) {
    this.member = { memberId: '', generation: -1, instanceId };
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Whether the coordinator cannot have given us up: it has heard of us within the session's time. */
  get isSure(): boolean {
    return this.heldIn !== -1 && performance.now() - this.heard < this.settings.sessionTimeout;
  }

  /** Whether we are in no rebalance, as far as we know. */
  get isSettled(): boolean {
    return !this.mustJoin && !this.asked;
  }

  /** Resolves when we are a member, and the coordinator has just said so. Rejects if that fails for good. */
  async settled(): Promise<void> {
    const asked = performance.now();
    this.throwIfFailed();
    const isFine = (): boolean => this.isSettled && (this.isSure || this.heard >= asked);
    while (!isFine()) {
      this.hasten();
      await this.changed.wait(this.coordinator.signal);
      this.coordinator.signal.throwIfAborted();
      this.throwIfFailed();
    }
  }

  throwIfFailed(): void {
    if (this.failure !== undefined) throw this.failure.error;
  }

  /** Has the group share out its partitions anew. */
  ask(): void {
    if (this.asked) return;
    this.asked = true;
    this.hasten();
  }

  /** The coordinator has refused a request of ours as that of a member. */
  refused(fault: KafkaFault): void {
    this.mustJoin = true;
    this.hasten();
    const { code } = fault;
    if (code === kafkaCode.rebalanceInProgress) return;
    if (code !== kafkaCode.unknownMember && code !== kafkaCode.illegalGeneration) throw this.refusal(fault);
    const memberId = code === kafkaCode.unknownMember ? '' : this.member.memberId;
    this.member = { memberId, generation: -1, instanceId: this.instanceId };
    if (this.heldIn !== -1) {
      this.heldIn = -1;
      this.losses++;
      this.participant.lost();
    }
    this.changed.raise();
  }

  /** The signal of the coordinator has to be aborted. */
  async close(leaves: boolean): Promise<void> {
    await this.running;
    if (!leaves || this.running === undefined) return;
    await this.coordinator.once((client, node) => client.leave(node, this.settings.group, this.member), leaveMillis);
  }

  private async run(): Promise<void> {
    try {
      for (;;) {
        if (!this.isSettled) await this.join();
        else {
          if (!this.inHurry) await this.hurry.wait(this.coordinator.signal, this.settings.heartbeatInterval);
          this.inHurry = false;
          if (this.coordinator.signal.aborted) return;
          if (this.isSettled) await this.beat();
        }
      }
    } catch (error) {
      if (this.coordinator.signal.aborted) return;
      this.failure = { error: error instanceof KafkaFault ? this.refusal(error) : error };
      this.participant.failed();
    } finally {
      this.changed.raise();
    }
  }

  private hasten(): void {
    this.inHurry = true;
    this.hurry.raise();
  }

  private async beat(): Promise<void> {
    const sent = performance.now();
    const { member } = this;
    const fault = await this.coordinator.ask('staying in', (client, node) =>
      client.heartbeat(node, this.settings.group, member),
    );
    if (fault !== undefined) return this.refused(fault);
    this.heard = sent;
    this.changed.raise();
  }

  private async join(): Promise<void> {
    if (this.asked) this.asks++;
    this.asked = false;
    this.mustJoin = true;
    const { group, sessionTimeout, rebalanceTimeout } = this.settings;
    const { instanceId, heldIn: generation } = this;
    const subscription = { ...this.participant.subscription(), generation, asks: this.asks };
    const protocols = [{ name: protocol, metadata: encodeSubscription(subscription) }];
    const joined = await this.coordinator.ask('joining', (client, node) => {
      const { memberId } = this.member;
      return client.join(node, { group, memberId, instanceId, sessionTimeout, rebalanceTimeout, protocols });
    });
    if (joined instanceof KafkaFault) return this.again(joined);

    const sent = performance.now();
    this.member = { memberId: joined.memberId, generation: joined.generation, instanceId };
    const { member } = this;
    const assignments = lead(joined);
    const answer = await this.coordinator.ask('being given partitions of', (client, node) =>
      client.sync(node, group, member, assignments),
    );
    if (answer instanceof KafkaFault) return this.again(answer);
    this.heard = sent;
    this.heldIn = member.generation;
    this.mustJoin = false;
    this.rebalances++;
    this.participant.given(decodeAssignment(answer));
    this.changed.raise();
  }

  private async again(fault: KafkaFault): Promise<void> {
    this.refused(fault);
    await new Signal().wait(this.coordinator.signal, refusedPause);
    this.coordinator.signal.throwIfAborted();
  }

  /** What users are told of an answer that is final. */
  refusal(fault: KafkaFault): SluiceError {
    const { group } = this.settings;
    if (fault.code === kafkaCode.fencedInstance) {
      return new SluiceError(
        'GROUP_MEMBER_FENCED',
        `Another process has joined the group '${group}' as '${this.instanceId}', the name of this one among its ` +
          'members. Give each process a groupInstanceId of its own, or none.',
        { details: { group, groupInstanceId: this.instanceId }, cause: fault },
      );
    }
    const message = `The coordinator of the group '${group}' does not take this member: ${hint(fault)}`;
    return new SluiceError('GROUP_REFUSED', message, { details: { group }, cause: fault });
  }
}

function hint(fault: KafkaFault): string {
  switch (fault.code) {
    case kafkaCode.inconsistentGroupProtocol:
      return 'consumers of another kind are in it. Use a groupId that only this query has.';
    case kafkaCode.invalidSessionTimeout:
      return "'sessionTimeout' is out of the bounds of the broker (group.min.session.timeout.ms and max).";
    case kafkaCode.groupMaxSizeReached:
      return 'it has as many members as the broker allows (group.max.size).';
    default:
      return fault.message;
  }
}

/** What the leader of a generation gives to everybody; nothing from the others. */
function lead({ memberId, leader, members }: Joined) {
  if (memberId !== leader) return [];
  const candidates = members.map((member) => ({ ...decodeSubscription(member.metadata), memberId: member.memberId }));
  const known = new Map<string, readonly number[]>();
  for (const { partitions } of candidates) {
    for (const [topic, list] of partitions) known.set(topic, [...new Set([...(known.get(topic) ?? []), ...list])]);
  }
  const { given } = shareOut(candidates, known);
  return [...given].map(([member, share]) => ({ memberId: member, assignment: encodeAssignment(share, known) }));
}
