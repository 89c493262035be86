import { SluiceError } from '../../../lib/errors/index.js';
import type { OffsetQuery, TopicPartition } from '../client/contract.js';
import type { OffsetLookup } from './lookup.js';
import type { LossPolicy } from './loss.js';
import { keyOf } from '../client/partition.js';
import { type KafkaOffsets, type PartitionOffset, listOf, offsetOf } from './offsets.js';
import { type Start, earliestMark, latestMark, startError } from './starting.js';

/**
 * Where `partitions` begin in a new query. `all` are those of every process, which offsets and times by partition have
 * to name, all of them and no others.
 */
export async function beginningsOf(
  start: Start,
  partitions: readonly TopicPartition[],
  all: readonly TopicPartition[],
  lookup: OffsetLookup,
  losses: LossPolicy,
): Promise<PartitionOffset[]> {
  switch (start.kind) {
    case 'everywhere':
      return ask(partitions, () => start.at, lookup);
    case 'time':
      return atTimes(start.otherwise, partitions, () => start.time, lookup, 'startingTimestamp');
    case 'times': {
      const option = 'startingOffsetsByTimestamp';
      checkNames(option, start.times, all);
      return atTimes(start.otherwise, partitions, (of) => offsetOf(start.times, of)!, lookup, option);
    }
    case 'offsets':
      checkNames('startingOffsets', start.offsets, all);
      return Promise.all(partitions.map((of) => atOffset(of, offsetOf(start.offsets, of)!, lookup, losses)));
  }
}

/** The offsets of `partitions` at what `at` says of each. */
export async function ask(
  partitions: readonly TopicPartition[],
  at: (of: TopicPartition) => OffsetQuery['at'],
  lookup: OffsetLookup,
): Promise<PartitionOffset[]> {
  const offsets = await lookup.ask(
    partitions.map(({ topic, partition }) => ({ topic, partition, at: at({ topic, partition }) })),
  );
  return partitions.map(({ topic, partition }, i) => ({ topic, partition, offset: offsets[i]! }));
}

async function atTimes(
  otherwise: 'error' | 'latest',
  partitions: readonly TopicPartition[],
  time: (of: TopicPartition) => number,
  lookup: OffsetLookup,
  option: string,
): Promise<PartitionOffset[]> {
  const found = await ask(partitions, time, lookup);
  const late = found.filter(({ offset }) => offset < 0);
  if (late.length === 0) return found;
  if (otherwise === 'latest') {
    const ends = await ask(late, () => 'latest', lookup);
    return [...found.filter(({ offset }) => offset >= 0), ...ends];
  }
  const { topic, partition } = late[0]!;
  const why =
    `finds no record of ${time(late[0]!)} or later in topic '${topic}', partition ${partition}. ` +
    "startingOffsetsByTimestampStrategy: 'latest' begins at the end there.";
  throw startError(option, why, { topic, partition, timestamp: time(late[0]!) });
}

async function atOffset(
  of: TopicPartition,
  wanted: number,
  lookup: OffsetLookup,
  losses: LossPolicy,
): Promise<PartitionOffset> {
  if (wanted === earliestMark || wanted === latestMark) {
    return (await ask([of], () => (wanted === earliestMark ? 'earliest' : 'latest'), lookup))[0]!;
  }
  const [earliest, latest] = await lookup.range(of);
  if (wanted >= earliest && wanted <= latest) return { ...of, offset: wanted };
  const why = `startingOffsets says so, but it has the offsets ${earliest} to ${latest}`;
  losses.report({ ...of, condition: 'START_OFFSET_RESET', from: wanted, to: earliest, why });
  return { ...of, offset: earliest };
}

function checkNames(option: string, given: KafkaOffsets, all: readonly TopicPartition[]): void {
  const named = new Set(listOf(given).map(keyOf));
  const there = new Set(all.map(keyOf));
  const missing = [...there].filter((key) => !named.has(key));
  const unknown = [...named].filter((key) => !there.has(key));
  if (missing.length === 0 && unknown.length === 0) return;
  const parts = [
    ...(missing.length === 0 ? [] : [`lacks ${missing.join(', ')}`]),
    ...(unknown.length === 0 ? [] : [`names ${unknown.join(', ')}, which are not read`]),
  ];
  const why = `must name the partitions that are read, all of them: it ${parts.join(' and ')}. -2 stands for the earliest, -1 for the latest.`;
  throw startError(option, why, { missing, unknown });
}

/** Topics that were named and do not exist; `hint` is what `Cluster.didYouMean` says of them. */
export function topicsNotFound(source: string, topics: readonly string[], hint: string): SluiceError {
  const named = topics.map((name) => `'${name}'`).join(', ');
  const message = `The source '${source}' is to read ${named}: no such topic exists.${hint} Make it first, or look for the right name: case matters.`;
  return new SluiceError('TOPIC_NOT_FOUND', message, { details: { topics } });
}

/** Partitions that were named and do not exist. */
export function partitionsNotFound(partitions: readonly TopicPartition[]): SluiceError {
  const missing = partitions.map(keyOf);
  const why = `names ${missing.join(', ')}: there is no such partition, which are counted from 0. failOnDataLoss: false waits for it.`;
  return startError('assign', why, { missing });
}
