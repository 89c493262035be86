import { setTimeout as sleep } from 'node:timers/promises';
import { KafkaLab } from '../../../crash/kafka-lab.js';
import { brokerMillis, describeKafka } from '../../../helpers/kafka.js';
import { tempDir } from '../../../helpers/temp-dir.js';
import { SinkRun } from '../sink/sink-run.js';
import { Topics } from '../sink/topics.js';
import { rolling } from './outages.js';

describeKafka()('a query from Kafka to Kafka on three brokers', () => {
  let lab: KafkaLab;

  beforeAll(async () => {
    lab = await KafkaLab.start(3);
  }, brokerMillis);
  afterAll(() => lab?.close(), brokerMillis);

  it(
    'waits with its first batch for a broker that is to have a copy of its tokens',
    async () => {
      const topics = new Topics(lab.cluster.addresses());
      const topic = await topics.make(1);
      await lab.cluster.stop([2]);
      const options = { bootstrapServers: lab.cluster.addresses(), topic, commitTopic: `commits-${topic}` };
      const run = new SinkRun(options, topic);
      let isWritten = false;
      const writing = run.write(0, [{ value: 'a' }]).then(() => (isWritten = true));
      await sleep(2000);
      expect(isWritten).toBe(false);
      await lab.cluster.start([2]);
      await writing;
      await run.end();
      expect((await topics.read(topic)).map(({ value }) => value)).toEqual(['a']);
    },
    brokerMillis,
  );

  it(
    'goes on when one after the other is killed and comes back',
    async () => {
      expect(await rolling(lab, 'kill', tempDir())).toBeUndefined();
    },
    brokerMillis,
  );
});
