import type { WebSocket } from 'ws';
import { Backoff, type ReconnectSettings } from '../../lib/connect/push/index.js';
import { SluiceError, messageOf } from '../../lib/errors/index.js';
import { keepAlive } from './liveness.js';
import { loadWs } from './package.js';

export interface ClientSettings {
  readonly url: string;
  /** The URL in words that hold no secret. */
  readonly detail: string;
  readonly token: string | undefined;
  readonly tls: object | undefined;
  readonly reconnect: ReconnectSettings | undefined;
  readonly pingInterval: number;
  readonly maxMessageBytes: number;
}

/** What is told of a client's connections. */
export interface ClientEvents {
  open(socket: WebSocket): void;
  message?(data: Buffer, isBinary: boolean): void;
  /** There will be no other connection: the server closed it in order, or it failed. */
  over(error: SluiceError | undefined): void;
}

/** A client that connects again when its connection is lost. */
export class Client {
  connections = 0;
  private socket: WebSocket | undefined;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;
  private readonly backoff: Backoff | undefined;

  constructor(
    private readonly what: string,
    private readonly settings: ClientSettings,
    private readonly events: ClientEvents,
  ) {
    this.backoff = settings.reconnect && new Backoff(settings.reconnect);
  }

  /** The connection there is just now. */
  get current(): WebSocket | undefined {
    return this.socket?.readyState === 1 ? this.socket : undefined;
  }

  async connect(): Promise<void> {
    const { WebSocket } = await loadWs();
    if (this.closed) return;
    const { url, token, tls, maxMessageBytes, pingInterval } = this.settings;
    const socket = new WebSocket(url, {
      ...tls,
      maxPayload: maxMessageBytes,
      perMessageDeflate: false,
      handshakeTimeout: 30_000,
      ...(token !== undefined && { headers: { Authorization: `Bearer ${token}` } }),
    });
    this.socket = socket;
    let failure: unknown;
    socket.on('open', () => {
      this.connections++;
      keepAlive(socket, pingInterval, () => (failure = new Error('it does not answer')));
      this.events.open(socket);
    });
    socket.on('message', (data, isBinary) => {
      this.backoff?.reset();
      this.events.message?.(data as Buffer, isBinary);
    });
    socket.on('error', (error) => (failure ??= error));
    socket.on('close', (code) => {
      if (!this.closed) this.lost(failure ?? (code === 1000 ? undefined : new Error(`it was closed with ${code}`)));
    });
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.socket?.close(1000);
    const { socket } = this;
    // One that does not say good-bye is left without.
    const late = setTimeout(() => socket?.terminate(), 200);
    if (socket === undefined || socket.readyState === 3) clearTimeout(late);
    else socket.on('close', () => clearTimeout(late));
  }

  private lost(failure: unknown): void {
    const wait = this.backoff?.next();
    if (wait !== undefined) this.timer = setTimeout(() => void this.connect(), wait);
    else if (failure === undefined && this.backoff === undefined) this.events.over(undefined);
    else this.events.over(this.failed(failure ?? new Error('it was closed')));
  }

  private failed(cause: unknown): SluiceError {
    const { detail } = this.settings;
    const code = this.what.endsWith('Sink') ? 'SINK_FAILED' : 'SOURCE_FAILED';
    const message = `${this.what}: the connection to ${detail} failed: ${messageOf(cause)}.`;
    return new SluiceError(code, message, { details: { url: detail } });
  }
}
