import { type Server, type Socket, connect, createServer } from 'node:net';

/** Kafka's numbers of requests. */
export const kafkaApi = {
  produce: 0,
  fetch: 1,
  listOffsets: 2,
  metadata: 3,
  findCoordinator: 10,
  initProducerId: 22,
  addPartitionsToTxn: 24,
  endTxn: 26,
} as const;

export type KafkaApi = keyof typeof kafkaApi;

/**
 * Stands between a client and a broker of `startBroker({ proxied: true })`, without TLS, and does what networks do:
 * stands still without a word, is slow, breaks, or loses the answer to one request.
 */
export class KafkaProxy {
  private readonly links = new Set<Link>();
  private frozen = false;
  private readonly losing: Losing[] = [];
  /** Milliseconds by which everything comes later, in each direction. */
  delay = 0;
  /** Requests that came through, by their number. */
  readonly requests = new Map<number, number>();

  private constructor(private readonly server: Server) {}

  static async start({ port, target }: { readonly port: number; readonly target: number }): Promise<KafkaProxy> {
    const server = createServer({ noDelay: true });
    const proxy = new KafkaProxy(server);
    server.on('connection', (client) => proxy.link(client, target));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    return proxy;
  }

  /** From now on nothing passes, and no connection is closed; new ones are taken, and stand still as well. */
  freeze(): void {
    this.frozen = true;
    for (const link of this.links) link.freeze();
  }

  /** What was held up goes on. */
  thaw(): void {
    this.frozen = false;
    for (const link of this.links) link.thaw();
  }

  /** Breaks every connection. */
  cut(): void {
    for (const link of this.links) link.end();
  }

  /**
   * The broker gets the next request of this kind, the client never an answer: the connection breaks, or stays silent
   * for ever. Resolves when that has happened.
   */
  loseAnswer(api: KafkaApi, then: 'break' | 'silence' = 'break'): Promise<void> {
    return new Promise((resolve) => this.losing.push({ api: kafkaApi[api], then, done: resolve }));
  }

  /** How many requests of this kind came through. */
  count(api: KafkaApi): number {
    return this.requests.get(kafkaApi[api]) ?? 0;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private link(client: Socket, target: number): void {
    const link = new Link(client, target, {
      delay: () => this.delay,
      onRequest: (api) => {
        this.requests.set(api, (this.requests.get(api) ?? 0) + 1);
        const at = this.losing.findIndex((each) => each.api === api);
        return at < 0 ? undefined : this.losing.splice(at, 1)[0];
      },
      onEnd: () => this.links.delete(link),
    });
    this.links.add(link);
    if (this.frozen) link.freeze();
  }
}

interface Losing {
  readonly api: number;
  readonly then: 'break' | 'silence';
  readonly done: () => void;
}

interface LinkHooks {
  delay(): number;
  onRequest(api: number): Losing | undefined;
  onEnd(): void;
}

/** One connection of a client, and the one to the broker that belongs to it. */
class Link {
  private readonly broker: Socket;
  /** Requests whose answers are to be lost, by their number on this connection. */
  private readonly losing = new Map<number, Losing>();
  private silent = false;
  private readonly toBroker: Pipe;
  private readonly toClient: Pipe;

  constructor(
    private readonly client: Socket,
    target: number,
    private readonly hooks: LinkHooks,
  ) {
    this.broker = connect({ port: target, host: '127.0.0.1', noDelay: true });
    for (const socket of [client, this.broker]) {
      socket.on('error', () => this.end());
      socket.on('close', () => this.end());
    }
    this.toBroker = new Pipe(this.broker);
    this.toClient = new Pipe(client);
    const requests = new Frames((frame) => this.onRequest(frame));
    const answers = new Frames((frame) => this.onAnswer(frame));
    client.on('data', (bytes: Buffer) => requests.take(bytes));
    this.broker.on('data', (bytes: Buffer) => answers.take(bytes));
  }

  freeze(): void {
    for (const socket of [this.client, this.broker]) socket.pause();
    for (const pipe of [this.toBroker, this.toClient]) pipe.hold(true);
  }

  thaw(): void {
    for (const pipe of [this.toBroker, this.toClient]) pipe.hold(false);
    for (const socket of [this.client, this.broker]) socket.resume();
  }

  end(): void {
    this.client.destroy();
    this.broker.destroy();
    this.hooks.onEnd();
  }

  private onRequest(frame: Buffer): void {
    const losing = this.hooks.onRequest(frame.readInt16BE(4));
    if (losing !== undefined) this.losing.set(frame.readInt32BE(8), losing);
    this.toBroker.push(frame, this.hooks.delay());
  }

  private onAnswer(frame: Buffer): void {
    const losing = this.losing.get(frame.readInt32BE(4));
    if (losing !== undefined) {
      if (losing.then === 'break') this.end();
      else this.silent = true;
      losing.done();
    }
    if (!this.silent) this.toClient.push(frame, this.hooks.delay());
  }
}

/** Hands frames on in order, each when it is due. */
class Pipe {
  private readonly queue: { readonly frame: Buffer; readonly due: number }[] = [];
  private held = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly to: Socket) {}

  push(frame: Buffer, delay: number): void {
    this.queue.push({ frame, due: performance.now() + delay });
    this.flush();
  }

  hold(held: boolean): void {
    this.held = held;
    this.flush();
  }

  private flush(): void {
    clearTimeout(this.timer);
    while (!this.held && this.queue.length > 0) {
      const wait = this.queue[0]!.due - performance.now();
      if (wait > 0) {
        this.timer = setTimeout(() => this.flush(), wait);
        return;
      }
      const { frame } = this.queue.shift()!;
      if (!this.to.destroyed) this.to.write(frame);
    }
  }
}

/** Cuts what arrives into requests or answers, each behind its length. */
class Frames {
  private chunks: Buffer[] = [];
  private held = 0;

  constructor(private readonly onFrame: (frame: Buffer) => void) {}

  take(bytes: Buffer): void {
    this.chunks.push(bytes);
    this.held += bytes.length;
    while (this.held >= 4) {
      if (this.chunks[0]!.length < 4) this.chunks = [Buffer.concat(this.chunks)];
      const size = 4 + this.chunks[0]!.readInt32BE(0);
      if (this.held < size) return;
      const all = this.chunks.length === 1 ? this.chunks[0]! : Buffer.concat(this.chunks);
      this.chunks = [all.subarray(size)];
      this.held -= size;
      this.onFrame(all.subarray(0, size));
    }
  }
}
