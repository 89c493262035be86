import { Partitioners } from 'kafkajs';

/** The partition that kafkajs chooses for a key, as Java does. */
export function createPartitioner(partitions: number): (key: string) => number {
  const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
    partitionErrorCode: 0,
    partitionId,
    leader: 0,
    replicas: [0],
    isr: [0],
  }));
  const choose = Partitioners.DefaultPartitioner();
  return (key) => choose({ topic: 't', partitionMetadata, message: { key, value: null } });
}
