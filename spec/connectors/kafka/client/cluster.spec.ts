import {
  Cluster,
  type ClusterInfo,
  type KafkaClient,
  KafkaFault,
  kafkaCode,
} from '../../../../connectors/kafka/client/index.js';

const info = (leader: number, ...names: string[]): ClusterInfo => ({
  topics: names.map((name) => ({
    name,
    id: name,
    isInternal: false,
    error: 0,
    partitions: [{ partition: 0, leader }],
  })),
});

/** A client that knows of nothing but leaders and coordinators. */
function fake() {
  const asked: (readonly string[] | undefined)[] = [];
  const state = { leader: 1, there: ['a', 'b'], coordinators: 0, asked };
  const client = {
    async metadata(names?: readonly string[]): Promise<ClusterInfo> {
      asked.push(names);
      await Promise.resolve();
      return info(state.leader, ...state.there.filter((name) => names === undefined || names.includes(name)));
    },
    async coordinator(): Promise<number> {
      return ++state.coordinators;
    },
  };
  return { state, client: client as unknown as KafkaClient };
}

const within = (millis: number) => ({ deadline: Date.now() + millis });
const fault = (kind: KafkaFault['kind'], code?: number) => new KafkaFault('it broke', kind, code);

describe('what is known of a cluster', () => {
  it('is asked once for all who want to know', async () => {
    const { client, state } = fake();
    const cluster = new Cluster(client, ['a']);
    expect(cluster.known({ topic: 'a', partition: 0 })).toBeUndefined();
    expect(await Promise.all([cluster.leaderOf('a', 0), cluster.leaderOf('a', 0)])).toEqual([1, 1]);
    expect(await cluster.leaderOf('a', 0)).toBe(1);
    expect(state.asked).toEqual([['a']]);
    expect(cluster.known({ topic: 'a', partition: 0 })).toBe(1);
  });

  it('takes up topics as they are asked for', async () => {
    const { client, state } = fake();
    const cluster = new Cluster(client, []);
    await cluster.leaderOf('a', 0);
    await cluster.leaderOf('b', 0);
    await cluster.refresh();
    expect(state.asked.at(-1)).toEqual(['a', 'b']);
    await new Cluster(client).refresh();
    expect(state.asked.at(-1)).toBeUndefined();
  });

  it.each([
    ['may not be seen', kafkaCode.topicNotAuthorized, 0],
    ['can have no such name', kafkaCode.invalidTopic, 0],
    // Not yet, that is: there is no topic without any.
    ['has no partitions', kafkaCode.none, kafkaCode.leaderNotAvailable],
  ])('is no topic that %s, also when that was known before', async (_, error, expected) => {
    const topics = [{ name: 'a', id: 'a', isInternal: false, error, partitions: [] }];
    const client = { metadata: () => Promise.resolve({ topics }) };
    const cluster = new Cluster(client as unknown as KafkaClient, ['a']);
    await cluster.refresh();
    await expect(cluster.topic('a')).rejects.toMatchObject({ name: 'KafkaFault', code: expected || error });
  });

  it('is asked again when it was wrong', async () => {
    const { client, state } = fake();
    const cluster = new Cluster(client, ['a']);
    expect([await cluster.leaderOf('a', 0), await cluster.coordinatorOf('group', 'g')]).toEqual([1, 1]);
    state.leader = 2;
    expect([await cluster.leaderOf('a', 0), await cluster.coordinatorOf('group', 'g')]).toEqual([1, 1]);
    cluster.moved();
    expect([await cluster.leaderOf('a', 0), await cluster.coordinatorOf('group', 'g')]).toEqual([2, 2]);
  });

  it('says that there is no leader, no partition, no topic', async () => {
    const { client, state } = fake();
    const cluster = new Cluster(client, ['a']);
    state.leader = -1;
    const kind = 'moved';
    await expect(cluster.leaderOf('a', 0)).rejects.toMatchObject({ kind, code: kafkaCode.leaderNotAvailable });
    await expect(cluster.leaderOf('a', 7)).rejects.toMatchObject({ kind, code: kafkaCode.leaderNotAvailable });
    await expect(cluster.topic('gone')).rejects.toMatchObject({ kind, code: kafkaCode.unknownTopicOrPartition });
    await cluster.leaderOf('b', 0).catch(() => undefined);
    state.there = ['b'];
    await expect(cluster.topic('a', { fresh: true })).rejects.toMatchObject({
      code: kafkaCode.unknownTopicOrPartition,
    });
  });
});

describe('persist', () => {
  it.each(['moved', 'retriable', 'unknown'] as const)('repeats what is %s', async (kind) => {
    const { client } = fake();
    const seen: KafkaFault[] = [];
    let left = 3;
    const attempt = async (): Promise<string> => {
      if (left-- > 0) throw fault(kind, kind === 'moved' ? kafkaCode.notLeader : undefined);
      return 'done';
    };
    const persistence = { ...within(5000), onRetry: (it: KafkaFault) => seen.push(it) };
    expect(await new Cluster(client).persist('doing', persistence, attempt)).toBe('done');
    expect(seen.map((it) => it.kind)).toEqual([kind, kind, kind]);
  });

  it.each([
    ['moved', kafkaCode.notLeader, true],
    ['retriable', kafkaCode.concurrentTransactions, false],
    // Who does not answer may have lost what it led.
    ['unknown', undefined, true],
  ] as const)('asks for leaders again after %s %s: %s', async (kind, code, again) => {
    const { client, state } = fake();
    const cluster = new Cluster(client, ['a']);
    const leaders: number[] = [];
    await cluster.persist('doing', within(5000), async () => {
      leaders.push(await cluster.leaderOf('a', 0));
      state.leader = 2;
      if (leaders.length === 1) throw fault(kind, code);
    });
    expect(leaders).toEqual([1, again ? 2 : 1]);
  });

  it.each(['abortable', 'fatal'] as const)('leaves what is %s to who asked', async (kind) => {
    const { client } = fake();
    const thrown = fault(kind, kafkaCode.producerFenced);
    let attempts = 0;
    const failing = new Cluster(client).persist('doing', within(5000), async () => {
      attempts++;
      throw thrown;
    });
    await expect(failing).rejects.toBe(thrown);
    expect(attempts).toBe(1);
  });

  it.each([
    [
      'retriable',
      undefined,
      'BROKER_UNREACHABLE',
      /^Kafka: doing: it broke\. It was tried for 0\.\d s\. Check bootstrapServers.*advertised\.listeners/,
    ],
    ['retriable', kafkaCode.notEnoughReplicas, 'TIMEOUT', /^Kafka: doing: it broke\. It was tried for/],
    ['moved', kafkaCode.unknownTopicOrPartition, 'TOPIC_NOT_FOUND', /^Kafka: doing: it broke\. Create it/],
  ] as const)('gives up when the time is over: %s %s as %s', async (kind, code, public_, message) => {
    const { client } = fake();
    const failing = new Cluster(client).persist('doing', within(60), async () => {
      throw fault(kind, code);
    });
    await expect(failing).rejects.toMatchObject({ code: public_, message: expect.stringMatching(message) });
    await expect(failing).rejects.toHaveProperty('cause.kind', kind);
  });

  it('tells users at once of what they alone can mend', async () => {
    const { client } = fake();
    const cluster = new Cluster(client);
    const refused = cluster.persist('doing', within(5000), async () => {
      throw KafkaFault.refused('CERTIFICATE_REJECTED', 'not trusted');
    });
    await expect(refused).rejects.toMatchObject({
      code: 'CERTIFICATE_REJECTED',
      message: 'Kafka: doing: not trusted.',
    });
    const denied = cluster.persist('doing', within(5000), async () => {
      throw KafkaFault.answered("the topic 'a'", kafkaCode.topicNotAuthorized);
    });
    await expect(denied).rejects.toMatchObject({ code: 'NOT_AUTHORIZED', details: { kafkaCode: 29 } });
  });

  it('ends at once with its signal, whether it waits or tries', async () => {
    const { client } = fake();
    const why = new Error('stopped');
    for (const waits of [true, false]) {
      const stop = new AbortController();
      const failing = new Cluster(client).persist('doing', { ...within(60_000), signal: stop.signal }, async () => {
        if (!waits) setTimeout(() => stop.abort(why), 1);
        if (!waits) await new Promise((resolve) => setTimeout(resolve, 20));
        throw fault('retriable');
      });
      if (waits) setTimeout(() => stop.abort(why), 50);
      await expect(failing).rejects.toBe(why);
    }
  });

  it('passes on whatever else is thrown', async () => {
    const { client } = fake();
    const why = new Error('a bug');
    const failing = new Cluster(client).persist('doing', within(5000), async () => {
      throw why;
    });
    await expect(failing).rejects.toBe(why);
  });
});
