import { Random } from '../../../../lib/testing/random.js';
import { brokerMillis, describeKafka } from '../../../helpers/kafka.js';
import { killBrokers } from './broker-kills.js';

jest.setTimeout(brokerMillis);

describeKafka()('kafkaSink, while brokers are killed', () => {
  it('loses nothing, writes nothing twice and keeps the order of each key', async () => {
    const random = Random.fresh();
    const after = await killBrokers(3, random);
    expect({ seed: random.seed, complaint: after.complaint }).toEqual({ seed: random.seed, complaint: undefined });
    expect(after.batches).toBeGreaterThan(10);
  });
});
