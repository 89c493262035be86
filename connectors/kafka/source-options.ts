import { SluiceError, messageOf } from '../../lib/errors/index.js';
import {
  type Duration,
  type Option,
  type Size,
  duration,
  flag,
  nonEmptyText,
  oneOf,
  parseOptions,
  size,
  wholeNumber,
} from '../../lib/options/index.js';
import { javaPattern } from '../../lib/text/index.js';
import { type ConnectionOptions, connectionDetail, connectionSpec, refuseFlat } from './client/options.js';
import type { IsolationLevel } from './client/contract.js';
import { type GroupOptions, groupSettings, groupSpec } from './group/options.js';
import { defaultLimits } from './records/index.js';
import type { Selection } from './source/selection.js';
import { type Otherwise, type Start, byPartition, earliestMark, partitionLists } from './source/starting.js';

/** A number for each partition: `{ orders: { "0": 17 } }`, or its JSON text. */
export type ByPartition = string | Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Names, meanings and defaults are Spark's, where not said otherwise. Exactly one of `subscribe`, `subscribePattern` and `assign`. */
export interface KafkaSourceOptions extends ConnectionOptions, GroupOptions {
  /** Topics to read: a list, or a text with commas between. They must exist: TOPIC_NOT_FOUND. */
  readonly subscribe?: string | readonly string[];
  /**
   * Reads every topic in whose name this is found, also those that come later (from their beginning); Kafka's internal
   * topics are left out. A text is a regular expression in Java's syntax.
   */
  readonly subscribePattern?: string | RegExp;
  /** Reads these partitions alone, which must exist: `{ orders: [0, 1] }`, or its JSON text. */
  readonly assign?: string | Readonly<Record<string, readonly number[]>>;
  /**
   * Where a query begins that has no checkpoint yet: `'earliest'`, `'latest'`, or an offset for each partition that is
   * read, `{ orders: { "0": 23, "1": -2 } }`, where -2 stands for the earliest and -1 for the latest. Partitions that
   * are found later are read from the earliest. Default `'latest'`.
   */
  readonly startingOffsets?: ByPartition;
  /**
   * Where such a query begins in every partition: at the first record of this time (milliseconds since the epoch) or
   * later. Wins over `startingOffsetsByTimestamp` and `startingOffsets`. Default none.
   */
  readonly startingTimestamp?: number;
  /** The same for each partition that is read: `{ orders: { "0": 1700000000000 } }`. Wins over `startingOffsets`. Default none. */
  readonly startingOffsetsByTimestamp?: ByPartition;
  /** What is done where no record is so late: `'error'` fails with INVALID_OPTION, `'latest'` begins at the end. Default `'error'`. */
  readonly startingOffsetsByTimestampStrategy?: Otherwise;
  /**
   * What is done when records are gone that were to be read (deleted by retention, by hand, or with their topic): true
   * fails with DATA_LOSS, which names topic, partition and offsets; false counts them in the progress (`lostOffsets`)
   * and goes on with what is there, no record twice. Default true.
   */
  readonly failOnDataLoss?: boolean;
  /**
   * How many offsets a batch takes at most, of all partitions together, in proportion to what each has. As in Spark, at
   * least one of each, so that many partitions may take a few more. Default: as many as the engine's bounds allow.
   */
  readonly maxOffsetsPerTrigger?: number;
  /** A batch starts only when so many offsets are new, or `maxTriggerDelay` has passed. The first of a run starts at once. Default none. */
  readonly minOffsetsPerTrigger?: number;
  /** How long `minOffsetsPerTrigger` may hold up a batch, since the last. Default `'15m'`. */
  readonly maxTriggerDelay?: Duration;
  /**
   * In how many parts a batch is dealt out at least, for sinks that write parts side by side, such as one file each:
   * large partitions are split, as Spark splits them. `repartition` decides in its place where it stands. Default: a
   * batch is one part.
   */
  readonly minPartitions?: number;
  /** How many offsets such a part has at most. Goes before `minPartitions`. Default: a batch is one part. */
  readonly maxRecordsPerPartition?: number;
  /** Whether there is a column `headers ARRAY<STRUCT<key STRING, value BINARY>>`, null for a record without. Default false. */
  readonly includeHeaders?: boolean;
  /**
   * The group under whose name offsets are committed, after each batch, so that Kafka's tools show how far the query is.
   * The checkpoint alone says where it goes on. Default `<groupIdPrefix>-<id of the query>-<name>`.
   */
  readonly groupId?: string;
  /** What the name of the group begins with, if it is not given. Default `'sluice-kafka-source'`. */
  readonly groupIdPrefix?: string;
  /** Whether offsets are committed to the group. That never fails the query. Default true. */
  readonly commitGroupOffsets?: boolean;
  /** How long the source waits for brokers that are away, or records that do not come, before it fails. Default 2 minutes. */
  readonly 'kafkaConsumer.pollTimeoutMs'?: Duration;
  /** How often offsets that make no sense (an end before what was read) are asked for again. Default 3. */
  readonly 'fetchOffset.numRetries'?: number;
  /** How long to wait before that. Default 1 second. */
  readonly 'fetchOffset.retryIntervalMs'?: Duration;
  /**
   * Whether records of transactions are read only when these are committed, `'read_committed'`, or all records at once,
   * `'read_uncommitted'`. Default `'read_committed'`; Spark's is the other.
   */
  readonly isolationLevel?: IsolationLevel;
  /** How many bytes are fetched ahead while a batch is processed; one answer of each broker may come on top. Default `'16m'`. */
  readonly readAhead?: Size;
  /** How large a record batch may be when it is expanded: DECOMPRESSED_TOO_LARGE. Default `'256m'`. */
  readonly maxDecompressedBytes?: Size;
  /**
   * The name under which the checkpoint keeps offsets. Give two Kafka sources of a query one each: without it they are
   * `kafka` and `kafka#2` in their order, which then has to stay over restarts. Default `kafka`.
   */
  readonly name?: string;
}

const what = 'kafkaSource';

/** An option whose value `read` understands, undefined if it does not. */
function understood<T, In>(
  option: string,
  read: (value: unknown) => T | undefined,
  expected: string,
): Option<T | undefined, In> {
  const fits = (value: unknown): T => {
    const out = read(value);
    if (out === undefined) throw invalid(option, expected);
    return out;
  };
  return { read: fits, fallback: undefined, required: false };
}

/** An option of Spark's that makes no sense on a stream. */
function refused(option: string, why: string): Option<undefined, never> {
  const read = (): never => {
    throw invalid(option, why);
  };
  return { read, fallback: undefined, required: false };
}

const invalid = (option: string, why: string, cause?: unknown): SluiceError =>
  new SluiceError('INVALID_OPTION', `${what}: the option '${option}' ${why}.`, { details: { option }, cause });

const noEnd = 'is for queries that end. A stream goes on; trigger({ availableNow: true }) ends it at what is there';

const spec = {
  ...connectionSpec,
  ...groupSpec,
  subscribe: understood<readonly string[], string | readonly string[]>(
    'subscribe',
    topicList,
    'must name topics: a list, or a text with commas between',
  ),
  subscribePattern: understood<(topic: string) => boolean, string | RegExp>(
    'subscribePattern',
    topicPattern,
    'must be a regular expression that is not empty',
  ),
  assign: understood<Readonly<Record<string, readonly number[]>>, object | string>(
    'assign',
    (value) => nonEmpty(partitionLists(value)),
    'must name partitions, as { orders: [0, 1] } or its JSON text',
  ),
  startingOffsets: understood<Start, ByPartition>(
    'startingOffsets',
    startingOffsets,
    'must be \'earliest\', \'latest\', or offsets as { orders: { "0": 23, "1": -2 } } ' +
      '(-2 earliest, -1 latest), or its JSON text',
  ),
  startingTimestamp: wholeNumber({ min: 0 }),
  startingOffsetsByTimestamp: understood(
    'startingOffsetsByTimestamp',
    (value) => byPartition(value, 0),
    'must be milliseconds since the epoch, as { orders: { "0": 1700000000000 } } or its JSON text',
  ),
  startingOffsetsByTimestampStrategy: oneOf(['error', 'latest'], 'error'),
  endingOffsets: refused('endingOffsets', noEnd),
  endingTimestamp: refused('endingTimestamp', noEnd),
  endingOffsetsByTimestamp: refused('endingOffsetsByTimestamp', noEnd),
  schema: refused(
    'schema',
    'cannot be given: the columns of Kafka records are fixed. fromJson makes columns of a value',
  ),
  failOnDataLoss: flag(true),
  maxOffsetsPerTrigger: wholeNumber({ min: 1 }),
  minOffsetsPerTrigger: wholeNumber({ min: 1 }),
  maxTriggerDelay: duration('15m'),
  minPartitions: wholeNumber({ min: 1 }),
  maxRecordsPerPartition: wholeNumber({ min: 1 }),
  includeHeaders: flag(false),
  groupId: nonEmptyText(),
  groupIdPrefix: nonEmptyText(),
  commitGroupOffsets: flag(true),
  'kafkaConsumer.pollTimeoutMs': duration(120_000),
  'fetchOffset.numRetries': wholeNumber({ min: 0 }, 3),
  'fetchOffset.retryIntervalMs': duration(1000),
  isolationLevel: oneOf(['read_committed', 'read_uncommitted']),
  readAhead: size('16m'),
  maxDecompressedBytes: size(defaultLimits.maxDecompressedBytes),
  name: nonEmptyText(),
};

export type SourceSettings = ReturnType<typeof parseKafkaSource>;

export function parseKafkaSource(options: KafkaSourceOptions) {
  refuseFlat(what, options);
  const { subscribe, subscribePattern, assign, ...parsed } = parseOptions(what, options, spec);
  const { maxOffsetsPerTrigger = Infinity, minOffsetsPerTrigger = 0, groupIdPrefix, kafka } = parsed;
  if (minOffsetsPerTrigger > maxOffsetsPerTrigger) {
    throw invalid('minOffsetsPerTrigger', `must not be more than maxOffsetsPerTrigger, ${maxOffsetsPerTrigger}`);
  }
  const groupId = parsed.groupId ?? kafka.groupId;
  const selections: (Selection & { readonly shown: string })[] = [];
  if (subscribe !== undefined) selections.push({ kind: 'topics', topics: subscribe, shown: subscribe.join(',') });
  if (subscribePattern !== undefined) {
    selections.push({ kind: 'pattern', fits: subscribePattern, shown: String(options.subscribePattern) });
  }
  if (assign !== undefined) {
    const partitions = Object.entries(assign).flatMap(([topic, of]) => of.map((partition) => ({ topic, partition })));
    selections.push({ kind: 'partitions', partitions, shown: JSON.stringify(assign) });
  }
  const [selection, ...more] = selections;
  if (selection === undefined) {
    const message = `${what}: one of the options 'subscribe', 'subscribePattern' and 'assign' is required.`;
    throw new SluiceError('MISSING_OPTION', message, { details: { option: 'subscribe' } });
  }
  if (more.length > 0)
    throw invalid('subscribe', "cannot be given beside 'subscribePattern' or 'assign', nor these two together");
  return {
    ...parsed,
    name: parsed.name ?? 'kafka',
    isolationLevel: parsed.isolationLevel ?? kafka.isolationLevel ?? 'read_committed',
    groupId,
    groupIdPrefix: groupIdPrefix ?? 'sluice-kafka-source',
    selection: selection as Selection,
    start: startOf(parsed),
    shared: groupSettings(what, { ...parsed, groupId }),
    detail: `${selection.shown} at ${connectionDetail(parsed)}`,
  };
}

/** The option that says where a new query begins. */
function startOf(parsed: {
  readonly startingTimestamp: number | undefined;
  readonly startingOffsetsByTimestamp: Readonly<Record<string, Readonly<Record<string, number>>>> | undefined;
  readonly startingOffsetsByTimestampStrategy: Otherwise;
  readonly startingOffsets: Start | undefined;
}): Start {
  const { startingTimestamp, startingOffsetsByTimestamp, startingOffsets: start } = parsed;
  const otherwise = parsed.startingOffsetsByTimestampStrategy;
  if (startingTimestamp !== undefined) return { kind: 'time', time: startingTimestamp, otherwise };
  if (startingOffsetsByTimestamp !== undefined) return { kind: 'times', times: startingOffsetsByTimestamp, otherwise };
  return start ?? { kind: 'everywhere', at: 'latest' };
}

function topicList(value: unknown): readonly string[] | undefined {
  const list: unknown[] = typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [];
  if (!list.every((topic) => typeof topic === 'string')) return undefined;
  return nonEmpty([...new Set(list.map((topic) => topic.trim()).filter((topic) => topic !== ''))]);
}

function topicPattern(value: unknown): ((topic: string) => boolean) | undefined {
  if (value instanceof RegExp) return (topic) => topic.search(value) >= 0;
  if (typeof value !== 'string' || value === '') return undefined;
  const { finder } = patternOf(value);
  return (topic) => finder.test(topic);
}

function patternOf(text: string): ReturnType<typeof javaPattern> {
  try {
    return javaPattern(text);
  } catch (error) {
    throw invalid('subscribePattern', `must be a regular expression: ${messageOf(error)}`, error);
  }
}

function startingOffsets(value: unknown): Start | undefined {
  const word = typeof value === 'string' ? value.trim().toLowerCase() : value;
  if (word === 'earliest' || word === 'latest') return { kind: 'everywhere', at: word };
  const offsets = byPartition(value, earliestMark);
  return offsets && { kind: 'offsets', offsets };
}

const nonEmpty = <T extends object>(value: T | undefined): T | undefined =>
  value === undefined || Object.keys(value).length === 0 ? undefined : value;
