import { KafkaLab } from '../../../crash/kafka-lab.js';
import { brokerMillis, describeKafka } from '../../../helpers/kafka.js';
import { tempDir } from '../../../helpers/temp-dir.js';
import { rolling } from './outages.js';

describeKafka()('a query from Kafka to Kafka on three brokers', () => {
  let lab: KafkaLab;

  beforeAll(async () => {
    lab = await KafkaLab.start(3);
  }, brokerMillis);
  afterAll(() => lab?.close(), brokerMillis);

  it(
    'goes on when one after the other is killed and comes back',
    async () => {
      expect(await rolling(lab, 'kill', tempDir())).toBeUndefined();
    },
    brokerMillis,
  );
});
