import { timingSafeEqual, createHash } from 'node:crypto';
import { type IncomingMessage, type Server as HttpServer, createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { WebSocket, WebSocketServer } from 'ws';
import { SluiceError, messageOf } from '../../lib/errors/index.js';
import { keepAlive } from './liveness.js';
import type { ServerSettings } from './options.js';
import { loadWs } from './package.js';

/** Connections that are not yet, or will not be, those of clients: past them the system's are closed unheard. */
const spareConnections = 64;
/** How long a connection may take to say what it wants. */
const requestMillis = 10_000;
/** How long a client that was told good-bye may take to answer. */
const closeMillis = 2_000;
/** How many bytes of answers to its pings may wait for a client. */
const maxUnreadBytes = 1 << 20;

/** Accepts clients: checks token, origin and number, and leaves those that do not answer. */
export class Acceptor {
  readonly clients = new Set<WebSocket>();
  /** Connections that were not accepted. */
  refused = 0;
  /** Clients that were left for what they sent. */
  disconnected = 0;
  private sockets: WebSocketServer | undefined;
  private http: HttpServer | undefined;

  constructor(
    private readonly what: string,
    private readonly settings: ServerSettings,
    private readonly limits: { readonly maxMessageBytes: number; readonly pingInterval: number },
    private readonly accept: (socket: WebSocket) => void,
  ) {}

  /** Resolves when it listens. */
  async listen(): Promise<void> {
    const { WebSocketServer } = await loadWs();
    const { port, host = '127.0.0.1', tls, http, onListening } = this.settings;
    const { maxMessageBytes } = this.limits;
    const options = {
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: maxMessageBytes,
      // Who sends a message in very small pieces makes each of them cost much more than it holds.
      maxBufferedChunks: Math.max(1024, Math.ceil(maxMessageBytes / 256)),
      closeTimeout: closeMillis,
      // Pings are answered here, where it is seen whether anyone listens.
      autoPong: false,
    };
    this.sockets = new WebSocketServer(options);
    if (http !== undefined) {
      this.http = http.on('upgrade', this.upgrade);
      return;
    }
    const patience = {
      headersTimeout: requestMillis,
      requestTimeout: requestMillis,
      handshakeTimeout: requestMillis,
      connectionsCheckingInterval: requestMillis / 4,
    };
    const own = tls === undefined ? createServer(patience) : createSecureServer({ ...patience, ...tls });
    own.maxConnections = this.settings.maxConnections + spareConnections;
    own.on('drop', () => this.refused++);
    this.http = own.on('upgrade', this.upgrade).on('request', (_, response) => response.writeHead(426).end());
    await new Promise<void>((resolve, reject) => {
      own.on('error', (error) => {
        const code = this.what.endsWith('Sink') ? 'SINK_FAILED' : 'SOURCE_FAILED';
        reject(
          new SluiceError(code, `${this.what}: listening on ${host}:${port}: ${messageOf(error)}.`, { cause: error }),
        );
      });
      own.listen(port, host, resolve);
    });
    onListening?.({ port: (own.address() as AddressInfo).port });
  }

  async close(): Promise<void> {
    this.http?.off('upgrade', this.upgrade);
    for (const socket of this.clients) socket.close(1001);
    const late = setTimeout(() => this.terminate(), 200);
    if (this.http !== undefined && this.settings.http === undefined && this.http.listening) {
      const { http } = this;
      await new Promise<void>((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      });
    }
    clearTimeout(late);
    this.terminate();
  }

  /** Tells a client that breaks a limit to go; one that does not go is left. */
  leave(socket: WebSocket, reason: string): void {
    if (socket.readyState !== 1) return;
    this.disconnected++;
    socket.close(1008, reason);
  }

  private terminate(): void {
    for (const socket of this.clients) socket.terminate();
  }

  private readonly upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    const path = request.url?.split('?')[0];
    // Another one on the same server may take it.
    if (path !== (this.settings.path ?? '/')) {
      if (this.settings.http === undefined) refuse(stream, '404 Not Found');
      return;
    }
    const refusal = this.refusal(request);
    if (refusal !== undefined) {
      this.refused++;
      refuse(stream, refusal);
      return;
    }
    this.sockets!.handleUpgrade(request, stream, head, (socket) => {
      this.clients.add(socket);
      socket.on('close', () => this.clients.delete(socket));
      // What is wrong with one client is no failure of ours.
      socket.on('error', () => this.disconnected++);
      socket.on('ping', (data) => {
        if (socket.bufferedAmount > maxUnreadBytes) this.leave(socket, 'not listening');
        else if (socket.readyState === 1) socket.pong(data, false, () => undefined);
      });
      keepAlive(socket, this.limits.pingInterval, () => undefined);
      this.accept(socket);
    });
  };

  private refusal({ headers }: IncomingMessage): string | undefined {
    const { token, origins, maxConnections } = this.settings;
    if (token !== undefined && !sameSecret(headers.authorization ?? '', `Bearer ${token}`)) return '401 Unauthorized';
    if (origins !== undefined && headers.origin !== undefined && !origins.includes(headers.origin)) {
      return '403 Forbidden';
    }
    return this.clients.size >= maxConnections ? '503 Service Unavailable' : undefined;
  }
}

function refuse(stream: Duplex, status: string): void {
  stream.on('error', () => undefined);
  // Whether the other side ends its half, too, is not waited for.
  stream.once('finish', () => stream.destroy());
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** In a time that says nothing about how much of it was right. */
function sameSecret(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
