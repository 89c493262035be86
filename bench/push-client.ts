/** Sends orders over a WebSocket as fast as they are taken, once it is told to: `push-client <port> <messages>`. */
import { connect } from 'node:net';
import { orders } from './data.js';
import { RawClient, frame, opcodes } from './hostile/raw-client.js';

const [port, messages] = process.argv.slice(2).map(Number) as [number, number];
/** Frames that are made once, many in a piece, so that the client is not what is measured. */
const perPiece = 500;
const pieces: Buffer[] = [];
let some: Buffer[] = [];
for (const order of orders(20_000)) {
  some.push(frame(opcodes.text, Buffer.from(JSON.stringify(order))));
  if (some.length < perPiece) continue;
  pieces.push(Buffer.concat(some));
  some = [];
}

const client = new RawClient(port, connect(port, '127.0.0.1'));
await client.answer;
console.log('ready');
await new Promise((resolve) => process.stdin.once('data', resolve));
for (let sent = 0; sent < messages; sent += perPiece) await client.send(pieces[(sent / perPiece) % pieces.length]!);
await client.gone;
