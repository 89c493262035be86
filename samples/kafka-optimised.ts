/**
 * A backlog that is worked off in batches of a bounded size: what a batch may hold, how often one begins, how records
 * are compressed. The lag falls with every batch. Needs `kafkajs` and a broker: docs/kafka.md.
 */
import { startQuery } from 'sluice';
import { kafkaSink, kafkaSource } from 'sluice/connectors';
import { checkpoint, selectExpr, trigger, where } from 'sluice/operators';
import { sampleKafka } from './kafka-broker.js';
import { workspace } from './workspace.js';

const at = workspace('kafka-optimised');
const kafka = await sampleKafka();
const { bootstrapServers } = kafka;
const input = await kafka.makeTopic('readings');
const output = await kafka.makeTopic('hot-readings');

const backlog = Array.from({ length: 50_000 }, (_, i) => ({
  key: `sensor-${i % 100}`,
  value: JSON.stringify({ sensor: i % 100, celsius: (i * 7) % 50 }),
}));
await kafka.send(input, backlog);

const limit = 12_000;
const hot$ = kafkaSource({
  bootstrapServers,
  subscribe: input,
  startingOffsets: 'earliest',
  maxOffsetsPerTrigger: limit, // shared out among the partitions as much is waiting in each
  readAhead: '16m', // fetched while the batch before is worked on
}).pipe(
  selectExpr('key', "from_json(CAST(value AS STRING), 'sensor INT, celsius INT') AS reading"),
  where('reading.celsius >= 40'),
  selectExpr('key', 'to_json(reading) AS value'),
  trigger({ processingTime: '100 milliseconds' }),
  checkpoint(at('checkpoint')),
);
const query = startQuery({
  from: hot$,
  to: kafkaSink({ bootstrapServers, topic: output, compression: 'lz4' }),
});
await query.processAllAvailable();
await query.stop();

const batches = query.recentProgress.filter(({ numInputRows }) => numInputRows > 0);
for (const { batchId, numInputRows, sources, durationMs } of batches) {
  const { maxOffsetsBehindLatest } = sources[0]!.metrics;
  console.log(
    `batch ${batchId}: ${numInputRows} in ${durationMs.triggerExecution} ms, behind: ${maxOffsetsBehindLatest}`,
  );
}
const wanted = backlog.filter((_, i) => (i * 7) % 50 >= 40).length;
const found = (await kafka.read(output)).length;
const bounded = batches.every(({ numInputRows }) => numInputRows <= limit);
console.log(`${found} of ${wanted} hot readings, batches within the limit: ${bounded}`);
if (found !== wanted || !bounded) process.exitCode = 1;
await kafka.close();
