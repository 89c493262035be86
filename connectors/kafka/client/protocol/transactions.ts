import type { CommittedOffset, PartitionError, ProducerIdentity, TopicPartition, Transaction } from '../contract.js';
import type { Api } from './api.js';
import { type Reader, type Writer, byTopic } from './wire.js';

/** How long the broker slowed us down, then partitions of topics, each with a code. */
export function readErrors(from: Reader): PartitionError[] {
  from.int32();
  const topics = from.array(() => {
    const topic = from.string();
    const partitions = from.array(() => {
      const answer = { topic, partition: from.int32(), error: from.int16() };
      from.tags();
      return answer;
    });
    from.tags();
    return partitions;
  });
  return topics.flat();
}

/** The same with a single code. */
export function readError(from: Reader): number {
  from.int32();
  return from.int16();
}

export function writeOffsets(to: Writer, offsets: readonly CommittedOffset[]): void {
  to.array(byTopic(offsets), ([topic, list]) => {
    to.string(topic).array(list, ({ partition, offset, metadata }) => {
      to.int32(partition).int64(offset).int32(-1).nullableString(metadata).tags();
    });
    to.tags();
  });
}

const writeTransaction = (to: Writer, { transactionalId, id, epoch }: Transaction): Writer =>
  to.string(transactionalId).bigint64(id).int16(epoch);

/** The current identity can be named from version 3 on; from 4 on a producer that was fenced is told so. */
export const initProducerId: Api<
  {
    readonly transactionalId: string | null;
    readonly timeout: number;
    readonly current?: ProducerIdentity | undefined;
  },
  ProducerIdentity & { readonly error: number }
> = {
  name: 'InitProducerId',
  key: 22,
  versions: [3, 4],
  flexible: 2,
  write(to, { transactionalId, timeout, current }) {
    to.nullableString(transactionalId).int32(timeout);
    to.bigint64(current?.id ?? -1n)
      .int16(current?.epoch ?? -1)
      .tags();
  },
  read(from) {
    from.int32();
    return { error: from.int16(), id: from.bigint64(), epoch: from.int16() };
  },
};

export const addPartitionsToTxn: Api<
  { readonly transaction: Transaction; readonly to: readonly TopicPartition[] },
  PartitionError[]
> = {
  name: 'AddPartitionsToTxn',
  key: 24,
  versions: [1, 2],
  write(to, { transaction, to: added }) {
    writeTransaction(to, transaction);
    to.array(byTopic(added), ([topic, list]) => {
      to.string(topic).array(list, ({ partition }) => to.int32(partition));
    });
  },
  read: readErrors,
};

export const endTxn: Api<{ readonly transaction: Transaction; readonly commits: boolean }, number> = {
  name: 'EndTxn',
  key: 26,
  versions: [1, 2],
  write(to, { transaction, commits }) {
    writeTransaction(to, transaction).bool(commits);
  },
  read: readError,
};
