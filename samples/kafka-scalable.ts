/**
 * One job in three processes: each takes its share of the partitions, and when one is killed the others take over what
 * it had. Nothing is lost. Needs `kafkajs` and a broker: docs/kafka.md.
 */
import { fork } from 'node:child_process';
import { basename } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startQuery } from 'sluice';
import { kafkaSink, kafkaSource } from 'sluice/connectors';
import { checkpoint, selectExpr } from 'sluice/operators';
import { sampleKafka } from './kafka-broker.js';
import { workspace } from './workspace.js';

/** One process of the job. All have the same group, each a checkpoint of its own. */
function work(bootstrapServers: string, input: string, output: string, checkpoints: string): void {
  const clicks$ = kafkaSource({
    bootstrapServers,
    subscribe: input,
    startingOffsets: 'earliest',
    assignment: 'group',
    groupId: `sample-${input}`,
    sessionTimeout: '6 seconds', // who is silent for so long is taken for dead
    heartbeatInterval: '1 second',
  }).pipe(
    selectExpr('key', `concat(CAST(value AS STRING), ' ${basename(checkpoints)}') AS value`),
    checkpoint(checkpoints),
  );
  const query = startQuery({ from: clicks$, to: kafkaSink({ bootstrapServers, topic: output }) });
  process.on('SIGTERM', () => void query.stop().then(() => process.exit(0)));
}

async function main(): Promise<void> {
  const at = workspace('kafka-scalable');
  const kafka = await sampleKafka();
  const input = await kafka.makeTopic('clicks', 6);
  const output = await kafka.makeTopic('seen-clicks');
  let sent = 0;
  const sendClicks = async (): Promise<void> => {
    const clicks = Array.from({ length: 200 }, (_, i) => ({ key: `user-${i % 100}`, value: String(sent + i) }));
    await kafka.send(input, clicks);
    sent += clicks.length;
  };
  /** Which clicks were seen, and how many by whom. */
  const seen = async (): Promise<{ clicks: number; rows: number; by: Record<string, number> }> => {
    const pairs = (await kafka.read(output)).map(({ value }) => value!.split(' ') as [string, string]);
    const by: Record<string, number> = {};
    for (const [, worker] of pairs) by[worker] = (by[worker] ?? 0) + 1;
    return { clicks: new Set(pairs.map(([click]) => click)).size, rows: pairs.length, by };
  };

  const names = ['one', 'two', 'three'];
  const workers = names.map((name) =>
    fork(fileURLToPath(import.meta.url), [kafka.bootstrapServers, input, output, at(name)]),
  );
  let now = await seen();
  for (let tries = 0; tries < 100 && Object.keys(now.by).length < names.length; tries++) {
    await sendClicks();
    await pause(300);
    now = await seen();
  }
  console.log(`${Object.keys(now.by).length} processes share the clicks`, now.by);

  workers[0]!.kill('SIGKILL');
  for (let i = 0; i < 10; i++) await sendClicks();
  for (let tries = 0; tries < 100 && now.clicks < sent; tries++) {
    await pause(300);
    now = await seen();
  }
  console.log(`one was killed: ${now.clicks} of ${sent} clicks, ${now.rows - now.clicks} of them twice`, now.by);
  for (const worker of workers) worker.kill('SIGTERM');
  console.log(now.clicks === sent ? 'No click was lost.' : 'WRONG.');
  if (now.clicks !== sent) process.exitCode = 1;
  await kafka.close();
}

const [bootstrapServers, input, output, checkpoints] = process.argv.slice(2);
if (bootstrapServers === undefined) await main();
else work(bootstrapServers, input!, output!, checkpoints!);
