import { type Socket, connect as connectPlain, isIP } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { SluiceError, messageOf } from '../../lib/errors/index.js';

export interface Address {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean | ConnectionOptions | undefined;
}

/** Connects; `connected` is called when the connection can be used, TLS included. */
export function connectTo({ host, port, tls }: Address, connected: () => void): Socket {
  if (tls === undefined || tls === false) return connectPlain({ host, port }, connected);
  return connectTls(
    { ...(isIP(host) === 0 && { servername: host }), ...(tls === true ? {} : tls), host, port },
    connected,
  );
}

export function connectionError(what: string, { host, port }: Address, cause: unknown): SluiceError {
  const message = `${what}: the connection to ${host}:${port} failed: ${messageOf(cause) || 'it was refused'}.`;
  const code = what.endsWith('Sink') ? 'SINK_FAILED' : 'SOURCE_FAILED';
  return new SluiceError(code, message, { cause, details: { host, port } });
}
