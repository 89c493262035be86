import type { TopicInfo, TopicPartition } from '../client/contract.js';

/** What a source reads, as its options say it. */
export type Selection =
  | { readonly kind: 'topics'; readonly topics: readonly string[] }
  | { readonly kind: 'pattern'; readonly fits: (topic: string) => boolean }
  | { readonly kind: 'partitions'; readonly partitions: readonly TopicPartition[] };

/** The topics to ask brokers for; undefined: all of them. */
export function topicsOf(selection: Selection): readonly string[] | undefined {
  switch (selection.kind) {
    case 'topics':
      return selection.topics;
    case 'partitions':
      return [...new Set(selection.partitions.map(({ topic }) => topic))];
    case 'pattern':
      return undefined;
  }
}

/** Whether the partition is among those that are to be read, if it exists. */
export function wants(selection: Selection, { topic, partition }: TopicPartition): boolean {
  switch (selection.kind) {
    case 'topics':
      return selection.topics.includes(topic);
    case 'partitions':
      return selection.partitions.some((of) => of.topic === topic && of.partition === partition);
    case 'pattern':
      return selection.fits(topic);
  }
}

/** Whether the topic is among those that are read. */
export function selects(selection: Selection, { name, isInternal }: TopicInfo): boolean {
  return selection.kind === 'pattern' ? !isInternal && selection.fits(name) : topicsOf(selection)!.includes(name);
}

/** Those of its partitions that are read. */
export function partitionsOf(selection: Selection, { name: topic, partitions }: TopicInfo): TopicPartition[] {
  return partitions.map(({ partition }) => ({ topic, partition })).filter((of) => wants(selection, of));
}
