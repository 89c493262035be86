/**
 * Kafka to Parquet, by a process that is killed with SIGKILL in the middle, again and again, and goes on from its
 * checkpoint: each message once. Needs `kafkajs` and a broker: docs/kafka.md.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startQuery } from 'sluice';
import { fileSink, fileSource, foreachBatchSink, kafkaSource } from 'sluice/connectors';
import { checkpoint, selectExpr, trigger } from 'sluice/operators';
import { sampleKafka } from './kafka-broker.js';
import { workspace } from './workspace.js';

const messages = 15_000;

/** The job: everything that is in the topic, and the end. The process is killed in its fourth batch. */
async function work(bootstrapServers: string, topic: string, dir: string): Promise<void> {
  const orders$ = kafkaSource({
    bootstrapServers,
    subscribe: topic,
    startingOffsets: 'earliest', // for the first run; later ones go on from the checkpoint
    failOnDataLoss: true, // the default: what Kafka deleted before it was read is an error
    maxOffsetsPerTrigger: 1500,
  }).pipe(
    selectExpr('CAST(CAST(value AS STRING) AS INT) AS id', 'partition', 'offset', 'timestamp'),
    trigger({ availableNow: true }),
    checkpoint(`${dir}/checkpoint`),
  );
  const query = startQuery({ from: orders$, to: fileSink({ format: 'parquet', path: `${dir}/orders` }) });
  let batches = 0;
  query.progress$.subscribe(() => {
    if (++batches === 3) setTimeout(() => process.kill(process.pid, 'SIGKILL'), 10);
  });
  await query.awaitTermination();
}

/** The ids that are in the files. */
async function written(path: string): Promise<number[]> {
  const ids: number[] = [];
  const files$ = fileSource({ format: 'parquet', path, schema: 'id INT' }).pipe(trigger({ availableNow: true }));
  const keep = foreachBatchSink<Record<string, unknown>>(
    (batch) => void ids.push(...batch.rows.map(({ id }) => Number(id))),
  );
  await startQuery({ from: files$, to: keep }).awaitTermination();
  return ids;
}

async function main(): Promise<void> {
  const at = workspace('kafka-fault-tolerant');
  const kafka = await sampleKafka();
  const topic = await kafka.makeTopic('orders');
  const ids = Array.from({ length: messages }, (_, id) => String(id));
  await kafka.send(
    topic,
    ids.map((value) => ({ key: value, value })),
  );
  for (let run = 1; ; run++) {
    const child = fork(fileURLToPath(import.meta.url), [kafka.bootstrapServers, topic, at('')]);
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    console.log(`run ${run}: ${signal ?? `ended with ${code}`}`);
    if (signal === null) break;
  }
  const found = await written(at('orders'));
  const isOnce = found.length === messages && new Set(found).size === messages;
  console.log(`${found.length} rows of ${messages} messages. ${isOnce ? 'Every message once.' : 'WRONG.'}`);
  if (!isOnce) process.exitCode = 1;
  await kafka.close();
}

const [bootstrapServers, topic, dir] = process.argv.slice(2);
if (bootstrapServers === undefined) await main();
else await work(bootstrapServers, topic!, dir!);
