import { setTimeout as pause } from 'node:timers/promises';
import { Random } from '../../../../lib/testing/random.js';
import { draw } from '../../../crash/enumerate.js';
import { KafkaLab } from '../../../crash/kafka-lab.js';
import { brokerMillis, describeKafka } from '../../../helpers/kafka.js';
import { KafkaProxy } from '../../../helpers/kafka-proxy.js';
import { tempDir } from '../../../helpers/temp-dir.js';
import { EnduringQuery } from './enduring.js';
import { type Phase, outage, phases } from './outages.js';

/** `npm run test:crash -- kafka` has all, of a minute. */
const shortMillis = 300;
const random = Random.fresh();

describeKafka()('a query from Kafka to Kafka, exactly once', () => {
  let lab: KafkaLab;
  let proxy: KafkaProxy;

  beforeAll(async () => {
    console.log(`seed ${random.seed}: set SLUICE_SEED to it to see the same choices again`);
    lab = await KafkaLab.start(1, { proxied: true });
    proxy = await KafkaProxy.start(lab.cluster.proxies[0]!);
  }, brokerMillis);
  afterAll(async () => {
    await proxy?.close();
    await lab?.close();
  }, brokerMillis);

  it.each(draw(random, Object.keys(phases) as Phase[], 3))(
    'goes on after the broker was away %s',
    async (phase) => {
      expect(await outage(lab, phase, shortMillis, tempDir())).toBeUndefined();
    },
    brokerMillis,
  );

  const throughProxy = (): Promise<EnduringQuery> =>
    EnduringQuery.start(lab, tempDir(), [`127.0.0.1:${lab.cluster.proxies[0]!.port}`]);

  it(
    'goes on after its connections stood still, and were not closed',
    async () => {
      const running = await throughProxy();
      await running.add(1000);
      await running.query.processAllAvailable();
      proxy.freeze();
      await running.add(1000);
      await pause(3000);
      proxy.thaw();
      expect(await running.complaint()).toBeUndefined();
    },
    brokerMillis,
  );

  it(
    'ends at once when it is stopped while its connections stand still',
    async () => {
      const running = await throughProxy();
      await running.add(1000);
      await running.query.processAllAvailable();
      proxy.freeze();
      await running.add(1000);
      await pause(500);
      const begun = performance.now();
      await running.query.stop();
      expect(performance.now() - begun).toBeLessThan(5000);
      proxy.thaw();
    },
    brokerMillis,
  );

  it(
    'goes on after each of its connections broke again and again',
    async () => {
      const running = await throughProxy();
      const adding = running.add(4000);
      for (let n = 0; n < 10; n++) {
        await pause(100);
        proxy.cut();
      }
      await adding;
      expect(await running.complaint()).toBeUndefined();
    },
    brokerMillis,
  );

  it(
    'goes on, slowly, with a slow broker',
    async () => {
      proxy.delay = 60;
      const running = await throughProxy();
      await running.add(1000);
      expect(await running.complaint()).toBeUndefined();
      proxy.delay = 0;
    },
    brokerMillis,
  );
});
