import { brokerMillis, describeKafka } from '../../../helpers/kafka.js';
import { until } from '../../../helpers/until.js';
import { Lab, numbers, offsetsIn } from './lab.js';

describeKafka()('kafkaSource: what is done about data that is gone', () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await Lab.open();
  }, brokerMillis);
  afterAll(() => lab?.close());
  // One that has ever sent to a topic that is gone sends no more.
  beforeEach(() => lab.renewProducer());

  /** Deletes what is before the offset, as retention does. */
  const age = (topic: string, offset: number): Promise<void> =>
    lab.admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] }).catch(() =>
      // kafkajs does not find the leader of a topic that it has not asked for before.
      lab.admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] }),
    );

  /** A query that has read 10 records, of 30. */
  const interrupted = async (options: object = {}) => {
    const subscribe = await lab.topic();
    await lab.fill(subscribe, 0, 10);
    const { dir } = await lab.readAll({ subscribe, ...options });
    await lab.fill(subscribe, 0, 20, 10);
    return { subscribe, dir };
  };

  const remake = async (topic: string): Promise<void> => {
    await lab.admin.deleteTopics({ topics: [topic] });
    for (;;) {
      try {
        await lab.topic(1, {}, topic);
        if ((await lab.admin.fetchTopicOffsets(topic))[0]?.high === '0') break;
      } catch {
        // It is still being deleted.
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await lab.renewProducer();
  };

  const lossy = { failOnDataLoss: false };

  it('names what retention has deleted before it was read', async () => {
    const { subscribe, dir } = await interrupted();
    await age(subscribe, 17);
    await expect(lab.readAll({ subscribe }, { dir })).rejects.toMatchObject({
      code: 'DATA_LOSS',
      details: { topic: subscribe, partition: 0, from: 10, to: 17, condition: 'COULD_NOT_READ_OFFSET_RANGE' },
    });
    const rest = await lab.readAll({ subscribe, ...lossy }, { dir });
    expect(rest.values).toEqual(numbers(13, 17));
    expect(rest.query.lastProgress?.sources[0]?.metrics).toMatchObject({ lostOffsets: 7, losses: 1 });
  });

  it('reads no record twice, nor any that was not planned, when a whole batch is gone', async () => {
    const { subscribe, dir } = await interrupted(lossy);
    await age(subscribe, 25);
    const rest = await lab.readAll({ subscribe, maxOffsetsPerTrigger: 6, ...lossy }, { dir });
    expect(rest.values).toEqual(numbers(5, 25));
    // Batches of [10, 16), [16, 22), [22, 28), [28, 30).
    expect(rest.batches.map(({ rows }) => rows.length)).toEqual([0, 0, 3, 2]);
    expect(rest.query.lastProgress?.sources[0]?.metrics).toMatchObject({ lostOffsets: 15 });
  });

  it('names what is deleted while the query runs', async () => {
    const subscribe = await lab.topic(1);
    await lab.fill(subscribe, 0, 30);
    const run = lab.start(
      // What was fetched ahead would still be read.
      { subscribe, maxOffsetsPerTrigger: 10, readAhead: 1, kafka: { maxPartitionFetchBytes: 1 } },
      { onBatch: (id) => (id === 0 ? age(subscribe, 25) : undefined) },
    );
    // All that was sent at once is one record batch, which is fetched as a whole.
    await run.query.processAllAvailable();
    expect(run.values).toEqual(numbers(30));
    await age(subscribe, 30);
    await lab.fill(subscribe, 0, 1, 30);
    await run.query.processAllAvailable();
    expect(run.values).toEqual(numbers(31));
    await run.query.stop();
  });

  it('tells when a topic was deleted', async () => {
    const { subscribe, dir } = await interrupted();
    await lab.admin.deleteTopics({ topics: [subscribe] });
    await expect(lab.readAll({ subscribe }, { dir })).rejects.toMatchObject({
      code: 'DATA_LOSS',
      details: { topic: subscribe, partition: 0, from: 10, to: undefined, condition: 'PARTITIONS_DELETED' },
    });
    expect((await lab.readAll({ subscribe, ...lossy }, { dir })).values).toEqual([]);
  });

  it('tells when a topic is deleted while the query runs', async () => {
    const subscribe = await lab.topic(1);
    await lab.fill(subscribe, 0, 3);
    const run = lab.start({ subscribe, kafka: { metadataMaxAge: 100 } });
    await run.query.processAllAvailable();
    await lab.admin.deleteTopics({ topics: [subscribe] });
    await expect(run.query.awaitTermination()).rejects.toMatchObject({
      code: 'DATA_LOSS',
      details: { topic: subscribe, from: 3, condition: 'PARTITIONS_DELETED' },
    });
  });

  it('knows a topic that was made anew, however far that is', async () => {
    const { subscribe, dir } = await interrupted();
    await remake(subscribe);
    // More than the query has read of the old one.
    await lab.fill(subscribe, 0, 20, 100);
    await expect(lab.readAll({ subscribe }, { dir })).rejects.toMatchObject({
      code: 'DATA_LOSS',
      details: { topic: subscribe, partition: 0, from: 10, to: 0, condition: 'PARTITION_OFFSET_CHANGED' },
    });
    const anew = await lab.readAll({ subscribe, ...lossy }, { dir });
    expect(anew.values).toEqual(numbers(20, 100));
    // It is known by now.
    await lab.fill(subscribe, 0, 1, 120);
    expect((await lab.readAll({ subscribe }, { dir })).values).toEqual(['120']);
  });

  it('goes on with a topic that is made anew while the query runs', async () => {
    const subscribe = await lab.topic(1);
    await lab.fill(subscribe, 0, 5);
    const run = lab.start({ subscribe, kafka: { metadataMaxAge: 100 }, ...lossy });
    await run.query.processAllAvailable();
    await remake(subscribe);
    await lab.fill(subscribe, 0, 3, 100);
    await until(() => run.values.length === 8);
    expect(run.values).toEqual([...numbers(5), ...numbers(3, 100)]);
    await run.query.processAllAvailable();
    expect(offsetsIn(run.query)).toEqual({ [subscribe]: { 0: 3 } });
    await run.query.stop();
  });

  it('tells when a partition that is new has lost its beginning', async () => {
    const pattern = `young-${await lab.topic()}`;
    const { dir } = await lab.readAll({ subscribePattern: pattern });
    await lab.topic(1, {}, pattern);
    await lab.renewProducer();
    await lab.fill(pattern, 0, 5);
    await age(pattern, 2);
    await expect(lab.readAll({ subscribePattern: pattern }, { dir })).rejects.toMatchObject({
      code: 'DATA_LOSS',
      details: { from: 0, to: 2, condition: 'ADDED_PARTITION_DOES_NOT_START_FROM_OFFSET_ZERO' },
    });
    expect((await lab.readAll({ subscribePattern: pattern, ...lossy }, { dir })).values).toEqual(['2', '3', '4']);
  });

  it('begins with a topic that is added to the list where that begins now', async () => {
    const [first, second] = [await lab.topic(), await lab.topic()];
    await lab.send(first, 0, ['a']);
    const { dir } = await lab.readAll({ subscribe: first });
    await lab.fill(second, 0, 5);
    await age(second, 2);
    expect((await lab.readAll({ subscribe: [first, second] }, { dir })).values).toEqual(['2', '3', '4']);
  });

  it.each([7, 31])('tells when a query is to begin where nothing is, at %i', async (offset) => {
    const subscribe = await lab.topic(1);
    await lab.fill(subscribe, 0, 30);
    await age(subscribe, 20);
    const startingOffsets = { [subscribe]: { 0: offset } };
    await expect(lab.readAll({ subscribe, startingOffsets })).rejects.toMatchObject({
      code: 'DATA_LOSS',
      details: { from: offset, to: 20, condition: 'START_OFFSET_RESET' },
    });
    expect((await lab.readAll({ subscribe, startingOffsets, ...lossy })).values).toEqual(numbers(10, 20));
  });
});
