import { readFileSync } from 'node:fs';
import { type Server, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { Cluster, type KafkaClient, type KafkaOptions } from '../../../../connectors/kafka/client/index.js';
import type { SluiceError } from '../../../../lib/errors/index.js';
import { type Cluster as Brokers, startBroker } from '../../../../scripts/kafka/cluster.js';
import type { Listener } from '../../../../scripts/kafka/properties.js';
import { brokerMillis, describeKafka } from '../../../helpers/kafka.js';
import { clientOf } from './open.js';

const soon = () => ({ deadline: Date.now() + 30_000 });
const password = 'alice-secret';
const wrong = 'swordfish-and-more';
const sasl = (mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512', secret = password, username = 'alice') => ({
  sasl: { mechanism, username, password: secret },
});
/** A token as Kafka's unsecured validator takes it. */
function token(subject: string, seconds: number): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  return `${part({ alg: 'none' })}.${part({ sub: subject, iat: now, exp: now + seconds })}.`;
}

describeKafka()('security, on a broker', () => {
  let brokers: Brokers;
  let ca: string;
  let stranger: string;
  let cert: string;
  let key: string;
  const opened: KafkaClient[] = [];

  const open = (listener: Listener, kafka: KafkaOptions): KafkaClient => {
    const client = clientOf(brokers.addresses(listener), kafka);
    opened.push(client);
    return client;
  };
  const ask = (client: KafkaClient, millis = 30_000): Promise<unknown> =>
    new Cluster(client).persist('reading the topics', { deadline: Date.now() + millis }, () => client.metadata());

  beforeAll(async () => {
    brokers = await startBroker({
      listeners: ['sasl', 'tls', 'mtls', 'saslTls'],
      properties: {
        'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
        'super.users': 'User:ANONYMOUS;User:admin',
        'listener.name.sasl.sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
        'listener.name.sasl.oauthbearer.sasl.jaas.config':
          'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";',
        'connections.max.reauth.ms': '1500',
      },
    });
    const files = brokers.certificates;
    [ca, stranger, cert, key] = [files.authority, files.stranger, files.client, files.clientKey].map((file) =>
      readFileSync(file, 'utf8'),
    ) as [string, string, string, string];
  }, brokerMillis);
  afterAll(() => brokers?.close());
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((client) => client.close()));
  });

  describe('lets in', () => {
    it.each<[string, Listener, () => KafkaOptions]>([
      ['PLAIN', 'sasl', () => sasl('PLAIN')],
      ['SCRAM-SHA-256', 'sasl', () => sasl('SCRAM-SHA-256')],
      ['SCRAM-SHA-512', 'sasl', () => sasl('SCRAM-SHA-512')],
      [
        'a token',
        'sasl',
        () => ({ sasl: { mechanism: 'OAUTHBEARER', oauthBearerProvider: () => ({ value: token('alice', 60) }) } }),
      ],
      ['TLS', 'tls', () => ({ ssl: { ca } })],
      ['TLS by the name in the certificate', 'tls', () => ({ ssl: { ca, servername: 'localhost' } })],
      ['a certificate of the client', 'mtls', () => ({ ssl: { ca, cert, key } })],
      ['TLS and a password', 'saslTls', () => ({ ssl: { ca }, ...sasl('SCRAM-SHA-512') })],
      [
        'settings by the names of Java',
        'saslTls',
        () => ({
          'security.protocol': 'SASL_SSL',
          'ssl.truststore.type': 'PEM',
          'ssl.truststore.certificates': ca,
          'sasl.mechanism': 'SCRAM-SHA-256',
          'sasl.jaas.config': `org.apache.kafka.common.security.scram.ScramLoginModule required username="alice" password="${password}";`,
        }),
      ],
      [
        'user and password from functions',
        'sasl',
        () => ({ sasl: { mechanism: 'PLAIN', username: () => 'alice', password: async () => password } }),
      ],
    ])('%s', async (_, listener, kafka) => {
      await ask(open(listener, kafka()));
    });

    it('again before the broker ends the session, without a call that fails', async () => {
      let asked = 0;
      const client = open('sasl', {
        sasl: { mechanism: 'PLAIN', username: 'alice', password: () => (asked++, password) },
      });
      for (const end = Date.now() + 4000; Date.now() < end; await sleep(50)) await client.metadata();
      expect(asked).toBeGreaterThan(2);
      expect(client.traffic.connects).toBe(asked);
    });
  });

  describe('says within a second what is wrong', () => {
    it.each<[string, Listener, () => KafkaOptions, string, RegExp]>([
      [
        'a wrong password (PLAIN)',
        'sasl',
        () => sasl('PLAIN', wrong),
        'AUTHENTICATION_FAILED',
        /PLAIN credentials of user 'alice': .*Invalid username or password/,
      ],
      [
        'a wrong password (SCRAM-SHA-256)',
        'sasl',
        () => sasl('SCRAM-SHA-256', wrong),
        'AUTHENTICATION_FAILED',
        /SCRAM-SHA-256 credentials of user 'alice'/,
      ],
      [
        'a wrong password (SCRAM-SHA-512)',
        'sasl',
        () => sasl('SCRAM-SHA-512', wrong),
        'AUTHENTICATION_FAILED',
        /SCRAM-SHA-512 credentials of user 'alice'/,
      ],
      [
        'a wrong password over TLS',
        'saslTls',
        () => ({ ssl: { ca }, ...sasl('PLAIN', wrong) }),
        'AUTHENTICATION_FAILED',
        /credentials of user 'alice'/,
      ],
      ['an unknown user', 'sasl', () => sasl('PLAIN', wrong, 'nobody'), 'AUTHENTICATION_FAILED', /of user 'nobody'/],
      [
        'a token that has expired',
        'sasl',
        () => ({ sasl: { mechanism: 'OAUTHBEARER', oauthBearerProvider: () => ({ value: token('alice', -60) }) } }),
        'AUTHENTICATION_FAILED',
        /OAUTHBEARER credentials: .*invalid_token/,
      ],
      [
        'a mechanism that is not offered',
        'saslTls',
        () => ({
          ssl: { ca },
          sasl: { mechanism: 'OAUTHBEARER', oauthBearerProvider: () => ({ value: token('alice', 60) }) },
        }),
        'AUTHENTICATION_FAILED',
        /OAUTHBEARER/,
      ],
      [
        'no credentials',
        'sasl',
        () => ({}),
        'AUTHENTICATION_FAILED',
        /wants credentials on this port, and kafka\.sasl is not set/,
      ],
      [
        'credentials that nobody wants',
        'plain',
        () => sasl('PLAIN'),
        'AUTHENTICATION_FAILED',
        /asks for no credentials/,
      ],
      [
        'a function that throws',
        'sasl',
        () => ({
          sasl: {
            mechanism: 'PLAIN',
            username: 'a',
            password: () => {
              throw new Error('no vault');
            },
          },
        }),
        'USER_FUNCTION_FAILED',
        /kafka\.sasl\.password threw: no vault/,
      ],
      [
        'no TLS where it is spoken',
        'tls',
        () => ({}),
        'BROKER_UNREACHABLE',
        /speaks TLS on this port, and kafka\.ssl is not set/,
      ],
      ['no TLS where certificates are asked for', 'mtls', () => ({}), 'BROKER_UNREACHABLE', /speaks TLS on this port/],
      [
        'no TLS where a password is wanted too',
        'saslTls',
        () => sasl('PLAIN'),
        'BROKER_UNREACHABLE',
        /speaks TLS on this port/,
      ],
      [
        'TLS where it is not spoken',
        'plain',
        () => ({ ssl: true }),
        'BROKER_UNREACHABLE',
        /speaks no TLS on this port, and kafka\.ssl is set/,
      ],
      [
        'an authority that is not known',
        'tls',
        () => ({ ssl: true }),
        'CERTIFICATE_REJECTED',
        /not trusted: .*SELF_SIGNED_CERT_IN_CHAIN.*kafka\.ssl\.ca/,
      ],
      ['an authority that is another', 'tls', () => ({ ssl: { ca: stranger } }), 'CERTIFICATE_REJECTED', /not trusted/],
      [
        'a certificate for another host',
        'tls',
        () => ({ ssl: { ca, servername: 'kafka.example' } }),
        'CERTIFICATE_REJECTED',
        /is for another host: .*kafka\.example/,
      ],
      [
        'no certificate of the client',
        'mtls',
        () => ({ ssl: { ca } }),
        'CERTIFICATE_REJECTED',
        /wants a certificate of the client/,
      ],
    ])('%s', async (_, listener, kafka, code, message) => {
      const client = open(listener, kafka());
      const began = performance.now();
      const error = (await ask(client).catch((thrown: unknown) => thrown)) as SluiceError;
      expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
      expect(error.message).toMatch(/^Kafka: reading the topics: /);
      // Brokers themselves wait 0.1 to 0.3 s before they say that a password is wrong.
      expect(performance.now() - began).toBeLessThan(3000);
      for (const text of [
        inspect(error, { depth: 9 }),
        inspect(client, { depth: 9, showHidden: true }),
        JSON.stringify(error.details),
      ]) {
        expect(text).not.toContain(wrong);
        expect(text).not.toContain(password);
        expect(text).not.toContain('PRIVATE KEY');
      }
    });

    it('that a password does not come', async () => {
      const password = (): Promise<string> => new Promise(() => undefined);
      const client = open('sasl', {
        sasl: { mechanism: 'PLAIN', username: 'alice', password },
        connectionTimeout: 200,
      });
      const message: unknown = expect.stringMatching(/SASL was not done within/);
      await expect(ask(client, 300)).rejects.toMatchObject({ code: 'BROKER_UNREACHABLE', message });
    });

    it('the same for each call, without asking the broker for ever', async () => {
      const client = open('sasl', sasl('PLAIN', wrong));
      for (let i = 0; i < 2; i++) await expect(ask(client)).rejects.toMatchObject({ code: 'AUTHENTICATION_FAILED' });
      expect(client.traffic.connects).toBe(2);
    });
  });

  describe('says what a user may not do', () => {
    let node: number;
    let alice: KafkaClient;
    let cluster: Cluster;
    beforeAll(async () => {
      const admin = clientOf(brokers.addresses());
      const all = new Cluster(admin, []);
      await all.persist('creating', soon(), () => admin.createTopic({ name: 'secret', partitions: 1, config: {} }));
      node = await all.persist('finding', soon(), () => all.leaderOf('secret', 0));
      await admin.close();
    });
    beforeEach(async () => {
      alice = open('sasl', sasl('PLAIN'));
      cluster = new Cluster(alice, []);
      await ask(alice);
    });
    const denied = { code: 'NOT_AUTHORIZED' };

    it('with a topic', async () => {
      const found = cluster.persist("reading the topic 'secret'", soon(), () => cluster.topic('secret'));
      await expect(found).rejects.toMatchObject({
        ...denied,
        message: expect.stringMatching(/'secret': TOPIC_AUTHORIZATION_FAILED.*READ/),
      });
      expect((await alice.metadata()).topics).toEqual([]);
      const [offset] = await alice.offsets(node, 'read_committed', [{ topic: 'secret', partition: 0, at: 'latest' }]);
      expect(offset!.error).toBe(29);
    });

    it('with a group, a transactional id, the cluster', async () => {
      const group = cluster.persist('finding the group', soon(), () => cluster.coordinatorOf('group', 'hers'));
      await expect(group).rejects.toMatchObject({ ...denied, message: expect.stringMatching(/'hers'/) });
      const id = cluster.persist('beginning', soon(), () => cluster.coordinatorOf('transaction', 'hers'));
      await expect(id).rejects.toMatchObject({ ...denied, message: expect.stringMatching(/'hers'/) });
      const made = cluster.persist('creating', soon(), () =>
        alice.createTopic({ name: 'mine', partitions: 1, config: {} }),
      );
      await expect(made).rejects.toMatchObject({ ...denied, message: expect.stringMatching(/'mine'/) });
    });
  });
});

describe('security, without a broker', () => {
  const ask = (address: string, kafka: KafkaOptions, millis: number): Promise<unknown> => {
    const client = clientOf([address], kafka);
    return new Cluster(client)
      .persist('reading the topics', { deadline: Date.now() + millis }, () => client.metadata())
      .finally(() => client.close());
  };
  const serverOf = (hear: Parameters<typeof createServer>[1]): Promise<{ server: Server; address: string }> =>
    new Promise((resolve) => {
      const server = createServer(hear as never);
      server.listen(0, '127.0.0.1', () => {
        resolve({ server, address: `127.0.0.1:${(server.address() as { port: number }).port}` });
      });
    });

  it.each([
    ['a port that nobody listens on', '127.0.0.1:1', /ECONNREFUSED/],
    ['a port of this machine, by name', 'localhost:1', /localhost:1: cannot connect: .*ECONNREFUSED/],
    ['an address of IPv6', '[::1]:1', /Broker \[::1\]:1: cannot connect/],
    ['a host that there is not', 'no.such.host.invalid:9092', /no\.such\.host\.invalid:9092: cannot connect/],
  ])('tries %s again until the time is over', async (_, address, message) => {
    const began = performance.now();
    const asked = ask(address, {}, 300);
    await expect(asked).rejects.toMatchObject({ code: 'BROKER_UNREACHABLE', message: expect.stringMatching(message) });
    expect(performance.now() - began).toBeGreaterThan(290);
  });

  it('does not wait for ever for one who takes connections and says nothing', async () => {
    const { server, address } = await serverOf((it) => void it.on('error', () => undefined));
    const asked = ask(address, { connectionTimeout: 150 }, 200);
    await expect(asked).rejects.toMatchObject({ code: 'BROKER_UNREACHABLE' });
    server.close();
  });

  it('says of what is no Kafka that it is none', async () => {
    const { server, address } = await serverOf((it) => {
      it.on('error', () => undefined);
      it.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    });
    const asked = ask(address, {}, 200);
    await expect(asked).rejects.toMatchObject({
      message: expect.stringMatching(/does not speak the protocol of Kafka/),
    });
    server.close();
  });
});
