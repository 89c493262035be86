import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from 'kafkajs';
import type { KafkaClient } from '../../../../connectors/kafka/client/index.js';
import type { KafkaSourceOptions } from '../../../../connectors/kafka/source-options.js';
import { brokerMillis, describeKafka } from '../../../helpers/kafka.js';
import { until } from '../../../helpers/until.js';
import { clientOf } from '../client/open.js';
import { Lab, metricsOf, numbers } from './lab.js';

const password = 'alice-secret';
const sasl = { mechanism: 'PLAIN', username: 'alice', password } as const;

type Operation = 'READ' | 'DESCRIBE';
type Resource = 'TOPIC' | 'GROUP';

describeKafka()('kafkaSource: without permission', () => {
  let lab: Lab;
  let alice: KafkaClient;

  beforeAll(async () => {
    lab = await Lab.open({
      listeners: ['sasl'],
      properties: {
        'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
        'super.users': 'User:ANONYMOUS',
      },
    });
    alice = clientOf(lab.cluster.addresses('sasl'), { sasl });
  }, brokerMillis);
  afterAll(async () => {
    await alice?.close();
    await lab?.close();
  });

  const aclOf = (resource: Resource, name: string, operation: Operation) => ({
    resourceType: AclResourceTypes[resource],
    resourceName: name,
    resourcePatternType: ResourcePatternTypes.LITERAL,
    principal: 'User:alice',
    host: '*',
    operation: AclOperationTypes[operation],
    permissionType: AclPermissionTypes.ALLOW,
  });
  const sees = async (resource: Resource, name: string): Promise<boolean> => {
    if (resource === 'TOPIC') return (await alice.metadata([name])).topics[0]!.error === 0;
    return alice.coordinator('group', name).then(
      () => true,
      () => false,
    );
  };
  const inForce = async (resource: Resource, name: string, allowed: boolean): Promise<void> => {
    while ((await sees(resource, name)) !== allowed) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  const allow = async (resource: Resource, name: string, operation: Operation = 'READ'): Promise<void> => {
    await lab.admin.createAcls({ acl: [aclOf(resource, name, operation)] });
    await inForce(resource, name, true);
  };
  const forbid = async (resource: Resource, name: string): Promise<void> => {
    await lab.admin.deleteAcls({ filters: [aclOf(resource, name, 'READ')] });
    await inForce(resource, name, false);
  };

  const asAlice = (options: Partial<KafkaSourceOptions>): Partial<KafkaSourceOptions> => ({
    bootstrapServers: lab.cluster.addresses('sasl'),
    kafka: { sasl, metadataMaxAge: 100 },
    commitGroupOffsets: false,
    ...options,
  });

  type Run = ReturnType<Lab['start']>;

  /** What a run tells, and keeps, has no password in it. */
  const hasNoSecret = ({ query, dir }: Run): void => {
    const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
    const told = [
      inspect(query.exception, { depth: 9, showHidden: true }),
      JSON.stringify(query.exception?.details ?? {}),
      query.status.message,
      query.explain({ extended: true }),
      JSON.stringify(query.recentProgress),
      ...files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1')),
    ];
    for (const text of told) expect(text).not.toContain(password);
  };

  /** The run ends soon, and says what is missing on which topic. */
  const isRefused = async (run: Run, topic: string): Promise<void> => {
    const began = performance.now();
    await expect(run.query.awaitTermination()).rejects.toMatchObject({
      code: 'NOT_AUTHORIZED',
      message: expect.stringMatching(
        new RegExp(`topic '${topic}'.*: TOPIC_AUTHORIZATION_FAILED\\. The user needs READ \\(source\\).*DESCRIBE`),
      ),
    });
    expect(performance.now() - began).toBeLessThan(5000);
    hasNoSecret(run);
  };

  it.each<[string, readonly Operation[], 'earliest' | 'latest']>([
    ['nothing', [], 'earliest'],
    ['nothing, where nothing new is to be read', [], 'latest'],
    ['Describe alone', ['DESCRIBE'], 'earliest'],
    ['Describe alone, where nothing new is to be read', ['DESCRIBE'], 'latest'],
  ])('tells a user who may do %s', async (_, operations, startingOffsets) => {
    const topic = await lab.topic();
    await lab.fill(topic, 0, 3);
    for (const operation of operations) await allow('TOPIC', topic, operation);
    await isRefused(lab.start(asAlice({ subscribe: topic, startingOffsets })), topic);
    await isRefused(lab.start(asAlice({ assign: { [topic]: [0] }, startingOffsets })), topic);
  });

  it('names the one of several topics that it is about', async () => {
    const [hers, secret] = [await lab.topic(2), await lab.topic(2)];
    await allow('TOPIC', hers);
    await isRefused(lab.start(asAlice({ subscribe: [hers, secret] })), secret);
  });

  it('tells when Read is taken away while it waits, and goes on when it is given back', async () => {
    const subscribe = await lab.topic();
    await allow('TOPIC', subscribe);
    await lab.fill(subscribe, 0, 3);
    const run = lab.start(asAlice({ subscribe }));
    await run.query.processAllAvailable();
    await forbid('TOPIC', subscribe);
    await lab.fill(subscribe, 0, 3, 3);
    await isRefused(run, subscribe);
    await isRefused(lab.start(asAlice({ subscribe }), { dir: run.dir }), subscribe);
    await allow('TOPIC', subscribe);
    const rest = await lab.readAll(asAlice({ subscribe }), { dir: run.dir });
    expect([...run.values, ...rest.values]).toEqual(numbers(6));
  });

  it('tells when Read is taken away between two batches', async () => {
    const subscribe = await lab.topic();
    await allow('TOPIC', subscribe);
    for (let i = 0; i < 10; i++) await lab.fill(subscribe, 0, 1, i);
    const options = asAlice({
      subscribe,
      maxOffsetsPerTrigger: 2,
      // What was fetched ahead would still be read.
      readAhead: 1,
      kafka: { sasl, maxPartitionFetchBytes: 1 },
    });
    const run = lab.start(options, { onBatch: (id) => (id === 1 ? forbid('TOPIC', subscribe) : undefined) });
    await isRefused(run, subscribe);
    expect(run.values.length).toBeLessThan(10);
    await allow('TOPIC', subscribe);
    const rest = await lab.readAll(options, { dir: run.dir });
    expect([...run.values, ...rest.values]).toEqual(numbers(10));
  });

  it('does not see a topic by a pattern before it may, and then reads it from its first record', async () => {
    const name = `shown-${await lab.topic()}`;
    const [hers, secret] = [await lab.topic(1, {}, `${name}-a`), await lab.topic(1, {}, `${name}-b`)];
    await lab.renewProducer();
    await lab.fill(hers, 0, 2);
    await lab.fill(secret, 0, 2, 2);
    await allow('TOPIC', hers);
    const run = lab.start(asAlice({ subscribePattern: name }));
    await run.query.processAllAvailable();
    expect(run.values).toEqual(['0', '1']);
    await allow('TOPIC', secret);
    await until(() => run.values.length === 4);
    expect(run.values).toEqual(numbers(4));
    await run.query.stop();
    hasNoSecret(run);
  });

  it.each([true, false])(
    'does not take a topic for deleted that it may not see any more (failOnDataLoss: %p)',
    async (failOnDataLoss) => {
      const name = `hidden-${await lab.topic()}`;
      await lab.topic(1, {}, name);
      await lab.renewProducer();
      await allow('TOPIC', name);
      await lab.fill(name, 0, 3);
      const options = asAlice({ subscribePattern: name, failOnDataLoss });
      const run = lab.start(options);
      await run.query.processAllAvailable();
      await forbid('TOPIC', name);
      await isRefused(run, name);
      await isRefused(lab.start(options, { dir: run.dir }), name);
      await allow('TOPIC', name);
      await lab.fill(name, 0, 3, 3);
      const rest = await lab.readAll(options, { dir: run.dir });
      expect([...run.values, ...rest.values]).toEqual(numbers(6));
    },
  );

  it('goes on without Read on its group, and counts what is not committed to it', async () => {
    const [subscribe, groupId] = [await lab.topic(), `group-of-${await lab.topic()}`];
    await allow('TOPIC', subscribe);
    const run = lab.start(asAlice({ subscribe, groupId, commitGroupOffsets: true }));
    let sent = 0;
    const more = async (): Promise<void> => {
      await lab.fill(subscribe, 0, 1, sent++);
      await run.query.processAllAvailable();
    };
    const failed = (): number => Number(metricsOf(run.query).failedGroupCommits);
    const committed = async (): Promise<number> => {
      // A new coordinator may be another one by the time it is asked.
      const [of] = await lab.admin.fetchOffsets({ groupId, topics: [subscribe] }).catch(() => []);
      return Number(of?.partitions[0]?.offset ?? -1);
    };
    do await more();
    while (failed() === 0);
    await allow('GROUP', groupId);
    // Until it is allowed, all fail; then the next one tells.
    do await more();
    while ((await committed()) < 0);
    await forbid('GROUP', groupId);
    const before = failed();
    do await more();
    while (failed() === before);
    expect(run.values).toEqual(numbers(sent));
    expect(run.query.isActive).toBe(true);
    await run.query.stop();
    hasNoSecret(run);
  });
});
