/**
 * Kafka to Kafka, exactly once: the job is killed with SIGKILL at random moments, and goes on. What a killed run had
 * sent of a batch stays in the topic, but a reader of what is committed never sees it; a batch that it had committed
 * without knowing is not sent again. Needs `kafkajs` and a broker:
 * docs/kafka.md.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startQuery } from 'sluice';
import { kafkaSink, kafkaSource } from 'sluice/connectors';
import { checkpoint, selectExpr, trigger } from 'sluice/operators';
import { sampleKafka } from './kafka-broker.js';
import { workspace } from './workspace.js';

const payments = 30_000;

/** The job: all payments that are there, each with its fee. The process is killed in or after its fourth batch. */
async function work(bootstrapServers: string, input: string, output: string, checkpoints: string): Promise<void> {
  const fees$ = kafkaSource({
    bootstrapServers,
    subscribe: input,
    startingOffsets: 'earliest',
    maxOffsetsPerTrigger: 3000,
  }).pipe(
    selectExpr('key', "from_json(CAST(value AS STRING), 'id INT, cents INT') AS payment"),
    selectExpr('key', "to_json(named_struct('id', payment.id, 'fee', payment.cents div 100)) AS value"),
    trigger({ availableNow: true }),
    checkpoint(checkpoints), // with it the sink knows, after a crash, whether a batch is there
  );
  const query = startQuery({
    from: fees$,
    to: kafkaSink({ bootstrapServers, topic: output }), // one transaction a batch: delivery 'exactly-once' is the default
  });
  let batches = 0;
  query.progress$.subscribe(({ batchId, numInputRows, sink }) => {
    if (numInputRows > 0 && sink.metrics.messages === 0) console.log(`batch ${batchId} was there already`);
    if (++batches === 3) setTimeout(() => process.kill(process.pid, 'SIGKILL'), Math.random() * 60);
  });
  await query.awaitTermination();
}

async function main(): Promise<void> {
  const at = workspace('kafka-exactly-once');
  const kafka = await sampleKafka();
  const input = await kafka.makeTopic('payments');
  const output = await kafka.makeTopic('fees');
  await kafka.send(
    input,
    Array.from({ length: payments }, (_, id) => ({ key: `user-${id % 50}`, value: JSON.stringify({ id, cents: id }) })),
  );
  for (let run = 1; ; run++) {
    const child = fork(fileURLToPath(import.meta.url), [kafka.bootstrapServers, input, output, at('checkpoint')]);
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    console.log(`run ${run}: ${signal ?? `ended with ${code}`}`);
    if (signal === null) break;
  }

  const committed = await kafka.read(output);
  const written = await kafka.read(output, 'read_uncommitted');
  const ids = committed.map(({ value }) => (JSON.parse(value!) as { id: number }).id);
  const isOnce = ids.length === payments && new Set(ids).size === payments;
  console.log(`${written.length - committed.length} records of batches that were given up`);
  console.log(`${committed.length} committed records. ${isOnce ? 'Every payment once.' : 'WRONG.'}`);
  if (!isOnce) process.exitCode = 1;
  await kafka.close();
}

const [bootstrapServers, input, output, checkpoints] = process.argv.slice(2);
if (bootstrapServers === undefined) await main();
else await work(bootstrapServers, input!, output!, checkpoints!);
