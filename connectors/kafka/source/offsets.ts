import type { TopicPartition } from '../client/contract.js';

/** The next offset to read, by topic and partition: `{ orders: { "0": 17 } }`, as Spark has it. Also the offset of the source. */
export type KafkaOffsets = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** The next offset of a partition that is to be read. */
export interface PartitionOffset extends TopicPartition {
  readonly offset: number;
}

/** The offset of a partition, undefined if there is none. */
export const offsetOf = (offsets: KafkaOffsets, { topic, partition }: TopicPartition): number | undefined =>
  offsets[topic]?.[partition];

export const compareNames = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** By topic, then by number: the order of the rows of a batch. */
export const comparePartitions = (a: TopicPartition, b: TopicPartition): number =>
  compareNames(a.topic, b.topic) || a.partition - b.partition;

/** In order. */
export function listOf(offsets: KafkaOffsets): PartitionOffset[] {
  const list = Object.entries(offsets).flatMap(([topic, of]) =>
    Object.entries(of).map(([partition, offset]) => ({ topic, partition: Number(partition), offset })),
  );
  return list.sort(comparePartitions);
}

/** Topics and partitions come in order, so that equal offsets are equal texts. */
export function offsetsOf(list: readonly PartitionOffset[]): KafkaOffsets {
  const byTopic = new Map<string, [string, number][]>();
  for (const { topic, partition, offset } of list.toSorted(comparePartitions)) {
    let of = byTopic.get(topic);
    if (of === undefined) byTopic.set(topic, (of = []));
    of.push([String(partition), offset]);
  }
  return Object.fromEntries([...byTopic].map(([topic, of]) => [topic, Object.fromEntries(of)]));
}
