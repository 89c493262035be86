import { defineSource } from '../../lib/connect/index.js';
import type { Flow } from '../../lib/flow.js';
import type { Schema } from '../../lib/schema/index.js';
import { Cluster } from './client/cluster.js';
import { openClient } from './client/index.js';
import { openGroup } from './group/index.js';
import { recordSchema } from './records/index.js';
import { type KafkaSourceOptions, parseKafkaSource } from './source-options.js';
import { everyPartition } from './source/assignment.js';
import type { KafkaOffsets } from './source/offsets.js';
import { KafkaReader } from './source/reader.js';
import { topicsOf } from './source/selection.js';

/** A record of Kafka, as Spark has it. */
export interface KafkaRow {
  readonly key: Uint8Array | null;
  /** null: a tombstone. */
  readonly value: Uint8Array | null;
  readonly topic: string;
  readonly partition: number;
  /** A bigint past 2^53. */
  readonly offset: number | bigint;
  readonly timestamp: Date;
  /** 0: given by the producer; 1: by the broker. */
  readonly timestampType: number;
}

/** With `includeHeaders: true`. */
export interface KafkaRowWithHeaders extends KafkaRow {
  /** null for a record without. A key may come more than once. */
  readonly headers: readonly { readonly key: string; readonly value: Uint8Array | null }[] | null;
}

/**
 * Reads topics of Kafka, from one partition to the next in the order of their offsets.
 *
 * A batch is a range of offsets for each partition, fixed and durable before it is read, so that after a crash it is
 * read again, the same: a query with a `checkpoint` reads every record exactly once. Where it stands is in the
 * checkpoint; the group of its name only shows it to Kafka's tools. Offsets are Spark's, `{ orders: { "0": 17 } }`, the
 * next to read; a partition that is found later enters with a batch in which it has no rows. A new query that finds
 * nothing to read makes a batch without rows, so that where it begins is durable.
 *
 * Brokers that are away are waited for, up to `kafkaConsumer.pollTimeoutMs`. Records are fetched ahead, up to
 * `readAhead`, while a batch is processed; their checksums are verified.
 *
 * `kafka.sasl` needs the optional package kafkajs. Throws MISSING_OPTION, INVALID_OPTION and UNKNOWN_OPTION. Fails with DATA_LOSS,
 * TOPIC_NOT_FOUND, BROKER_UNREACHABLE, AUTHENTICATION_FAILED, NOT_AUTHORIZED, CERTIFICATE_REJECTED, RECORDS_CORRUPT,
 * DECOMPRESSED_TOO_LARGE, and with INVALID_OPTION where starting offsets or `assign` do not fit what is there.
 *
 * @example
 * ```ts
 * const orders$ = kafkaSource({
 *   bootstrapServers: 'localhost:9092',
 *   subscribe: 'orders',
 *   startingOffsets: 'earliest',
 * }).pipe(selectExpr('CAST(key AS STRING)', 'CAST(value AS STRING)'));
 * ```
 */
export function kafkaSource(options: KafkaSourceOptions & { readonly includeHeaders: true }): Flow<KafkaRowWithHeaders>;
export function kafkaSource(options: KafkaSourceOptions): Flow<KafkaRow>;
export function kafkaSource(options: KafkaSourceOptions): Flow<KafkaRow> {
  const settings = parseKafkaSource(options);
  const { name, detail, groupId, groupIdPrefix, shared, commitGroupOffsets } = settings;
  return defineSource<KafkaRow, KafkaOffsets>({
    op: 'kafkaSource',
    name,
    detail,
    schema: recordSchema(settings.includeHeaders) as Schema<KafkaRow>,
    supports: { replay: true, columns: true, shared: shared !== undefined },
    open: (context) => {
      const cluster = new Cluster(openClient(settings), topicsOf(settings.selection));
      const group = groupId ?? `${groupIdPrefix}-${context.queryId}-${context.name}`;
      const timeout = settings['kafkaConsumer.pollTimeoutMs'];
      if (shared !== undefined) {
        const assignment = openGroup({ cluster, settings: shared, timeout, context });
        return new KafkaReader(context, settings, cluster, assignment, undefined);
      }
      return new KafkaReader(context, settings, cluster, everyPartition, commitGroupOffsets ? group : undefined);
    },
  });
}
