import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Server, createServer } from 'node:tls';
import { Cluster, type KafkaClient, type KafkaOptions, KafkaFault } from '../../../../connectors/kafka/client/index.js';
import { inVain } from '../../../../connectors/kafka/client/in-vain.js';
import type { SluiceError } from '../../../../lib/errors/index.js';
import type { Listener } from '../../../../scripts/kafka/properties.js';
import { KafkaProxy } from '../../../helpers/kafka-proxy.js';
import { brokerMillis, describeKafka } from '../../../helpers/kafka.js';
import { until } from '../../../helpers/until.js';
import { SinkRun } from '../sink/sink-run.js';
import { Lab, numbers } from '../source/lab.js';
import { clientOf } from './open.js';

const nobody = '127.0.0.1:1';
const unresolved = 'no.such.host.invalid:9092';

describeKafka()('the addresses of a cluster', () => {
  let lab: Lab;
  let ca: string;
  /** Speaks TLS with a certificate for another host. */
  let imposter: Server;
  let imposterAddress: string;
  const opened: KafkaClient[] = [];

  beforeAll(async () => {
    lab = await Lab.open({ listeners: ['sasl', 'tls', 'saslTls'], proxied: true });
    const { authority, otherHost } = lab.cluster.certificates;
    ca = readFileSync(authority, 'utf8');
    const pem = readFileSync(otherHost);
    imposter = createServer({ key: pem, cert: pem }, (socket) => socket.on('error', () => undefined));
    imposter.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => imposter.listen(0, '127.0.0.1', resolve));
    imposterAddress = `127.0.0.1:${(imposter.address() as AddressInfo).port}`;
  }, brokerMillis);
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((client) => client.close()));
  });
  afterAll(async () => {
    imposter?.close();
    await lab?.close();
  });

  const at = (listener: Listener): string => lab.cluster.addresses(listener)[0]!;
  const sasl = { sasl: { mechanism: 'PLAIN', username: 'alice', password: 'alice-secret' } } as const;

  /** Asks one of these for topics, and the broker that it names for offsets. */
  async function use(servers: readonly string[], kafka: KafkaOptions, millis = 20_000): Promise<unknown> {
    const topic = await lab.topic();
    const client = clientOf(servers, kafka);
    opened.push(client);
    const cluster = new Cluster(client, [topic]);
    return cluster.persist('reading', { deadline: Date.now() + millis }, async () =>
      client.offsets(await cluster.leaderOf(topic, 0), 'read_committed', [{ topic, partition: 0, at: 'latest' }]),
    );
  }

  describe('that users name: one that refuses us does not keep us from another', () => {
    it.each<[string, () => readonly string[], () => KafkaOptions]>([
      ['a certificate for another host', () => [imposterAddress, at('tls')], () => ({ ssl: { ca } })],
      ['a port without TLS', () => [at('plain'), at('tls')], () => ({ ssl: { ca } })],
      ['a port with TLS', () => [at('tls'), at('plain')], () => ({})],
      ['one that wants credentials', () => [at('sasl'), at('plain')], () => ({})],
      ['one that wants none', () => [at('plain'), at('sasl')], () => sasl],
      ['a name that is none, and a port that is closed', () => [unresolved, nobody, at('plain')], () => ({})],
    ])('%s', async (_, servers, kafka) => {
      await use(servers(), kafka());
    });

    it('is told of all when all refuse us, at once', async () => {
      const began = performance.now();
      const error = (await use([imposterAddress, at('plain'), imposterAddress], { ssl: { ca } }).catch(
        (thrown: unknown) => thrown,
      )) as SluiceError;
      expect(performance.now() - began).toBeLessThan(5000);
      expect(error.code).toBe('CERTIFICATE_REJECTED');
      expect(error.message).toMatch(/^Kafka: reading: none of 2 brokers can be used\. /);
      expect(error.message).toMatch(new RegExp(`certificate of broker ${imposterAddress} is for another host: `));
      expect(error.message).toMatch(new RegExp(`Broker ${at('plain')} speaks no TLS on this port`));
    });

    it('is told at once of credentials that are refused, since they are the cluster’s', async () => {
      const began = performance.now();
      const wrong = { sasl: { ...sasl.sasl, password: 'swordfish' } };
      const message: unknown = expect.stringMatching(new RegExp(`${nobody}: cannot connect.*${at('sasl')} refuses`));
      await expect(use([nobody, at('sasl')], wrong)).rejects.toMatchObject({ code: 'AUTHENTICATION_FAILED', message });
      expect(performance.now() - began).toBeLessThan(5000);
    });

    it('waits for one that may come yet, and then tells of all', async () => {
      const message: unknown = expect.stringMatching(
        new RegExp(`none of 2 brokers.*${nobody}: cannot connect.*${imposterAddress} is for another.*It was tried for`),
      );
      const asked = use([nobody, imposterAddress], { ssl: { ca } }, 500);
      await expect(asked).rejects.toMatchObject({ code: 'BROKER_UNREACHABLE', message });
    });
  });

  describe('that brokers name (advertised.listeners)', () => {
    const named = () => `127.0.0.1:${lab.cluster.proxies[0]!.port}`;
    const behind = () => `127.0.0.1:${lab.cluster.proxies[0]!.target}`;
    const kafka = { connectTimeout: '1 second' } as const;
    const told = () => ({
      code: 'BROKER_UNREACHABLE',
      message: expect.stringMatching(
        new RegExp(`${behind()} answers, but says .* at ${named()} .*ECONNREFUSED.*Set advertised\\.listeners`),
      ) as unknown,
    });

    it('is told soon by the source when it cannot be reached', async () => {
      const began = performance.now();
      const run = lab.start({ bootstrapServers: behind(), subscribe: await lab.topic(), kafka });
      await expect(run.query.awaitTermination()).rejects.toMatchObject(told());
      expect(performance.now() - began).toBeLessThan(8000);
    });

    it('is told soon by the sink', async () => {
      const began = performance.now();
      const topic = await lab.topic();
      const run = new SinkRun({ bootstrapServers: behind(), topic, kafka }, 'unreachable');
      await expect(run.write(0, [{ value: 'a' }])).rejects.toMatchObject(told());
      await run.end();
      expect(performance.now() - began).toBeLessThan(8000);
    });

    it('is waited for once it was reached', async () => {
      const topic = await lab.topic();
      let proxy = await KafkaProxy.start(lab.cluster.proxies[0]!);
      try {
        const run = lab.start({ bootstrapServers: behind(), subscribe: topic, kafka });
        await lab.fill(topic, 0, 5);
        await until(() => run.values.length === 5);
        await proxy.close();
        await sleep(1500);
        expect(run.query.isActive).toBe(true);
        proxy = await KafkaProxy.start(lab.cluster.proxies[0]!);
        await lab.fill(topic, 0, 5, 5);
        await until(() => run.values.length === 10);
        expect(run.values).toEqual(numbers(10));
        await run.query.stop();
      } finally {
        await proxy.close();
      }
    }, 30_000);

    it('is waited for while the cluster is away as well', async () => {
      const topic = await lab.topic();
      const client = clientOf([behind()], { connectTimeout: '400 ms' });
      opened.push(client);
      const node = await new Cluster(client, [topic]).leaderOf(topic, 0);
      const ask = (): Promise<unknown> =>
        client.offsets(node, 'read_committed', [{ topic, partition: 0, at: 'latest' }]);
      await expect(ask()).rejects.toMatchObject({ refusal: undefined });
      await lab.cluster.kill();
      await expect(client.metadata()).rejects.toMatchObject({ refusal: undefined });
      await sleep(500);
      await expect(ask()).rejects.toMatchObject({ refusal: undefined });
      await lab.cluster.start();
      await client.metadata();
      await sleep(500);
      await expect(ask()).rejects.toMatchObject({ refusal: 'BROKER_UNREACHABLE' });
    }, 60_000);
  });
});

describe('asking brokers in vain', () => {
  const away = new KafkaFault('Broker a:1: away', 'retriable');
  const password = KafkaFault.refused('AUTHENTICATION_FAILED', 'Broker b:1 refuses the password');
  const certificate = KafkaFault.refused('CERTIFICATE_REJECTED', 'the certificate of broker c:1 is not trusted');
  const both = { isAll: true, isNew: true };

  it.each([
    ['one that is away', [away], both, undefined],
    ['one that refuses', [certificate], both, 'CERTIFICATE_REJECTED'],
    ['all refuse', [certificate, password], both, 'AUTHENTICATION_FAILED'],
    ['all that there was time for', [certificate], { ...both, isAll: false }, undefined],
    ['one that may come back', [certificate, away], both, undefined],
    ['one that may come back, and the password', [away, password], both, 'AUTHENTICATION_FAILED'],
    // Somebody else's broker among those that users name must not end a query whose own restarts.
    ['the same when we were let in before', [away, password], { ...both, isNew: false }, undefined],
  ] as const)('is final or not: %s', (_, faults, around, refusal) => {
    const fault = inVain(faults, around);
    expect([fault.refusal, fault.kind]).toEqual([refusal, refusal === undefined ? 'retriable' : 'fatal']);
    for (const { message } of faults) expect(fault.message).toContain(message);
  });
});
