import type { TopicPartition } from './contract.js';

/** Names a partition among those of all topics. */
export const keyOf = ({ topic, partition }: TopicPartition): string => `${topic}-${partition}`;
