import { once } from 'node:events';
import { type AddressInfo, type Socket, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { Child } from './processes.js';
import { type PushedJob, type Transport, pushedText } from './pushed.js';

/** What is known of one connection from this side of it. */
export interface Channel {
  readonly name: string;
  /** How many rows were sent through it at most. */
  sent: number;
  /** How many of them, the first ones, the other side said are safe. */
  safe: number;
}

/** The other side of a push source: it goes on over all lives of the process that it feeds. */
export interface Feed {
  readonly channels: readonly Channel[];
  /** What the next process has to be told. */
  next(): Partial<PushedJob>;
  /** Feeds a process until it is gone. */
  feed(child: Child): Promise<void>;
  /** From now on there is nothing new; resolves when what there is has been said to be safe, as far as anybody says so. */
  finish(): Promise<void>;
  close(): void;
}

/** Rows come in handfuls. */
const handful = 20;

/** Clients of a WebSocket server, each of which sends again what was not acknowledged. */
class WebSocketFeed implements Feed {
  readonly channels: Channel[] = [];
  private readonly clients = [new Client(), new Client()];

  next(): Partial<PushedJob> {
    return {};
  }

  async feed(child: Child): Promise<void> {
    const said = await child.says('port ');
    if (said === undefined) return;
    await Promise.all(
      this.clients.map((client, i) => {
        const channel: Channel = { name: `client${i}-${this.channels.length}`, sent: 0, safe: 0 };
        this.channels.push(channel);
        return client.talk(Number(said.slice(5)), channel);
      }),
    );
  }

  async finish(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.finish()));
  }

  close(): void {}
}

class Client {
  /** In the order in which they are to be sent again. */
  private unacknowledged: number[] = [];
  private nextId = 0;
  private finished: (() => void) | undefined;

  /** Resolves when the connection is gone. */
  async talk(port: number, channel: Channel): Promise<void> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
    const gone = new Promise<void>((resolve) => socket.on('close', () => resolve()));
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => {
      const { acknowledged } = JSON.parse(data.toString()) as { acknowledged: number };
      this.unacknowledged.splice(0, acknowledged - channel.safe);
      channel.safe = acknowledged;
      if (this.unacknowledged.length === 0) this.finished?.();
    });
    socket.on('open', () => void this.send(socket, channel));
    await gone;
  }

  finish(): Promise<void> {
    return new Promise((resolve) => {
      this.finished = resolve;
      if (this.unacknowledged.length === 0) resolve();
    });
  }

  private async send(socket: WebSocket, channel: Channel): Promise<void> {
    const say = (id: number): void => socket.send(pushedText(channel.name, channel.sent++, id));
    for (const id of [...this.unacknowledged]) say(id);
    for (; socket.readyState === WebSocket.OPEN && this.finished === undefined; await pause(1)) {
      if (socket.bufferedAmount > 100_000) continue;
      for (let i = 0; i < handful; i++) {
        this.unacknowledged.push(this.nextId);
        say(this.nextId++);
      }
    }
  }
}

/** A TCP server, which never learns what became of its lines. */
class SocketFeed implements Feed {
  readonly channels: Channel[] = [];
  private finished = false;
  private readonly sockets = new Set<Socket>();
  private readonly server = createServer((socket) => void this.send(socket));

  async listen(): Promise<this> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return this;
  }

  next(): Partial<PushedJob> {
    return { port: (this.server.address() as AddressInfo).port };
  }

  async feed(child: Child): Promise<void> {
    await child.ended;
    for (const socket of this.sockets) socket.destroy();
  }

  async finish(): Promise<void> {
    this.finished = true;
    await pause(50);
  }

  close(): void {
    this.server.close();
  }

  private async send(socket: Socket): Promise<void> {
    this.sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
    if (this.finished) return;
    const channel: Channel = { name: `socket-${this.channels.length}`, sent: 0, safe: 0 };
    this.channels.push(channel);
    for (; !socket.destroyed && !this.finished; await pause(1)) {
      if (socket.writableNeedDrain) continue;
      for (let i = 0; i < handful; i++) socket.write(`${pushedText(channel.name, channel.sent, channel.sent++)}\n`);
    }
  }
}

/** The rows come from within the process: this only gives names. */
class OwnFeed implements Feed {
  readonly channels: Channel[] = [];
  private finished = false;

  next(): Partial<PushedJob> {
    if (this.finished) return {};
    const channel: Channel = { name: `life-${this.channels.length}`, sent: Infinity, safe: 0 };
    this.channels.push(channel);
    return { channel: channel.name };
  }

  async feed(child: Child): Promise<void> {
    await child.ended;
  }

  async finish(): Promise<void> {
    this.finished = true;
  }

  close(): void {}
}

export async function feedOf(transport: Transport): Promise<Feed> {
  switch (transport) {
    case 'webSocket':
      return new WebSocketFeed();
    case 'socket':
      return new SocketFeed().listen();
    case 'microBatch':
      return new OwnFeed();
  }
}
