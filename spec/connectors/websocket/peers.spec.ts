import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Subject } from 'rxjs';
import { startQuery } from 'sluice';
import { webSocketSink } from 'sluice/connectors';
import { microBatch } from 'sluice/operators';
import { Browser, chromium } from '../../helpers/browser.js';
import { itWith, programOf } from '../../helpers/programs.js';
import { until } from '../../helpers/until.js';
import { atEnd, serve } from './serving.js';

const python = programOf('python3');

/** What somebody else's client says when it is through. */
function client(...args: (string | number)[]): Promise<unknown> {
  const child = spawn(python!, [join(__dirname, 'client.py'), ...args.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  return new Promise((resolve, reject) => {
    child.on('close', (code) => (code === 0 ? resolve(JSON.parse(said)) : reject(new Error(`ended with ${code}`))));
  });
}

/** A sink that is a server, and sends what is pushed. */
async function broadcast(server: { http?: ReturnType<typeof createServer>; path?: string } = {}) {
  let port = 0;
  const values = new Subject<{ value: string }>();
  const at =
    server.http === undefined ? { port: 0, onListening: (a: { port: number }) => void (port = a.port) } : server;
  const query = startQuery({
    from: values.pipe(microBatch({ schema: 'value STRING' })),
    to: webSocketSink({ server: at }),
  });
  atEnd(() => query.stop());
  values.next({ value: 'first' });
  await until(() => query.lastProgress !== undefined);
  return { port, values };
}

describe('clients that are not ours', () => {
  itWith('Python', python)('a raw client sends messages of all lengths, and in pieces', async () => {
    const { port, rows } = await serve();
    expect(await client(port, 'send')).toEqual({ pong: true });
    await until(() => rows.length === 7);
    expect(rows.map((value) => (value as string).length)).toEqual([0, 1, 125, 126, 65_535, 65_536, 8]);
    expect(rows[6]).toBe('grüße 👋');
  });

  itWith('Python', python)('a raw client hears what the sink sends', async () => {
    const { port, values } = await broadcast();
    const text = (i: number): string => `${i} grüße 👋 ${'x'.repeat((i % 3) * 35_000)}`;
    let next = 0;
    const sending = setInterval(() => values.next({ value: text(next++) }), 20);
    atEnd(() => clearInterval(sending));
    const [first, ...others] = (await client(port, 'read', 6)) as string[];
    const number = Number.parseInt(first!);
    expect([first, ...others]).toEqual([0, 1, 2, 3, 4, 5].map((i) => text(number + i)));
  });

  itWith('Chromium', chromium)(
    'a page hears what the sink sends and tells the source, which no page of another origin may',
    async () => {
      const http = createServer((_, response) => {
        response.setHeader('Content-Type', 'text/html').end(`<script>
          let refused = false;
          const source = new WebSocket('ws://' + location.host + '/in');
          new WebSocket('ws://' + location.host + '/closed').onerror = () => (refused = true);
          source.onopen = () => {
            const sink = new WebSocket('ws://' + location.host + '/out');
            sink.onmessage = ({ data }) => source.send('heard ' + data);
          };
        </script>`);
      });
      await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
      atEnd(() => http.close().closeAllConnections());
      const host = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
      const { values } = await broadcast({ http, path: '/out' });
      const { rows } = await serve({}, { http, path: '/in', origins: [host] });
      const closed = await serve({}, { http, path: '/closed', origins: ['https://elsewhere.example'] });
      const browser = await Browser.open(host);
      atEnd(() => browser.close());
      await until(() => rows.includes('heard first'));
      values.next({ value: 'grüße 👋' });
      await until(() => rows.includes('heard grüße 👋'));
      await browser.until('refused');
      expect(closed.rows).toEqual([]);
    },
    30_000,
  );
});
