import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Kafka, logLevel } from 'kafkajs';
import { type Cluster, startBroker } from '../scripts/kafka/cluster.js';
import { runTool } from '../scripts/kafka/tools.js';
import { brokerMillis, describeKafka } from './helpers/kafka.js';
import { tempDir } from './helpers/temp-dir.js';
import { until } from './helpers/until.js';

const folder = join(__dirname, '../samples');
const dir = tempDir();
let cluster: Cluster | undefined;

/** Runs a sample as a reader would, writing to a directory of the spec, on a broker of the spec. */
function run(sample: string, ...args: string[]): { code: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', join(folder, sample), ...args], {
    cwd: join(folder, '..'),
    env: {
      ...process.env,
      SLUICE_SAMPLE_DIR: dir,
      ...(cluster && { SLUICE_SAMPLE_KAFKA: cluster.addresses().join() }),
    },
    encoding: 'utf8',
    timeout: cluster === undefined ? 120_000 : brokerMillis - 10_000,
  });
  return { code: status, output: stdout + stderr };
}

/** What each sample has to say. */
const said: Record<string, string[]> = {
  'first-pipeline.ts': ['|  4| 410.0|', '| 10| 101.0|'],
  'csv.ts': [
    '1003;Weber;k.A.;0...',
    '1001,Müller AG,1250.00,2024/03/05,"Lieferung',
    '1002,Meier; Söhne,99.90,2024/03/06,none',
  ],
  'json.ts': ['|1  |2024-03-01 09:12:00|ada   |[admin, beta]|', '|3  |2024-03-01 10:01:12|grace |NULL         |'],
  'text.ts': ['|2024-03-01 09:13:10|ERROR|cannot connect to db-1: timeout after 5000 ms|'],
  'parquet.ts': ["pushed: at >= TIMESTAMP '2024-03-02 00:00:00Z'", '|  7|Tromsø|220.10|', 'rows not read: 5'],
  'binary-file.ts': ['|2024-03-02.csv|197   |771161f91bf63894'],
  'schema-evolution.ts': [
    "new column 'place' STRING",
    '|   20.5|     7|  Oslo|',
    '|7     |NULL   |{"place":"Oslo","celsius":"20.5","_file_path":',
  ],
  'dead-letters.ts': [
    'malformed: 3',
    '|2,Bergen,"75,20" |monday.csv:3 (bytes 29 to 45)|value |',
    '|  2|Bergen|  75.2|',
  ],
  'compaction.ts': ['rows in fewer than 50 files: true', 'merged: true, failed: 0'],
  'rate-to-console.ts': ['Batch: 0', 'only showing top 5 rows', 'batch 1: 10 rows'],
  'user-events.ts': ['where + select', '| user_2|   4.5|', 'batch 1: { events: { rows: 30, users: 7 } }'],
  'json-properties.ts': ['|1  |red  |12.50|3   |', '|1  |size    |L    |'],
  'data-quality.ts': ['amount_in_range: 4', '|6  |Oslo  |75.0  |opening_hours  |batch 0, row 5|'],
  'custom-source.ts': ['|   2|edsger|'],
  'custom-sink.ts': ["totals: { Oslo: 706.4, Bergen: 198.24, 'Tromsø': 630.1 }"],
  'foreach-batch-to-database.ts': ["'Tromsø' │ 630.1"],
  'sql-over-memory.ts': ['Oslo: 5 orders, 706.40 in all', "Did you mean 'orders'?"],
  'many-sources-many-sinks.ts': [
    ':- (amount > 200): memorySink big',
    '10 + 1 rows in, 11 out',
    "{ id: 900, amount: 1200, clerk: 'ada' }",
  ],
  'resilient-source.ts': [
    'primary -> backup {',
    'rows of fileSource[archive]',
    'backup -> primary',
    'batch 6: 2 rows of orderService[service]',
    'Every order once.',
  ],
  'late-flights.ts': ["origin: 'DFW'", '20000 reports: 19975 counted, 21 too late,', 'the rest in 4 hours'],
  'sessions.ts': ["user: 'ada'", 'clicks: 3', "last: '/docs'"],
  'ad-clicks.ts': ['{ ad: 3, seen: 2024-03-01T10:10:00.000Z, clicked: null }', 'rows that are kept: 2'],
  'deduplication.ts': ['batch 4: 2 in, 0 again, 1 too late, 3 kept', 'passed: a b c d'],
  'alerts.ts': ["{ user: 'eve', alert: '5 failed logins', at: 2024-03-01T09:04:00.000Z }", "alert: 'quiet again'"],
  'shopping-carts.ts': ['items that are left: 1', "{ user: 'bob', what: 'left behind', items: { ink: 1 } }"],
  'live-page.ts': ['The page is at http://127.0.0.1:', 'none hotter than 140 °F: true'],
  'resuming.ts': ['run 3: batches', 'Every row once.'],
  'testing-with-marbles.ts': ['passed'],
  'flights.ts': ['3,400,000 rows in', 'Every row is there once.'],
};

/** What each has to say that needs a broker. */
const saidOfKafka: Record<string, string[]> = {
  'kafka-uppercase.ts': ['k0: STRUCTURED (partition ', 'k3: STRASSE (partition '],
  'kafka-optimised.ts': ['10000 of 10000 hot readings, batches within the limit: true'],
  'kafka-fault-tolerant.ts': ['run 1: SIGKILL', 'run 2: SIGKILL', 'ended with 0', 'Every message once.'],
  'kafka-exactly-once.ts': ['run 1: SIGKILL', '30000 committed records. Every payment once.'],
  'kafka-lambda.ts': ['Bergen: 1200 orders (200 of them recent)', 'Both layers together have every order once.'],
  'kafka-scalable.ts': ['3 processes share the clicks', 'one was killed: ', 'No click was lost.'],
};

/** For samples that otherwise run until they are stopped. */
const given: Record<string, string[]> = { 'live-page.ts': ['--once'] };

/** Runs a sample, which has to say certain texts and to end well. */
function expectSaid(sample: string, texts: readonly string[]): void {
  const { code, output } = run(sample, ...(given[sample] ?? []));
  expect([code, texts.filter((text) => !output.includes(text)), code === 0 ? '' : output]).toEqual([0, [], '']);
}

describe('samples', () => {
  it('are all known here', () => {
    const helpers = ['workspace.ts', 'kafka-broker.ts'];
    const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && !helpers.includes(name));
    expect(files.sort()).toEqual([...Object.keys(said), ...Object.keys(saidOfKafka)].sort());
  });

  it.each(Object.keys(said))('%s runs', (sample) => expectSaid(sample, said[sample]!), 120_000);

  it('flights.ts says that all is done when it is started again', () => {
    const { code, output } = run('flights.ts');
    expect(output).toContain('Going on where the last run stopped');
    expect([code, output.includes('Every row is there once.')]).toEqual([0, true]);
  }, 120_000);
});

describeKafka()('samples with Kafka', () => {
  beforeAll(async () => {
    cluster = await startBroker();
  }, brokerMillis);
  afterAll(() => cluster?.close(), brokerMillis);

  it.each(Object.keys(saidOfKafka))('%s runs', (sample) => expectSaid(sample, saidOfKafka[sample]!), brokerMillis);

  it(
    'docs/kafka.md begins with a program that runs',
    async () => {
      const [address] = cluster!.addresses();
      for (const topic of ['words', 'loud-words']) {
        expect(await runTool('topics', address!, ['--create', '--topic', topic, '--partitions', '4'])).toBe(0);
      }
      const kafka = new Kafka({ brokers: [address!], logLevel: logLevel.NOTHING });
      const [producer, consumer] = [kafka.producer(), kafka.consumer({ groupId: 'docs', maxWaitTimeInMs: 50 })];
      await producer.connect();
      await producer.send({ topic: 'words', messages: [{ key: 'a', value: 'loud' }] });
      await producer.disconnect();

      const home = tempDir();
      const [, program] = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(folder, '../docs/kafka.md'), 'utf8'))!;
      writeFileSync(join(home, 'loud.mts'), program!);
      const child = spawn(
        process.execPath,
        ['--import', pathToFileURL(require.resolve('tsx')).href, join(home, 'loud.mts')],
        {
          cwd: home,
          env: { ...process.env, BROKERS: address, TSX_TSCONFIG_PATH: join(folder, '../tsconfig.json') },
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
