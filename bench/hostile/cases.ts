import { type AddressInfo, type Socket, connect, createServer } from 'node:net';
import { Child, type Health, type Setup } from './child.js';
import { RawClient, frame, frameHead, opcodes } from './raw-client.js';

/** How a process fared, and those whom it was to serve meanwhile. */
export interface Fared {
  /** By how much its memory grew at most, in bytes. */
  readonly growth: number;
  /** The longest that a message of a well-behaved client took to be in a file, in milliseconds; NaN: it never was. */
  readonly served: number;
  readonly health: Health;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const filled = (length: number): Buffer => Buffer.alloc(length, 'x');
/** Bounds what a case takes when the other side never gives in. */
const inTime = (millis: number): (() => boolean) => {
  const end = performance.now() + millis;
  return () => performance.now() < end;
};

/** The cases; `program` is what Node runs as `server.ts`, and each case writes to a directory of its own. */
export const casesOf = (program: readonly string[]) => {
  /** Lets `harm` talk to a child while a good client is served before, meanwhile and after. */
  async function beside(child: Child, harm: (served: () => Promise<void>) => Promise<void>): Promise<Fared> {
    const good = new RawClient(child.port);
    await good.answer;
    let longest = 0;
    const served = async (): Promise<void> => {
      const { rows } = await child.health();
      const start = performance.now();
      await good.send(frame(opcodes.text, Buffer.from('still served')));
      const health = await child.when((now) => now.rows > rows);
      longest = Math.max(longest, health.rows > rows ? performance.now() - start : NaN);
    };
    await served();
    const before = (await child.health({ anew: true })).rss;
    await harm(served);
    await served();
    const health = await child.health();
    good.socket.destroy();
    return { growth: health.peak - before, served: longest, health };
  }

  async function against<T>(child: Promise<Child>, act: (child: Child) => Promise<T>): Promise<T> {
    const started = await child;
    try {
      return await act(started);
    } finally {
      await started.stop();
    }
  }

  return {
    /** Several clients send a message a byte at a time, head and all. */
    byteAtATime: (dir: string, bytes: number, clients: number, options: Setup['options'] = {}) =>
      against(Child.start(program, { dir, options }), (child) =>
        beside(child, async (served) => {
          const slow = Array.from({ length: clients }, () => new RawClient(child.port));
          await Promise.all(slow.map(({ answer }) => answer));
          const message = frame(opcodes.text, filled(bytes));
          for (let at = 0; at < message.length; at++) {
            for (const client of slow) await client.send(message.subarray(at, at + 1));
            await turn();
            if (at === message.length >> 1) await served();
          }
          await child.when(({ rows }) => rows >= 2 + clients || slow.every(({ isGone }) => isGone));
        }),
      ),

    /** A client that reads nothing: not what is acknowledged, and not the answers to its pings. */
    neverReads: (dir: string, pings: number) =>
      against(
        Child.start(program, { dir, options: { acknowledge: true, buffer: { spill: `${dir}/spill` } } }),
        (child) =>
          beside(child, async (served) => {
            const deaf = new RawClient(child.port);
            await deaf.answer;
            deaf.socket.pause();
            const some = Buffer.concat([
              ...Array.from({ length: 1000 }, () => frame(opcodes.ping, filled(125))),
              frame(opcodes.text, Buffer.from('deaf')),
            ]);
            for (let sent = 0; sent < pings && !deaf.isGone; sent += 1000) await deaf.send(some);
            await served();
          }),
      ),

    /** Clients whose frame says that it has so many bytes, and who send them; then the same in fragments. */
    hugeMessage: (dir: string, bytes: number, clients: number) =>
      against(Child.start(program, { dir }), (child) =>
        beside(child, async (served) => {
          const send = async (client: RawClient, inFragments: boolean): Promise<void> => {
            await client.answer;
            const piece = filled(1 << 16);
            if (!inFragments) await client.send(frameHead(opcodes.binary, bytes));
            for (let sent = 0; sent < bytes && !client.isGone; sent += piece.length) {
              const opcode = sent === 0 ? opcodes.binary : opcodes.continuation;
              await client.send(inFragments ? frame(opcode, piece, false) : piece);
            }
            client.socket.destroy();
          };
          const all = Array.from({ length: clients }, (_, i) => send(new RawClient(child.port), i % 2 === 1));
          await served();
          await Promise.all(all);
        }),
      ),

    /** Many connect at once to a process that may have no more than so many files and sockets open. */
    async manyConnections(dir: string, count: number, limit: number, descriptors: number) {
      const answers: Record<string, number> = {};
      const fared = await against(
        Child.start(program, { dir, server: { maxConnections: limit } }, descriptors),
        async (child) =>
          beside(child, async (served) => {
            const clients: RawClient[] = [];
            while (clients.length < count) {
              const some = Array.from(
                { length: Math.min(500, count - clients.length) },
                () => new RawClient(child.port),
              );
              for (const answer of await Promise.all(some.map((client) => client.answer))) {
                answers[answer] = (answers[answer] ?? 0) + 1;
              }
              clients.push(...some);
            }
            await served();
            for (const { socket } of clients) socket.destroy();
            await child.when(({ metrics }) => Number(metrics.connections) <= 1, 100);
            const another = new RawClient(child.port);
            for (const enough = inTime(5000); (await another.answer) !== '101' && enough();) await turn();
            another.socket.destroy();
          }),
      );
      return { ...fared, answers };
    },

    /** Connections that never say what they want. */
    async silentConnections(dir: string, count: number, limit: number, descriptors: number) {
      return against(Child.start(program, { dir, server: { maxConnections: limit } }, descriptors), (child) =>
        beside(child, async (served) => {
          const silent: Socket[] = [];
          for (let i = 0; i < count; i++) {
            silent.push(connect(child.port, '127.0.0.1').on('error', () => undefined));
            if (i % 200 === 0) await turn();
          }
          await served();
          // They are cut off after ten seconds, and others get in.
          let answer = '';
          for (const enough = inTime(30_000); answer !== '101' && enough();) {
            answer = await new RawClient(child.port).answer;
            await new Promise((resolve) => setTimeout(resolve, 200));
          }
          for (const socket of silent) socket.destroy();
          if (answer !== '101') throw new Error('nobody got in any more');
        }),
      );
    },

    /** Clients that are gone in the middle of a message, in order or not. */
    dropsInTheMiddle: (dir: string, count: number) =>
      against(Child.start(program, { dir }), (child) =>
        beside(child, async () => {
          for (let begun = 0; begun < count; begun += 100) {
            const some = Array.from({ length: 100 }, () => new RawClient(child.port));
            await Promise.all(some.map(({ answer }) => answer));
            const half = frame(opcodes.text, filled(100_000)).subarray(0, 50_000);
            await Promise.all(some.map((client) => client.send(half)));
            some.forEach(({ socket }, i) => (i % 2 === 0 ? socket.destroy() : socket.resetAndDestroy()));
          }
        }),
      ),

    /** A TCP server that sends one line of so many bytes, first a part of it a byte at a time. */
    async hugeLine(dir: string, bytes: number, byByte: number) {
      const sockets: Socket[] = [];
      const server = createServer((socket) => {
        sockets.push(socket.setNoDelay().on('error', () => undefined));
        void (async () => {
          for (let i = 0; i < byByte && !socket.destroyed; i++) {
            socket.write('x');
            await turn();
          }
          const piece = filled(1 << 16);
          for (let sent = 0; sent < bytes && !socket.destroyed; sent += piece.length) {
            if (!socket.write(piece))
              await new Promise((resolve) => socket.once('drain', resolve).once('close', resolve));
          }
        })();
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      try {
        return await against(
          Child.start(program, { dir, port: (server.address() as AddressInfo).port }),
          async (child) => {
            const before = (await child.health({ anew: true })).rss;
            const health = await child.when(({ error }) => error !== undefined, 120_000);
            return { growth: health.peak - before, health };
          },
        );
      } finally {
        for (const socket of sockets) socket.destroy();
        server.close();
      }
    },
  };
};
