import { readFileSync } from 'node:fs';
import { Kafka, type KafkaConfig, logLevel } from 'kafkajs';
import { type Cluster, startBroker } from '../../../scripts/kafka/cluster.js';
import { brokerMillis, describeKafka } from '../../helpers/kafka.js';
import { until } from '../../helpers/until.js';

describeKafka()('a broker of npm run kafka', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await startBroker({ listeners: ['sasl', 'tls', 'mtls', 'saslTls'] });
  }, brokerMillis);
  afterAll(() => cluster?.close(), brokerMillis);

  const client = (more: Partial<KafkaConfig> = {}): Kafka =>
    new Kafka({ brokers: cluster.addresses(), logLevel: logLevel.NOTHING, retry: { retries: 20 }, ...more });

  async function read(topic: string): Promise<string> {
    const consumer = client().consumer({ groupId: 'reader', maxWaitTimeInMs: 50 });
    const seen: string[] = [];
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachMessage: async ({ message }) => void seen.push(String(message.value)),
    });
    await until(() => seen.length > 0, 60_000);
    await consumer.disconnect();
    return seen.join();
  }

  it(
    'takes and gives messages, and keeps them when it is killed',
    async () => {
      const admin = client().admin();
      await admin.createTopics({ topics: [{ topic: 't', numPartitions: 1 }], waitForLeaders: true });
      await admin.disconnect();
      const producer = client().producer();
      await producer.connect();
      await producer.send({ topic: 't', messages: [{ value: 'kept' }] });
      await producer.disconnect();
      expect(await read('t')).toBe('kept');

      await cluster.kill();
      expect(cluster.isRunning(0)).toBe(false);
      await cluster.start();
      expect(await read('t')).toBe('kept');
    },
    brokerMillis,
  );

  const password = { username: 'alice', password: 'alice-secret' };
  const file = (name: keyof Cluster['certificates']): string => readFileSync(cluster.certificates[name], 'utf8');
  const trusting = () => ({ ca: [file('authority')] });

  it.each<[string, () => Partial<KafkaConfig>]>([
    ['PLAIN', () => ({ brokers: cluster.addresses('sasl'), sasl: { mechanism: 'plain', ...password } })],
    ['SCRAM', () => ({ brokers: cluster.addresses('sasl'), sasl: { mechanism: 'scram-sha-512', ...password } })],
    ['TLS', () => ({ brokers: cluster.addresses('tls'), ssl: trusting() })],
    [
      'mutual TLS',
      () => ({
        brokers: cluster.addresses('mtls'),
        ssl: { ...trusting(), key: file('clientKey'), cert: file('client') },
      }),
    ],
    [
      'TLS and SCRAM',
      () => ({
        brokers: cluster.addresses('saslTls'),
        ssl: trusting(),
        sasl: { mechanism: 'scram-sha-256', ...password },
      }),
    ],
  ])('lets clients in by %s', async (_, config) => {
    const admin = client({ ...config() }).admin();
    await admin.connect();
    expect((await admin.describeCluster()).brokers).toHaveLength(1);
    await admin.disconnect();
  });

  it('lets nobody in with a wrong password, or without a certificate', async () => {
    const wrong = { mechanism: 'plain', username: 'alice', password: 'guess' } as const;
    const retry = { retries: 0 };
    const guessing = client({ brokers: cluster.addresses('sasl'), sasl: wrong, retry }).admin();
    await expect(guessing.connect()).rejects.toThrow('SASL PLAIN authentication failed');
    const bare = client({ brokers: cluster.addresses('mtls'), ssl: trusting(), retry }).admin();
    await expect(bare.connect()).rejects.toThrow();
    await Promise.all([guessing.disconnect(), bare.disconnect()]);
  });

  it('has nothing left once it was wiped', async () => {
    await cluster.wipe();
    expect(cluster.isRunning(0)).toBe(false);
    expect(cluster.log(0)).toBe('');
  });
});
