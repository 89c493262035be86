/**
 * A live page: readings come in over a WebSocket, pass a pipeline, and go out over another to a page that draws them.
 * Prints where the page is; with `--once` ends when it has seen a hundred readings itself.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { filter, firstValueFrom } from 'rxjs';
import { startQuery } from 'sluice';
import { webSocketSink, webSocketSource } from 'sluice/connectors';
import { selectExpr, trigger, where } from 'sluice/operators';
import { WebSocket } from 'ws';

const page = readFileSync(new URL('live-page.html', import.meta.url));
const http = createServer((request, response) => {
  if (request.url === '/') response.setHeader('Content-Type', 'text/html; charset=utf-8').end(page);
  else response.writeHead(404).end();
});
await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
const host = `127.0.0.1:${(http.address() as AddressInfo).port}`;

// One server for the page and both sockets; a page of another origin may not send.
const query = startQuery({
  name: 'live page',
  from: webSocketSource({ server: { http, path: '/in', origins: [`http://${host}`] } }).pipe(
    trigger({ processingTime: '100 ms' }),
    selectExpr("from_json(value, 'sensor STRING, at TIMESTAMP, celsius DOUBLE') AS r"),
    where('r.celsius BETWEEN -50 AND 60'),
    selectExpr('r.*', 'round(r.celsius * 9 / 5 + 32, 1) AS fahrenheit', 'r.celsius > 28 AS alarm'),
    selectExpr('to_json(struct(*)) AS value'),
  ),
  to: webSocketSink({ server: { http, path: '/out' } }),
});

// The source listens once it has been asked what it has.
await query.processAllAvailable();

// Three sensors, one of which is out of order now and then: the pipeline drops what it says then.
const sensors = new WebSocket(`ws://${host}/in`);
await new Promise((resolve) => sensors.on('open', resolve));
const names = ['roof', 'cellar', 'oven'];
let count = 0;
const sending = setInterval(() => {
  const i = count++ % names.length;
  const celsius = count % 50 === 0 ? 999 : 12 * i + 4 * Math.sin(count / (20 + 15 * i)) + Math.random();
  sensors.send(JSON.stringify({ sensor: names[i], at: new Date(), celsius }));
}, 20);

// The sink listens from its first batch on.
await firstValueFrom(query.progress$.pipe(filter(({ numInputRows }) => numInputRows > 0)));
console.log(`The page is at http://${host}/`);

async function stop(): Promise<void> {
  clearInterval(sending);
  sensors.terminate();
  await query.stop();
  http.close();
  http.closeAllConnections();
}

if (process.argv.includes('--once')) {
  let seen = 0;
  let hottest = -Infinity;
  const reader = new WebSocket(`ws://${host}/out`);
  await new Promise<void>((resolve) => {
    reader.on('message', (data: Buffer) => {
      const { fahrenheit } = JSON.parse(data.toString()) as { fahrenheit: number };
      hottest = Math.max(hottest, fahrenheit);
      if (++seen === 100) resolve();
    });
  });
  reader.terminate();
  await stop();
  console.log(`100 readings seen, none hotter than 140 °F: ${hottest <= 140}`);
} else {
  process.once('SIGINT', () => void stop());
}
