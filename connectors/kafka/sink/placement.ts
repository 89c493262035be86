import { SluiceError, messageOf } from '../../../lib/errors/index.js';
import { partitionsOfKeys } from '../records/index.js';
import type { Messages } from './columns.js';
import { Lane } from './lane.js';
import { RowTopics } from './row-topics.js';

/**
 * Chooses the partition of a message: a whole number from 0 to `partitions - 1`. Key and value are as in the row: a
 * string, bytes, or null.
 */
export type Partitioner = (
  key: string | Uint8Array | null,
  value: string | Uint8Array | null,
  partitions: number,
  topic: string,
) => number;

export interface PlacementSettings {
  /** Of all rows; undefined: the column says it. */
  readonly topic: string | undefined;
  /** Undefined: as the Java client does it. */
  readonly partitioner: Partitioner | undefined;
  /** Rows without a key stay with one partition for so many bytes, so that its batches are full. */
  readonly stickyBytes: number;
}

/** How many partitions a topic has. If it is known to have fewer than `atLeast`, it is asked again. */
export type CountPartitions = (topic: string, atLeast: number) => Promise<number>;

/**
 * Deals the rows of batch `id` out to partitions: as their column says, as the partitioner does, or by their keys. Rows
 * without a key fill one partition after the other, and each batch begins with another one. Every partition has its rows
 * in order.
 */
export async function place(
  id: number,
  messages: Messages,
  { partitioner, stickyBytes, topic }: PlacementSettings,
  count: CountPartitions,
): Promise<Lane[]> {
  const topics = topic === undefined ? RowTopics.from(messages.topic!) : RowTopics.all(topic);
  const largest = largestNamed(messages, topics);
  const counts = await Promise.all(topics.names.map((name, t) => count(name, largest[t]! + 1)));
  const placement = new Placement(messages, topics, counts);
  placement.asNamed();
  if (partitioner === undefined) {
    placement.byKeys();
    placement.inTurn(id, stickyBytes);
  } else {
    placement.byFunction(partitioner);
  }
  return placement.lanes();
}

/** The largest partition that the rows of each topic name; -1 for none. */
function largestNamed({ length, partition }: Messages, topics: RowTopics): number[] {
  const out = topics.names.map(() => -1);
  if (partition === null) return out;
  for (let i = 0; i < length; i++) {
    const topic = topics.of(i);
    if (partition.isValid(i)) out[topic] = Math.max(out[topic]!, partition.values[i] as number);
  }
  return out;
}

const undecided = -1;

/** The partition of each row. Each step decides on rows that are undecided. */
class Placement {
  private readonly partitions: Int32Array;

  constructor(
    private readonly messages: Messages,
    private readonly topics: RowTopics,
    private readonly counts: readonly number[],
  ) {
    this.partitions = new Int32Array(messages.length).fill(undecided);
  }

  asNamed(): void {
    const { partition: named } = this.messages;
    if (named === null) return;
    for (let i = 0; i < named.length; i++) {
      if (named.isValid(i)) this.choose(i, named.values[i] as number, ofColumn);
    }
  }

  byKeys(): void {
    const { counts, partitions, topics } = this;
    const keys = this.messages.records.key;
    if (keys === null) return;
    // Topics mostly have the same number of partitions.
    const byCount = new Map([...new Set(counts)].map((n) => [n, partitionsOfKeys(keys, n)]));
    const byTopic = counts.map((n) => byCount.get(n)!);
    for (let i = 0; i < partitions.length; i++) {
      if (partitions[i] === undecided) partitions[i] = byTopic[topics.of(i)]![i]!;
    }
  }

  inTurn(first: number, stickyBytes: number): void {
    const { counts, partitions, topics } = this;
    const { value } = this.messages.records;
    const next = counts.map((n) => first % n);
    const filled = counts.map(() => 0);
    for (let i = 0; i < partitions.length; i++) {
      if (partitions[i] !== undecided) continue;
      const topic = topics.of(i);
      partitions[i] = next[topic]!;
      filled[topic]! += roughBytes + (value === null ? 0 : value.offsets[i + 1]! - value.offsets[i]!);
      if (filled[topic]! < stickyBytes) continue;
      filled[topic] = 0;
      next[topic] = (next[topic]! + 1) % counts[topic]!;
    }
  }

  byFunction(partitioner: Partitioner): void {
    const { counts, partitions, topics } = this;
    const { key, value } = this.messages.records;
    type Bytes = string | Uint8Array | null;
    for (let i = 0; i < partitions.length; i++) {
      if (partitions[i] !== undecided) continue;
      const topic = topics.of(i);
      const keyOfRow = (key?.get(i) ?? null) as Bytes;
      const valueOfRow = (value?.get(i) ?? null) as Bytes;
      let chosen: number;
      try {
        chosen = partitioner(keyOfRow, valueOfRow, counts[topic]!, topics.names[topic]!);
      } catch (cause) {
        const message = `kafkaSink: the partitioner threw at row ${i}: ${messageOf(cause)}`;
        throw new SluiceError('USER_FUNCTION_FAILED', message, { cause, details: { row: i } });
      }
      this.choose(i, chosen, 'the partitioner says');
    }
  }

  /** The rows of each partition in order: a counting sort. */
  lanes(): Lane[] {
    const { counts, messages, partitions, topics } = this;
    const { length, records } = messages;
    // Partitions of all topics, one after the other.
    const first = new Int32Array(counts.length + 1);
    counts.forEach((n, t) => (first[t + 1] = first[t]! + n));
    const starts = new Int32Array(first[counts.length]! + 1);
    for (let i = 0; i < length; i++) starts[first[topics.of(i)]! + partitions[i]!]!++;
    for (let k = 1; k < starts.length; k++) starts[k]! += starts[k - 1]!;
    const rows = new Int32Array(length);
    for (let i = length - 1; i >= 0; i--) rows[--starts[first[topics.of(i)]! + partitions[i]!]!] = i;
    return topics.names.flatMap((name, t) =>
      Array.from({ length: counts[t]! }, (_, partition) => {
        const k = first[t]! + partition;
        return new Lane(name, partition, records, rows.subarray(starts[k], starts[k + 1]));
      }).filter((lane) => lane.rows.length > 0),
    );
  }

  private choose(row: number, partition: number, who: string): void {
    const topic = this.topics.of(row);
    const count = this.counts[topic]!;
    if (!Number.isInteger(partition) || partition < 0 || partition >= count) {
      throw outside(row, partition, who, this.topics.names[topic]!, count);
    }
    this.partitions[row] = partition;
  }
}

const ofColumn = 'its column says';

/** What a message has besides its value. */
const roughBytes = 10;

function outside(row: number, partition: number, who: string, topic: string, count: number): SluiceError {
  const hint = who === ofColumn ? " Where the column 'partition' is left out or null, the partitioner chooses." : '';
  const message = `kafkaSink: row ${row} would go to partition ${partition}, ${who}. The topic '${topic}' has 0 to ${count - 1}.${hint}`;
  return new SluiceError('TYPE_MISMATCH', message, { details: { row, topic, partition, partitions: count } });
}
