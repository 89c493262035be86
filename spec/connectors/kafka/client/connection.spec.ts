import { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import fc from 'fast-check';
import { BufferPool } from '../../../../connectors/kafka/buffer-pool.js';
import { Connection } from '../../../../connectors/kafka/client/connection.js';
import { KafkaFault } from '../../../../connectors/kafka/client/fault.js';
import { Inbox, type Traffic } from '../../../../connectors/kafka/client/inbox.js';
import type { Api } from '../../../../connectors/kafka/client/protocol/api.js';
import { receive } from './receive.js';

/** A request that says a number, and an answer that says bytes. */
const echo: Api<number, Buffer> = {
  name: 'Echo',
  key: 99,
  versions: [0, 0],
  write: (to, value) => void to.int32(value),
  read: (from) => Buffer.from(from.bytes()),
};

/** The other end: what was written is in `heard`, each write of the connection as it came. It says nothing itself. */
class FakeSocket extends Duplex {
  readonly heard: Buffer[] = [];
  setNoDelay = (): this => this;
  setKeepAlive = (): this => this;
  override _read(): void {
    // What is received goes to the inbox.
  }
  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.heard.push(chunk);
    done();
  }
}

function connected() {
  const socket = new FakeSocket();
  const traffic: Traffic = { bytesIn: 0, bytesOut: 0, connects: 0, buffers: new BufferPool() };
  const inbox = new Inbox(traffic);
  const connection = new Connection(socket as unknown as Socket, inbox, 'host:1', 'me', traffic);
  connection.spoken = new Map([[echo.key, [0, 0]]]);
  return { socket, inbox, traffic, connection };
}

/** The answer to the request of that number on its connection. */
function answer(id: number, body: Buffer): Buffer {
  const out = Buffer.alloc(12 + body.length);
  out.writeInt32BE(8 + body.length, 0);
  out.writeInt32BE(id, 4);
  out.writeInt32BE(body.length, 8);
  body.copy(out, 12);
  return out;
}

const kindOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'resolved',
    (error: unknown) => (error instanceof KafkaFault ? `${error.kind}: ${error.message}` : String(error)),
  );

describe('a connection', () => {
  it('writes requests at once, one behind the other, with their length', async () => {
    const { socket, inbox, traffic, connection } = connected();
    const asked = [connection.request(echo, 7, 1000), connection.request(echo, 8, 1000)];
    const heard = Buffer.concat(socket.heard);
    // Length, key, version, number, name of the client, what is asked.
    expect(heard.toString('hex')).toBe(
      ['00000010', '0063', '0000', '00000001', '0002', '6d65', '00000007'].join('') +
        ['00000010', '0063', '0000', '00000002', '0002', '6d65', '00000008'].join(''),
    );
    expect([traffic.bytesOut, connection.underWay]).toEqual([40, 2]);
    receive(inbox, Buffer.concat([answer(1, Buffer.from('a')), answer(2, Buffer.from('b'))]));
    expect((await Promise.all(asked)).map(String)).toEqual(['a', 'b']);
    expect([traffic.bytesIn, connection.underWay]).toEqual([26, 0]);
    connection.end(new KafkaFault('over', 'retriable'));
  });

  it('understands answers however they are cut', async () => {
    const bodies = fc.array(fc.uint8Array({ maxLength: 100 }), { minLength: 1, maxLength: 8 });
    const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(bodies, cuts, async (said, sizes) => {
        const { inbox, connection } = connected();
        const asked = said.map((_, i) => connection.request(echo, i, 5000));
        const all = Buffer.concat(said.map((body, i) => answer(i + 1, Buffer.from(body))));
        for (let at = 0, i = 0; at < all.length; i++) {
          const size = sizes[i % sizes.length]!;
          receive(inbox, all.subarray(at, at + size));
          at += size;
        }
        const heard = await Promise.all(asked);
        expect(heard.map((it) => [...it])).toEqual(said.map((it) => [...it]));
        connection.end(new KafkaFault('over', 'retriable'));
      }),
      { numRuns: 50 },
    );
  });

  it('fails what is under way as unknown when it breaks, and takes nothing more', async () => {
    const { socket, connection } = connected();
    const asked = [connection.request(echo, 1, 1000), connection.request(echo, 2, 1000)].map(kindOf);
    socket.destroy(new Error('reset by peer'));
    for (const it of await Promise.all(asked)) expect(it).toMatch(/^unknown: Broker host:1: .*reset by peer/);
    expect(connection.endedByBroker).toBe(true);
    // That was never written.
    expect(await kindOf(connection.request(echo, 3, 1000))).toMatch(/^retriable: /);
  });

  it('is given up when an answer does not come in time, with all that is under way', async () => {
    const { socket, connection } = connected();
    const [late, other] = [connection.request(echo, 1, 30), connection.request(echo, 2, 60_000)].map(kindOf);
    expect(await late).toBe('unknown: Broker host:1: no answer to Echo came within 30 ms');
    expect(await other).toMatch(/^unknown: /);
    expect([socket.destroyed, connection.endedByBroker]).toEqual([true, false]);
  });

  it.each([
    ['an answer to nothing', answer(9, Buffer.alloc(0)), /answers what was not asked/],
    ['a negative length', Buffer.from('ffffffff', 'hex'), /does not speak the protocol of Kafka/],
    ['an alert of TLS', Buffer.from('15030300020228', 'hex'), /does not speak the protocol of Kafka/],
    ['a page', Buffer.from('HTTP/1.1 400 Bad Request\r\n'), /does not speak the protocol of Kafka/],
    ['an answer that is cut off within', Buffer.from('0000000800000001000000ff', 'hex'), /cannot be read/],
  ])('ends with %s', async (_, said, message) => {
    const { socket, inbox, connection } = connected();
    const asked = kindOf(connection.request(echo, 1, 50));
    receive(inbox, said);
    expect(await asked).toMatch(message);
    expect(socket.destroyed).toBe(true);
  });

  it('does not speak to a broker that is too old', async () => {
    const { connection } = connected();
    connection.spoken = new Map([[echo.key, [4, 5]]]);
    expect(await kindOf(connection.request(echo, 1, 50))).toMatch(
      /^fatal: The broker host:1 is too old: it has no Echo/,
    );
  });

  it('waits until nothing is under way, and is closed when its socket is', async () => {
    const { socket, inbox, connection } = connected();
    await connection.idle();
    const asked = connection.request(echo, 1, 1000);
    let idle = false;
    const waiting = connection.idle().then(() => (idle = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(idle).toBe(false);
    receive(inbox, answer(1, Buffer.from('a')));
    await Promise.all([asked, waiting]);
    await connection.close(new KafkaFault('over', 'retriable'));
    expect(socket.closed).toBe(true);
    expect((await connection.over).message).toBe('over');
  });
});
