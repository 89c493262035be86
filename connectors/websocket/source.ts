import type { WebSocket } from 'ws';
import type { SourceContext } from '../../lib/connect/index.js';
import { type Inbox, type Transport, definePushSource } from '../../lib/connect/push/index.js';
import type { Flow } from '../../lib/flow.js';
import { Client } from './client.js';
import { type SourceSettings, type WebSocketSourceOptions, parseWebSocketSource } from './options.js';
import { type Message, type WebSocketRow, messageCodec, messageSchema, messageTable } from './rows.js';
import { Acceptor } from './server.js';

/**
 * Reads messages from a WebSocket, one a row: as a client of `url`, or as a `server` that clients connect to. The
 * column `value` is the message, as text or bytes; `fromJson` makes columns of it. It connects, or listens, when the
 * query starts. Who sends faster than the sink takes is not read, and so held up by the network.
 *
 * A WebSocket cannot be asked again: **at most once** across a crash. With `buffer: { spill }` a message survives from
 * when it is on the disk, and with `acknowledge` a client of the server is told: it sends again what was not
 * acknowledged, which makes it at least once from end to end.
 *
 * Needs the optional package `ws`. Throws MISSING_OPTION, INVALID_OPTION and UNKNOWN_OPTION. Fails with SOURCE_FAILED
 * when it cannot listen, or is through with connecting again.
 *
 * @example
 * ```ts
 * webSocketSource({ url: 'wss://example.org/trades', token }).subscribe(consoleSink());
 * webSocketSource({ server: { port: 8081, path: '/in' } }).subscribe(consoleSink());
 * ```
 */
export function webSocketSource(
  options: WebSocketSourceOptions & { readonly messages: 'binary' },
): Flow<WebSocketRow<Uint8Array>>;
export function webSocketSource(options: WebSocketSourceOptions): Flow<WebSocketRow>;
export function webSocketSource(options: WebSocketSourceOptions): Flow<WebSocketRow> | Flow<WebSocketRow<Uint8Array>> {
  const parsed = parseWebSocketSource(options);
  const { name, detail, settings, server, url } = parsed;
  return definePushSource<WebSocketRow, Message>({
    op: 'webSocketSource',
    name,
    detail,
    schema: messageSchema<string>(parsed),
    settings,
    codec: messageCodec,
    toData: (messages) => messageTable(messages, parsed),
    connect: (inbox, context) =>
      server === undefined
        ? new ClientTransport(inbox, context, { ...parsed, url: url! })
        : new ServerTransport(inbox, context, { ...parsed, server }),
  });
}

class ClientTransport implements Transport {
  private readonly client: Client;

  constructor(inbox: Inbox<Message>, context: SourceContext, settings: SourceSettings & { readonly url: string }) {
    this.client = new Client('webSocketSource', settings, {
      open: (socket) => {
        if (inbox.isPaused) socket.pause();
      },
      message: (data) => inbox.push({ data, at: context.now() }, data.length),
      // As with a socket: a server that is through ends the reading, not the query.
      over: (error) => {
        if (error !== undefined) inbox.fail(error);
      },
    });
  }

  start(): Promise<void> {
    return this.client.connect();
  }

  pause(): void {
    this.client.current?.pause();
  }

  resume(): void {
    this.client.current?.resume();
  }

  metrics(): Readonly<Record<string, number>> {
    return { connections: this.client.connections };
  }

  close(): void {
    this.client.close();
  }
}

class ServerTransport implements Transport {
  private readonly acceptor: Acceptor;

  constructor(
    private readonly inbox: Inbox<Message>,
    private readonly context: SourceContext,
    private readonly settings: SourceSettings & { readonly server: NonNullable<SourceSettings['server']> },
  ) {
    this.acceptor = new Acceptor('webSocketSource', settings.server, settings, (socket) => this.take(socket));
  }

  start(): Promise<void> {
    return this.acceptor.listen();
  }

  pause(): void {
    for (const socket of this.acceptor.clients) socket.pause();
  }

  resume(): void {
    for (const socket of this.acceptor.clients) socket.resume();
  }

  metrics(): Readonly<Record<string, number>> {
    const { clients, refused, disconnected } = this.acceptor;
    return { connections: clients.size, refusedConnections: refused, disconnectedClients: disconnected };
  }

  close(): Promise<void> {
    return this.acceptor.close();
  }

  private take(socket: WebSocket): void {
    const { maxMessagesPerSecond = Infinity, acknowledge } = this.settings;
    const kept = acknowledge ? acknowledger(socket) : undefined;
    const tooMany = perSecond(maxMessagesPerSecond);
    const isWelcome = (at: number): boolean => {
      // One that was told to go may go on sending until it has heard.
      if (socket.readyState !== 1) return false;
      if (!tooMany(at)) return true;
      this.acceptor.leave(socket, 'too many messages');
      return false;
    };
    if (this.inbox.isPaused) socket.pause();
    socket.on('ping', () => void isWelcome(this.context.now()));
    socket.on('message', (data: Buffer) => {
      const at = this.context.now();
      if (isWelcome(at)) this.inbox.push({ data, at }, data.length, kept);
    });
  }
}

/** Whether what comes at a time, in milliseconds, is more than `most` in its second. */
function perSecond(most: number): (at: number) => boolean {
  if (most === Infinity) return () => false;
  let second = 0;
  let inSecond = 0;
  return (at) => {
    if (Math.floor(at / 1000) !== second) [second, inSecond] = [Math.floor(at / 1000), 0];
    return ++inSecond > most;
  };
}

/**
 * Tells a client how many of its messages are durable: once for all that became so together, and while the system has
 * not taken that not again, so that nothing piles up for one that does not listen.
 */
function acknowledger(socket: WebSocket): () => void {
  let acknowledged = 0;
  let told = 0;
  let isTelling = false;
  const tell = (): void => {
    told = acknowledged;
    if (socket.readyState === 1) socket.send(JSON.stringify({ acknowledged }), taken);
  };
  const taken = (): void => {
    isTelling = false;
    if (told < acknowledged) soon();
  };
  const soon = (): void => {
    if (isTelling) return;
    isTelling = true;
    setImmediate(tell);
  };
  return () => {
    acknowledged++;
    soon();
  };
}
