import { type ErrorCode, SluiceError } from '../../../lib/errors/index.js';
import { type KafkaFault, kafkaCode } from './fault.js';

/** What is told when the time is over in which it might have passed. */
const lateHints = new Map<number, string>([
  [
    kafkaCode.invalidReplicationFactor,
    '. Create the topic with fewer replicas, or lower default.replication.factor of the brokers',
  ],
]);

const hints = new Map<number, readonly [ErrorCode, string]>([
  [
    kafkaCode.unknownTopicOrPartition,
    ['TOPIC_NOT_FOUND', 'Create it, or check its name: reading and writing create none'],
  ],
  [kafkaCode.invalidTopic, ['TOPIC_NOT_FOUND', 'No topic can have that name']],
  [kafkaCode.topicNotAuthorized, ['NOT_AUTHORIZED', 'The user needs READ (source) or WRITE (sink) and DESCRIBE on it']],
  [kafkaCode.groupNotAuthorized, ['NOT_AUTHORIZED', 'The user needs READ on the group']],
  [kafkaCode.clusterNotAuthorized, ['NOT_AUTHORIZED', 'The user needs that permission on the cluster']],
  [
    kafkaCode.transactionalIdNotAuthorized,
    ['NOT_AUTHORIZED', 'The user needs WRITE and DESCRIBE on the transactional id'],
  ],
  [kafkaCode.unsupportedMechanism, ['AUTHENTICATION_FAILED', 'Check kafka.sasl.mechanism']],
  [kafkaCode.illegalSaslState, ['AUTHENTICATION_FAILED', 'Check kafka.sasl']],
  [kafkaCode.saslAuthenticationFailed, ['AUTHENTICATION_FAILED', 'Check kafka.sasl']],
]);

/**
 * What users are told of a fault: what was being done, what was found, what to do. `waited` is for how many milliseconds
 * it was tried again. Undefined for a fault that whoever asked has to understand: a fenced producer, a lost transaction.
 */
export function publicError(what: string, fault: KafkaFault, waited?: number): SluiceError | undefined {
  if (fault.refusal !== undefined) return error(fault.refusal, what, fault, '');
  const hint = fault.code === undefined ? undefined : hints.get(fault.code);
  if (hint !== undefined) return error(hint[0], what, fault, `. ${hint[1]}`);
  if (waited === undefined) return undefined;
  const tried = `. It was tried for ${(waited / 1000).toFixed(1)} s`;
  if (fault.code !== undefined) return error('TIMEOUT', what, fault, tried + (lateHints.get(fault.code) ?? ''));
  const advice =
    '. Check bootstrapServers, that a broker runs there, the network between, and that the address by which brokers ' +
    'make themselves known (their advertised.listeners) can be reached from here';
  return error('BROKER_UNREACHABLE', what, fault, tried + advice);
}

function error(code: ErrorCode, what: string, fault: KafkaFault, rest: string): SluiceError {
  const details = fault.code === undefined ? {} : { kafkaCode: fault.code };
  return new SluiceError(code, `Kafka: ${what}: ${fault.message.replace(/\.$/, '')}${rest}.`, {
    cause: fault,
    details,
  });
}
