import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { startQuery } from 'sluice';
import { type WebSocketSourceOptions, foreachBatchSink, memorySink, webSocketSource } from 'sluice/connectors';
import { type ClientOptions, WebSocket, WebSocketServer } from 'ws';
import { tempDir } from '../../helpers/temp-dir.js';
import { until } from '../../helpers/until.js';
import { atEnd, left, opened, serve } from './serving.js';

/** A figure that goes down, when it does so no longer. */
async function settled(figure: () => number): Promise<number> {
  for (let before = NaN; before !== figure();) {
    before = figure();
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  return figure();
}

describe('webSocketSource as a server', () => {
  it('takes messages of many clients, as text or as bytes', async () => {
    const { client, rows } = await serve();
    const clients = Array.from({ length: 20 }, () => client());
    await Promise.all(clients.map(opened));
    clients.forEach((socket, i) => socket.send(i % 2 === 0 ? `æ${i}` : Buffer.from(`æ${i}`)));
    await until(() => rows.length === 20);
    expect(new Set(rows)).toEqual(new Set(clients.map((_, i) => `æ${i}`)));
    const bytes = await serve({ messages: 'binary' });
    const socket = bytes.client();
    await opened(socket);
    socket.send(Buffer.of(0, 255));
    await until(() => bytes.rows.length === 1);
    expect([...(bytes.rows[0] as Uint8Array)]).toEqual([0, 255]);
  });

  it('refuses a wrong token, a foreign origin, another path, and one client too many', async () => {
    const allowed = { origin: 'https://ok.example', headers: { Authorization: 'Bearer hush' } };
    const limits = { token: 'hush', origins: ['https://ok.example'], path: '/in', maxConnections: 1 };
    const { client, rows, metrics } = await serve({}, limits);
    expect(await left(client({}, '/in'))).toBe(401);
    expect(await left(client({ ...allowed, headers: { Authorization: 'Bearer hus' } }, '/in'))).toBe(401);
    expect(await left(client({ ...allowed, origin: 'https://evil.example' }, '/in'))).toBe(403);
    expect(await left(client(allowed, '/'))).toBe(404);
    const first = client(allowed, '/in?from=here');
    await opened(first);
    expect(await left(client(allowed, '/in'))).toBe(503);
    first.send('still served');
    await until(() => rows.length === 1);
    expect(metrics()).toMatchObject({ connections: 1, refusedConnections: 4 });
  });

  it('leaves who sends too large a message, or too many, and serves the others', async () => {
    const { client, rows, metrics } = await serve({ maxMessageBytes: '1k', maxMessagesPerSecond: 50 });
    const [good, large, many] = [client(), client(), client()];
    await Promise.all([good, large, many].map(opened));
    large.send('x'.repeat(2000));
    expect(await left(large)).toBe(1009);
    for (let i = 0; i < 500; i++) many.send('flood');
    expect(await left(many)).toBe(1008);
    good.send('good');
    await until(() => rows.includes('good'));
    expect(rows.filter((value) => value === 'flood').length).toBeLessThanOrEqual(100);
    expect(metrics()).toMatchObject({ disconnectedClients: 2 });
  });

  it('does not wait for the bytes of a frame that says it has a gigabyte', async () => {
    const { port, client, rows } = await serve();
    const raw = connect(port, '127.0.0.1');
    atEnd(() => raw.destroy());
    const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13';
    raw.write(`GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${key}\r\n\r\n`);
    const head = Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0, 1, 2, 3, 4]);
    raw.once('data', () => raw.write(head));
    raw.on('error', () => undefined);
    await new Promise((resolve) => raw.on('close', resolve));
    const good = client();
    await opened(good);
    good.send('good');
    await until(() => rows.length === 1);
  });

  it('does not read who is faster than the sink', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const { client, rows, query } = await serve({ maxBufferedBytes: '1m' }, {}, () => gate);
    atEnd(() => release());
    const socket = client();
    await opened(socket);
    const text = 'x'.repeat(10_000);
    for (let i = 0; i < 5000; i++) socket.send(text);
    // 50 MB were sent: what the buffer and the system do not hold is still with the client.
    expect(await settled(() => socket.bufferedAmount)).toBeGreaterThan(20_000_000);
    release();
    await until(() => rows.length === 5000);
    expect(query.exception).toBeUndefined();
  });

  it('acknowledges what is on the disk', async () => {
    const buffer = { spill: join(tempDir(), 'spill') };
    const { client, rows } = await serve({ buffer, acknowledge: true });
    const socket = client();
    let acknowledged = 0;
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as { acknowledged: number };
      expect(message.acknowledged).toBeGreaterThan(acknowledged);
      acknowledged = message.acknowledged;
    });
    await opened(socket);
    for (let i = 0; i < 100; i++) socket.send(String(i));
    await until(() => acknowledged === 100 && rows.length === 100);
    expect(rows).toEqual(Array.from({ length: 100 }, (_, i) => String(i)));
  });

  it('leaves who does not answer', async () => {
    const { client } = await serve({ pingInterval: 30 });
    const [mute, alive] = [client({ autoPong: false }), client()];
    await Promise.all([mute, alive].map(opened));
    expect(await left(mute)).toBe(1006);
    expect(alive.readyState).toBe(WebSocket.OPEN);
  });

  it('serves over TLS', async () => {
    const dir = tempDir();
    const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
    const request = '-x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost';
    execFileSync('openssl', ['req', ...request.split(' '), '-keyout', key, '-out', cert], { stdio: 'ignore' });
    const { client, rows } = await serve({}, { tls: { key: readFileSync(key), cert: readFileSync(cert) } });
    const socket = client({ ca: readFileSync(cert), servername: 'localhost' } as ClientOptions);
    await opened(socket);
    socket.send('private');
    await until(() => rows[0] === 'private');
  });
});

describe('webSocketSource as a client', () => {
  async function server(accept: (socket: WebSocket, header: string | undefined) => void): Promise<string> {
    const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    sockets.on('connection', (socket, request) => accept(socket, request.headers.authorization));
    atEnd(() => {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
    });
    await new Promise((resolve) => sockets.on('listening', resolve));
    return `ws://127.0.0.1:${(sockets.address() as AddressInfo).port}`;
  }

  it('sends its token, and connects again', async () => {
    const headers: (string | undefined)[] = [];
    const url = await server((socket, header) => {
      headers.push(header);
      socket.send(`hello ${headers.length}`);
      if (headers.length < 3) setTimeout(() => socket.terminate(), 20);
    });
    const sink = memorySink<{ value: string }>();
    const query = startQuery({ from: webSocketSource({ url, token: 'hush', reconnect: { initial: 1 } }), to: sink });
    atEnd(() => query.stop());
    await until(() => sink.rows.length === 3);
    expect(sink.rows.map(({ value }) => value)).toEqual(['hello 1', 'hello 2', 'hello 3']);
    expect(headers).toEqual(['Bearer hush', 'Bearer hush', 'Bearer hush']);
  });

  it('does not read a server that is faster than the sink', async () => {
    const message = 'x'.repeat(10_000);
    let socket!: WebSocket;
    const url = await server((accepted) => {
      socket = accepted;
      for (let i = 0; i < 5000; i++) accepted.send(message);
    });
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    let rows = 0;
    const to = foreachBatchSink(async (batch) => {
      await gate;
      rows += batch.numRows;
    });
    const query = startQuery({ from: webSocketSource({ url, maxBufferedBytes: '1m' }), to });
    atEnd(() => query.stop());
    atEnd(() => release());
    await until(() => socket !== undefined);
    expect(await settled(() => socket.bufferedAmount)).toBeGreaterThan(20_000_000);
    release();
    await until(() => rows === 5000);
    expect(query.exception).toBeUndefined();
  });

  it('fails when it may not try again, and tells no secret', async () => {
    const from = webSocketSource({
      url: 'ws://user:geheim@127.0.0.1:1/path?key=geheim',
      token: 'geheim',
      reconnect: { initial: 1, maxRetries: 1 },
    });
    expect(from.explain()).toContain('ws://127.0.0.1:1/path');
    const query = startQuery({ from, to: memorySink() });
    const error: unknown = await query.awaitTermination().catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'SOURCE_FAILED' });
    const { message, stack, details } = error as { message: string; stack: string; details: unknown };
    expect([from.explain(), message, stack, JSON.stringify(details)].join()).not.toContain('geheim');
  });

  it.each([
    [{}, 'MISSING_OPTION'],
    [{ url: 'http://a' }, 'INVALID_OPTION'],
    [{ url: 'ws://a', server: { port: 1 } }, 'MISSING_OPTION'],
    [{ server: {} }, 'MISSING_OPTION'],
    [{ server: { prot: 1 } }, 'UNKNOWN_OPTION'],
    [{ server: { port: 1 }, acknowledge: true }, 'INVALID_OPTION'],
    [{ url: 'ws://a', tokn: 'x' }, 'UNKNOWN_OPTION'],
  ])('refuses %o', (options, code) => {
    expect(() => webSocketSource(options as WebSocketSourceOptions)).toThrow(expect.objectContaining({ code }));
  });
});
