import type { AddressInfo } from 'node:net';
import { Subject } from 'rxjs';
import { startQuery } from 'sluice';
import { type WebSocketSinkOptions, webSocketSink } from 'sluice/connectors';
import { microBatch } from 'sluice/operators';
import { WebSocket, WebSocketServer } from 'ws';
import { until } from '../../helpers/until.js';

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

/** A query that sends what is pushed. */
function start(options: WebSocketSinkOptions) {
  const rows = new Subject<{ value: string | null }>();
  const from = rows.pipe(microBatch({ schema: 'value STRING' }));
  const query = startQuery({ from, to: webSocketSink(options) });
  query.awaitTermination().catch(() => undefined);
  ended.push(() => query.stop().catch(() => undefined));
  const send = (...values: (string | null)[]): void => values.forEach((value) => rows.next({ value }));
  return { query, send };
}

async function broadcast(options: WebSocketSinkOptions = {}) {
  let port = 0;
  const onListening = (address: { port: number }): void => void (port = address.port);
  const { query, send } = start({ ...options, server: { port: 0, onListening } });
  send('first', null, 'batch');
  await until(() => port > 0 && query.lastProgress !== undefined);
  const client = async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
    const heard: string[] = [];
    socket.on('message', (data: Buffer) => heard.push(data.toString()));
    socket.on('error', () => undefined);
    ended.push(() => socket.terminate());
    await new Promise((resolve) => socket.on('open', resolve));
    return { socket, heard };
  };
  return { query, send, client };
}

describe('webSocketSink as a server', () => {
  it('sends to all, and the last batch to who comes later', async () => {
    const { send, client } = await broadcast();
    const [a, b] = [await client(), await client()];
    await until(() => a.heard.length === 2 && b.heard.length === 2);
    send('next');
    await until(() => a.heard.length === 3 && b.heard.length === 3);
    expect([a.heard, b.heard]).toEqual([
      ['first', 'batch', 'next'],
      ['first', 'batch', 'next'],
    ]);
    const late = await client();
    await until(() => late.heard.length > 0);
    expect(late.heard).toEqual(['next']);
  });

  it('sends nothing of before where it is not to', async () => {
    const { send, client } = await broadcast({ onConnect: 'nothing' });
    const { heard } = await client();
    send('next');
    await until(() => heard.length > 0);
    expect(heard).toEqual(['next']);
  });

  it.each(['disconnect', 'skip'] as const)('does not wait for who does not read: %s', async (slowClients) => {
    const { send, client, query } = await broadcast({ slowClients, maxBufferedBytes: '1m' });
    const [slow, good] = [await client(), await client()];
    await until(() => slow.heard.length === 2);
    slow.socket.pause();
    const text = 'x'.repeat(1 << 20);
    for (let i = 0; i < 40; i++) {
      send(text);
      await until(() => good.heard.length === 3 + i);
    }
    expect(query.exception).toBeUndefined();
    send('last');
    await until(() => good.heard.includes('last'));
    await until(() => Number(query.lastProgress?.observedMetrics['webSocketSink']?.['slowClients']) > 0);
    slow.socket.resume();
    if (slowClients === 'disconnect') await until(() => slow.socket.readyState === WebSocket.CLOSED);
    else await until(() => slow.heard.length > 2);
    expect(slow.heard.length).toBeLessThan(43);
  });
});

describe('webSocketSink as a client', () => {
  it('sends what there is, over another connection if one breaks', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    ended.push(() => server.close());
    const heard: string[] = [];
    let connections = 0;
    server.on('connection', (socket) => {
      connections++;
      socket.on('message', (data: Buffer) => {
        heard.push(data.toString());
        if (connections === 1) socket.terminate();
      });
    });
    await new Promise((resolve) => server.on('listening', resolve));
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { send } = start({ url, reconnect: { initial: 1 } });
    send('a');
    await until(() => heard.length > 0);
    await until(() => connections === 2);
    send('b');
    await until(() => heard.includes('b'));
  });

  it('is closed although the server does not read, when the batch is given up', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    let accepted: WebSocket | undefined;
    server.on('connection', (socket) => (accepted = socket).pause());
    ended.push(() => {
      accepted?.terminate();
      server.close();
    });
    await new Promise((resolve) => server.on('listening', resolve));
    const { query, send } = start({ url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}` });
    send('x'.repeat(20 << 20));
    await until(() => accepted !== undefined);
    await expect(query.stop({ timeout: 50 })).rejects.toMatchObject({ code: 'TIMEOUT' });
    await until(() => query.status.message === 'Stopped', 2000);
  });

  it('is closed while it tries to connect again', async () => {
    const { query, send } = start({ url: 'ws://127.0.0.1:1' });
    send('a');
    await until(() => query.status.isTriggerActive);
    await expect(query.stop({ timeout: 50 })).rejects.toMatchObject({ code: 'TIMEOUT' });
    await until(() => query.status.message === 'Stopped', 2000);
  });

  it('fails where nobody is', async () => {
    const { query, send } = start({ url: 'ws://127.0.0.1:1', reconnect: false });
    send('a');
    await expect(query.awaitTermination()).rejects.toMatchObject({ code: 'SINK_FAILED' });
  });
});
