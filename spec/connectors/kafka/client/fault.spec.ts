import { createRequire } from 'node:module';
import { KafkaFault, codeName, kafkaCode, kindOf } from '../../../../connectors/kafka/client/index.js';
import { publicError } from '../../../../connectors/kafka/client/public-error.js';

const load = createRequire(__filename);
const { errorCodes } = load('kafkajs/src/protocol/error.js') as {
  errorCodes: readonly { readonly type: string; readonly code: number; readonly retriable: boolean }[];
};
/** What was renamed since kafkajs took the names over, or is newer. */
const since: Readonly<Record<number, string>> = {
  [-1]: 'UNKNOWN_SERVER_ERROR',
  0: 'NONE',
  6: 'NOT_LEADER_OR_FOLLOWER',
  14: 'COORDINATOR_LOAD_IN_PROGRESS',
  15: 'COORDINATOR_NOT_AVAILABLE',
  16: 'NOT_COORDINATOR',
  90: 'PRODUCER_FENCED',
  120: 'TRANSACTION_ABORTABLE',
};

describe('the codes of Kafka', () => {
  it.each(Object.entries(kafkaCode))('%s is %i, by the name that Kafka has for it', (_, code) => {
    expect(codeName(code)).toBe(since[code] ?? errorCodes.find((it) => it.code === code)?.type);
  });

  it('that are not known are numbers, and final', () => {
    expect([codeName(4711), kindOf(4711)]).toEqual(['error 4711', 'fatal']);
  });

  it('that may pass are not final, and those that mean us are', () => {
    const passing = errorCodes.filter((it) => it.retriable && Object.values<number>(kafkaCode).includes(it.code));
    expect(passing.length).toBeGreaterThan(15);
    // A member has to join again, which is for who knows that it is one.
    const ours: number[] = [kafkaCode.rebalanceInProgress, kafkaCode.unknownMember, kafkaCode.illegalGeneration];
    const final = passing.filter((it) => !ours.includes(it.code) && kindOf(it.code) === 'fatal').map((it) => it.type);
    expect(final).toEqual([]);
    const { producerFenced, invalidProducerEpoch, fencedInstance, topicNotAuthorized } = kafkaCode;
    for (const code of [producerFenced, invalidProducerEpoch, fencedInstance, topicNotAuthorized]) {
      expect(kindOf(code)).toBe('fatal');
    }
  });

  it('may pass where copies of a topic are missing: a broker that is being stopped is none to put one on', () => {
    const { invalidReplicationFactor } = kafkaCode;
    expect(kindOf(invalidReplicationFactor)).toBe('retriable');
    const told = publicError('writing', KafkaFault.answered("creating the topic 'a'", invalidReplicationFactor), 1500);
    expect(told).toMatchObject({
      code: 'TIMEOUT',
      message: expect.stringMatching(
        /INVALID_REPLICATION_FACTOR.*tried for 1\.5 s\. Create the topic with fewer replicas/,
      ),
    });
  });

  it('are part of what is told', () => {
    const fault = KafkaFault.answered("the topic 'a'", kafkaCode.notLeader);
    expect(fault).toMatchObject({ message: "the topic 'a': NOT_LEADER_OR_FOLLOWER", kind: 'moved', code: 6 });
  });
});

it('is told with one full stop, also where it brings its own', () => {
  const fault = KafkaFault.refused('USER_FUNCTION_FAILED', 'The function failed: no address.');
  expect(publicError('connecting', fault)?.message).toBe('Kafka: connecting: The function failed: no address.');
});
