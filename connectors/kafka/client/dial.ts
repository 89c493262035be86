import { type OnReadOpts, type Socket, connect as connectTcp, isIP } from 'node:net';
import { type ConnectionOptions as TlsOptions, connect as connectTls } from 'node:tls';
import { messageOf, systemCode } from '../../../lib/errors/index.js';
import { type Address, addressName } from './address.js';
import { KafkaFault } from './fault.js';
import type { Inbox } from './inbox.js';

/** What Node and OpenSSL call certificates that one side does not take. */
const certificateCodes =
  /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_(CA|PURPOSE)|HOSTNAME_MISMATCH|ERR_TLS_CERT|ERR_SSL_.*(CERTIFICATE|UNKNOWN_CA|ALERT_BAD|HANDSHAKE_FAILURE|ACCESS_DENIED))/;

/** Whether an error says that a certificate is not taken, by us or by the broker. */
export const isCertificateError = (error: unknown): boolean => certificateCodes.test(systemCode(error) ?? '');

/** What is known of a certificate that was refused, as users are told it. */
export function certificateFault(address: string, error: unknown, hasOwn: boolean): KafkaFault {
  const code = systemCode(error) ?? '';
  let what = `the certificate of broker ${address} is not trusted: ${messageOf(error)} (${code}). Give its authority as kafka.ssl.ca`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    what = `the certificate of broker ${address} is for another host: ${messageOf(error)} (${code}). Name the broker as its certificate does, or give kafka.ssl.servername`;
  } else if (code.startsWith('ERR_SSL_')) {
    what = hasOwn
      ? `broker ${address} refuses our certificate (${code}). Check kafka.ssl.cert and kafka.ssl.key`
      : `broker ${address} wants a certificate of the client (${code}). Give kafka.ssl.cert and kafka.ssl.key`;
  } else if (/EXPIRED|NOT_YET_VALID/.test(code)) {
    what = `the certificate of broker ${address} does not hold at this time: ${messageOf(error)} (${code})`;
  }
  return KafkaFault.refused('CERTIFICATE_REJECTED', `TLS: ${what}`, error);
}

/** A socket that is connected, with TLS if `tls` is given; what comes goes to `inbox`. Rejects with a `KafkaFault`, after `timeout` at the latest. */
export function dial(
  address: Address,
  tls: TlsOptions | undefined,
  inbox: Inbox,
  timeout: number,
  signal?: AbortSignal,
): Promise<Socket> {
  const { host, port } = address;
  const name = addressName(address);
  return new Promise((resolve, reject) => {
    const servername = isIP(host) === 0 ? { servername: host } : {};
    const to = { host, port, onread: received(inbox) };
    const socket = tls === undefined ? connectTcp(to) : connectTls({ ...to, ...servername, ...tls });
    const settle = (): void => {
      clearTimeout(timer);
      socket.removeAllListeners();
      signal?.removeEventListener('abort', stop);
    };
    const fail = (fault: KafkaFault): void => {
      settle();
      // Errors of a socket that nobody has any more.
      socket.on('error', () => undefined);
      socket.destroy();
      reject(fault);
    };
    const failed = (error: unknown): void => {
      if (isCertificateError(error)) fail(certificateFault(name, error, tls?.cert !== undefined));
      else fail(new KafkaFault(`Broker ${name}: cannot connect: ${textOf(error)}`, 'retriable', undefined, error));
    };
    const late = `Broker ${name}: no connection within ${timeout} ms`;
    const timer = setTimeout(() => fail(new KafkaFault(late, 'retriable')), timeout);
    const stop = (): void => fail(new KafkaFault(`Broker ${name}: the client was closed`, 'retriable'));
    signal?.addEventListener('abort', stop);
    socket.once('error', failed);
    socket.once('close', () => failed(new Error('the broker closed the connection')));
    socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
      settle();
      resolve(socket);
    });
  });
}

const received = (inbox: Inbox): OnReadOpts => ({
  buffer: () => inbox.room,
  callback: (count, room) => {
    inbox.received(count, room);
    return true;
  },
});

/** Of several addresses of a host that all failed, Node says no more than the code. */
const textOf = (error: unknown): string => messageOf(error) || (systemCode(error) ?? 'no reason is known');
