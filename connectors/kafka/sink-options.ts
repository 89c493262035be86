import { SluiceError } from '../../lib/errors/index.js';
import {
  type Duration,
  type Size,
  custom,
  duration,
  nonEmptyText,
  oneOf,
  parseOptions,
  size,
} from '../../lib/options/index.js';
import { type ConnectionOptions, connectionSpec, refuseFlat } from './client/options.js';
import { type CodecName, codecNames } from './records/index.js';
import type { Partitioner } from './sink/placement.js';

export interface KafkaSinkOptions extends ConnectionOptions {
  /** Where all rows go. Without it each row says so in its column `topic`. */
  readonly topic?: string;
  /**
   * `'exactly-once'`: a transaction a batch, so that readers with `read_committed` find each row once. `'at-least-once'`:
   * without transactions; after a crash, or when a broker died, rows may be there twice. Default `'exactly-once'`.
   */
  readonly delivery?: 'exactly-once' | 'at-least-once';
  /**
   * Tells apart the sinks of one query, and is a part of the transactional id. Default the topic. Keep it over restarts:
   * a batch in hand is found by it.
   */
  readonly name?: string;
  /** What transactional ids begin with: `<prefix>-<query id>-<name>`. Default `'sluice'`. Brokers' permissions go by it. */
  readonly transactionalIdPrefix?: string;
  /**
   * The topic that tells which batches are there. It is made if it is missing, and has to be compacted. Default
   * `'__sluice_commits'`.
   */
  readonly commitTopic?: string;
  /**
   * After this long brokers give up a transaction whose process has died; until then readers with `read_committed` wait
   * for it. At most `deliveryTimeout`. Default `'1 minute'`, or `deliveryTimeout` if that is shorter.
   */
  readonly transactionTimeout?: Duration;
  /** How long a batch is tried again while brokers are away, before the query fails. Default `'2 minutes'`. */
  readonly deliveryTimeout?: Duration;
  /**
   * The partition of rows that do not say it in their column `partition`: `'murmur2'`, as any Java client chooses it (by
   * the key; rows without one fill the partitions in turn), or a function of yours. Default `'murmur2'`.
   */
  readonly partitioner?: 'murmur2' | Partitioner;
  /** How record batches are compressed: `'none'`, `'gzip'`, `'snappy'`, `'lz4'` or `'zstd'`. Default `'none'`. */
  readonly compression?: CodecName;
  /**
   * Bytes of a record batch before it is compressed, cut to what the topic takes (`max.message.bytes`). A longer message
   * is a batch of its own. Default `'512k'`.
   */
  readonly batchSize?: Size;
  /** Bytes of a request before it is compressed. Up to five are under way to each broker. Default `'4m'`. */
  readonly maxRequestSize?: Size;
  /**
   * With `delivery: 'at-least-once'`: `'all'` waits for every replica in sync, `1` for the leader alone, and loses what
   * that had alone when it dies. Default `'all'`, which exactly-once needs.
   */
  readonly acks?: 'all' | 1;
}

const isPartitioner = (value: unknown): value is 'murmur2' | Partitioner =>
  value === 'murmur2' || typeof value === 'function';

const isAcks = (value: unknown): value is 'all' | 1 => ['all', 1, '1', -1, '-1'].includes(value as string);

const spec = {
  ...connectionSpec,
  topic: nonEmptyText(),
  delivery: oneOf(['exactly-once', 'at-least-once'], 'exactly-once'),
  name: nonEmptyText(),
  transactionalIdPrefix: nonEmptyText(),
  commitTopic: nonEmptyText(),
  transactionTimeout: duration(),
  deliveryTimeout: duration('2 minutes'),
  partitioner: custom(isPartitioner, "'murmur2' or a function"),
  compression: oneOf(codecNames, 'none'),
  batchSize: size('512k'),
  maxRequestSize: size('4m'),
  acks: custom(isAcks, "'all' or 1"),
};

/** Throws MISSING_OPTION, UNKNOWN_OPTION and INVALID_OPTION. */
export function parseKafkaSinkOptions(given: KafkaSinkOptions) {
  refuseFlat('kafkaSink', given);
  refuseLinger(given);
  const parsed = parseOptions('kafkaSink', given, spec);
  const { acks = 'all', delivery, deliveryTimeout } = parsed;
  const waitsForAll = !['1', 1].includes(acks);
  if (delivery === 'exactly-once' && !waitsForAll) {
    throw invalid('acks', "must be 'all' for exactly-once delivery: what one broker has alone may be lost");
  }
  for (const option of ['deliveryTimeout', 'transactionTimeout'] as const) {
    if (parsed[option] === 0) throw invalid(option, 'must be more than 0 ms');
  }
  const { transactionTimeout = Math.min(60_000, deliveryTimeout) } = parsed;
  if (transactionTimeout > deliveryTimeout) {
    throw invalid('transactionTimeout', `must not be longer than deliveryTimeout (${deliveryTimeout} ms)`);
  }
  const {
    commitTopic = '__sluice_commits',
    name = parsed.topic ?? 'rows',
    partitioner,
    transactionalIdPrefix = 'sluice',
  } = parsed;
  return {
    ...parsed,
    acks: waitsForAll ? (-1 as const) : (1 as const),
    commitTopic,
    name,
    partitioner: typeof partitioner === 'function' ? partitioner : undefined,
    transactionTimeout,
    transactionalIdPrefix,
  };
}

export type KafkaSinkSettings = ReturnType<typeof parseKafkaSinkOptions>;

function refuseLinger(given: object | undefined): void {
  const name = Object.keys(given ?? {}).find((key) => /^linger(\W?ms)?$/i.test(key));
  if (name === undefined) return;
  const message = `kafkaSink: there is no option '${name}': a batch of the query is sent at once, and as a whole. For larger batches give the query a trigger.`;
  throw new SluiceError('UNKNOWN_OPTION', message, { details: { option: name } });
}

function invalid(option: string, what: string): SluiceError {
  return new SluiceError('INVALID_OPTION', `kafkaSink: the option '${option}' ${what}.`, { details: { option } });
}
