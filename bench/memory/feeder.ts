/**
 * Sends lines or messages as fast as they are taken, in a process of its own. `lines` and `messages` are servers that
 * print their port; `client <port>` sends to a server.
 */
import { type AddressInfo, createServer } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { RawClient, frame, opcodes } from '../hostile/raw-client.js';

const text = (i: number): string => `{"n":${i},"text":"${'x'.repeat(80)}"}`;
const many = Array.from({ length: 500 }, (_, i) => text(i));

function lines(): void {
  const piece = Buffer.from(many.map((line) => `${line}\n`).join(''));
  const server = createServer((socket) => {
    const send = (): void => {
      while (socket.write(piece));
    };
    socket.on('drain', send).on('error', () => undefined);
    send();
  });
  server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
}

function messages(): void {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  const send = (socket: WebSocket): void => {
    for (const message of many.slice(1)) socket.send(message);
    socket.send(many[0]!, (error) => {
      if (error == null) setImmediate(send, socket);
    });
  };
  server.on('connection', send);
  server.on('listening', () => console.log((server.address() as AddressInfo).port));
}

async function client(port: number): Promise<void> {
  const raw = new RawClient(port);
  const piece = Buffer.concat(many.map((message) => frame(opcodes.text, Buffer.from(message))));
  await raw.answer;
  while (!raw.isGone) await raw.send(piece);
}

const [kind, port] = process.argv.slice(2);
if (kind === 'lines') lines();
else if (kind === 'messages') messages();
else await client(Number(port));
