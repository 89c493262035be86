import type { Socket } from 'node:net';
import type { SourceContext } from '../../lib/connect/index.js';
import { Backoff, type Inbox, type Transport, definePushSource } from '../../lib/connect/push/index.js';
import type { Flow } from '../../lib/flow.js';
import { connectTo, connectionError } from './connect.js';
import { LineReader } from './line-reader.js';
import { type SocketSourceOptions, parseSocketSource } from './options.js';
import { type Line, type SocketRow, lineCodec, lineSchema, lineTable, timedSchema } from './rows.js';

/**
 * Reads lines of text from a TCP server: the column `value`, and with `includeTimestamp` when the line came. It
 * connects when the query starts. As in Spark, a server that closes the connection ends the reading and not the query;
 * with `reconnect` the source connects again.
 *
 * A socket cannot be asked again: **at most once** across a crash. With `buffer: { spill }` a line survives from when
 * it is on the disk; a server is not told, so lines on their way are still lost.
 *
 * Throws MISSING_OPTION, INVALID_OPTION and UNKNOWN_OPTION. Fails with SOURCE_FAILED if it cannot connect, and with
 * RECORD_TOO_LARGE on a line longer than `maxLineBytes`.
 *
 * @example
 * ```ts
 * socketSource({ host: 'localhost', port: 9999 }).subscribe(consoleSink());   // nc -lk 9999
 * ```
 */
export function socketSource(options: SocketSourceOptions): Flow<SocketRow> {
  const parsed = parseSocketSource(options);
  const { name, host, port, includeTimestamp, settings } = parsed;
  return definePushSource<SocketRow, Line>({
    op: 'socketSource',
    name,
    detail: `${host}:${port}`,
    schema: includeTimestamp ? timedSchema : lineSchema,
    settings,
    codec: lineCodec,
    toData: (lines) => lineTable(lines, includeTimestamp),
    connect: (inbox, context) => new SocketTransport(inbox, context, parsed),
  });
}

class SocketTransport implements Transport {
  private socket: Socket | undefined;
  private reader: LineReader | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly backoff: Backoff | undefined;
  private connections = 0;
  private closed = false;

  constructor(
    private readonly inbox: Inbox<Line>,
    private readonly context: SourceContext,
    private readonly options: ReturnType<typeof parseSocketSource>,
  ) {
    this.backoff = options.reconnect && new Backoff(options.reconnect);
  }

  /** Without `reconnect` a server that is not there fails the start. */
  start(): Promise<void> | undefined {
    const connected = this.connect();
    return this.backoff === undefined ? connected : undefined;
  }

  pause(): void {
    this.socket?.pause();
  }

  resume(): void {
    this.guarded(() => this.reader?.resume());
  }

  metrics(): Readonly<Record<string, number>> {
    return { connections: this.connections };
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.socket?.destroy();
  }

  /** Resolves when it is connected, or the connection has failed. */
  private connect(): Promise<void> {
    return new Promise((resolve) => {
      const { inbox, options } = this;
      let failure: unknown;
      const socket = connectTo(options, () => {
        this.connections++;
        if (inbox.isPaused) socket.pause();
        resolve();
      });
      const reader = new LineReader(socket, inbox, options.maxLineBytes, () => this.context.now());
      this.socket = socket;
      this.reader = reader;
      socket.on('data', (chunk: Buffer) => {
        this.backoff?.reset();
        this.guarded(() => reader.take(chunk));
      });
      socket.on('error', (error) => (failure = error));
      socket.on('close', () => {
        resolve();
        if (this.closed) return;
        this.guarded(() => reader.end(() => this.lost(failure)));
      });
    });
  }

  /** The connection is gone, with an error or without. */
  private lost(failure: unknown): void {
    if (this.backoff === undefined) {
      if (failure !== undefined) this.inbox.fail(connectionError('socketSource', this.options, failure));
      return;
    }
    const wait = this.backoff.next();
    if (wait === undefined) this.inbox.fail(connectionError('socketSource', this.options, failure ?? 'it was closed'));
    else this.timer = setTimeout(() => void this.connect(), wait);
  }

  private guarded(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.inbox.fail(error);
      this.close();
    }
  }
}
