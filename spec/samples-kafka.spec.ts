import { spawn } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Kafka, logLevel } from 'kafkajs';
import { type Cluster, startBroker } from '../scripts/kafka/cluster.js';
import { runTool } from '../scripts/kafka/tools.js';
import { brokerMillis, describeKafka } from './helpers/kafka.js';
import { projectOfSamples } from './helpers/samples.js';
import { tempDir } from './helpers/temp-dir.js';
import { until } from './helpers/until.js';

const root = join(__dirname, '..');

/** What each sample has to say. */
const said: Record<string, string[]> = {
  'kafka-uppercase.ts': ['k0: STRUCTURED (partition ', 'k3: STRASSE (partition '],
  'kafka-optimised.ts': ['10000 of 10000 hot readings, batches within the limit: true'],
  'kafka-fault-tolerant.ts': ['run 1: SIGKILL', 'run 2: SIGKILL', 'ended with 0', 'Every message once.'],
  'kafka-exactly-once.ts': ['run 1: SIGKILL', '30000 committed records. Every payment once.'],
  'kafka-lambda.ts': ['Bergen: 1200 orders (200 of them recent)', 'Both layers together have every order once.'],
  'kafka-scalable.ts': ['3 processes share the clicks', 'one was killed: ', 'No click was lost.'],
};

describeKafka()('samples with Kafka', () => {
  const project = projectOfSamples();
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startBroker();
  }, brokerMillis);
  afterAll(() => cluster?.close(), brokerMillis);

  it('are all known here', () => {
    const files = readdirSync(join(root, 'samples')).filter((name) => name.startsWith('kafka-'));
    expect(files.sort()).toEqual([...Object.keys(said), 'kafka-broker.ts'].sort());
  });

  it.concurrent.each(Object.keys(said))(
    '%s runs',
    async (sample) => {
      const env = { SLUICE_SAMPLE_KAFKA: cluster.addresses().join() };
      expect(await project.run(sample, { env, texts: said[sample]! })).toBe('');
    },
    brokerMillis,
  );

  it(
    'docs/kafka.md begins with a program that runs',
    async () => {
      const [address] = cluster.addresses();
      for (const topic of ['words', 'loud-words']) {
        expect(await runTool('topics', address!, ['--create', '--topic', topic, '--partitions', '4'])).toBe(0);
      }
      const kafka = new Kafka({ brokers: [address!], logLevel: logLevel.NOTHING });
      const [producer, consumer] = [kafka.producer(), kafka.consumer({ groupId: 'docs', maxWaitTimeInMs: 50 })];
      await producer.connect();
      await producer.send({ topic: 'words', messages: [{ key: 'a', value: 'loud' }] });
      await producer.disconnect();

      const home = tempDir();
      const [, program] = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(root, 'docs/kafka.md'), 'utf8'))!;
      writeFileSync(join(home, 'loud.mts'), program!);
      const child = spawn(
        process.execPath,
        ['--import', pathToFileURL(require.resolve('tsx')).href, join(home, 'loud.mts')],
        {
          cwd: home,
          env: { ...process.env, BROKERS: address, TSX_TSCONFIG_PATH: join(root, 'tsconfig.json') },
          stdio: ['ignore', 'ignore', 'pipe'],
        },
      );
      let [errors, read] = ['', ''];
      child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
      await consumer.subscribe({ topic: 'loud-words', fromBeginning: true });
      await consumer.run({ eachMessage: async ({ message }) => void (read += String(message.value)) });
      await until(() => read !== '' || child.exitCode !== null, brokerMillis / 2);
      child.kill('SIGKILL');
      await consumer.disconnect();
      expect([read, errors]).toEqual(['LOUD', '']);
    },
    brokerMillis,
  );
});
