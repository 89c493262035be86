import { Reader, Writer } from '../client/protocol/wire.js';
import type { PartitionsByTopic } from './assignor.js';

/** What a member says of itself when it joins. */
export interface Subscription {
  readonly topics: readonly string[];
  readonly owned: PartitionsByTopic;
  readonly generation: number;
  /** The partitions that there are of its topics, as it sees them. */
  readonly partitions: PartitionsByTopic;
  /** How often it asked for a rebalance: the coordinator makes one only for a member that says something new. */
  readonly asks: number;
}

/** What the leader tells a member. */
export interface GivenPartitions {
  readonly given: PartitionsByTopic;
  /** All partitions that the leader knew of; undefined if it is another client's. */
  readonly known: PartitionsByTopic | undefined;
}

/**
 * Both in Kafka's consumer protocol, version 2 and 1, which every version of it reads as far as it knows, so that
 * Kafka's tools show members and partitions. What only we need is JSON in `userData`; fields that are not known there are
 * passed over, and one that is missing means that nothing is known.
 */
const subscriptionVersion = 2;
const assignmentVersion = 1;

export function encodeSubscription({ topics, owned, generation, partitions, asks }: Subscription): Buffer {
  const more = Buffer.from(JSON.stringify({ partitions: Object.fromEntries(partitions), asks }));
  const to = new Writer().int16(subscriptionVersion);
  to.array(topics, (topic) => to.string(topic)).bytes(more);
  writePartitions(to, owned);
  return Buffer.concat(to.int32(generation).finish());
}

export function decodeSubscription(buffer: Buffer): Subscription {
  const from = new Reader(buffer);
  const version = from.int16();
  const topics = from.array(() => from.string());
  const { partitions, asks } = json(from.bytes());
  const owned = version >= 1 ? readPartitions(from) : new Map<string, number[]>();
  const generation = version >= 2 ? from.int32() : -1;
  return {
    topics,
    owned,
    generation,
    partitions: toPartitions(partitions) ?? new Map(),
    asks: typeof asks === 'number' ? asks : 0,
  };
}

export function encodeAssignment(given: PartitionsByTopic, known: PartitionsByTopic): Buffer {
  const more = Buffer.from(JSON.stringify({ known: Object.fromEntries(known) }));
  const to = new Writer().int16(assignmentVersion);
  writePartitions(to, given);
  return Buffer.concat(to.bytes(more).finish());
}

/** An empty buffer is what a member gets that the leader has forgotten: nothing. */
export function decodeAssignment(buffer: Buffer): GivenPartitions {
  if (buffer.length === 0) return { given: new Map(), known: undefined };
  const from = new Reader(buffer);
  from.int16();
  return { given: readPartitions(from), known: toPartitions(json(from.bytes()).known) };
}

function writePartitions(to: Writer, value: PartitionsByTopic): void {
  to.array([...value], ([topic, partitions]) => to.string(topic).array(partitions, (partition) => to.int32(partition)));
}

const readPartitions = (from: Reader): Map<string, number[]> =>
  new Map(from.array(() => [from.string(), from.array(() => from.int32())] as const));

function toPartitions(value: unknown): PartitionsByTopic | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const entries = Object.entries(value);
  const isOurs = entries.every(([, list]) => Array.isArray(list) && list.every((n) => Number.isInteger(n)));
  return isOurs ? new Map(entries as [string, number[]][]) : undefined;
}

/** What another client has put there is none of ours. */
function json(buffer: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value = JSON.parse(buffer.toString()) as unknown;
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
