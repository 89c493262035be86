import { connect as connectTls } from 'node:tls';
import { systemCode } from '../../../lib/errors/index.js';
import { type Address, addressName } from './address.js';
import { BufferPool } from '../buffer-pool.js';
import { Connection } from './connection.js';
import { certificateFault, dial, isCertificateError } from './dial.js';
import { KafkaFault, kafkaCode } from './fault.js';
import { Inbox, type Traffic } from './inbox.js';
import { apiVersions, saslHandshake } from './protocol/cluster.js';
import { authenticate } from './sasl.js';
import type { ClientSettings } from './settings.js';

const probeMillis = 3000;

/**
 * A connection that is ready for requests: connected, encrypted, its versions known, ourselves made known. Rejects with a
 * `KafkaFault` within about `connectionTimeout`.
 */
export async function open(
  address: Address,
  settings: ClientSettings,
  traffic: Traffic,
  signal?: AbortSignal,
): Promise<Connection> {
  const { connectionTimeout, clientId, tls, sasl } = settings;
  const end = Date.now() + connectionTimeout;
  const left = (): number => Math.max(1, end - Date.now());
  let connection: Connection | undefined;
  const stop = (): void => connection?.end(new KafkaFault('The client was closed', 'retriable'));
  signal?.addEventListener('abort', stop);
  try {
    const inbox = new Inbox(traffic);
    const socket = await dial(address, tls?.(), inbox, connectionTimeout, signal);
    traffic.connects++;
    connection = new Connection(socket, inbox, addressName(address), clientId, traffic);
    const versions = await connection.request(apiVersions, undefined, left());
    if (versions.error !== kafkaCode.none) throw KafkaFault.answered('ApiVersions', versions.error);
    connection.spoken = versions.spoken;
    if (sasl !== undefined) await bounded(authenticate(connection, sasl, left()), connection, left());
    return connection;
  } catch (error) {
    connection?.end(new KafkaFault('It could not be opened', 'retriable'));
    if (error instanceof KafkaFault && error.refusal === undefined && signal?.aborted !== true) {
      // Nothing of the caller was sent: it may be tried again.
      throw (
        (await whyUnopened(address, settings, error)) ?? new KafkaFault(error.message, 'retriable', error.code, error)
      );
    }
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** Functions of the user may take for ever: ends with the connection, or after `timeout`. */
async function bounded(work: Promise<void>, connection: Connection, timeout: number): Promise<void> {
  const message = `Broker ${connection.address}: SASL was not done within ${timeout} ms`;
  const timer = setTimeout(() => connection.end(new KafkaFault(message, 'retriable')), timeout);
  try {
    await Promise.race([work, connection.over.then((fault) => Promise.reject(fault))]);
  } finally {
    clearTimeout(timer);
  }
}

/** What is wrong with how we connect, if a broker that is there does not let us in; undefined if it is not known. */
async function whyUnopened(
  address: Address,
  settings: ClientSettings,
  fault: KafkaFault,
): Promise<KafkaFault | undefined> {
  const name = addressName(address);
  const { tls } = settings;
  if (isCertificateError(fault.cause)) return certificateFault(name, fault.cause, tls?.().cert !== undefined);
  if (isSilence(fault)) return undefined;
  if (tls === undefined) {
    if (!(await speaksTls(address))) return undefined;
    return KafkaFault.refused(
      'BROKER_UNREACHABLE',
      `Broker ${name} speaks TLS on this port, and kafka.ssl is not set. Set kafka.ssl, or use its port without TLS`,
      fault,
    );
  }
  if (await speaksPlainly(address, settings)) {
    return KafkaFault.refused(
      'BROKER_UNREACHABLE',
      `Broker ${name} speaks no TLS on this port, and kafka.ssl is set. Use its TLS port, or leave out kafka.ssl`,
      fault,
    );
  }
  return undefined;
}

/**
 * Why a broker ended a connection without having answered any request of the caller: it wants credentials and got none.
 * Undefined if it is something else.
 */
export async function whyDropped(address: Address, settings: ClientSettings): Promise<KafkaFault | undefined> {
  if (settings.sasl !== undefined) return undefined;
  const probe = await opened(address, settings);
  if (probe === undefined) return undefined;
  try {
    const { error } = await probe.request(saslHandshake, { mechanism: 'PLAIN' }, probeMillis);
    // Where there is no SASL at all the answer is ILLEGAL_SASL_STATE.
    if (error !== kafkaCode.none && error !== kafkaCode.unsupportedMechanism) return undefined;
    return KafkaFault.refused(
      'AUTHENTICATION_FAILED',
      `Broker ${addressName(address)} wants credentials on this port, and kafka.sasl is not set. Set kafka.sasl`,
    );
  } catch {
    return undefined;
  } finally {
    probe.end(new KafkaFault('The probe is over', 'retriable'));
  }
}

/** Faults of a broker that is not there, or does not react: it has said nothing about how it wants to be spoken to. */
const isSilence = (fault: KafkaFault): boolean =>
  /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH/.test(systemCode(fault.cause) ?? '') ||
  /within \d+ ms$/.test(fault.message);

async function opened(address: Address, settings: ClientSettings): Promise<Connection | undefined> {
  try {
    const traffic: Traffic = { bytesIn: 0, bytesOut: 0, connects: 0, buffers: new BufferPool() };
    const inbox = new Inbox(traffic);
    const socket = await dial(address, settings.tls?.(), inbox, probeMillis);
    const connection = new Connection(socket, inbox, addressName(address), settings.clientId, traffic);
    const { spoken } = await connection.request(apiVersions, undefined, probeMillis);
    connection.spoken = spoken;
    return connection;
  } catch {
    return undefined;
  }
}

async function speaksPlainly(address: Address, settings: ClientSettings): Promise<boolean> {
  const connection = await opened(address, { ...settings, tls: undefined });
  connection?.end(new KafkaFault('The probe is over', 'retriable'));
  return connection !== undefined;
}

/** Whether a TLS handshake gets an answer, be it a refusal. Nothing is sent over it. */
function speaksTls({ host, port }: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTls({ host, port, rejectUnauthorized: false });
    const settle = (speaks: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(speaks);
    };
    const timer = setTimeout(() => settle(false), probeMillis);
    socket.once('secureConnect', () => settle(true));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      settle((error.code ?? '').startsWith('ERR_SSL_') && !/WRONG_VERSION|PACKET_LENGTH/.test(error.code ?? '')),
    );
    socket.once('close', () => settle(false));
  });
}
