import { brokerMillis, describeKafka } from '../../../helpers/kafka.js';
import { Lab, numbers, valuesOf } from './lab.js';

describeKafka()('kafkaSource: what is read', () => {
  let lab: Lab;

  beforeAll(async () => (lab = await Lab.open()), brokerMillis);
  afterAll(() => lab?.close());

  it('has every record once, with all that Kafka knows of it', async () => {
    const topic = await lab.topic(2);
    const value = Buffer.from([0, 255]);
    const headers = { a: ['1', '2'], b: '' };
    await lab.send(topic, 1, [
      { key: 'k', value, headers, timestamp: '1700000000123' },
      { key: null, value: null, timestamp: '0' },
    ]);
    await lab.send(topic, 0, ['other']);
    const { rows } = await lab.readAll({ subscribe: topic, includeHeaders: true });
    expect(rows).toEqual([
      expect.objectContaining({ topic, partition: 0, offset: 0, key: null, headers: null }),
      {
        ...{ topic, partition: 1, offset: 0, timestampType: 0 },
        key: new Uint8Array(Buffer.from('k')),
        value: new Uint8Array(value),
        timestamp: new Date(1_700_000_000_123),
        headers: [
          { key: 'a', value: new Uint8Array(Buffer.from('1')) },
          { key: 'a', value: new Uint8Array(Buffer.from('2')) },
          { key: 'b', value: new Uint8Array() },
        ],
      },
      expect.objectContaining({ partition: 1, offset: 1, key: null, value: null, timestamp: new Date(0), headers: null }),
    ]);
  });

  it('goes on with what comes', async () => {
    const topic = await lab.topic();
    const run = lab.start({ subscribe: topic });
    await lab.fill(topic, 0, 3);
    await run.query.processAllAvailable();
    expect(run.values).toEqual(numbers(3));
    await lab.fill(topic, 0, 2, 3);
    await run.query.processAllAvailable();
    expect(run.values).toEqual(numbers(5));
    await run.query.stop();
  });
});
