import type { Socket } from 'node:net';
import { KafkaFault } from './fault.js';
import type { Inbox, Traffic } from './inbox.js';
import { apiVersions } from './protocol/cluster.js';
import { type Api, type Spoken, isFlexible, versionFor } from './protocol/api.js';
import { Reader, Writer } from './protocol/wire.js';

interface Asked {
  readonly answered: (payload: Buffer) => void;
  readonly failed: (fault: KafkaFault) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * One connection to a broker. Requests are sent at once, one behind the other; the broker answers in their order. It
 * ends for good with the first thing that goes wrong, an answer that does not come in time among them: whatever is under
 * way then fails as `unknown`. Nothing runs while it is idle.
 */
export class Connection {
  /** What the broker speaks. */
  spoken: Spoken = new Map();
  /** When the broker will end it for want of new credentials, in milliseconds since the epoch. */
  expires = Infinity;
  lastUsed = Date.now();
  /** What ended it. */
  ended: KafkaFault | undefined;
  /** How many answers have come. */
  answers = 0;
  /** Whether it was the broker who ended it. */
  endedByBroker = false;

  /** Resolves with what ended it. */
  readonly over: Promise<KafkaFault>;
  private readonly gone: Promise<void>;
  private onEnd: (fault: KafkaFault) => void = () => undefined;

  private readonly asked = new Map<number, Asked>();
  private onIdle: (() => void) | undefined;
  private nextId = 0;

  constructor(
    private readonly socket: Socket,
    private readonly inbox: Inbox,
    readonly address: string,
    private readonly clientId: string,
    private readonly traffic: Traffic,
  ) {
    this.over = new Promise((resolve) => (this.onEnd = resolve));
    this.gone = new Promise((resolve) => socket.once('close', resolve));
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 60_000);
    inbox.onAnswer = (payload) => this.answer(payload);
    inbox.onBadLength = () => this.end(this.fault('what answers there does not speak the protocol of Kafka'));
    socket.on('error', (error) => this.lost(this.fault(`the connection broke: ${error.message}`, error)));
    socket.on('close', () => this.lost(this.fault('the broker closed the connection')));
    socket.on('end', () => this.lost(this.fault('the broker closed the connection')));
  }

  get underWay(): number {
    return this.asked.size;
  }

  /** Rejects with a `KafkaFault`; after `timeout` milliseconds without an answer the connection is given up. */
  request<Request, Answer>(api: Api<Request, Answer>, request: Request, timeout: number): Promise<Answer> {
    if (this.ended !== undefined) return Promise.reject(unsent(this.ended));
    const version =
      (api as Api<never, unknown>) === (apiVersions as Api<never, unknown>) ? 0 : versionFor(api, this.spoken);
    if (version === undefined) {
      const message = `The broker ${this.address} is too old: it has no ${api.name} of version ${api.versions[0]}`;
      return Promise.reject(KafkaFault.refused('BROKER_UNREACHABLE', message));
    }
    const flexible = isFlexible(api, version);
    const id = (this.nextId = (this.nextId + 1) & 0x7fffffff);
    const parts = this.written(id, api, request, version, flexible);
    return new Promise((resolve, reject) => {
      const answered = (payload: Buffer): void => {
        try {
          const from = new Reader(payload);
          from.flexible = flexible;
          from.int32();
          from.tags();
          resolve(api.read(from, version));
        } catch (error) {
          const fault = this.fault(`its answer to ${api.name} cannot be read`, error);
          this.end(fault);
          reject(fault);
        }
      };
      const late = (): void => this.end(this.fault(`no answer to ${api.name} came within ${timeout} ms`));
      this.asked.set(id, { answered, failed: reject, timer: setTimeout(late, timeout) });
      this.lastUsed = Date.now();
      this.socket.cork();
      for (const part of parts) this.socket.write(part);
      this.socket.uncork();
    });
  }

  /** Ends it; what is under way fails with `why`. */
  end(why: KafkaFault): void {
    if (this.ended !== undefined) return;
    this.ended = why;
    this.inbox.close();
    this.socket.destroy();
    for (const { failed, timer } of this.asked.values()) {
      clearTimeout(timer);
      failed(why);
    }
    this.asked.clear();
    this.onIdle?.();
    this.onEnd(why);
  }

  /** Resolves when the socket is gone. */
  async close(why: KafkaFault): Promise<void> {
    this.end(why);
    await this.gone;
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    if (this.asked.size > 0) await new Promise<void>((resolve) => (this.onIdle = resolve));
  }

  private lost(fault: KafkaFault): void {
    if (this.ended === undefined) this.endedByBroker = true;
    this.end(fault);
  }

  private written<Request>(
    id: number,
    api: Api<Request, unknown>,
    request: Request,
    version: number,
    flexible: boolean,
  ): Buffer[] {
    const to = new Writer();
    to.int32(0).int16(api.key).int16(version).int32(id).string(this.clientId);
    to.flexible = flexible;
    to.tags();
    api.write(to, request, version);
    const parts = to.finish();
    let bytes = 0;
    for (const part of parts) bytes += part.length;
    // Its length is not counted.
    parts[0]!.writeInt32BE(bytes - 4, 0);
    this.traffic.bytesOut += bytes;
    return parts;
  }

  private answer(payload: Buffer): void {
    const id = payload.readInt32BE(0);
    const asked = this.asked.get(id);
    if (asked === undefined) {
      this.end(this.fault('it answers what was not asked'));
      return;
    }
    this.asked.delete(id);
    clearTimeout(asked.timer);
    this.answers++;
    asked.answered(payload);
    if (this.asked.size === 0) this.onIdle?.();
  }

  private fault(what: string, cause?: unknown): KafkaFault {
    return new KafkaFault(`Broker ${this.address}: ${what}`, 'unknown', undefined, cause);
  }
}

/** That a connection had ended before anything of a request was written. */
const unsent = (ended: KafkaFault): KafkaFault => new KafkaFault(ended.message, 'retriable', undefined, ended);
