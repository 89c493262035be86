import { type ChildProcess, spawn } from 'node:child_process';
import { fsyncSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import { fileSink, webSocketSource } from '../connectors/index.js';
import { startQuery } from '../lib/index.js';
import { checkpoint, selectExpr } from '../operators/index.js';
import { ordersDdl } from './data.js';

/** Orders as JSON over a WebSocket, parsed and appended to a file: by a pipeline, or by what one writes with `ws` alone. */
export interface PushJob {
  readonly side: 'bare' | 'pipeline';
  readonly messages: number;
}

/** Resolves when a client is connected; what it gives has it send, and resolves when all is on the disk. */
export async function preparePush({ side, messages }: PushJob, outputDir: string): Promise<() => Promise<number>> {
  const { port, done } = side === 'bare' ? await bareServer(outputDir, messages) : await pipeline(outputDir, messages);
  const client = await startClient(port, messages);
  return async () => {
    client.stdin!.end('go');
    const rows = await done;
    client.kill();
    return rows;
  };
}

interface Server {
  readonly port: number;
  /** How many rows are in the file, once all are. */
  readonly done: Promise<number>;
}

async function bareServer(outputDir: string, messages: number): Promise<Server> {
  const file = await open(join(outputDir, 'out.json'), 'w');
  const output = file.createWriteStream();
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  await new Promise((resolve) => server.on('listening', resolve));
  const done = new Promise<number>((resolve) => {
    let rows = 0;
    server.on('connection', (socket) => {
      socket.on('message', (data: Buffer) => {
        const order = JSON.parse(data.toString()) as object;
        const hasRoom = output.write(`${JSON.stringify(order)}\n`);
        rows++;
        if (rows === messages) {
          output.end(() => {
            server.close();
            resolve(rows);
          });
          fsyncSync(file.fd);
        } else if (!hasRoom && !socket.isPaused) {
          socket.pause();
          output.once('drain', () => socket.resume());
        }
      });
    });
  });
  return { port: (server.address() as AddressInfo).port, done };
}

async function pipeline(outputDir: string, messages: number): Promise<Server> {
  let listening: (address: { port: number }) => void;
  const address = new Promise<{ port: number }>((resolve) => (listening = resolve));
  const orders$ = webSocketSource({ server: { port: 0, onListening: (at) => listening(at) } }).pipe(
    selectExpr(`from_json(value, '${ordersDdl}') AS o`),
    selectExpr('o.*'),
    checkpoint(join(outputDir, 'checkpoint')),
  );
  const query = startQuery({ from: orders$, to: fileSink({ format: 'json', path: join(outputDir, 'out') }) });
  const done = new Promise<number>((resolve, reject) => {
    let rows = 0;
    query.progress$.subscribe({
      next: ({ sink: { numOutputRows } }) => {
        rows += numOutputRows;
        if (rows >= messages) query.stop().then(() => resolve(rows), reject);
      },
      error: reject,
    });
  });
  return { port: (await address).port, done };
}

async function startClient(port: number, messages: number): Promise<ChildProcess> {
  const script = new URL('push-client.js', import.meta.url).pathname;
  const client = spawn(process.execPath, [script, String(port), String(messages)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => client.stdout.once('data', resolve));
  return client;
}
