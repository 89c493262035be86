import { AssignerProtocol } from 'kafkajs';
import type { KafkaSourceOptions } from '../../../../connectors/kafka/source-options.js';
import type { SluiceError } from '../../../../lib/errors/index.js';
import { KafkaProxy } from '../../../helpers/kafka-proxy.js';
import { brokerMillis, describeKafka } from '../../../helpers/kafka.js';
import { tempDir } from '../../../helpers/temp-dir.js';
import { until } from '../../../helpers/until.js';
import { Lab, type StartOptions, numbers } from '../source/lab.js';

type Run = ReturnType<Lab['start']>;

describeKafka()('a group', () => {
  let lab: Lab;
  let groups = 0;
  const running: Run[] = [];

  beforeAll(async () => {
    lab = await Lab.open({ proxied: true });
  }, brokerMillis);
  afterEach(async () => {
    for (const { query } of running.splice(0)) await query.stop().catch(() => undefined);
  });
  afterAll(() => lab.close());

  /** Members of one group. */
  const group = (options: Partial<KafkaSourceOptions>) => {
    const groupId = `g${groups++}`;
    const join = (more: Partial<KafkaSourceOptions> = {}, start: StartOptions = {}): Run => {
      const settings: Partial<KafkaSourceOptions> = { assignment: 'group', groupId, heartbeatInterval: 100 };
      const run = lab.start({ ...settings, ...options, ...more }, start);
      running.push(run);
      return run;
    };
    return { groupId, join };
  };

  const metric = (run: Run, name: string): number => Number(run.query.lastProgress?.sources[0]?.metrics?.[name] ?? 0);

  /** What each partition belongs to, as Kafka's tools see it. */
  const described = async (groupId: string) => {
    const { groups: found } = await lab.admin.describeGroups([groupId]);
    const { state, protocolType, members } = found[0]!;
    // Within a rebalance nothing is told of them.
    const shares = members.map(({ memberId, memberMetadata, memberAssignment }) => ({
      memberId,
      topics: memberMetadata.length === 0 ? [] : AssignerProtocol.MemberMetadata.decode(memberMetadata)!.topics,
      assignment: AssignerProtocol.MemberAssignment.decode(memberAssignment)?.assignment ?? {},
    }));
    return { state, protocolType, shares };
  };
  const settled = async (groupId: string, topic: string, members: number, partitions: number): Promise<void> => {
    const late = performance.now() + 20_000;
    for (;;) {
      const { state, shares } = await described(groupId);
      const given = shares.flatMap(({ assignment }) => assignment[topic] ?? []);
      const isEven = shares.every(
        ({ assignment }) => (assignment[topic]?.length ?? 0) <= Math.ceil(partitions / members),
      );
      if (state === 'Stable' && shares.length === members && given.length === partitions && isEven) return;
      if (performance.now() > late) throw new Error(`not settled: ${JSON.stringify({ state, shares })}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

  const fill = async (topic: string, partitions: number, count: number, from = 0): Promise<void> => {
    for (let partition = 0; partition < partitions; partition++) {
      await lab.send(
        topic,
        partition,
        numbers(count, from).map((n) => `${partition}:${n}`),
      );
    }
  };
  const all = (partitions: number, count: number, from = 0): string[] =>
    Array.from({ length: partitions }, (_, p) => numbers(count, from).map((n) => `${p}:${n}`))
      .flat()
      .sort();

  it('shares partitions evenly, takes over from who leaves, and reads every record once', async () => {
    const topic = await lab.topic(6);
    const { groupId, join } = group({ subscribe: topic });
    const runs = [join(), join(), join()];
    await settled(groupId, topic, 3, 6);
    const { protocolType, shares } = await described(groupId);
    expect(protocolType).toBe('consumer');
    expect(shares.map(({ topics }) => topics)).toEqual([[topic], [topic], [topic]]);
    expect(shares.map(({ assignment }) => assignment[topic]!.length)).toEqual([2, 2, 2]);

    const read = (): string[] => runs.flatMap(({ values }) => values).sort();
    await fill(topic, 6, 50);
    await until(() => read().length >= 300);
    for (const run of runs) expect(run.values).toHaveLength(100);
    expect(metric(runs[0]!, 'groupPartitions')).toBe(2);
    expect(metric(runs[0]!, 'groupGeneration')).toBeGreaterThan(0);
    expect(metric(runs[0]!, 'groupRebalances')).toBeGreaterThan(0);

    await runs[1]!.query.stop();
    await settled(groupId, topic, 2, 6);
    await fill(topic, 6, 50, 50);
    await until(() => read().length >= 600);
    expect(read()).toEqual(all(6, 100));
    expect(metric(runs[0]!, 'groupMembershipsLost')).toBe(0);
  }, 60_000);

  it('is left at once by who is stopped while it reads, but not while its batch may be in the sink', async () => {
    const topic = await lab.topic(1);
    // One record after the other, so that reading takes long.
    const options = { subscribe: topic, sessionTimeout: 120_000, kafka: { maxPartitionFetchBytes: 1 } };
    const { groupId, join } = group(options);
    const at = lab.cluster.proxies[0]!;
    const proxy = await KafkaProxy.start(at);
    const dir = tempDir();
    const start = (): Run => join({ bootstrapServers: `127.0.0.1:${at.port}` }, { dir });
    const reads = async (run: Run): Promise<void> => {
      const before = proxy.count('fetch');
      await until(() => run.query.status.message === 'Processing new data' && proxy.count('fetch') > before);
    };
    const membersAfter = async (run: Run): Promise<number> => {
      await run.query.stop();
      expect(run.values).toEqual([]);
      return (await described(groupId)).shares.length;
    };
    try {
      const first = start();
      await until(() => first.query.lastProgress !== undefined);
      proxy.delay = 200;
      for (const value of numbers(40)) await lab.send(topic, 0, [value]);
      await reads(first);
      expect(await membersAfter(first)).toBe(0);
      // As far as the second knows the first has written it.
      const second = start();
      await reads(second);
      expect(await membersAfter(second)).toBe(1);
      proxy.delay = 0;
      const third = start();
      await until(() => third.values.length >= 40);
      await third.query.stop();
      expect(third.values).toEqual(numbers(40));
    } finally {
      await proxy.close();
    }
  }, 60_000);

  it('lets others join during a batch, and hands partitions over when it is committed', async () => {
    const topic = await lab.topic(2);
    const { groupId, join } = group({ subscribe: topic });
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await fill(topic, 2, 10);
    let isBusy = false;
    const onBatch = (): Promise<void> => {
      isBusy = true;
      return held;
    };
    const slow = join({}, { onBatch });
    await until(() => isBusy);
    const late = join();
    // The newcomer is a member at once, though the other is busy with its partitions.
    const members = async (): Promise<number> => (await described(groupId)).shares.length;
    while ((await members()) < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(late.values).toEqual([]);
    expect(slow.values).toEqual([]);
    release();
    await settled(groupId, topic, 2, 2);
    await fill(topic, 2, 10, 10);
    await until(() => slow.values.length + late.values.length >= 40);
    expect([...slow.values, ...late.values].sort()).toEqual(all(2, 20));
    expect(late.values).toHaveLength(10);
  }, 60_000);

  it('finds what a member left that comes back under its name, without a rebalance', async () => {
    const topic = await lab.topic(4);
    const { groupId, join } = group({ subscribe: topic });
    const dirs = [tempDir(), tempDir()];
    const start = (i: number): Run => join({ groupInstanceId: `member-${i}` }, { dir: dirs[i]! });
    const first = start(0);
    const second = start(1);
    await settled(groupId, topic, 2, 4);
    await fill(topic, 4, 10);
    const isThere = (...runs: Run[]): boolean => runs.every((run) => metric(run, 'groupPartitions') === 2);
    await until(() => first.values.length + second.values.length >= 40 && isThere(first, second));
    const generation = metric(first, 'groupGeneration');
    await second.query.stop();
    const again = start(1);
    await fill(topic, 4, 10, 10);
    await until(() => first.values.length + again.values.length >= 60 && isThere(first, again));
    expect([...first.values, ...second.values, ...again.values].sort()).toEqual(all(4, 20));
    expect(again.values).toHaveLength(20);
    expect([first, again].map((run) => metric(run, 'groupGeneration'))).toEqual([generation, generation]);
  }, 60_000);

  it('begins at starting offsets once, and at the beginning of partitions that come later', async () => {
    const topic = await lab.topic(2);
    await fill(topic, 2, 5);
    const { groupId, join } = group({ subscribe: topic, startingOffsets: 'latest', kafka: { metadataMaxAge: 200 } });
    const first = join();
    await settled(groupId, topic, 1, 2);
    await until(() => first.query.lastProgress !== undefined);
    await lab.admin.createPartitions({ topicPartitions: [{ topic, count: 4 }] });
    // One that knew the topic before would not know of them.
    const producer = lab.kafka.producer();
    await producer.connect();
    // Each alone: of two it sends both again when one has no leader yet.
    for (const partition of [2, 3]) await producer.send({ topic, messages: [{ partition, value: `${partition}:0` }] });
    await producer.disconnect();
    // Whoever gets them: a member that is new as well would begin at the latest otherwise.
    const second = join();
    await settled(groupId, topic, 2, 4);
    await fill(topic, 2, 5, 5);
    await until(() => first.values.length + second.values.length >= 12);
    expect([...first.values, ...second.values].sort()).toEqual([...all(2, 5, 5), '2:0', '3:0'].sort());
  }, 60_000);

  it('waits for a coordinator that is away, and loses no membership', async () => {
    const topic = await lab.topic(4);
    const { groupId, join } = group({ subscribe: topic, sessionTimeout: 3_000 });
    const runs = [join(), join()];
    await settled(groupId, topic, 2, 4);
    await fill(topic, 4, 10);
    await until(() => runs.flatMap(({ values }) => values).length >= 40);
    await lab.cluster.kill();
    // Longer than the session.
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    await lab.cluster.start();
    await fill(topic, 4, 10, 10);
    await until(() => runs.flatMap(({ values }) => values).length >= 80, 30_000);
    expect(runs.flatMap(({ values }) => values).sort()).toEqual(all(4, 20));
    for (const run of runs) expect(run.values).toHaveLength(40);
  }, 90_000);

  it('ends the older of two members of one name', async () => {
    const topic = await lab.topic(1);
    const { join } = group({ subscribe: topic, groupInstanceId: 'the-one' });
    const older = join();
    await until(() => older.query.lastProgress !== undefined);
    const newer = join();
    await expect(older.query.awaitTermination()).rejects.toMatchObject({
      code: 'GROUP_MEMBER_FENCED',
      details: { groupInstanceId: 'the-one' },
    });
    await fill(topic, 1, 3);
    await until(() => newer.values.length === 3);
  }, 60_000);

  it('refuses a group of other consumers, and timeouts that the broker does not take', async () => {
    const topic = await lab.topic(1);
    const { groupId, join } = group({ subscribe: topic });
    const consumer = lab.kafka.consumer({ groupId });
    await consumer.connect();
    await consumer.subscribe({ topic });
    const joined = new Promise((resolve) => consumer.on('consumer.group_join', resolve));
    await consumer.run({ eachMessage: async () => undefined });
    await joined;
    const stranger: unknown = await join()
      .query.awaitTermination()
      .catch((error: unknown) => error);
    await consumer.disconnect();
    expect(stranger).toMatchObject({ code: 'GROUP_REFUSED', details: { group: groupId } });
    expect((stranger as SluiceError).message).toContain('consumers of another kind');

    const impatient: unknown = await group({ subscribe: topic, sessionTimeout: 200 })
      .join()
      .query.awaitTermination()
      .catch((error: unknown) => error);
    expect(impatient).toMatchObject({ code: 'GROUP_REFUSED' });
    expect((impatient as SluiceError).message).toContain('sessionTimeout');
  }, 60_000);
});
