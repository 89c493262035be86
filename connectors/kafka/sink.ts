import { type Sink, type SinkDefinition, defineSink } from '../../lib/connect/index.js';
import { type KafkaSinkOptions, parseKafkaSinkOptions } from './sink-options.js';
import { checkColumns } from './sink/columns.js';
import { KafkaWriter } from './sink/writer.js';

/**
 * Writes rows to Kafka, each as a message. Columns, by their exact names, as in Spark:
 *
 * | column | type | |
 * |---|---|---|
 * | `value` | STRING or BINARY | required; missing values are tombstones |
 * | `key` | STRING or BINARY | rows of one key stay in order, in the partition where any Java client would put them |
 * | `headers` | ARRAY<STRUCT<key: STRING, value: BINARY>> | |
 * | `topic` | STRING | required without the option `topic`, which beats it |
 * | `partition` | INT | beats the partitioner |
 *
 * Others are ignored. All output modes.
 *
 * **Exactly once** with a `checkpoint`, which gives the query its id: each batch is one transaction, with a token that
 * says so. After a crash, or an answer that was lost, the sink knows by the token whether the batch is there. A broker
 * that goes away is waited for (`deliveryTimeout`). Of two runs of one query the older fails with PRODUCER_FENCED.
 * Batches without rows write nothing. Consumers have to read with `isolation.level=read_committed`. With
 * `delivery: 'at-least-once'` there are no transactions, and rows may come twice.
 *
 * Without a checkpoint each run is another query: what a run that died had in hand is aborted, and not written again.
 *
 * Throws MISSING_OPTION, UNKNOWN_OPTION and INVALID_OPTION at once; UNKNOWN_COLUMN, MISSING_OPTION and SCHEMA_MISMATCH
 * before the query starts, where the columns are known by then. The query fails with TYPE_MISMATCH for a row without a
 * topic or of a partition that there is not, RECORD_TOO_LARGE for one that the topic does not take (nothing of the batch
 * is sent then), DUPLICATE_NAME for two sinks without a `name` of their own for one topic, PRODUCER_FENCED,
 * TOPIC_NOT_FOUND, BROKER_UNREACHABLE, AUTHENTICATION_FAILED, NOT_AUTHORIZED, CERTIFICATE_REJECTED.
 *
 * @example
 * ```ts
 * flow$
 *   .pipe(selectExpr('CAST(id AS STRING) AS key', 'to_json(struct(*)) AS value'))
 *   .subscribe(kafkaSink({ bootstrapServers: 'localhost:9092', topic: 'orders' }));
 * ```
 */
export function kafkaSink<Row = unknown>(options: KafkaSinkOptions): Sink<Row> {
  return defineSink<Row>(kafkaSinkDefinition(options));
}

/** @internal What `kafkaSink` is made of. */
export function kafkaSinkDefinition(options: KafkaSinkOptions): SinkDefinition<unknown> {
  const settings = parseKafkaSinkOptions(options);
  const { delivery, name, topic } = settings;
  const named = name === (topic ?? 'rows') ? '' : ` as ${name}`;
  return {
    op: 'kafkaSink',
    // Branches of one query are told apart by it.
    detail: `${topic ?? 'by column'}${named}${delivery === 'exactly-once' ? '' : ` ${delivery}`}`,
    supports: { exactlyOnce: delivery === 'exactly-once', outputModes: ['append', 'update', 'complete'] },
    check: (schema) => checkColumns(schema, topic !== undefined),
    open: (context) => new KafkaWriter(settings, context),
  };
}
