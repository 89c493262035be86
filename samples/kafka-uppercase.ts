/** From one topic to another, in capital letters, each message once. Needs `kafkajs` and a broker: docs/kafka.md. */
import { startQuery } from 'sluice';
import { kafkaSink, kafkaSource } from 'sluice/connectors';
import { checkpoint, selectExpr } from 'sluice/operators';
import { sampleKafka } from './kafka-broker.js';
import { workspace } from './workspace.js';

const at = workspace('kafka-uppercase');
const kafka = await sampleKafka();
const { bootstrapServers } = kafka;
const input = await kafka.makeTopic('words');
const output = await kafka.makeTopic('loud-words');

const upper$ = kafkaSource({ bootstrapServers, subscribe: input, startingOffsets: 'earliest' }).pipe(
  selectExpr('key', 'upper(value) AS value'),
  checkpoint(at('checkpoint')),
);
const query = startQuery({ from: upper$, to: kafkaSink({ bootstrapServers, topic: output }) });

const words = ['structured', 'streaming', 'grüezi', 'straße'];
await kafka.send(
  input,
  words.map((value, i) => ({ key: `k${i}`, value })),
);
await query.processAllAvailable();
await query.stop();

const written = await kafka.read(output);
for (const { key, value, partition } of written.sort((a, b) => a.key!.localeCompare(b.key!))) {
  console.log(`${key}: ${value} (partition ${partition})`);
}
if (written.map(({ value }) => value).join() !== words.map((word) => word.toUpperCase()).join()) process.exitCode = 1;
await kafka.close();
