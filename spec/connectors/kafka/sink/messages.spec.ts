import type { KafkaSinkOptions } from 'sluice/connectors';
import { type Cluster, startBroker } from '../../../../scripts/kafka/cluster.js';
import { codecNames } from '../../../../connectors/kafka/records/index.js';
import { brokerMillis, describeKafka } from '../../../helpers/kafka.js';
import { createPartitioner } from './kafkajs-partitioner.js';
import { type Row, SinkRun } from './sink-run.js';
import { Topics } from './topics.js';

jest.setTimeout(brokerMillis);

const schema =
  'key STRING, value BINARY, headers ARRAY<STRUCT<key: STRING, value: BINARY>>, topic STRING, partition INT';

describeKafka()('what kafkaSink writes', () => {
  let broker: Cluster;
  let topics: Topics;
  const runs: SinkRun[] = [];

  beforeAll(async () => {
    broker = await startBroker();
    topics = new Topics(broker.addresses()[0]!);
  }, brokerMillis);
  afterEach(async () => {
    await Promise.all(runs.splice(0).map((run) => run.end()));
  });
  afterAll(() => broker?.close());

  let queries = 0;
  const start = (more: Partial<KafkaSinkOptions>, types?: string): SinkRun => {
    const run = new SinkRun({ bootstrapServers: topics.bootstrapServers, ...more }, `query-${queries++}`, types);
    runs.push(run);
    return run;
  };

  it('has key, value, headers, topic and partition of each row', async () => {
    const [a, b] = [await topics.make(4), await topics.make(3)];
    const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
    const header = (key: string, value: string | null) => ({ key, value: value && bytes(value) });
    const rows: Row[] = [
      { key: 'k1', value: bytes('one'), headers: [header('h', 'x'), header('h', 'y')], topic: a, partition: 2 },
      { key: 'k2', value: null, headers: null, topic: a, partition: null },
      { key: null, value: bytes('three'), headers: [header('n', null)], topic: b, partition: 0 },
      { key: 'ключ', value: bytes('four'), headers: [], topic: b, partition: null },
    ];
    await start({}, schema).write(0, rows);
    const ofKey = (key: string, partitions: number): number => createPartitioner(partitions)(key);
    const inA = await topics.read(a);
    expect(inA).toHaveLength(2);
    expect(inA).toContainEqual({
      partition: 2,
      key: 'k1',
      value: 'one',
      headers: { h: [Buffer.from('x'), Buffer.from('y')] },
    });
    // A tombstone.
    expect(inA).toContainEqual({ partition: ofKey('k2', 4), key: 'k2', value: null, headers: {} });
    const inB = await topics.read(b);
    expect(inB).toHaveLength(2);
    expect(inB).toContainEqual({ partition: 0, key: null, value: 'three', headers: { n: null } });
    expect(inB).toContainEqual({ partition: ofKey('ключ', 3), key: 'ключ', value: 'four', headers: {} });
  });

  it('is read by others when it is compressed by gzip', async () => {
    const topic = await topics.make(2);
    const rows = Array.from({ length: 500 }, (_, i) => ({ key: `k${i % 7}`, value: `value ${i}` }));
    await start({ topic, compression: 'gzip', batchSize: 2000 }).write(0, rows);
    const found = await topics.read(topic);
    const ofKey = (key: string): (string | null)[] => found.filter((m) => m.key === key).map((m) => m.value);
    for (let k = 0; k < 7; k++) {
      expect(ofKey(`k${k}`)).toEqual(rows.filter(({ key }) => key === `k${k}`).map(({ value }) => value));
    }
  });

  it.each(codecNames)('may be compressed: %s', async (compression) => {
    const topic = await topics.make(1);
    const rows = Array.from({ length: 200 }, (_, i) => ({ value: `a value, ${i}` }));
    await start({ topic, compression, batchSize: '1k' }).write(0, rows);
    expect((await topics.readOurselves(topic)).map(({ value }) => value)).toEqual(rows.map(({ value }) => value));
  });

  it('comes in batches and requests of the sizes that are wanted, in order', async () => {
    const topic = await topics.make(3);
    const rows = Array.from({ length: 3000 }, (_, i) => ({ key: `k${i % 5}`, value: String(i) }));
    const run = start({ topic, batchSize: 500, maxRequestSize: 1000 });
    await run.write(0, rows);
    expect(run.metrics).toMatchObject({ retries: 0, redone: 0 });
    const found = await topics.readOurselves(topic);
    expect(found).toHaveLength(3000);
    for (let k = 0; k < 5; k++) {
      const numbers = found.filter(({ key }) => key === `k${k}`).map(({ value }) => Number(value));
      expect(numbers).toEqual(numbers.toSorted((x, y) => x - y));
    }
  });

  it('is at most as long as the topic takes, which is told before anything is sent', async () => {
    const topic = await topics.make(1, { 'max.message.bytes': '2000' });
    const run = start({ topic });
    // Longer than a batch is to be, but not too long.
    await start({ topic, batchSize: 100 }).write(0, [{ value: 'x'.repeat(1900) }, { value: 'short' }]);
    await run.write(0, [{ value: 'a'.repeat(1500) }, { value: 'b'.repeat(1500) }]);
    await expect(run.write(1, [{ value: 'a' }, { value: 'x'.repeat(2000) }])).rejects.toMatchObject({
      code: 'RECORD_TOO_LARGE',
      details: { topic, row: 1, limit: 2000 },
      message: expect.stringMatching(
        `^kafkaSink: row 1 makes a message of .* the 2000 that the topic '${topic}' takes`,
      ),
    });
    // What counts is what it is when it is compressed.
    await start({ topic, compression: 'gzip' }).write(0, [{ value: 'y'.repeat(50_000) }]);
    expect((await topics.read(topic)).map(({ value }) => value!.length)).toEqual([1900, 5, 1500, 1500, 50_000]);
  });

  it('is refused when the topic takes less than it did', async () => {
    const topic = await topics.make(1);
    const run = start({ topic });
    await run.write(0, [{ value: 'a' }]);
    await topics.configure(topic, { 'max.message.bytes': '2000' });
    const refused = run.write(1, [{ value: 'x'.repeat(3000) }]);
    await expect(refused).rejects.toMatchObject({ code: 'RECORD_TOO_LARGE', details: { topic } });
    expect((await topics.read(topic)).map(({ value }) => value)).toEqual(['a']);
  });

  it('has a topic that is there', async () => {
    const topic = await topics.make(1);
    const [missing, near] = ['nowhere', topic.toUpperCase()].map((name) =>
      start({ topic: name }).write(0, [{ value: 'a' }]),
    );
    near!.catch(() => undefined);
    await expect(missing).rejects.toMatchObject({ code: 'TOPIC_NOT_FOUND', message: expect.stringMatching(/none\.$/) });
    await expect(near).rejects.toMatchObject({ message: expect.stringContaining(`Did you mean '${topic}'?`) });
    // The broker names it, with what is wrong, and no partitions.
    for (const name of ['no name', '']) {
      const impossible = start(name === '' ? {} : { topic: name }).write(0, [{ value: 'a', topic: name }]);
      await expect(impossible).rejects.toMatchObject({ code: 'TOPIC_NOT_FOUND' });
    }
  });

  it('goes to partitions that were added since', async () => {
    const topic = await topics.make(1);
    const run = start({ topic });
    await run.write(0, [{ value: 'a', partition: 0 }]);
    await topics.addPartitions(topic, 3);
    await run.write(1, [{ value: 'b', partition: 2 }]);
    expect((await topics.read(topic)).map(({ partition, value }) => [partition, value]).sort()).toEqual([
      [0, 'a'],
      [2, 'b'],
    ]);
    await expect(run.write(2, [{ value: 'c', partition: 3 }])).rejects.toMatchObject({ code: 'TYPE_MISMATCH' });
  });

  it.each([{ acks: 'all' }, { acks: 1 }] as const)('comes without transactions, at least once: %o', async (more) => {
    const topic = await topics.make(2);
    const run = start({ topic, delivery: 'at-least-once', ...more });
    await run.write(0, [{ value: 'a' }, { value: 'b' }]);
    await run.write(0, [{ value: 'a' }]);
    expect(run.metrics).toMatchObject({ messages: 1, retries: 0 });
    expect((await topics.read(topic)).map(({ value }) => value).sort()).toEqual(['a', 'a', 'b']);
    expect(await topics.endOffsets(topic)).toBe(3 + 2);
  });
});
