import type { Socket } from 'node:net';
import { addAbortSignal } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { MicroBatch } from '../../lib/batch/index.js';
import { type Sink, type SinkWriter, defineSink } from '../../lib/connect/index.js';
import { Backoff } from '../../lib/connect/push/index.js';
import { SluiceError } from '../../lib/errors/index.js';
import { connectTo, connectionError } from './connect.js';
import { type SocketSinkOptions, parseSocketSink } from './options.js';

/**
 * Writes the column `value` as lines of text to a TCP server; null is an empty line. It connects with the first batch.
 *
 * A batch is done when the system has taken all of it; what the server read, nobody says. So rows may be lost with a
 * connection, and when a connection breaks within a batch, all of the batch is sent again over the next: **best
 * effort**.
 *
 * Throws MISSING_OPTION, INVALID_OPTION and UNKNOWN_OPTION. Fails with UNKNOWN_COLUMN without a column `value`, with
 * TYPE_MISMATCH on a value that is no string or has a line end, and with SINK_FAILED when it cannot connect.
 *
 * @example
 * ```ts
 * words$.subscribe(socketSink({ host: 'localhost', port: 9998 }));   // nc -lk 9998
 * ```
 */
export function socketSink(options: SocketSinkOptions): Sink {
  const parsed = parseSocketSink(options);
  return defineSink<unknown>({
    op: 'socketSink',
    detail: `${parsed.host}:${parsed.port}`,
    supports: { exactlyOnce: false, outputModes: ['append', 'update', 'complete'] },
    open: ({ signal }) => new SocketWriter(parsed, signal),
  });
}

/** How much is handed to the socket at a time. */
const chunkChars = 1 << 16;
/** How long a server may take to be told good-bye: all that was written is with the system by then. */
const closeMillis = 200;

class SocketWriter implements SinkWriter<unknown> {
  private socket: Socket | undefined;
  private readonly backoff: Backoff | undefined;

  constructor(
    private readonly options: ReturnType<typeof parseSocketSink>,
    /** That the batch in hand is given up. */
    private readonly signal: AbortSignal,
  ) {
    this.backoff = options.reconnect && new Backoff(options.reconnect);
  }

  async write(batch: MicroBatch): Promise<void> {
    const texts = linesOf(batch);
    for (;;) {
      try {
        this.socket ??= await this.connect();
        for (const text of texts) await send(this.socket, text);
        this.backoff?.reset();
        return;
      } catch (error) {
        this.socket?.destroy();
        this.socket = undefined;
        const wait = this.signal.aborted ? undefined : this.backoff?.next();
        if (wait === undefined) throw connectionError('socketSink', this.options, error);
        await delay(wait, undefined, { signal: this.signal });
      }
    }
  }

  async close(): Promise<void> {
    const { socket } = this;
    if (socket === undefined || socket.destroyed) return;
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, closeMillis);
      socket.end(() => {
        clearTimeout(late);
        resolve();
      });
    });
    socket.destroy();
  }

  private connect(): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = addAbortSignal(
        this.signal,
        connectTo(this.options, () => resolve(socket)),
      );
      socket.on('error', reject);
      socket.on('close', () => {
        if (this.socket === socket) this.socket = undefined;
        reject(new Error('it was closed'));
      });
      // What the server says is not read by anyone, and must not pile up.
      socket.resume();
    });
  }
}

/** Resolves when the system has taken the text. */
function send(socket: Socket, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const gone = (): void => reject(new Error('the connection was closed'));
    socket.once('close', gone);
    socket.write(text, (error) => {
      socket.off('close', gone);
      // When a connection breaks Node calls back without an error for what was never sent.
      if (error || socket.destroyed) reject(error ?? socket.errored ?? new Error('the connection was closed'));
      else resolve();
    });
  });
}

/** The lines of a batch in pieces of some size. */
function linesOf(batch: MicroBatch): string[] {
  const column = batch.table.column('value');
  const texts: string[] = [];
  let text = '';
  for (let i = 0; i < batch.numRows; i++) {
    const value = column.get(i) ?? '';
    if (typeof value !== 'string' || value.includes('\n')) {
      const message = `socketSink: row ${i} of batch ${batch.id} has no text of one line in \`value\`.`;
      throw new SluiceError('TYPE_MISMATCH', message, { details: { batchId: batch.id, row: i } });
    }
    text += `${value}\n`;
    if (text.length < chunkChars) continue;
    texts.push(text);
    text = '';
  }
  return text === '' ? texts : [...texts, text];
}
