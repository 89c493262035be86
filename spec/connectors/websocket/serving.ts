import { startQuery } from 'sluice';
import { type WebSocketSourceOptions, foreachBatchSink, webSocketSource } from 'sluice/connectors';
import { type ClientOptions, WebSocket } from 'ws';
import { until } from '../../helpers/until.js';

const ended: (() => unknown)[] = [];

/** Something to be done at the end of the test, in the reverse order. */
export const atEnd = (end: () => unknown): void => void ended.push(end);

afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

/** A query that is a server, and how to connect to it. */
export async function serve(
  options: Partial<WebSocketSourceOptions> = {},
  server: Partial<WebSocketSourceOptions['server']> = {},
  write?: () => Promise<void>,
) {
  let port = 0;
  const rows: unknown[] = [];
  const onListening = (address: { port: number }): void => void (port = address.port);
  const upgrades = (): number => server.http?.listenerCount('upgrade') ?? 0;
  const before = upgrades();
  const place = server.http === undefined ? { port: 0, onListening } : {};
  const from = webSocketSource({ ...options, server: { ...place, ...server } });
  const to = foreachBatchSink<{ value: unknown }>(async (batch) => {
    await write?.();
    rows.push(...batch.rows.map(({ value }) => value));
  });
  const query = startQuery({ from, to });
  query.awaitTermination().catch(() => undefined);
  atEnd(() => query.stop());
  await until(() => port > 0 || upgrades() > before);
  const scheme = server.tls === undefined ? 'ws' : 'wss';
  const client = (clientOptions: ClientOptions = {}, path = '/'): WebSocket => {
    const socket = new WebSocket(`${scheme}://127.0.0.1:${port}${path}`, clientOptions);
    socket.on('error', () => undefined);
    atEnd(() => socket.terminate());
    return socket;
  };
  const metrics = () => query.lastProgress?.sources[0]?.metrics ?? {};
  return { port, query, rows, client, metrics };
}

export const opened = (socket: WebSocket): Promise<void> => new Promise((resolve) => socket.on('open', resolve));

/** With which code, or which answer to the upgrade, a client was left. */
export const left = (socket: WebSocket): Promise<number> =>
  new Promise((resolve) => {
    socket.on('close', resolve);
    socket.on('unexpected-response', (_, response) => resolve(response.statusCode!));
  });
