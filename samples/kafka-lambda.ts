/**
 * The lambda architecture: all orders go from Kafka to Parquet, from which the batch layer computes totals now and
 * then; the speed layer counts what came since, in memory; a question is put to both in SQL. Needs `kafkajs`, a broker
 * (docs/kafka.md), and `@duckdb/node-api`.
 */
import { sql, startQuery } from 'sluice';
import { fileSink, fileSource, foreachBatchSink, kafkaSource, memorySink } from 'sluice/connectors';
import { checkpoint, count, groupBy, outputMode, selectExpr, sum, trigger } from 'sluice/operators';
import { sampleKafka } from './kafka-broker.js';
import { workspace } from './workspace.js';

const at = workspace('kafka-lambda');
const kafka = await sampleKafka();
const { bootstrapServers } = kafka;
const topic = await kafka.makeTopic('orders');
const shops = ['Oslo', 'Bergen', 'Tromsø'];
const sendOrders = (from: number, to: number): Promise<void> =>
  kafka.send(
    topic,
    Array.from({ length: to - from }, (_, i) => {
      const shop = shops[(from + i) % shops.length]!;
      return { key: shop, value: JSON.stringify({ shop, cents: 100 + from + i }) };
    }),
  );
const order = "from_json(CAST(value AS STRING), 'shop STRING, cents LONG') AS order";

// All orders, for ever, each once, with the place that they had in Kafka.
const archive$ = kafkaSource({ bootstrapServers, subscribe: topic, startingOffsets: 'earliest' }).pipe(
  selectExpr(order, 'partition', 'offset'),
  selectExpr('order.shop', 'order.cents', 'partition', 'offset'),
  checkpoint(at('checkpoint')),
);
const archive = startQuery({ from: archive$, to: fileSink({ format: 'parquet', path: at('orders') }) });
await sendOrders(0, 3000);
await archive.processAllAvailable();

// Batch layer: totals of what is in the files, and up to where of each partition that is.
const schema = 'shop STRING, cents LONG, partition INT, offset LONG';
const files$ = fileSource({ format: 'parquet', path: at('orders'), schema }).pipe(trigger({ availableNow: true }));
const totals$ = files$.pipe(groupBy('shop').agg({ orders: count(), cents: sum('cents') }), outputMode('complete'));
await startQuery({ from: totals$, to: memorySink({ queryName: 'batch_totals' }) }).awaitTermination();
const next: Record<string, number> = Object.fromEntries([0, 1, 2, 3].map((partition) => [partition, 0]));
const places = foreachBatchSink<Record<string, unknown>>((batch) => {
  for (const { partition, offset } of batch.rows) {
    next[Number(partition)] = Math.max(next[Number(partition)]!, Number(offset) + 1);
  }
});
await startQuery({ from: files$, to: places }).awaitTermination();

// Speed layer: what came since then, in memory.
const recent$ = kafkaSource({ bootstrapServers, subscribe: topic, startingOffsets: { [topic]: next } }).pipe(
  selectExpr(order),
  groupBy('order.shop').agg({ orders: count(), cents: sum('order.cents') }),
  outputMode('complete'),
);
const speed = startQuery({ from: recent$, to: memorySink({ queryName: 'speed_totals' }) });
await sendOrders(3000, 3600);
await Promise.all([archive.processAllAvailable(), speed.processAllAvailable()]);

const answer = await sql<{ shop: string; orders: number; recent: number; cents: number }>(`
  SELECT shop, CAST(sum(orders) AS INT) AS orders, CAST(sum(recent) AS INT) AS recent, CAST(sum(cents) AS INT) AS cents
  FROM (SELECT shop, orders, 0 AS recent, cents FROM batch_totals
        UNION ALL SELECT shop, orders, orders, cents FROM speed_totals)
  GROUP BY shop ORDER BY shop`);
for (const { shop, orders, recent, cents } of answer) {
  console.log(`${shop}: ${orders} orders (${recent} of them recent), ${(cents / 100).toFixed(2)} in all`);
}
const all = answer.reduce((sums, { orders, cents }) => [sums[0]! + orders, sums[1]! + cents], [0, 0]);
const right = all.join() === [3600, (3600 * (100 + 3699)) / 2].join();
console.log(right ? 'Both layers together have every order once.' : `WRONG: ${all.join()}`);
if (!right) process.exitCode = 1;
await Promise.all([archive.stop(), speed.stop()]);
await kafka.close();
