import type { Address } from './address.js';
import type { Connection } from './connection.js';
import type { Traffic } from './inbox.js';
import { KafkaFault } from './fault.js';
import { open, whyDropped } from './open.js';
import type { Api } from './protocol/api.js';
import type { ClientSettings } from './settings.js';

/**
 * What has a connection of its own: a broker takes up a request only when it has answered the one before on the same
 * connection, and lets fetches and members of a rebalancing group wait.
 */
export type Lane = 'main' | 'fetch' | 'group';

/** The connections to one broker, made when they are needed. */
export class Broker {
  /** When it failed last, in milliseconds since the epoch; 0: it has not since it answered last. */
  failedAt = 0;
  /** When the first request began of those that failed since it answered last. */
  failingSince = 0;
  /** Whether a connection ever came about. */
  isReached = false;
  /** Who has told us of it. */
  namedBy: Broker | undefined;
  private readonly lanes = new Map<Lane, Promise<Connection>>();
  private readonly alive = new Set<Connection>();
  private readonly closing = new AbortController();

  constructor(
    readonly address: Address,
    private readonly settings: ClientSettings,
    private readonly traffic: Traffic,
  ) {}

  /** One attempt. Rejects with a `KafkaFault` within `timeout` and the time that a connection may take. */
  async request<Request, Answer>(
    lane: Lane,
    api: Api<Request, Answer>,
    request: Request,
    timeout: number,
  ): Promise<Answer> {
    let connection: Connection | undefined;
    const began = Date.now();
    try {
      connection = await this.connected(lane);
      const answer = await connection.request(api, request, timeout);
      this.failedAt = 0;
      return answer;
    } catch (error) {
      if (this.failedAt === 0) this.failingSince = began;
      this.failedAt = Date.now();
      if (connection !== undefined && connection.answers <= 1 && connection.endedByBroker) {
        throw (await whyDropped(this.address, this.settings)) ?? error;
      }
      throw error;
    }
  }

  get isConnected(): boolean {
    return [...this.alive].some((connection) => connection.ended === undefined);
  }

  /** Drops the connections; the next request makes new ones. */
  reset(why: KafkaFault): void {
    this.lanes.clear();
    for (const connection of this.alive) connection.end(why);
    this.alive.clear();
  }

  /** Resolves when every socket is closed. */
  async close(): Promise<void> {
    const why = new KafkaFault('The client was closed', 'unknown');
    this.closing.abort();
    await Promise.allSettled(this.lanes.values());
    this.lanes.clear();
    await Promise.all([...this.alive].map((connection) => connection.close(why)));
  }

  private connected(lane: Lane): Promise<Connection> {
    if (this.closing.signal.aborted) return Promise.reject(new KafkaFault('The client was closed', 'retriable'));
    const known = this.lanes.get(lane);
    if (known === undefined) return this.connect(lane, undefined);
    return known.then((connection) => {
      if (this.serves(connection)) return connection;
      // Of several that find it so, the first one renews it.
      return this.lanes.get(lane) === known ? this.connect(lane, connection) : this.connected(lane);
    });
  }

  /** Whether it can take another request: it has not ended, and the broker is not about to end it. */
  private serves(connection: Connection): boolean {
    if (connection.ended !== undefined) return false;
    const now = Date.now();
    if (now >= connection.expires) return false;
    return connection.underWay > 0 || now - connection.lastUsed < this.settings.connectionsMaxIdle;
  }

  private connect(lane: Lane, old: Connection | undefined): Promise<Connection> {
    const made = this.replace(old);
    this.lanes.set(lane, made);
    made.catch(() => {
      if (this.lanes.get(lane) === made) this.lanes.delete(lane);
    });
    return made;
  }

  /** A new connection, once the old one has answered everything: requests keep their order. */
  private async replace(old: Connection | undefined): Promise<Connection> {
    if (old !== undefined) {
      await old.idle();
      old.end(new KafkaFault('It was replaced', 'retriable'));
      this.alive.delete(old);
    }
    const connection = await open(this.address, this.settings, this.traffic, this.closing.signal);
    this.alive.add(connection);
    this.isReached = true;
    return connection;
  }
}
