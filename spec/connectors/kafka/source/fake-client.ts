import type {
  ClusterInfo,
  FetchAnswer,
  FetchRequest,
  IsolationLevel,
  KafkaClient,
  OffsetAnswer,
  OffsetQuery,
} from '../../../../connectors/kafka/client/contract.js';
import { KafkaFault, kafkaCode } from '../../../../connectors/kafka/client/fault.js';
import { at, batchOf, message } from '../records/batches.js';

interface Log {
  leader: number;
  start: number;
  end: number;
  /** One record batch each. */
  batches: { readonly base: number; readonly last: number; readonly bytes: Buffer }[];
}

/** A cluster in memory, of one topic `t`, that fails as it is told to. */
export class FakeClient {
  readonly traffic = { bytesIn: 0, bytesOut: 0, connects: 0 };
  readonly logs: Log[] = [];
  id = 'id';
  /** The requests so far, by their names. */
  readonly asked: string[] = [];
  /** Bytes that were given by fetches. */
  given = 0;
  /** Called before each request; throws what it is to fail with. */
  fails: (call: string, node: number) => void = () => undefined;
  /** What the next questions for offsets are answered. */
  readonly lies: number[] = [];
  private readonly waiting: (() => void)[] = [];

  constructor(partitions: number) {
    for (let i = 0; i < partitions; i++) this.logs.push({ leader: 1, start: 0, end: 0, batches: [] });
  }

  get client(): KafkaClient {
    return this as unknown as KafkaClient;
  }

  async append(partition: number, values: readonly string[]): Promise<void> {
    const log = this.logs[partition]!;
    const bytes = at(log.end, await batchOf(values.map((value) => message(value))));
    log.batches.push({ base: log.end, last: log.end + values.length - 1, bytes });
    log.end += values.length;
    for (const wake of this.waiting.splice(0)) wake();
  }

  metadata(): Promise<ClusterInfo> {
    return this.answer('metadata', 0, () => {
      const partitions = this.logs.map(({ leader }, partition) => ({ partition, leader }));
      return { topics: [{ name: 't', id: this.id, isInternal: false, error: kafkaCode.none, partitions }] };
    });
  }

  offsets(node: number, _isolation: IsolationLevel, asked: readonly OffsetQuery[]): Promise<readonly OffsetAnswer[]> {
    return this.answer('offsets', node, () =>
      asked.map(({ topic, partition, at: place }) => {
        const { leader, start, end } = this.logs[partition]!;
        if (leader !== node) return { topic, partition, error: kafkaCode.notLeader, offset: -1 };
        const offset = place === 'earliest' ? start : (this.lies.shift() ?? end);
        return { topic, partition, error: kafkaCode.none, offset };
      }),
    );
  }

  async fetch(node: number, request: FetchRequest): Promise<readonly FetchAnswer[]> {
    for (;;) {
      const answers = await this.answer('fetch', node, () => request.partitions.map((of) => this.fetched(node, of)));
      if (answers.some(({ bytes, error }) => bytes.length > 0 || error !== kafkaCode.none)) return answers;
      const late = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), request.maxWait));
      const woken = new Promise<'woken'>((resolve) => this.waiting.push(() => resolve('woken')));
      if ((await Promise.race([late, woken])) === 'late') return answers;
    }
  }

  coordinator(): Promise<number> {
    return this.answer('coordinator', 0, () => 1);
  }

  commitOffsets(): Promise<readonly []> {
    return this.answer('commitOffsets', 1, () => []);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private fetched(
    node: number,
    { topic, partition, offset, maxBytes }: FetchRequest['partitions'][number],
  ): FetchAnswer {
    const { leader, start, end, batches } = this.logs[partition]!;
    const head = { topic, partition, highWatermark: end, lastStableOffset: end, logStart: start, aborted: [] };
    const nothing = Buffer.alloc(0);
    const release = (): void => undefined;
    if (leader !== node) return { ...head, error: kafkaCode.notLeader, bytes: nothing, release };
    if (offset < start || offset > end) return { ...head, error: kafkaCode.offsetOutOfRange, bytes: nothing, release };
    const parts: Buffer[] = [];
    let size = 0;
    for (const { last, bytes } of batches) {
      if (last < Math.max(offset, start) || (parts.length > 0 && size + bytes.length > maxBytes)) continue;
      parts.push(bytes);
      size += bytes.length;
    }
    this.given += size;
    return { ...head, error: kafkaCode.none, bytes: Buffer.concat(parts), release };
  }

  private async answer<T>(call: string, node: number, of: () => T): Promise<T> {
    await new Promise((resolve) => setImmediate(resolve));
    this.asked.push(call);
    this.fails(call, node);
    return of();
  }
}

/** A connection that broke. */
export const broken = (): KafkaFault => new KafkaFault('the connection broke', 'unknown');
