import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../../lib/errors/index.js';
import { type Address, addressName, addressesOf } from './address.js';
import { Broker, type Lane } from './broker.js';
import { BufferPool } from '../buffer-pool.js';
import type {
  ClusterInfo,
  CommittedOffset,
  FetchAnswer,
  FetchRequest,
  GroupMember,
  IsolationLevel,
  JoinRequest,
  Joined,
  KafkaClient,
  OffsetAnswer,
  OffsetQuery,
  PartitionError,
  ProduceAnswer,
  ProduceRequest,
  ProducerIdentity,
  TopicPartition,
  Transaction,
} from './contract.js';
import { KafkaFault, codeName, kafkaCode, kindOf } from './fault.js';
import { inVain, unreachable } from './in-vain.js';
import type { Traffic } from './inbox.js';
import type { Api } from './protocol/api.js';
import * as cluster from './protocol/cluster.js';
import * as groups from './protocol/groups.js';
import * as records from './protocol/records.js';
import * as transactions from './protocol/transactions.js';
import type { ConnectionSettings } from './settings.js';

/** How long a broker may take to tell of the cluster before another one is asked. */
const askMillis = 5000;
/** What a join may take beyond the time that members have. */
const joinGrace = 5000;

const check = (doing: string, code: number): void => {
  if (code !== kafkaCode.none) throw KafkaFault.answered(doing, code);
};

/** A `KafkaClient` over connections of its own. */
export class BrokersClient implements KafkaClient {
  readonly traffic: Traffic = { bytesIn: 0, bytesOut: 0, connects: 0, buffers: new BufferPool() };
  /** Every broker that was ever heard of, by address. */
  private readonly brokers = new Map<string, Broker>();
  private nodes = new Map<number, Broker>();
  private controller = -1;
  /** Since when somebody has told of the cluster whenever we asked; undefined: nobody did when we asked last. */
  private answeringSince: number | undefined;
  private closed = false;

  constructor(private readonly settings: ConnectionSettings) {}

  async metadata(topics?: readonly string[]): Promise<ClusterInfo> {
    const { answer, by } = await this.ask(cluster.metadata, { topics });
    const known = answer.brokers.map(({ node, host, port }) => [node, this.brokerAt({ host, port }, by)] as const);
    const nodes = new Map(known);
    const gone = [...this.nodes.values()].filter((broker) => !known.some(([, it]) => it === broker));
    this.nodes = nodes;
    this.controller = answer.controller;
    for (const broker of gone) {
      broker.reset(new KafkaFault(`Broker ${addressName(broker.address)} is no longer of the cluster`, 'unknown'));
    }
    return { topics: answer.topics };
  }

  async coordinator(kind: 'group' | 'transaction', key: string): Promise<number> {
    const { answer, by } = await this.ask(cluster.findCoordinator, { kind, key });
    const { error, node, host, port } = answer;
    check(`the coordinator of the ${kind} '${key}'`, error);
    if (!this.nodes.has(node)) this.nodes.set(node, this.brokerAt({ host, port }, by));
    return node;
  }

  async offsets(
    node: number,
    isolation: IsolationLevel,
    asked: readonly OffsetQuery[],
  ): Promise<readonly OffsetAnswer[]> {
    return this.main(node, records.listOffsets, { isolation, asked });
  }

  async fetch(node: number, request: FetchRequest): Promise<readonly FetchAnswer[]> {
    const timeout = this.requestTimeout + request.maxWait;
    const { error, partitions } = await this.request(node, 'fetch', records.fetch, request, timeout);
    check('fetching', error);
    // All of them are parts of one piece of memory.
    let held = partitions.length;
    return partitions.map((fetched) => ({
      ...fetched,
      release: () => {
        if (--held === 0) this.traffic.buffers.give(fetched.bytes);
      },
    }));
  }

  async produce(node: number, request: ProduceRequest): Promise<readonly ProduceAnswer[]> {
    const timeout = Math.max(this.requestTimeout, request.timeout);
    return this.request(node, 'main', records.produce, request, timeout);
  }

  async initProducer(
    node: number,
    request: { readonly transactionalId: string | null; readonly timeout: number; readonly current?: ProducerIdentity },
  ): Promise<ProducerIdentity> {
    const { error, id, epoch } = await this.main(node, transactions.initProducerId, request);
    check(`taking the transactional id '${request.transactionalId}'`, error);
    return { id, epoch };
  }

  async addPartitions(
    node: number,
    transaction: Transaction,
    to: readonly TopicPartition[],
  ): Promise<readonly PartitionError[]> {
    return this.main(node, transactions.addPartitionsToTxn, { transaction, to });
  }

  async endTransaction(node: number, transaction: Transaction, commits: boolean): Promise<void> {
    const error = await this.main(node, transactions.endTxn, { transaction, commits });
    check(`${commits ? 'committing' : 'aborting'} a transaction of '${transaction.transactionalId}'`, error);
  }

  async commitOffsets(
    node: number,
    group: string,
    member: GroupMember | undefined,
    offsets: readonly CommittedOffset[],
  ): Promise<readonly PartitionError[]> {
    return this.main(node, groups.offsetCommit, { group, member, offsets });
  }

  async committedOffsets(
    node: number,
    group: string,
    of: readonly TopicPartition[],
  ): Promise<readonly (CommittedOffset & PartitionError)[]> {
    const { error, offsets } = await this.main(node, groups.offsetFetch, { group, of });
    check(`the offsets of the group '${group}'`, error);
    return offsets;
  }

  async join(node: number, request: JoinRequest): Promise<Joined> {
    const timeout = request.rebalanceTimeout + joinGrace;
    const joining = (memberId: string): Promise<Joined & { readonly error: number }> =>
      this.request(node, 'group', groups.joinGroup, { ...request, memberId }, timeout);
    let answer = await joining(request.memberId);
    // Who joins first is told a member id, and joins again by it.
    if (answer.error === kafkaCode.memberIdRequired) answer = await joining(answer.memberId);
    check(`joining the group '${request.group}'`, answer.error);
    return answer;
  }

  async sync(
    node: number,
    group: string,
    member: GroupMember,
    assignments: readonly { readonly memberId: string; readonly assignment: Buffer }[],
  ): Promise<Buffer> {
    const request = { group, member, assignments };
    const { error, assignment } = await this.request(node, 'group', groups.syncGroup, request, this.requestTimeout);
    check(`joining the group '${group}'`, error);
    return assignment;
  }

  async heartbeat(node: number, group: string, member: GroupMember): Promise<void> {
    check(`a sign of life to the group '${group}'`, await this.main(node, groups.heartbeat, { group, member }));
  }

  async leave(node: number, group: string, member: GroupMember): Promise<void> {
    check(`leaving the group '${group}'`, await this.main(node, groups.leaveGroup, { group, member }));
  }

  async createTopic(topic: {
    readonly name: string;
    readonly partitions: number;
    readonly config: Readonly<Record<string, string>>;
  }): Promise<void> {
    if (!this.nodes.has(this.controller)) await this.metadata([]);
    const request = { ...topic, timeout: this.requestTimeout };
    const { error, message } = await this.main(this.controller, cluster.createTopics, request);
    if (error === kafkaCode.none) return;
    const doing = `creating the topic '${topic.name}'`;
    throw new KafkaFault(`${doing}: ${message ?? codeName(error)}`, kindOf(error), error);
  }

  async topicConfig(topic: string, names: readonly string[]): Promise<Readonly<Record<string, string>>> {
    const { answer } = await this.ask(cluster.describeConfigs, { topic, names });
    check(`the settings of the topic '${topic}'`, answer.error);
    return answer.config;
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.brokers.values()].map((broker) => broker.close()));
  }

  private get requestTimeout(): number {
    return this.settings.kafka.requestTimeout;
  }

  private main<Request, Answer>(node: number, api: Api<Request, Answer>, request: Request): Promise<Answer> {
    return this.request(node, 'main', api, request, this.requestTimeout);
  }

  private async request<Request, Answer>(
    node: number,
    lane: Lane,
    api: Api<Request, Answer>,
    request: Request,
    timeout: number,
  ): Promise<Answer> {
    const broker = this.nodes.get(node);
    if (broker === undefined) {
      throw new KafkaFault(`Broker ${node} is not known of the cluster`, 'moved', kafkaCode.brokerNotAvailable);
    }
    try {
      return await broker.request(lane, api, request, timeout);
    } catch (error) {
      const isFinal = !(error instanceof KafkaFault) || error.refusal !== undefined;
      throw isFinal || !this.isOutOfReach(broker) ? error : unreachable(broker, error);
    }
  }

  /** Whether the cluster goes on naming an address to which no connection ever came about, for so long as we try one. */
  private isOutOfReach(broker: Broker): boolean {
    const { answeringSince } = this;
    if (broker.isReached || answeringSince === undefined) return false;
    return Date.now() - Math.max(broker.failingSince, answeringSince) >= this.settings.kafka.connectTimeout;
  }

  /** The broker at an address; `namedBy` has just told us of it. */
  private brokerAt(address: Address, namedBy?: Broker): Broker {
    const name = addressName(address);
    const broker = this.brokers.get(name) ?? new Broker(address, this.settings.kafka, this.traffic);
    this.brokers.set(name, broker);
    if (namedBy !== undefined) broker.namedBy = namedBy;
    return broker;
  }

  /** Asks any broker, those first that have not failed; within `requestTimeout`. Who refuses us does not speak for others. */
  private async ask<Request, Answer>(
    api: Api<Request, Answer>,
    request: Request,
  ): Promise<{ readonly answer: Answer; readonly by: Broker }> {
    const end = Date.now() + this.requestTimeout;
    const left = (): number => (this.closed ? 0 : end - Date.now());
    const faults: KafkaFault[] = [];
    for await (const broker of this.candidates(left)) {
      if (left() <= 0) break;
      try {
        const answer = await broker.request('main', api, request, Math.min(left(), askMillis));
        this.answeringSince ??= Date.now();
        return { answer, by: broker };
      } catch (error) {
        if (!(error instanceof KafkaFault) || error.refusal === 'USER_FUNCTION_FAILED') throw error;
        faults.push(error);
      }
    }
    this.answeringSince = undefined;
    const isNew = this.nodes.size === 0;
    throw inVain(faults, { isAll: left() > 0, isNew });
  }

  /** Known brokers that have not failed; then, if there is time `left`, the others and those that users have named. */
  private async *candidates(left: () => number): AsyncGenerator<Broker> {
    const known = [...this.nodes.values()];
    const fine = known.filter(({ failedAt }) => failedAt === 0);
    yield* fine.sort((a, b) => Number(b.isConnected) - Number(a.isConnected));
    if (left() <= 0) return;
    const seeds = await seedsOf(this.settings.bootstrapServers, left());
    const others = new Set([...known, ...seeds.map((address) => this.brokerAt(address))]);
    for (const broker of fine) others.delete(broker);
    yield* [...others].sort((a, b) => a.failedAt - b.failedAt);
  }
}

async function seedsOf(servers: ConnectionSettings['bootstrapServers'], timeout: number): Promise<Address[]> {
  if (typeof servers !== 'function') return addressesOf(servers);
  const waiting = new AbortController();
  const late = `The function bootstrapServers gave nothing within ${timeout} ms`;
  try {
    const over = sleep(timeout, undefined, { signal: waiting.signal }).catch(() => undefined);
    const list = await Promise.race([servers(), over]);
    if (list !== undefined) return addressesOf(list);
  } catch (error) {
    const message = `The function bootstrapServers failed: ${messageOf(error)}`;
    throw KafkaFault.refused('USER_FUNCTION_FAILED', message, error);
  } finally {
    waiting.abort();
  }
  throw new KafkaFault(late, 'retriable');
}
