import { join } from 'node:path';
import { foreachBatchSink } from '../../connectors/foreach/index.js';
import { kafkaSink, kafkaSource } from '../../connectors/kafka/index.js';
import { BytesColumn, Table } from '../../lib/columns/index.js';
import type { StreamingQuery } from '../../lib/index.js';
import { startQuery } from '../../lib/index.js';
import { binary, parseDdl } from '../../lib/schema/index.js';
import { checkpoint, selectExpr, where } from '../../operators/index.js';
import { tables } from '../tables.js';
import type { ForwardTask, Places, ReadTask, WriteTask } from './child.js';
import { Seen, document, documentDdl, userOf } from './messages.js';

/** Exactly once, with a checkpoint: columns that are in memory, the same in each batch. */
export async function write({ topic, messages, bytes, perBatch: rows }: WriteTask, { brokers, dir }: Places) {
  const schema = parseDdl('key BINARY, value BINARY');
  const columns = [binaries(rows, userOf), binaries(rows, (i) => document(i, bytes))];
  const from = tables(new Table(schema, columns, rows), messages / rows).pipe(checkpoint(join(dir, 'checkpoint')));
  const start = performance.now();
  const query = startQuery({ from, to: kafkaSink({ bootstrapServers: brokers, topic }) });
  const seen = { messages: 0 };
  query.progress$.subscribe({ next: ({ sink }) => (seen.messages += sink.numOutputRows), error: () => undefined });
  await query.awaitTermination();
  if (seen.messages !== messages) throw new Error(`wrote ${seen.messages} messages instead of ${messages}`);
  return { seconds: (performance.now() - start) / 1000 };
}

/** All columns, with a checkpoint, to a sink that counts: from the first batch on. */
export async function read({ topic, messages }: ReadTask, { brokers, dir }: Places) {
  const from = kafkaSource({ bootstrapServers: brokers, subscribe: topic, startingOffsets: 'earliest' }).pipe(
    checkpoint(join(dir, 'checkpoint')),
  );
  const seen = new Seen();
  let query: StreamingQuery;
  const seconds = await new Promise<number>((resolve, reject) => {
    const to = foreachBatchSink(({ columns, numRows }) => {
      const { offsets } = columns.value as BytesColumn;
      seen.add(numRows, offsets[numRows]! - offsets[0]!);
      if (seen.messages >= messages) resolve(seen.seconds);
    });
    query = startQuery({ from, to });
    query.awaitTermination().catch(reject);
  });
  await query!.stop();
  seen.assert(messages);
  return { seconds };
}

/** Kafka to Kafka, exactly once: each value in capitals, or parsed, filtered (nothing is dropped) and printed. */
export async function forward({ from, to, how }: ForwardTask, { brokers, dir, told }: Places) {
  const source$ = kafkaSource({ bootstrapServers: brokers, subscribe: from, startingOffsets: 'earliest' });
  const flow$ =
    how === 'upper'
      ? source$.pipe(selectExpr('key', 'upper(CAST(value AS STRING)) AS value'))
      : source$.pipe(
          selectExpr('key', `from_json(CAST(value AS STRING), '${documentDdl}') AS o`),
          where('o.amount >= 0'),
          selectExpr('key', 'to_json(o) AS value'),
        );
  const start = performance.now();
  const query = startQuery({
    from: flow$.pipe(checkpoint(join(dir, 'checkpoint'))),
    to: kafkaSink({ bootstrapServers: brokers, topic: to }),
  });
  console.log('ready');
  await Promise.race([told, query.awaitTermination()]);
  await query.stop();
  return { seconds: (performance.now() - start) / 1000 };
}

/** Without an object for each, which would be what is measured. */
function binaries(rows: number, textOf: (row: number) => string): BytesColumn {
  const offsets = new Int32Array(rows + 1);
  for (let i = 0; i < rows; i++) offsets[i + 1] = offsets[i]! + textOf(i).length;
  const bytes = Buffer.allocUnsafeSlow(offsets[rows]!);
  for (let i = 0; i < rows; i++) bytes.write(textOf(i), offsets[i]!, 'latin1');
  return new BytesColumn(binary(), offsets, bytes);
}
