import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import {
  Cluster,
  type FetchRequest,
  type KafkaClient,
  KafkaFault,
  type Transaction,
  kafkaCode,
} from '../../../../connectors/kafka/client/index.js';
import { type Cluster as Brokers, startBroker } from '../../../../scripts/kafka/cluster.js';
import { KafkaProxy } from '../../../helpers/kafka-proxy.js';
import { brokerMillis, describeKafka } from '../../../helpers/kafka.js';
import { tempDir } from '../../../helpers/temp-dir.js';
import { until } from '../../../helpers/until.js';
import { batchOf, message, rowsOf, valuesOf } from '../records/batches.js';
import { clientOf } from './open.js';

const soon = () => ({ deadline: Date.now() + 60_000 });

async function faultOf(work: Promise<unknown>): Promise<KafkaFault> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(KafkaFault);
  return error as KafkaFault;
}

const fetchOf = (topic: string, partition = 0, more: Partial<FetchRequest> = {}): FetchRequest => ({
  isolation: 'read_committed',
  maxWait: 100,
  minBytes: 1,
  maxBytes: 1 << 20,
  partitions: [{ topic, partition, offset: 0, maxBytes: 1 << 20 }],
  ...more,
});

/** What keeps a process alive, by kind: sockets and timers. */
function handles(kind: RegExp): number {
  return process.getActiveResourcesInfo().filter((name) => kind.test(name)).length;
}
const socket = /TCP|TLS|Connect/;
const timer = /Timeout/;

/** That of a consumer of no topic: the broker reads it. */
const subscription = Buffer.from('000000000000ffffffff', 'hex');

describeKafka()('the client, on a broker', () => {
  const dir = tempDir();
  let brokers: Brokers;
  let proxy: KafkaProxy;
  let idleSockets: number;
  const opened: KafkaClient[] = [];
  const open = (addresses: readonly string[], kafka = {}): KafkaClient => {
    const client = clientOf(addresses, kafka);
    opened.push(client);
    return client;
  };
  let count = 0;
  /** A cluster with a new topic. */
  async function withTopic(client: KafkaClient, partitions = 1, config = {}) {
    const cluster = new Cluster(client, []);
    const topic = `topic-${count++}`;
    await cluster.persist('creating', soon(), () => client.createTopic({ name: topic, partitions, config }));
    // A leader is named before it knows that it is one.
    const asked = Array.from({ length: partitions }, (_, partition) => ({ topic, partition, at: 'latest' }) as const);
    await cluster.persist('finding', soon(), async () => {
      const answers = await client.offsets(await cluster.leaderOf(topic, 0), 'read_committed', asked);
      for (const { error } of answers) if (error !== 0) throw KafkaFault.answered('finding', error);
    });
    return { cluster, topic };
  }
  async function begun(cluster: Cluster, id: string): Promise<{ node: number; transaction: Transaction }> {
    return cluster.persist('beginning', soon(), async () => {
      const node = await cluster.coordinatorOf('transaction', id);
      const identity = await cluster.client.initProducer(node, { transactionalId: id, timeout: 30_000 });
      return { node, transaction: { transactionalId: id, ...identity } };
    });
  }

  beforeAll(async () => {
    brokers = await startBroker({ dir, proxied: true });
    proxy = await KafkaProxy.start(brokers.proxies[0]!);
    idleSockets = handles(socket);
  }, brokerMillis);
  afterAll(async () => {
    await proxy?.close();
    await brokers?.close();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((client) => client.close()));
  });

  it('describes topics, and tells one that was made anew from the one before', async () => {
    const client = open(brokers.addresses());
    const { cluster, topic } = await withTopic(client, 3, { 'max.message.bytes': '12345' });
    const before = await cluster.topic(topic);
    expect(before).toMatchObject({ name: topic, error: 0, isInternal: false });
    expect(before.partitions.map((it) => it.partition)).toEqual([0, 1, 2]);
    expect(before.id).toMatch(/^[0-9a-f]{32}$/);
    expect(await client.topicConfig(topic, ['max.message.bytes'])).toEqual({ 'max.message.bytes': '12345' });

    const admin = new Kafka({ brokers: brokers.addresses(), logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [topic] });
    await cluster.persist('creating anew', soon(), () =>
      client.createTopic({ name: topic, partitions: 3, config: {} }),
    );
    await admin.disconnect();
    const after = await cluster.persist('finding', soon(), async () => {
      const found = await cluster.topic(topic, { fresh: true });
      if (found.id === before.id) throw new KafkaFault('still the one before', 'retriable');
      return found;
    });
    expect(after.id).toMatch(/^[0-9a-f]{32}$/);
  });

  it('says of a topic that is not there that it is not, and creates none by asking', async () => {
    const client = open(brokers.addresses());
    const { topics } = await client.metadata(['nowhere']);
    expect(topics).toMatchObject([{ name: 'nowhere', error: kafkaCode.unknownTopicOrPartition }]);
    expect((await client.metadata()).topics.map((it) => it.name)).not.toContain('nowhere');
    const cluster = new Cluster(client, []);
    const found = cluster.persist("reading 'nowhere'", { deadline: Date.now() + 300 }, () => cluster.topic('nowhere'));
    await expect(found).rejects.toMatchObject({ code: 'TOPIC_NOT_FOUND' });
  });

  it('refuses a topic that is there already, with what the broker says', async () => {
    const client = open(brokers.addresses());
    const { topic } = await withTopic(client);
    const fault = await faultOf(client.createTopic({ name: topic, partitions: 1, config: {} }));
    expect(fault).toMatchObject({ code: kafkaCode.topicExists, kind: 'fatal' });
    expect(fault.message).toContain(topic);
  });

  it('writes and reads record batches as they are, several partitions in one request', async () => {
    const client = open(brokers.addresses());
    const { cluster, topic } = await withTopic(client, 2);
    const leader = await cluster.leaderOf(topic, 0);
    const large = 'x'.repeat(300_000);
    const [small, big] = await Promise.all([batchOf([message('a'), message('b')]), batchOf([message(large)])]);
    const partitions = [
      { topic, partition: 1, batch: small },
      { topic, partition: 0, batch: big },
    ];
    const produced = await client.produce(leader, { transactionalId: null, acks: -1, timeout: 5000, partitions });
    const placed = produced.map(({ partition, error, offset }) => [partition, error, offset]);
    expect(placed.sort((a, b) => a[0]! - b[0]!)).toEqual([
      [0, 0, 0],
      [1, 0, 0],
    ]);
    const answer = await client.fetch(leader, {
      ...fetchOf(topic),
      partitions: [0, 1].map((partition) => ({ topic, partition, offset: 0, maxBytes: 1 << 20 })),
    });
    const of = (partition: number) => answer.find((it) => it.partition === partition)!;
    expect(valuesOf(await rowsOf(of(0).bytes))).toEqual([large]);
    expect(valuesOf(await rowsOf(of(1).bytes))).toEqual(['a', 'b']);
    expect(of(1)).toMatchObject({ error: 0, highWatermark: 2, lastStableOffset: 2, logStart: 0, aborted: [] });
    expect(client.traffic.bytesIn).toBeGreaterThan(300_000);
    expect(client.traffic.bytesOut).toBeGreaterThan(300_000);
  });

  it('answers requests that are under way together each with its own', async () => {
    const client = open(brokers.addresses());
    const { cluster, topic } = await withTopic(client, 4);
    const node = await cluster.leaderOf(topic, 0);
    const before = client.traffic.connects;
    const asked = await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        client.offsets(node, 'read_committed', [{ topic, partition: i % 4, at: 'latest' }]),
      ),
    );
    expect(asked.map(([it]) => it!.partition)).toEqual(Array.from({ length: 200 }, (_, i) => i % 4));
    expect(client.traffic.connects).toBe(before);
  });

  it('finds offsets by position and by time, per isolation', async () => {
    const client = open(brokers.addresses());
    const { cluster, topic } = await withTopic(client);
    const leader = await cluster.leaderOf(topic, 0);
    const { node, transaction } = await begun(cluster, 'offsets');
    expect(await client.addPartitions(node, transaction, [{ topic, partition: 0 }])).toEqual([
      { topic, partition: 0, error: 0 },
    ]);
    const batch = await batchOf([message('a', { timestamp: 1000 }), message('b', { timestamp: 2000 })], {
      compression: 'none',
      maxBytes: 1 << 20,
      producer: { ...transaction, baseSequence: 0, isTransactional: true },
    });
    const request = { transactionalId: 'offsets', acks: -1, timeout: 5000 } as const;
    const [answer] = await client.produce(leader, { ...request, partitions: [{ topic, partition: 0, batch }] });
    expect(answer).toMatchObject({ error: 0, offset: 0 });
    const at = async (at: 'earliest' | 'latest' | number, isolation: 'read_committed' | 'read_uncommitted') =>
      (await client.offsets(leader, isolation, [{ topic, partition: 0, at }]))[0]!.offset;
    // While the transaction is open nothing of it counts for who reads what is committed.
    expect(await at('latest', 'read_committed')).toBe(0);
    expect(await at('latest', 'read_uncommitted')).toBe(2);
    await client.endTransaction(node, transaction, true);
    await cluster.persist('the marker', soon(), async () => {
      if ((await at('latest', 'read_committed')) !== 3) throw new KafkaFault('not yet', 'retriable');
    });
    expect(await at('earliest', 'read_committed')).toBe(0);
    expect(await at(1500, 'read_committed')).toBe(1);
    expect(await at(Date.now() + 3_600_000, 'read_committed')).toBe(-1);
  });

  it('tells who is fenced from who is current', async () => {
    const client = open(brokers.addresses());
    const { cluster, topic } = await withTopic(client);
    const first = await begun(cluster, 'fence');
    const { node } = first;
    const request = { transactionalId: 'fence', timeout: 30_000 };
    const again = await client.initProducer(node, { ...request, current: first.transaction });
    expect(again).toEqual({ id: first.transaction.id, epoch: first.transaction.epoch + 1 });
    await begun(cluster, 'fence');
    const fault = await faultOf(client.initProducer(node, { ...request, current: again }));
    expect(fault).toMatchObject({ code: kafkaCode.producerFenced, kind: 'fatal' });
    const fenced = { transactionalId: 'fence', ...again };
    const [added] = await client.addPartitions(node, fenced, [{ topic, partition: 0 }]);
    expect([kafkaCode.producerFenced, kafkaCode.invalidProducerEpoch]).toContain(added!.error);
    expect((await faultOf(client.endTransaction(node, fenced, true))).kind).toBe('fatal');
  });

  it('commits offsets of a group, and gives stable ones only: a transaction may hold others', async () => {
    const client = open(brokers.addresses());
    const { cluster, topic } = await withTopic(client, 2);
    const group = `group-${count++}`;
    const offset = (partition: number, to: number) => ({ topic, partition, offset: to, metadata: 'note' });
    const of = [0, 1].map((partition) => ({ topic, partition }));
    const read = () =>
      cluster.persist('reading', soon(), async () => {
        const keeper = await cluster.coordinatorOf('group', group);
        return (await client.committedOffsets(keeper, group, of)).map((it) => it.offset);
      });
    expect(await read()).toEqual([-1, -1]);
    const keeper = await cluster.coordinatorOf('group', group);
    expect(await client.commitOffsets(keeper, group, undefined, [offset(1, 2 ** 40)])).toMatchObject([{ error: 0 }]);
    expect(await read()).toEqual([-1, 2 ** 40]);

    const brokersOf = { brokers: brokers.addresses(), logLevel: logLevel.NOTHING };
    const producer = new Kafka(brokersOf).producer({
      transactionalId: group,
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    const transaction = await producer.transaction();
    // kafkajs does not wait until a coordinator that is new knows where the offsets are.
    await transaction.send({ topic, messages: [{ partition: 0, value: 'a' }] });
    await transaction.sendOffsets({
      consumerGroupId: group,
      topics: [{ topic, partitions: [{ partition: 0, offset: '7' }] }],
    });
    const unstable = await client.committedOffsets(keeper, group, of);
    expect(unstable.map((it) => it.error)).toEqual([kafkaCode.unstableOffsetCommit, 0]);
    await transaction.commit();
    await producer.disconnect();
    const stable = () => client.committedOffsets(keeper, group, of).then((all) => all.every((it) => it.error === 0));
    while (!(await stable())) await sleep(5);
    expect(await read()).toEqual([7, 2 ** 40]);
  });

  it('joins groups: the leader is told of everybody, who was shut out of it', async () => {
    const client = open(brokers.addresses());
    const { cluster } = await withTopic(client);
    const group = `group-${count++}`;
    const join = {
      group,
      memberId: '',
      instanceId: 'static-1',
      sessionTimeout: 10_000,
      rebalanceTimeout: 10_000,
      protocols: [{ name: 'ours', metadata: subscription }],
    };
    const { node, joined } = await cluster.persist('joining', soon(), async () => {
      const keeper = await cluster.coordinatorOf('group', group);
      return { node: keeper, joined: await client.join(keeper, join) };
    });
    expect(joined).toMatchObject({ protocol: 'ours', leader: joined.memberId, generation: 1 });
    expect(joined.members).toEqual([{ memberId: joined.memberId, instanceId: 'static-1', metadata: subscription }]);
    const member = { memberId: joined.memberId, generation: 1, instanceId: 'static-1' };
    const given = await client.sync(node, group, member, [
      { memberId: joined.memberId, assignment: Buffer.from('all') },
    ]);
    expect(given.toString()).toBe('all');
    await client.heartbeat(node, group, member);
    // Another one of the same instance: the first is fenced.
    const other = await client.join(node, join);
    expect(other.memberId).not.toBe(joined.memberId);
    expect(await faultOf(client.heartbeat(node, group, member))).toMatchObject({ code: kafkaCode.fencedInstance });
    await client.leave(node, group, { ...member, memberId: other.memberId });
    const gone = await faultOf(client.heartbeat(node, group, { ...member, instanceId: undefined }));
    expect(gone.code).toBe(kafkaCode.unknownMember);
  });

  it('joins a dynamic member in one call, though the broker wants two', async () => {
    const client = open(brokers.addresses());
    const { cluster } = await withTopic(client);
    const group = `group-${count++}`;
    const protocols = [{ name: 'ours', metadata: subscription }];
    const timeouts = { sessionTimeout: 10_000, rebalanceTimeout: 10_000 };
    const joined = await cluster.persist('joining', soon(), async () => {
      const keeper = await cluster.coordinatorOf('group', group);
      return client.join(keeper, { group, memberId: '', instanceId: undefined, ...timeouts, protocols });
    });
    expect(joined.memberId).not.toBe('');
    expect(joined.generation).toBe(1);
  });

  it('a fetch that waits holds up nothing else', async () => {
    const client = open(brokers.addresses());
    const { cluster, topic } = await withTopic(client);
    const leader = await cluster.leaderOf(topic, 0);
    let over = false;
    const waiting = client.fetch(leader, fetchOf(topic, 0, { maxWait: 3000 })).finally(() => (over = true));
    await client.offsets(leader, 'read_committed', [{ topic, partition: 0, at: 'latest' }]);
    expect(over).toBe(false);
    const batch = await batchOf([message('a')]);
    const partitions = [{ topic, partition: 0, batch }];
    await client.produce(leader, { transactionalId: null, acks: -1, timeout: 5000, partitions });
    const [answer] = await waiting;
    expect(valuesOf(await rowsOf(answer!.bytes))).toEqual(['a']);
  });

  it('ends calls on a connection that stands still, and makes a new one', async () => {
    const client = open([`127.0.0.1:${brokers.proxies[0]!.port}`], { requestTimeout: 400, connectionTimeout: 400 });
    const { cluster, topic } = await withTopic(client);
    const leader = await cluster.leaderOf(topic, 0);
    const asking = () => client.offsets(leader, 'read_committed', [{ topic, partition: 0, at: 'latest' }]);
    await asking();
    proxy.freeze();
    try {
      const began = performance.now();
      const faults = await Promise.all([asking(), asking()].map(faultOf));
      expect(performance.now() - began).toBeLessThan(3000);
      // It was sent: nobody knows whether it was carried out.
      expect(faults.map((it) => it.kind)).toEqual(['unknown', 'unknown']);
      // Nothing of this one can be sent, since no connection comes about.
      expect((await faultOf(asking())).kind).toBe('retriable');
      expect((await faultOf(client.metadata())).code).toBeUndefined();
    } finally {
      proxy.thaw();
    }
    await cluster.persist('asking again', soon(), asking);
  });

  it('ends calls to a broker whose process stands still', async () => {
    const client = open(brokers.addresses(), { requestTimeout: 400, connectionTimeout: 400 });
    const { cluster, topic } = await withTopic(client);
    const leader = await cluster.leaderOf(topic, 0);
    const pid = Number(readFileSync(join(dir, 'node-0', 'pid'), 'utf8'));
    process.kill(pid, 'SIGSTOP');
    try {
      // Its threads stop one by one.
      await sleep(200);
      const began = performance.now();
      const waiting = [client.fetch(leader, fetchOf(topic)), client.metadata([topic])];
      for (const fault of await Promise.all(waiting.map(faultOf))) expect(fault.code).toBeUndefined();
      expect(performance.now() - began).toBeLessThan(3000);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await cluster.persist('asking again', soon(), () => client.fetch(leader, fetchOf(topic)));
  });

  it('says of a request whose answer was lost that it may have been carried out', async () => {
    const client = open([`127.0.0.1:${brokers.proxies[0]!.port}`]);
    const { cluster, topic } = await withTopic(client);
    const leader = await cluster.leaderOf(topic, 0);
    const lost = proxy.loseAnswer('produce');
    const batch = await batchOf([message('a')]);
    const request = { transactionalId: null, acks: -1, timeout: 5000, partitions: [{ topic, partition: 0, batch }] };
    expect((await faultOf(client.produce(leader, { ...request, acks: -1 }))).kind).toBe('unknown');
    await lost;
    const [answer] = await cluster.persist('reading', soon(), () => client.fetch(leader, fetchOf(topic)));
    expect(valuesOf(await rowsOf(answer!.bytes))).toEqual(['a']);
  });

  it('goes on with what is cut off and received in pieces', async () => {
    const client = open([`127.0.0.1:${brokers.proxies[0]!.port}`]);
    const { cluster, topic } = await withTopic(client);
    const leader = await cluster.leaderOf(topic, 0);
    proxy.cut();
    await cluster.persist('asking', soon(), () => client.fetch(leader, fetchOf(topic)));
  });

  it('outlives a broker that is killed and comes back', async () => {
    const client = open(brokers.addresses());
    const { cluster, topic } = await withTopic(client);
    const leader = await cluster.leaderOf(topic, 0);
    await client.fetch(leader, fetchOf(topic, 0, { maxWait: 1 }));
    const waiting = faultOf(client.fetch(leader, fetchOf(topic, 0, { maxWait: 20_000 })));
    await client.offsets(leader, 'read_committed', [{ topic, partition: 0, at: 'latest' }]);
    await brokers.kill();
    expect((await waiting).kind).toBe('unknown');
    expect((await faultOf(client.metadata())).code).toBeUndefined();
    const retries: KafkaFault[] = [];
    const away = cluster.persist('asking', { ...soon(), onRetry: (fault) => retries.push(fault) }, async () =>
      client.fetch(await cluster.leaderOf(topic, 0), fetchOf(topic)),
    );
    await until(() => retries.length > 3);
    await brokers.start();
    expect(await away).toMatchObject([{ topic, partition: 0, error: 0 }]);
  }, 60_000);

  it('leaves no socket and no timer behind', async () => {
    await until(() => handles(socket) === idleSockets);
    const timers = handles(timer);
    const client = clientOf(brokers.addresses());
    const { cluster, topic } = await withTopic(client);
    const leader = await cluster.leaderOf(topic, 0);
    await client.fetch(leader, fetchOf(topic, 0, { maxWait: 10 }));
    expect(handles(socket)).toBe(idleSockets + 2);
    const waiting = faultOf(client.fetch(leader, fetchOf(topic, 0, { maxWait: 20_000 })));
    await client.close();
    expect((await waiting).message).toMatch(/closed/);
    expect(handles(socket)).toBe(idleSockets);
    await until(() => handles(timer) <= timers);
    expect((await faultOf(client.metadata())).message).toMatch(/closed/);
    expect(handles(socket)).toBe(idleSockets);
  });

  it('does nothing while it has nothing to do', async () => {
    const client = open(brokers.addresses());
    const before = handles(timer);
    const { cluster, topic } = await withTopic(client, 2);
    const leader = await cluster.leaderOf(topic, 0);
    await client.fetch(leader, fetchOf(topic, 0, { maxWait: 10 }));
    expect(handles(socket)).toBeGreaterThan(idleSockets);
    // A timer of somebody else's passes; one that is there for good does not.
    await until(() => handles(timer) <= before);
  });
});
