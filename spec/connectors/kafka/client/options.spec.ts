import { inspect } from 'node:util';
import { type ConnectionOptions, connectionDetail } from '../../../../connectors/kafka/client/index.js';
import { addressName, addressesOf } from '../../../../connectors/kafka/client/address.js';
import { caughtFrom } from '../../../helpers/caught-from.js';
import { settingsOf } from './open.js';

const kafkaOf = (kafka: object) => settingsOf({ bootstrapServers: 'a:1', kafka: kafka }).kafka;
const refusal = (kafka: object) => caughtFrom(() => kafkaOf(kafka));

describe('bootstrapServers', () => {
  it.each<[ConnectionOptions['bootstrapServers'] & (string | readonly string[]), string[]]>([
    ['localhost:9092', ['localhost:9092']],
    [' a:1 , b.example:65535,', ['a:1', 'b.example:65535']],
    [
      ['a:1', 'b:2,c:3'],
      ['a:1', 'b:2', 'c:3'],
    ],
    ['[::1]:9092', ['[::1]:9092']],
    // Java's clients take the protocol of the listener in front.
    ['SASL_SSL://a:1', ['a:1']],
  ])('reads %p', (given, names) => {
    expect(addressesOf(given).map(addressName)).toEqual(names);
  });

  it('keeps an address of IPv6 together', () => {
    expect(addressesOf('[fe80::1%eth0]:9092')).toEqual([{ host: 'fe80::1%eth0', port: 9092 }]);
  });

  it.each(['', ' , ', 'a', 'a:0', 'a:65536', 'a:b', '::1:9092', 'a:1 b:2', [[]]])('refuses %p', (given) => {
    const error = caughtFrom(() => settingsOf({ bootstrapServers: given as string }));
    expect(error).toMatchObject({ code: 'INVALID_OPTION', message: expect.stringMatching(/bootstrapServers/) });
  });

  it.each([5, null, { a: 1 }, ['a:1', 5]])('refuses %p, also where a function gives it', (given) => {
    const error = { code: 'INVALID_OPTION', message: expect.stringMatching(/'host:port', (or )?a list of such/) };
    expect(caughtFrom(() => addressesOf(given as unknown as string))).toMatchObject(error);
    expect(caughtFrom(() => settingsOf({ bootstrapServers: given as unknown as string }))).toMatchObject(error);
  });

  it('is required', () => {
    expect(caughtFrom(() => settingsOf({} as ConnectionOptions)).code).toBe('MISSING_OPTION');
  });
});

describe('kafka', () => {
  it('has defaults', () => {
    const { kafka } = settingsOf({ bootstrapServers: 'a:1' });
    expect(kafka).toMatchObject({
      clientId: 'sluice',
      connectionTimeout: 10_000,
      requestTimeout: 30_000,
      connectTimeout: 30_000,
      connectionsMaxIdle: 540_000,
      metadataMaxAge: 5000,
      fetchMinBytes: 1,
      fetchMaxWait: 500,
      fetchMaxBytes: 16 << 20,
      maxPartitionFetchBytes: 2 << 20,
    });
    expect([kafka.tls, kafka.sasl, kafka.isolationLevel, kafka.groupId]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it.each<[object, object]>([
    [{ 'client.id': 'me' }, { clientId: 'me' }],
    [{ 'request.timeout.ms': '1500' }, { requestTimeout: 1500 }],
    [{ 'socket.connection.setup.timeout.ms': 700 }, { connectionTimeout: 700 }],
    [{ 'connections.max.idle.ms': 1000 }, { connectionsMaxIdle: 1000 }],
    [{ 'metadata.max.age.ms': 100 }, { metadataMaxAge: 100 }],
    [{ 'fetch.min.bytes': '1000' }, { fetchMinBytes: 1000 }],
    [{ 'fetch.max.wait.ms': 50 }, { fetchMaxWait: 50 }],
    [{ 'fetch.max.bytes': 4096 }, { fetchMaxBytes: 4096 }],
    [{ 'max.partition.fetch.bytes': 512 }, { maxPartitionFetchBytes: 512 }],
    [{ 'isolation.level': 'read_committed' }, { isolationLevel: 'read_committed' }],
    [{ 'group.id': 'g' }, { groupId: 'g' }],
    // Spark's names are in any case, those behind `kafka.` too.
    [{ 'Group.ID': 'g' }, { groupId: 'g' }],
    [{ clientID: 'case does not matter' }, { clientId: 'case does not matter' }],
    [{ requestTimeout: '1 minute' }, { requestTimeout: 60_000 }],
  ])('reads %p', (given, expected) => {
    expect(kafkaOf(given)).toMatchObject(expected);
  });

  it.each([
    'bootstrap.servers',
    'auto.offset.reset',
    'key.deserializer',
    'value.deserializer',
    'key.serializer',
    'value.serializer',
    'enable.auto.commit',
    'interceptor.classes',
    'transactional.id',
    'enable.idempotence',
    'acks',
    'max.poll.records',
    'session.timeout.ms',
    'ssl.truststore.location',
    'ssl.truststore.password',
    'brokers',
    'Auto.Offset.Reset',
  ])('refuses %s with the reason', (name) => {
    expect(refusal({ [name]: 'x' })).toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringMatching(/^kafka: '.*' cannot be set: .{15,}\.$/),
      details: { option: name },
    });
  });

  it('refuses what it does not know with the nearest name', () => {
    expect(refusal({ clientid2: 'x' })).toMatchObject({
      code: 'UNKNOWN_OPTION',
      message: expect.stringMatching(/no option 'clientid2'.*clientId/),
    });
    expect(refusal({ 'fetch.max.byte': 1 }).code).toBe('UNKNOWN_OPTION');
    // What every object has is no setting.
    expect(refusal({ constructor: 1 }).code).toBe('UNKNOWN_OPTION');
  });

  it('refuses one setting under two names', () => {
    expect(refusal({ clientId: 'a', 'client.id': 'b' }).message).toMatch(/the same setting/);
    expect(refusal({ 'client.id': 'b', clientId: 'a' }).message).toMatch(/the same setting/);
  });

  it.each<[object, boolean, string | undefined]>([
    [{ 'security.protocol': 'PLAINTEXT' }, false, undefined],
    [{ 'security.protocol': 'ssl' }, true, undefined],
    [
      { 'security.protocol': 'SASL_SSL', 'sasl.mechanism': 'SCRAM-SHA-512', 'sasl.jaas.config': jaas('u', 'p') },
      true,
      'SCRAM-SHA-512',
    ],
    [{ 'security.protocol': 'SASL_PLAINTEXT', 'sasl.jaas.config': jaas('u', 'p') }, false, 'PLAIN'],
    [{ ssl: true }, true, undefined],
    [{ ssl: false }, false, undefined],
    [{ ssl: { servername: 'b' }, 'security.protocol': 'SSL' }, true, undefined],
    [{ sasl: { mechanism: 'plain', username: 'u', password: 'p' } }, false, 'PLAIN'],
  ])('reads the security of %p', (given, encrypted, mechanism) => {
    const { tls, sasl } = kafkaOf(given);
    expect(tls !== undefined).toBe(encrypted);
    expect(sasl?.mechanism).toBe(mechanism);
  });

  const user = { sasl: { mechanism: 'PLAIN', username: 'u', password: 'p' } };
  it.each<[object, RegExp]>([
    [{ 'security.protocol': 'SSL', ssl: false }, /is SSL, and 'ssl' says something else/],
    [{ 'security.protocol': 'PLAINTEXT', ssl: true }, /is PLAINTEXT, and 'ssl' says something else/],
    [{ 'security.protocol': 'SASL_SSL' }, /is SASL_SSL, and who we are is not said/],
    [{ 'security.protocol': 'PLAINTEXT', ...user }, /Make it SASL_PLAINTEXT/],
    [{ 'security.protocol': 'SSL', 'sasl.jaas.config': jaas('u', 'p') }, /Make it SASL_SSL/],
    [{ ssl: { servername: 'b' }, 'ssl.truststore.certificates': 'PEM' }, /the same setting/],
  ])('refuses %p, which says two things about security', (given, message) => {
    expect(refusal(given)).toMatchObject({ code: 'INVALID_OPTION', message: expect.stringMatching(message) });
  });

  it('reads user and password of a JAAS text as Java does, escapes among it', async () => {
    const { sasl } = kafkaOf({ 'sasl.mechanism': 'PLAIN', 'sasl.jaas.config': jaas('al\\"ice', 'a;b\\\\c') });
    expect(await sasl!.secrets()).toEqual({ username: 'al"ice', password: 'a;b\\c' });
  });

  it('asks functions for their secrets each time', async () => {
    let n = 0;
    const { sasl } = kafkaOf({ sasl: { mechanism: 'PLAIN', username: 'u', password: async () => `p${n++}` } });
    expect(await sasl!.secrets()).toEqual({ username: 'u', password: 'p0' });
    expect(await sasl!.secrets()).toEqual({ username: 'u', password: 'p1' });
  });

  const secret = 'hunter2';
  it.each<[object, RegExp]>([
    [{ sasl: secret }, /'sasl' must be an object/],
    [{ sasl: { mechanism: 'PLAIN', username: 'u' } }, /needs 'username' and 'password'/],
    [
      { sasl: { mechanism: 'PLAIN', username: 'u', password: [secret] } },
      /'sasl.password' must be a text or a function/,
    ],
    [{ sasl: { mechanism: 'PLAIN', username: 'u', passwrd: secret } }, /no option 'passwrd'/],
    [{ sasl: { mechanism: 'OAUTHBEARER', username: 'u', password: secret } }, /oauthBearerProvider/],
    [{ sasl: { mechanism: 'GSSAPI', username: 'u', password: secret } }, /one of 'PLAIN'/],
    [{ ssl: secret }, /'ssl' must be true, false/],
    [{ ssl: { key: secret, cert: secret } }, /'ssl' cannot be used/],
    [{ ssl: { ca: '/etc/authority.pem' } }, /'ssl' cannot be used: ca is no PEM text\. Give PEM texts, not paths\./],
    [{ 'ssl.truststore.certificates': 'authority.pem' }, /'ssl' cannot be used: ca is no PEM text/],
    [{ 'sasl.jaas.config': `Module required password="${secret}";` }, /names no user and password/],
    [{ 'ssl.keystore.key': secret }, /'ssl' cannot be used/],
    [{ 'ssl.truststore.type': 'JKS' }, /PEM alone/],
    [{ 'security.protocol': 'TLS' }, /one of PLAINTEXT/],
  ])('refuses %p without showing a secret', (given, message) => {
    const error = refusal(given);
    expect(error.message).toMatch(message);
    expect(inspect(error, { depth: 9 })).not.toContain(secret);
  });

  it('shows no secret of what it has read', () => {
    const settings = settingsOf({
      bootstrapServers: ['a:1', 'b:2'],
      kafka: { ssl: { passphrase: secret }, sasl: { mechanism: 'PLAIN', username: 'u', password: secret } },
    });
    expect(inspect(settings, { depth: 9, showHidden: true }) + JSON.stringify(settings)).not.toContain(secret);
    expect(connectionDetail(settings)).toBe('a:1,b:2 over TLS by PLAIN');
    expect(connectionDetail(settingsOf({ bootstrapServers: () => 'a:1' }))).toBe('a function');
  });
});

function jaas(username: string, password: string): string {
  const module = 'org.apache.kafka.common.security.plain.PlainLoginModule';
  return `${module} required\n  username="${username}"\n  password = "${password}";`;
}
