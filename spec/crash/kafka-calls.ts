import { BrokersClient } from '../../connectors/kafka/client/client.js';
import type { KafkaClient } from '../../connectors/kafka/client/index.js';

/** The calls by which something changes on the brokers, and those by which a batch is read. */
export const kafkaCalls = [
  'metadata',
  'offsets',
  'fetch',
  'produce',
  'initProducer',
  'addPartitions',
  'endTransaction',
  'commitOffsets',
  'createTopic',
] as const;
export type KafkaCall = (typeof kafkaCalls)[number];

/** Before a call is made, while it is under way, or when it was answered. */
export interface CallMoment {
  readonly call: KafkaCall;
  readonly when: 'before' | 'during' | 'after';
  /** The how many-th such call, from 1 on. */
  readonly nth: number;
}

type Calls = Record<KafkaCall, (...args: unknown[]) => Promise<unknown>>;
const calls = BrokersClient.prototype as unknown as Calls;

/** Puts `around` in place of a call; it gets the call as it is. Returns what undoes it. */
function wrap(call: KafkaCall, around: (go: () => Promise<unknown>, args: unknown[]) => Promise<unknown>): () => void {
  const real = calls[call];
  calls[call] = function (this: KafkaClient, ...args) {
    return around(() => real.apply(this, args), args);
  };
  return () => {
    calls[call] = real;
  };
}

/** Does something at a moment; before and after a call, that waits for it. Returns what undoes it. */
export function atCall({ call, when, nth }: CallMoment, act: () => unknown): () => void {
  let seen = 0;
  return wrap(call, async (go) => {
    const now = ++seen === nth;
    if (now && when === 'before') await act();
    const answer = go();
    // The request is on its way when this turn of the event loop is over, the answer is not here yet.
    if (now && when === 'during') setImmediate(() => void act());
    const given = await answer;
    if (now && when === 'after') await act();
    return given;
  });
}

export const dieAtCall = (moment: CallMoment): void => {
  atCall(moment, () => process.kill(process.pid, 'SIGKILL'));
};

/** How often each call is made from now on. */
export function countCalls(): Record<KafkaCall, number> {
  const counts = Object.fromEntries(kafkaCalls.map((call) => [call, 0])) as Record<KafkaCall, number>;
  for (const call of kafkaCalls) {
    wrap(call, (go) => {
      counts[call]++;
      return go();
    });
  }
  return counts;
}

/** Ways to break what the connector promises: the check has to see each. */
export const kafkaFaults = {
  /** Says that a transaction is committed, and does not commit it. */
  losesCommit: () => {
    let seen = 0;
    wrap('endTransaction', (go) => (++seen % 3 === 0 ? Promise.resolve() : go()));
  },
  /** Does not find the commit token of a run before. */
  losesToken: () =>
    wrap('offsets', async (go, [, , asked]) => {
      const answers = (await go()) as { topic: string; offset: number }[];
      const ofTokens = (asked as { topic: string }[]).some(({ topic }) => topic.startsWith('__'));
      return ofTokens ? answers.map((answer) => ({ ...answer, offset: 0 })) : answers;
    }),
  /** Hands the records of two partitions on as if each were the other's: their keys are elsewhere. */
  turnsBatches: () =>
    wrap('produce', (go, args) => {
      const request = args[1] as { partitions: { partition: number; topic: string }[] };
      const ours = request.partitions.filter(({ topic }) => !topic.startsWith('__'));
      const numbers = ours.map(({ partition }) => partition).reverse();
      if (Math.random() < 0.5) ours.forEach((each, i) => (each.partition = numbers[i]!));
      return go();
    }),
} satisfies Record<string, () => unknown>;

export type KafkaFaultPlanted = keyof typeof kafkaFaults;

export const plantFault = (fault: KafkaFaultPlanted): void => void kafkaFaults[fault]();
