import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../client/cluster.js';
import type { KafkaClient } from '../client/contract.js';
import { KafkaFault, kafkaCode } from '../client/fault.js';

/** What the coordinator answers to a member that it does not take, or not now. What follows is the member's matter. */
const ofMembers = new Set<number | undefined>([
  kafkaCode.illegalGeneration,
  kafkaCode.unknownMember,
  kafkaCode.rebalanceInProgress,
  kafkaCode.fencedInstance,
  kafkaCode.inconsistentGroupProtocol,
  kafkaCode.invalidSessionTimeout,
  kafkaCode.invalidGroupId,
  kafkaCode.groupMaxSizeReached,
]);

type Attempt<T> = (client: KafkaClient, node: number) => Promise<T>;

/** The broker that coordinates a group, whichever that is at the time. */
export class Coordinator {
  constructor(
    private readonly cluster: Cluster,
    readonly group: string,
    /** How long one that is away is waited for, in milliseconds. */
    private readonly timeout: number,
    /** Ends every wait. */
    readonly signal: AbortSignal,
  ) {}

  /** Asks until it is answered. */
  ask<T>(doing: string, attempt: Attempt<T>): Promise<T | KafkaFault> {
    const { cluster, group, signal, timeout } = this;
    const answer = cluster.persist<T | KafkaFault>(
      `${doing} the group '${group}'`,
      { deadline: Date.now() + timeout, signal },
      async () => {
        try {
          return await attempt(cluster.client, await cluster.coordinatorOf('group', group));
        } catch (error) {
          if (error instanceof KafkaFault && ofMembers.has(error.code)) return error;
          throw error;
        }
      },
    );
    return unlessAborted(answer, signal);
  }

  /** Asks once, and does not mind what comes of it. */
  async once(attempt: Attempt<unknown>, millis: number): Promise<void> {
    const late = new AbortController();
    const asking = (async () => attempt(this.cluster.client, await this.cluster.coordinatorOf('group', this.group)))();
    const patience = sleep(millis, undefined, { signal: late.signal });
    await Promise.race([asking, patience].map((either) => either.catch(() => undefined)));
    late.abort();
  }
}

/** A call that the broker holds back, as it does until everybody has joined, is not waited for any more. */
function unlessAborted<T>(value: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', abort);
    const over = (): void => signal.removeEventListener('abort', abort);
    if (signal.aborted) abort();
    value.then(resolve, reject).finally(over);
  });
}
