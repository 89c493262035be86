import { randomBytes } from 'node:crypto';
import { type Socket, connect } from 'node:net';

/** A client that can do what no library lets it. */
export class RawClient {
  /** What the server answered to the upgrade: `101`, `503`…, or that it closed the connection without an answer. */
  readonly answer: Promise<string>;
  readonly gone: Promise<unknown>;

  constructor(
    port: number,
    readonly socket: Socket = connect(port, '127.0.0.1'),
  ) {
    socket.setNoDelay().on('error', () => undefined);
    this.gone = new Promise((resolve) => socket.once('close', resolve));
    const key = randomBytes(16).toString('base64');
    const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13';
    socket.write(`GET / HTTP/1.1\r\nHost: here\r\n${upgrade}\r\nSec-WebSocket-Key: ${key}\r\n\r\n`);
    this.answer = new Promise((resolve) => {
      socket.once('data', (data: Buffer) => resolve(data.toString('latin1', 9, 12)));
      socket.once('close', () => resolve('closed'));
    });
  }

  get isGone(): boolean {
    return this.socket.destroyed;
  }

  /** Resolves when the system has room for more, or the connection is gone. */
  async send(bytes: Uint8Array): Promise<void> {
    if (this.socket.destroyed || this.socket.write(bytes)) return;
    const room = new Promise((resolve) => this.socket.once('drain', resolve));
    await Promise.race([room, this.gone]);
  }
}

export const opcodes = { continuation: 0, text: 1, binary: 2, ping: 9 } as const;

/** The head of a frame with a mask of zeros: what follows is the payload as it is. */
export function frameHead(opcode: number, length: number, isLast = true): Buffer {
  const first = (isLast ? 0x80 : 0) | opcode;
  const size = length < 126 ? [0x80 | length] : length < 65_536 ? [0xfe, length >> 8, length & 0xff] : [0xff];
  const head = Buffer.from([first, ...size]);
  if (length < 65_536) return Buffer.concat([head, Buffer.alloc(4)]);
  const wide = Buffer.alloc(12);
  wide.writeBigUInt64BE(BigInt(length));
  return Buffer.concat([head, wide]);
}

export const frame = (opcode: number, payload: Buffer, isLast = true): Buffer =>
  Buffer.concat([frameHead(opcode, payload.length, isLast), payload]);
