import type { WebSocket } from 'ws';
import { setTimeout as delay } from 'node:timers/promises';
import type { MicroBatch } from '../../lib/batch/index.js';
import { type Sink, type SinkWriter, defineSink } from '../../lib/connect/index.js';
import { SluiceError } from '../../lib/errors/index.js';
import { Client } from './client.js';
import { type SinkSettings, type WebSocketSinkOptions, parseWebSocketSink } from './options.js';
import { Acceptor } from './server.js';

/** As they are sent: bytes, made once for all clients. */
type Messages = readonly { readonly data: Uint8Array; readonly binary: boolean }[];

/**
 * Sends the column `value`, text or bytes, one message a row (none for null): as a client to `url`, or as a `server` to
 * all who are connected to it, and the last batch to who comes later. It connects, or listens, with the first batch.
 *
 * A client waits for the server: the batch is done when the system has taken all of it, and is sent again when the
 * connection breaks within it. A server waits for nobody: a client for which too much waits is disconnected, or misses
 * batches (`slowClients`). Either way **best effort**: what was read, nobody says.
 *
 * Needs the optional package `ws`. Throws MISSING_OPTION, INVALID_OPTION and UNKNOWN_OPTION. Fails with UNKNOWN_COLUMN
 * without a column `value`, TYPE_MISMATCH on a value of another type, and SINK_FAILED when it cannot listen, or is
 * through with connecting again.
 *
 * @example
 * ```ts
 * totals$.pipe(selectExpr('to_json(struct(*)) AS value')).subscribe(webSocketSink({ server: { port: 8082 } }));
 * ```
 */
export function webSocketSink(options: WebSocketSinkOptions): Sink {
  const parsed = parseWebSocketSink(options);
  const { detail, url, server } = parsed;
  return defineSink<unknown>({
    op: 'webSocketSink',
    detail,
    supports: { exactlyOnce: false, outputModes: ['append', 'update', 'complete'] },
    open: async ({ signal }) => {
      const writer =
        server === undefined
          ? new ClientWriter({ ...parsed, url: url! }, signal)
          : new Broadcast({ ...parsed, server });
      await writer.start();
      return writer;
    },
  });
}

class ClientWriter implements SinkWriter<unknown> {
  private readonly client: Client;
  private failure: SluiceError | undefined;

  constructor(
    settings: SinkSettings & { readonly url: string },
    /** That the batch in hand is given up. */
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener('abort', () => this.close());
    this.client = new Client('webSocketSink', settings, {
      open: () => undefined,
      over: (error) => (this.failure = error ?? new SluiceError('SINK_FAILED', `The server ${settings.detail} left.`)),
    });
  }

  start(): Promise<void> {
    return this.client.connect();
  }

  async write(batch: MicroBatch): Promise<void> {
    const messages = messagesOf(batch);
    while (!(await this.sent(messages))) {
      if (this.failure !== undefined) throw this.failure;
      await delay(10, undefined, { signal: this.signal });
    }
  }

  close(): void {
    this.client.close();
  }

  /** False if there is no connection, or it broke. */
  private async sent(messages: Messages): Promise<boolean> {
    const socket = this.client.current;
    if (socket === undefined) return false;
    for (let i = 0; i < messages.length; i++) {
      // Now and then it is waited for, so that a batch does not pile up in front of a slow server.
      const message = messages[i]!;
      if (i % 100 !== 99 && i < messages.length - 1) socket.send(message.data, message, () => undefined);
      else if (!(await isTaken(socket, message))) return false;
    }
    return true;
  }
}

/** Resolves when the system has taken the message, or the connection is gone. */
function isTaken(socket: WebSocket, message: Messages[number]): Promise<boolean> {
  return new Promise((resolve) => {
    const gone = (): void => resolve(false);
    socket.once('close', gone);
    socket.send(message.data, message, (error) => {
      socket.off('close', gone);
      resolve(error == null && socket.readyState === 1);
    });
  });
}

class Broadcast implements SinkWriter<unknown> {
  private readonly acceptor: Acceptor;
  private last: Messages = [];
  /** How often a client was disconnected, or missed a batch, because too much waited for it. */
  private tooSlow = 0;

  constructor(private readonly settings: SinkSettings & { readonly server: NonNullable<SinkSettings['server']> }) {
    this.acceptor = new Acceptor('webSocketSink', settings.server, settings, (socket) => {
      // What clients say is not read by anyone.
      if (settings.onConnect === 'lastBatch') this.send(socket, this.last);
    });
  }

  start(): Promise<void> {
    return this.acceptor.listen();
  }

  write(batch: MicroBatch): void {
    const messages = messagesOf(batch);
    const { clients } = this.acceptor;
    if (messages.length > 0) {
      this.last = messages;
      for (const socket of clients) this.send(socket, messages);
    }
    batch.query.observe('webSocketSink', { connections: clients.size, slowClients: this.tooSlow });
  }

  close(): Promise<void> {
    return this.acceptor.close();
  }

  private send(socket: WebSocket, messages: Messages): void {
    if (socket.bufferedAmount > this.settings.maxBufferedBytes) {
      this.tooSlow++;
      if (this.settings.slowClients === 'disconnect') socket.terminate();
      return;
    }
    for (const message of messages) socket.send(message.data, message, () => undefined);
  }
}

function messagesOf(batch: MicroBatch): Messages {
  const column = batch.table.column('value');
  const messages: { data: Uint8Array; binary: boolean }[] = [];
  for (let i = 0; i < batch.numRows; i++) {
    const value = column.get(i);
    if (value === null) continue;
    if (typeof value !== 'string' && !(value instanceof Uint8Array)) {
      const message = `webSocketSink: row ${i} of batch ${batch.id} has neither text nor bytes in \`value\`.`;
      throw new SluiceError('TYPE_MISMATCH', message, { details: { batchId: batch.id, row: i } });
    }
    messages.push(
      typeof value === 'string' ? { data: Buffer.from(value), binary: false } : { data: value, binary: true },
    );
  }
  return messages;
}
