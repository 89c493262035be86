import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { Subject } from 'rxjs';
import { startQuery } from 'sluice';
import { type SocketSourceOptions, foreachBatchSink, memorySink, socketSink, socketSource } from 'sluice/connectors';
import { microBatch } from 'sluice/operators';
import { tempDir } from '../../helpers/temp-dir.js';
import { until } from '../../helpers/until.js';

const servers: Server[] = [];
const sockets = new Set<Socket>();
/** A server of its own for a test; `serve` gets each connection. */
async function listen(serve: (socket: Socket) => void, server = createServer()): Promise<number> {
  server.on(server.listenerCount('secureConnection') > 0 ? 'ignore' : 'connection', serve);
  server.on('connection', (socket: Socket) => sockets.add(socket));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
const releases: (() => void)[] = [];
afterEach(() => {
  for (const release of releases.splice(0)) release();
  for (const server of servers.splice(0)) server.close();
  for (const socket of sockets) socket.destroy();
  sockets.clear();
});

function start(port: number, options: Partial<SocketSourceOptions> = {}) {
  const sink = memorySink<{ value: string; timestamp?: Date }>();
  const query = startQuery({ from: socketSource({ host: '127.0.0.1', port, ...options }), to: sink });
  query.awaitTermination().catch(() => undefined);
  return { query, sink, values: () => sink.rows.map(({ value }) => value) };
}

describe('socketSource', () => {
  it('reads lines as Java does, a byte at a time, the last one without an end', async () => {
    const text = 'first\n\r\nthird\r\næøå\na\rb\r\nlast';
    const port = await listen((socket) => {
      socket.setNoDelay();
      for (const byte of Buffer.from(text)) socket.write(Buffer.of(byte));
      socket.end();
    });
    const { query, values } = start(port);
    await until(() => values().includes('last'));
    expect(values()).toEqual(['first', '', 'third', 'æøå', 'a', 'b', 'last']);
    // As in Spark the query goes on.
    expect(query.isActive).toBe(true);
    await query.stop();
  });

  it('says with includeTimestamp when a line came', async () => {
    const port = await listen((socket) => void socket.write('a\n'));
    const before = Date.now();
    const { query, sink } = start(port, { includeTimestamp: true });
    await until(() => sink.rows.length === 1);
    expect(sink.rows[0]!.timestamp!.getTime()).toBeGreaterThanOrEqual(before);
    await query.stop();
  });

  it('fails if nobody listens', async () => {
    const port = await listen(() => undefined);
    await new Promise((resolve) => servers.pop()!.close(resolve));
    const { query } = start(port);
    await expect(query.awaitTermination()).rejects.toMatchObject({ code: 'SOURCE_FAILED' });
    const retried = start(port, { reconnect: { initial: 1, maxRetries: 2 } });
    await expect(retried.query.awaitTermination()).rejects.toMatchObject({ code: 'SOURCE_FAILED' });
  });

  it('connects again, and keeps what came before', async () => {
    let connections = 0;
    const port = await listen((socket) => {
      socket.write(`hello ${++connections}\n`);
      if (connections < 3) setTimeout(() => socket.resetAndDestroy(), 20);
    });
    const { query, values } = start(port, { reconnect: { initial: 1 } });
    await until(() => values().length === 3);
    expect(values()).toEqual(['hello 1', 'hello 2', 'hello 3']);
    expect(query.lastProgress?.sources[0]?.metrics).toMatchObject({ connections: 3 });
    await query.stop();
  });

  it('holds up a server that is faster than the sink, and loses nothing', async () => {
    const line = `${'x'.repeat(999)}\n`;
    let sent = 0;
    const port = await listen((socket) => {
      const send = (): void => {
        while (sent < 50_000) {
          sent++;
          if (!socket.write(line)) return void socket.once('drain', send);
        }
        socket.end();
      };
      send();
    });
    let rows = 0;
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    releases.push(() => release());
    const from = socketSource({ host: '127.0.0.1', port, maxBufferedRows: 1000 });
    const to = foreachBatchSink(async (batch) => {
      await gate;
      rows += batch.numRows;
    });
    const query = startQuery({ from, to });
    await new Promise((resolve) => setTimeout(resolve, 300));
    // What the system buffers for both sides, and no more.
    expect(sent).toBeLessThan(20_000);
    release();
    await until(() => rows >= 50_000);
    expect(rows).toBe(50_000);
    await query.stop();
  });

  it('refuses a line that is too long', async () => {
    const port = await listen((socket) => {
      socket.on('error', () => undefined);
      socket.write('ok\n');
      socket.write('x'.repeat(5000));
    });
    const { query, values } = start(port, { maxLineBytes: '1k' });
    await expect(query.awaitTermination()).rejects.toMatchObject({ code: 'RECORD_TOO_LARGE' });
    expect(values()).toEqual(['ok']);
  });

  it('keeps lines on disk where it is asked to, and reads over TLS', async () => {
    const dir = tempDir();
    const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
    const request = '-x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost';
    execFileSync('openssl', ['req', ...request.split(' '), '-keyout', key, '-out', cert], { stdio: 'ignore' });
    const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (socket) => {
      socket.write('secret line\n');
    });
    const port = await listen(() => undefined, server);
    const spill = { buffer: { spill: join(dir, 'spill') }, includeTimestamp: true };
    const { query, sink } = start(port, { ...spill, tls: { ca: readFileSync(cert), servername: 'localhost' } });
    await until(() => sink.rows.length === 1);
    expect(sink.rows[0]).toEqual({ value: 'secret line', timestamp: expect.any(Date) as unknown });
    await query.stop();
    const untrusted = start(port, { tls: true });
    await expect(untrusted.query.awaitTermination()).rejects.toMatchObject({ code: 'SOURCE_FAILED' });
  });

  it.each([
    [{ host: 'a' }, 'MISSING_OPTION'],
    [{ port: 1 }, 'MISSING_OPTION'],
    [{ host: 'a', port: 1, includeTimestmp: true }, 'UNKNOWN_OPTION'],
    [{ host: 'a', port: 0 }, 'INVALID_OPTION'],
    [{ host: 'a', port: 1, reconnect: { maximum: 1 } }, 'UNKNOWN_OPTION'],
  ])('refuses %o', (options, code) => {
    expect(() => socketSource(options as SocketSourceOptions)).toThrow(expect.objectContaining({ code }));
  });
});

describe('socketSink', () => {
  /** A query that writes what is pushed. */
  function write(port: number, reconnect: boolean | { initial: number; maxRetries: number }) {
    const rows = new Subject<{ value: string | null }>();
    const to = socketSink({ host: '127.0.0.1', port, reconnect });
    const query = startQuery({ from: rows.pipe(microBatch({ schema: 'value STRING' })), to });
    query.awaitTermination().catch(() => undefined);
    return { rows, query };
  }

  it('writes lines, null as an empty one, and connects again', async () => {
    let text = '';
    let connections = 0;
    const port = await listen((socket) => {
      connections++;
      socket.on('error', () => undefined);
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (connections === 1) socket.destroy();
      });
    });
    const { rows, query } = write(port, { initial: 1, maxRetries: 5 });
    rows.next({ value: 'a' });
    rows.next({ value: null });
    await until(() => text !== '');
    await until(() => query.lastProgress?.batchId === 0);
    await new Promise((resolve) => setTimeout(resolve, 20));
    rows.next({ value: 'b' });
    await until(() => text.endsWith('b\n'));
    expect(connections).toBe(2);
    expect(text.replace('a\n\n', '')).toBe('b\n');
    await query.stop();
  });

  it('waits for a reader that does not read, and fails where nobody is', async () => {
    const port = await listen((socket) => void socket.pause());
    const { rows, query } = write(port, false);
    rows.next({ value: 'x'.repeat(20 << 20) });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(query.lastProgress).toBeUndefined();
    const nobody = write(1, { initial: 1, maxRetries: 1 });
    nobody.rows.next({ value: 'a' });
    await expect(nobody.query.awaitTermination()).rejects.toMatchObject({ code: 'SINK_FAILED' });
    for (const socket of sockets) socket.destroy();
    await expect(query.awaitTermination()).rejects.toMatchObject({ code: 'SINK_FAILED' });
  });

  it('is closed although the server does not read, when the batch is given up', async () => {
    const port = await listen((socket) => void socket.pause());
    const { rows, query } = write(port, true);
    rows.next({ value: 'x'.repeat(20 << 20) });
    await until(() => sockets.size === 1);
    await expect(query.stop({ timeout: 50 })).rejects.toMatchObject({ code: 'TIMEOUT' });
    await until(() => query.status.message === 'Stopped', 2000);
  });

  it('refuses a value of two lines', async () => {
    const port = await listen((socket) => void socket.resume());
    const { rows, query } = write(port, false);
    rows.next({ value: 'a\nb' });
    await expect(query.awaitTermination()).rejects.toMatchObject({ code: 'TYPE_MISMATCH' });
  });
});
