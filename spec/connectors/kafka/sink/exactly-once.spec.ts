import { type KafkaSinkOptions, kafkaSink } from 'sluice/connectors';
import { sinkSuite } from 'sluice/testing';
import { type Cluster, startBroker } from '../../../../scripts/kafka/cluster.js';
import { brokerMillis, describeKafka } from '../../../helpers/kafka.js';
import { KafkaProxy } from '../../../helpers/kafka-proxy.js';
import { OpenTransaction } from './open-transaction.js';
import { type Row, SinkRun } from './sink-run.js';
import { Topics } from './topics.js';

jest.setTimeout(brokerMillis);

const rowsOf = (...values: string[]): Row[] => values.map((value) => ({ value }));

describeKafka()('kafkaSink, exactly once', () => {
  let broker: Cluster;
  let proxy: KafkaProxy;
  let topics: Topics;
  const runs: SinkRun[] = [];

  beforeAll(async () => {
    broker = await startBroker({ proxied: true });
    proxy = await KafkaProxy.start(broker.proxies[0]!);
    topics = new Topics(broker.addresses()[0]!);
  }, brokerMillis);
  afterEach(async () => {
    await Promise.all(runs.splice(0).map((run) => run.end()));
  });
  afterAll(async () => {
    await proxy?.close();
    await broker?.close();
  });

  const options = (topic: string, more: Partial<KafkaSinkOptions> = {}): KafkaSinkOptions => ({
    bootstrapServers: topics.bootstrapServers,
    topic,
    ...more,
  });
  /** A process that runs the query of that topic. */
  const start = (topic: string, more?: Partial<KafkaSinkOptions>, queryId = topic): SinkRun => {
    const run = new SinkRun(options(topic, more), queryId);
    runs.push(run);
    return run;
  };
  const valuesIn = async (topic: string): Promise<string[]> =>
    (await topics.read(topic)).map(({ value }) => value!).sort();

  sinkSuite<{ value: string }, string>({
    name: 'kafkaSink',
    prepare: () => topics.make(2),
    create: (topic) => kafkaSink(options(topic, { commitTopic: `commits-${topic}` })),
    readBack: async (topic) => (await topics.read(topic)).map(({ value }) => ({ value: value! })),
    row: (n) => ({ value: `row ${n}` }),
    schema: 'value STRING',
    supports: {
      exactlyOnce: true,
      replay: 'skips',
      // Those of one topic; a table of the newest is what consumers make of it.
      outputModes: ['append', 'update'],
      ordered: false,
    },
  });

  it('writes batches, each in a transaction', async () => {
    const topic = await topics.make();
    const run = start(topic);
    await run.write(0, rowsOf('a', 'b'));
    await run.write(1, []);
    await run.write(2, rowsOf('c'));
    expect(run.metrics).toMatchObject({ messages: 1, retries: 0, redone: 0 });
    expect(await valuesIn(topic)).toEqual(['a', 'b', 'c']);
  });

  it('skips a batch that is there', async () => {
    const topic = await topics.make();
    await start(topic).write(3, rowsOf('a'));
    const again = start(topic);
    await again.write(3, rowsOf('a'));
    expect(again.metrics).toMatchObject({ messages: 0 });
    await again.write(4, rowsOf('b'));
    expect(await valuesIn(topic)).toEqual(['a', 'b']);
  });

  it.each(['break', 'silence'] as const)('knows what became of a commit without an answer (%s)', async (how) => {
    const topic = await topics.make();
    const bootstrapServers = `127.0.0.1:${broker.proxies[0]!.port}`;
    const run = start(topic, { bootstrapServers, kafka: { requestTimeout: 1000 } });
    await run.write(0, rowsOf('a'));
    const lost = proxy.loseAnswer('endTxn', how);
    await run.write(1, rowsOf('b'));
    await lost;
    // The second time the batch was found.
    expect(run.metrics).toMatchObject({ retries: 1, redone: 0 });
    await run.write(2, rowsOf('c'));
    expect(await valuesIn(topic)).toEqual(['a', 'b', 'c']);
  });

  it.each(['addPartitionsToTxn', 'produce', 'initProducerId'] as const)(
    'writes a batch once whose %s has no answer',
    async (api) => {
      const topic = await topics.make();
      const run = start(topic, {
        bootstrapServers: `127.0.0.1:${broker.proxies[0]!.port}`,
        kafka: { requestTimeout: 1000 },
      });
      if (api !== 'initProducerId') await run.write(0, rowsOf('a'));
      const lost = proxy.loseAnswer(api);
      await run.write(1, rowsOf('b'));
      await lost;
      expect((await valuesIn(topic)).filter((value) => value === 'b')).toEqual(['b']);
    },
  );

  it('ends the transaction that a killed process has left open, and writes its batch', async () => {
    const topic = await topics.make(1);
    const transactionalId = `sluice-${topic}-${topic}`;
    await start(topic).write(0, rowsOf('a'));
    const killed = await OpenTransaction.begin(topics.bootstrapServers, transactionalId, topic, {
      key: null,
      value: 'b',
    });
    await killed.abandon();
    await start(topic).write(1, rowsOf('b'));
    expect(await valuesIn(topic)).toEqual(['a', 'b']);
  });

  it('does not take a token for good whose transaction was aborted, or is open', async () => {
    const topic = await topics.make(1);
    const commitTopic = await topics.make(1, { 'cleanup.policy': 'compact' });
    const transactionalId = `sluice-${topic}-${topic}`;
    const token = { key: transactionalId, value: JSON.stringify({ queryId: topic, runId: 'killed', batchId: 7 }) };
    const killed = await OpenTransaction.begin(topics.bootstrapServers, transactionalId, commitTopic, token);
    await killed.abandon();
    await start(topic, { commitTopic }).write(7, rowsOf('a'));
    // Of another producer, whose transaction goes on.
    const open = await OpenTransaction.begin(topics.bootstrapServers, 'stranger', commitTopic, token);
    await start(topic, { commitTopic }).write(8, rowsOf('b'));
    await open.end(true);
    expect(await valuesIn(topic)).toEqual(['a', 'b']);
    // Had it been ours: what is committed counts.
    const later = start(topic, { commitTopic });
    await later.write(7, rowsOf('c'));
    expect(later.metrics).toMatchObject({ messages: 0 });
  });

  it('refuses a transactionTimeout that the brokers do not allow', async () => {
    const topic = await topics.make();
    const run = start(topic, { transactionTimeout: '20 minutes', deliveryTimeout: '30 minutes' });
    await expect(run.write(0, rowsOf('a'))).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      details: { option: 'transactionTimeout' },
    });
  });

  it('refuses a topic of tokens that forgets them', async () => {
    const topic = await topics.make();
    const commitTopic = await topics.make(1, { 'cleanup.policy': 'compact,delete' });
    await expect(start(topic, { commitTopic }).write(0, rowsOf('a'))).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      details: { option: 'commitTopic', policy: 'compact,delete' },
    });
  });

  it('finds its tokens after compaction, among those of others', async () => {
    const topic = await topics.make(1);
    // Segments end as soon as the next message comes.
    const commitTopic = await topics.make(1, {
      'cleanup.policy': 'compact',
      'segment.ms': '100',
      'min.cleanable.dirty.ratio': '0.01',
      'delete.retention.ms': '0',
    });
    const [one, other] = [start(topic, { commitTopic }), start(topic, { commitTopic, name: 'other' }, 'other')];
    await one.write(0, rowsOf('a'));
    await one.write(1, rowsOf('b'));
    const tokens = async (): Promise<number> =>
      (await topics.readOurselves(commitTopic)).filter(({ key }) => key === `sluice-${topic}-${topic}`).length;
    expect(await tokens()).toBe(2);
    for (let id = 0; (await tokens()) > 1; id++) {
      await other.write(id, rowsOf('x'));
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    const again = start(topic, { commitTopic });
    await again.write(1, rowsOf('b'));
    expect(again.metrics).toMatchObject({ messages: 0 });
    await again.write(2, rowsOf('c'));
    expect((await valuesIn(topic)).filter((value) => value !== 'x')).toEqual(['a', 'b', 'c']);
  });

  it('writes a batch again whose transaction has timed out', async () => {
    const topic = await topics.make();
    const run = start(topic, { bootstrapServers: `127.0.0.1:${broker.proxies[0]!.port}`, transactionTimeout: 1000 });
    await run.write(0, rowsOf('a'));
    const before = proxy.count('produce');
    const writing = run.write(1, rowsOf('b'));
    // By then it has begun.
    while (proxy.count('produce') === before) await new Promise(setImmediate);
    proxy.freeze();
    // Two rows, and behind each the marker of how its transaction ended.
    while ((await topics.endOffsets(topic)) < 4) await new Promise((resolve) => setTimeout(resolve, 50));
    proxy.thaw();
    await writing;
    expect(run.metrics).toMatchObject({ redone: 1 });
    await run.write(2, rowsOf('c'));
    expect(await valuesIn(topic)).toEqual(['a', 'b', 'c']);
  });

  it('ends the transaction of a batch that fails: readers do not wait behind it', async () => {
    const topic = await topics.make(2);
    const run = start(topic, { transactionTimeout: 60_000 });
    await run.write(0, rowsOf('a', 'b'));
    // What the sink knows of the topic is no longer so.
    await topics.configure(topic, { 'max.message.bytes': '1000' });
    const rows = ['c', 'd'.repeat(2000)].map((value, partition) => ({ value, partition }));
    await expect(run.write(1, rows)).rejects.toMatchObject({ code: 'RECORD_TOO_LARGE' });
    const began = Date.now();
    expect(await valuesIn(topic)).toEqual(['a', 'b']);
    expect(Date.now() - began).toBeLessThan(20_000);
    await start(topic).write(1, rowsOf('c'));
    expect(await valuesIn(topic)).toEqual(['a', 'b', 'c']);
  });

  it('gives up a broker that does not answer, when deliveryTimeout is over', async () => {
    const topic = await topics.make();
    const bootstrapServers = `127.0.0.1:${broker.proxies[0]!.port}`;
    const run = start(topic, {
      bootstrapServers,
      deliveryTimeout: 1500,
      kafka: { requestTimeout: 500, connectionTimeout: 500 },
    });
    await run.write(0, rowsOf('a'));
    proxy.freeze();
    try {
      await expect(run.write(1, rowsOf('b'))).rejects.toMatchObject({ code: 'BROKER_UNREACHABLE' });
    } finally {
      proxy.thaw();
    }
    await start(topic).write(1, rowsOf('b'));
    expect(await valuesIn(topic)).toEqual(['a', 'b']);
  });

  it('ends at once when the query does, whatever it waits for', async () => {
    const topic = await topics.make();
    const run = start(topic, { bootstrapServers: `127.0.0.1:${broker.proxies[0]!.port}` });
    await run.write(0, rowsOf('a'));
    proxy.freeze();
    try {
      const writing = run.write(1, rowsOf('b'));
      const failed = expect(writing).rejects.toThrow();
      await new Promise((resolve) => setTimeout(resolve, 50));
      const before = performance.now();
      await run.end();
      await failed;
      expect(performance.now() - before).toBeLessThan(2000);
    } finally {
      proxy.thaw();
    }
  });

  it('without transactions, has a broker know what it has already', async () => {
    const topic = await topics.make(1);
    const bootstrapServers = `127.0.0.1:${broker.proxies[0]!.port}`;
    const run = start(topic, { bootstrapServers, delivery: 'at-least-once', batchSize: 100 });
    await run.write(0, rowsOf('a'));
    const lost = proxy.loseAnswer('produce');
    const values = Array.from({ length: 30 }, (_, i) => `${i}`.padEnd(40, '.'));
    await run.write(1, rowsOf(...values));
    await lost;
    expect(run.metrics.retries).not.toBe(0);
    expect((await topics.read(topic)).map(({ value }) => value)).toEqual(['a', ...values]);
  });

  it('ends the older of two runs of one query', async () => {
    const topic = await topics.make();
    const [older, newer] = [start(topic), start(topic)];
    await older.write(0, rowsOf('a'));
    await newer.write(1, rowsOf('b'));
    await expect(older.write(2, rowsOf('c'))).rejects.toMatchObject({
      code: 'PRODUCER_FENCED',
      details: { transactionalId: `sluice-${topic}-${topic}` },
    });
    await newer.write(2, rowsOf('d'));
    expect(await valuesIn(topic)).toEqual(['a', 'b', 'd']);
  });

  it('refuses two sinks of one name in one run', async () => {
    const topic = await topics.make();
    const run = start(topic);
    await run.write(0, rowsOf('a'));
    await expect(run.another(options(topic)).write(0, rowsOf('a'))).rejects.toMatchObject({ code: 'DUPLICATE_NAME' });
    await run.another(options(topic, { name: 'other' })).write(0, rowsOf('b'));
    expect(await valuesIn(topic)).toEqual(['a', 'b']);
  });
});
