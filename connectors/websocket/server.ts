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

/** Accepts clients: checks token, origin and number, and leaves those that do not answer. */
export class Acceptor {
  readonly clients = new Set<WebSocket>();
  refused = 0;
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
    this.sockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: this.limits.maxMessageBytes,
    });
    if (http !== undefined) {
      this.http = http.on('upgrade', this.upgrade);
      return;
    }
    const own = tls === undefined ? createServer() : createSecureServer(tls);
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
        http.closeIdleConnections();
      });
    }
    clearTimeout(late);
    this.terminate();
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
      // What is wrong with one client is told by `close`, and is no failure of ours.
      socket.on('error', () => undefined);
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
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** In a time that says nothing about how much of it was right. */
function sameSecret(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
