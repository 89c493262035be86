import { brokerMillis, describeKafka } from '../../../helpers/kafka.js';
import { KafkaProxy } from '../../../helpers/kafka-proxy.js';
import { until } from '../../../helpers/until.js';
import { Lab, numbers } from './lab.js';

describeKafka()('kafkaSource: when brokers are away', () => {
  let lab: Lab;
  let proxy: KafkaProxy;

  beforeAll(async () => {
    lab = await Lab.open({ proxied: true });
    proxy = await KafkaProxy.start(lab.cluster.proxies[0]!);
  }, brokerMillis);
  afterAll(async () => {
    await proxy?.close();
    await lab?.close();
  });
  beforeEach(async () => {
    await lab.cluster.start();
    await lab.renewProducer();
  }, brokerMillis);

  const proxied = () => ({ bootstrapServers: lab.cluster.proxies.map(({ port }) => `127.0.0.1:${port}`) });
  const brief = { 'kafkaConsumer.pollTimeoutMs': '2 seconds' } as const;

  it(
    'waits, and goes on when one is back',
    async () => {
      const subscribe = await lab.topic();
      await lab.fill(subscribe, 0, 5);
      const run = lab.start(
        { subscribe, maxOffsetsPerTrigger: 2 },
        { onBatch: (id) => (id === 1 ? lab.cluster.kill() : undefined) },
      );
      await until(() => run.values.length >= 4);
      await lab.cluster.start();
      await lab.renewProducer();
      await lab.fill(subscribe, 0, 5, 5);
      await until(() => run.values.length === 10, 20_000);
      expect(run.values).toEqual(numbers(10));
      expect(run.query.lastProgress?.sources[0]?.metrics.retries).toBeGreaterThan(0);
      await run.query.stop();
    },
    brokerMillis,
  );

  it(
    'fails when they are away for longer than it waits, also when there was nothing to do',
    async () => {
      const subscribe = await lab.topic();
      const run = lab.start({ subscribe, ...brief });
      await run.query.processAllAvailable();
      const began = performance.now();
      await lab.cluster.kill();
      await expect(run.query.awaitTermination()).rejects.toMatchObject({ code: 'BROKER_UNREACHABLE' });
      expect(performance.now() - began).toBeLessThan(10_000);
    },
    brokerMillis,
  );

  it(
    'fails soon when none answers at all',
    async () => {
      await lab.cluster.kill();
      const began = performance.now();
      const run = lab.start({ subscribe: 'any', kafka: { connectTimeout: '1 second' } });
      await expect(run.query.awaitTermination()).rejects.toMatchObject({ code: 'BROKER_UNREACHABLE' });
      expect(performance.now() - began).toBeLessThan(8000);
    },
    brokerMillis,
  );

  it(
    'stops at once, whatever it waits for',
    async () => {
      const subscribe = await lab.topic();
      const idle = lab.start({ subscribe });
      await idle.query.processAllAvailable();
      await lab.cluster.kill();
      const unborn = lab.start({ subscribe });
      const asking = lab.start({ subscribe }, { when: { processingTime: '10 ms' } });
      await new Promise((resolve) => setTimeout(resolve, 500));
      const began = performance.now();
      await Promise.all([idle.query.stop(), unborn.query.stop(), asking.query.stop()]);
      expect(performance.now() - began).toBeLessThan(4000);
    },
    brokerMillis,
  );

  it(
    'stops at once in the middle of reading a batch, which the next start reads again',
    async () => {
      const subscribe = await lab.topic();
      for (let i = 0; i < 30; i++) await lab.fill(subscribe, 0, 1, i);
      const options = {
        ...proxied(),
        subscribe,
        // So many record batches, so many fetches.
        kafka: { maxPartitionFetchBytes: 1 },
      };
      proxy.delay = 20;
      const run = lab.start(options);
      const before = proxy.count('fetch');
      await until(() => run.query.status.message === 'Processing new data' && proxy.count('fetch') > before + 5);
      proxy.freeze();
      const began = performance.now();
      await run.query.stop();
      expect(performance.now() - began).toBeLessThan(4000);
      expect(run.query.exception).toBeUndefined();
      expect(run.values).toEqual([]);

      // What was planned is read first, before anything else is asked.
      const again = lab.start(options, { dir: run.dir });
      await until(() => again.query.status.message === 'Processing new data');
      await again.query.stop();
      expect(performance.now() - began).toBeLessThan(8000);
      proxy.thaw();
      proxy.delay = 0;
      const rest = await lab.readAll(options, { dir: run.dir });
      expect(rest.values).toEqual(numbers(30));
      expect(rest.batches[0]!.rows.length).toBe(30);
    },
    brokerMillis,
  );

  it(
    'does not wait for long to commit its offsets to a group when it is stopped',
    async () => {
      const subscribe = await lab.topic();
      await lab.fill(subscribe, 0, 5);
      const run = lab.start({ ...proxied(), subscribe }, { onBatch: () => proxy.freeze() });
      await until(() => run.query.lastProgress !== undefined);
      const began = performance.now();
      await run.query.stop();
      expect(performance.now() - began).toBeLessThan(4000);
      expect(run.values).toEqual(numbers(5));
      proxy.thaw();
    },
    brokerMillis,
  );
});
