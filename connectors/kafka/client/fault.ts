import type { ErrorCode } from '../../../lib/errors/index.js';

/**
 * What a fault means for who asked. `moved`: ask for the leader or coordinator again, then once more. `retriable`: once
 * more, later. `unknown`: the connection broke or no answer came, so nobody knows whether the request was carried out.
 * `abortable`: the transaction is lost, its producer is not. `fatal`: never again.
 */
export type FaultKind = 'moved' | 'retriable' | 'unknown' | 'abortable' | 'fatal';

/** Kafka's error codes that are acted upon. */
export const kafkaCode = {
  unknownServerError: -1,
  none: 0,
  offsetOutOfRange: 1,
  corruptMessage: 2,
  unknownTopicOrPartition: 3,
  leaderNotAvailable: 5,
  notLeader: 6,
  requestTimedOut: 7,
  brokerNotAvailable: 8,
  replicaNotAvailable: 9,
  messageTooLarge: 10,
  networkException: 13,
  coordinatorLoading: 14,
  coordinatorNotAvailable: 15,
  notCoordinator: 16,
  invalidTopic: 17,
  recordListTooLarge: 18,
  notEnoughReplicas: 19,
  notEnoughReplicasAfterAppend: 20,
  illegalGeneration: 22,
  inconsistentGroupProtocol: 23,
  invalidGroupId: 24,
  unknownMember: 25,
  invalidSessionTimeout: 26,
  rebalanceInProgress: 27,
  topicNotAuthorized: 29,
  groupNotAuthorized: 30,
  clusterNotAuthorized: 31,
  unsupportedMechanism: 33,
  illegalSaslState: 34,
  unsupportedVersion: 35,
  topicExists: 36,
  invalidReplicationFactor: 38,
  notController: 41,
  outOfOrderSequence: 45,
  duplicateSequence: 46,
  invalidProducerEpoch: 47,
  invalidTxnState: 48,
  invalidProducerIdMapping: 49,
  invalidTransactionTimeout: 50,
  concurrentTransactions: 51,
  transactionalIdNotAuthorized: 53,
  operationNotAttempted: 55,
  kafkaStorageError: 56,
  saslAuthenticationFailed: 58,
  unknownProducerId: 59,
  fencedLeaderEpoch: 74,
  unknownLeaderEpoch: 75,
  offsetNotAvailable: 78,
  memberIdRequired: 79,
  groupMaxSizeReached: 81,
  fencedInstance: 82,
  unstableOffsetCommit: 88,
  producerFenced: 90,
  transactionAbortable: 120,
} as const;

/** Names that Kafka's documentation has for codes which are shorter here. */
const longer = {
  notLeader: 'NOT_LEADER_OR_FOLLOWER',
  coordinatorLoading: 'COORDINATOR_LOAD_IN_PROGRESS',
  invalidTopic: 'INVALID_TOPIC_EXCEPTION',
  unknownMember: 'UNKNOWN_MEMBER_ID',
  topicNotAuthorized: 'TOPIC_AUTHORIZATION_FAILED',
  groupNotAuthorized: 'GROUP_AUTHORIZATION_FAILED',
  clusterNotAuthorized: 'CLUSTER_AUTHORIZATION_FAILED',
  transactionalIdNotAuthorized: 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
  unsupportedMechanism: 'UNSUPPORTED_SASL_MECHANISM',
  topicExists: 'TOPIC_ALREADY_EXISTS',
  outOfOrderSequence: 'OUT_OF_ORDER_SEQUENCE_NUMBER',
  duplicateSequence: 'DUPLICATE_SEQUENCE_NUMBER',
  fencedInstance: 'FENCED_INSTANCE_ID',
} as const satisfies Partial<Record<keyof typeof kafkaCode, string>>;

const named = Object.entries(kafkaCode).map(([name, code]): [number, string] => [
  code,
  (longer as Readonly<Record<string, string>>)[name] ?? name.replace(/[A-Z]/g, '_$&').toUpperCase(),
]);
const nameOf = new Map(named);

/** A code as Kafka's documentation names it, or its number. */
export const codeName = (code: number): string => nameOf.get(code) ?? `error ${code}`;

const kinds = new Map<number, FaultKind>([
  ...of('moved', ['unknownTopicOrPartition', 'leaderNotAvailable', 'notLeader', 'brokerNotAvailable']),
  ...of('moved', ['replicaNotAvailable', 'notCoordinator', 'coordinatorNotAvailable', 'kafkaStorageError']),
  ...of('moved', ['fencedLeaderEpoch', 'unknownLeaderEpoch', 'notController']),
  ...of('retriable', ['coordinatorLoading', 'notEnoughReplicas', 'concurrentTransactions', 'offsetNotAvailable']),
  // The last: a topic wants more replicas than there are brokers just now, of which some may be away.
  ...of('retriable', ['unstableOffsetCommit', 'corruptMessage', 'invalidReplicationFactor']),
  ...of('unknown', ['requestTimedOut', 'networkException', 'notEnoughReplicasAfterAppend', 'unknownServerError']),
  ...of('abortable', ['outOfOrderSequence', 'unknownProducerId', 'invalidProducerIdMapping', 'invalidTxnState']),
  ...of('abortable', ['transactionAbortable', 'operationNotAttempted', 'duplicateSequence']),
]);

function of(kind: FaultKind, names: readonly (keyof typeof kafkaCode)[]): [number, FaultKind][] {
  return names.map((name) => [kafkaCode[name], kind]);
}

/** What Kafka's code means for who asked. */
export const kindOf = (code: number): FaultKind => kinds.get(code) ?? 'fatal';

/** One request to one broker that did not succeed. Never seen by users: they get a `SluiceError` made of it. */
export class KafkaFault extends Error {
  override readonly name = 'KafkaFault';
  /** What users are told, where it is known that no repetition helps: refused credentials, certificates. */
  refusal?: ErrorCode;

  constructor(
    message: string,
    readonly kind: FaultKind,
    /** Kafka's code, if a broker answered. */
    readonly code?: number,
    cause?: unknown,
  ) {
    super(message, { cause });
  }

  /** Of an answer that holds an error. */
  static answered(doing: string, code: number): KafkaFault {
    return new KafkaFault(`${doing}: ${codeName(code)}`, kindOf(code), code);
  }

  /** A broker that will refuse whatever is asked until something else is configured. */
  static refused(refusal: ErrorCode, message: string, cause?: unknown): KafkaFault {
    const fault = new KafkaFault(message, 'fatal', undefined, cause);
    fault.refusal = refusal;
    return fault;
  }
}
