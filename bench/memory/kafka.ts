/** A backlog of so many megabytes in Kafka, behind a sink that takes little, for so many seconds: `kafka <megabytes> <seconds>`; prints the resident memory. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { foreachBatchSink } from '../../connectors/foreach/index.js';
import { kafkaSource } from '../../connectors/kafka/index.js';
import { startQuery } from '../../lib/index.js';
import { checkpoint } from '../../operators/index.js';
import { startBroker } from '../../scripts/kafka/cluster.js';
import { runNode } from '../children.js';
import type { KafkaChild } from '../kafka/child.js';
import { partitions } from '../kafka/messages.js';

const [megabytes, seconds] = [Number(process.argv[2]), Number(process.argv[3])];
const messageBytes = 1000;
const messages = megabytes * 1000;
/** How many bytes the sink takes in a second; the source can do ten times as much. */
const sinkRate = 20e6;
const topic = 'backlog';

const dir = mkdtempSync(join(tmpdir(), 'sluice-backlog-'));
const broker = await startBroker();
try {
  await fill();
  const backlog$ = kafkaSource({
    bootstrapServers: broker.addresses(),
    subscribe: topic,
    startingOffsets: 'earliest',
  }).pipe(checkpoint(join(dir, 'checkpoint')));
  let written = 0;
  const slow = foreachBatchSink(({ numRows }) => {
    written += numRows;
    return new Promise((resolve) => setTimeout(resolve, (numRows * messageBytes * 1000) / sinkRate));
  });
  const samples: number[] = [];
  const query = startQuery({ from: backlog$, to: slow });
  const sampling = setInterval(() => samples.push(process.memoryUsage.rss()), 100);
  await query.awaitTermination(seconds * 1000);
  clearInterval(sampling);
  await query.stop();
  console.log(JSON.stringify({ samples, written, backlog: messages }));
} finally {
  await broker.close();
  rmSync(dir, { recursive: true, force: true });
}

/** By a process of its own, whose memory is none of ours. */
async function fill(): Promise<void> {
  const brokers = broker.addresses();
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: partitions }] });
  await admin.disconnect();
  const task = { job: 'ours.write', topic, messages, bytes: messageBytes, perBatch: 10_000 } as const;
  const child: KafkaChild = { brokers, task };
  const script = new URL('../kafka/child.ts', import.meta.url).pathname;
  await runNode(['--import', 'tsx', script, JSON.stringify(child)]);
}
