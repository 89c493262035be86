/** Whether records of open and aborted transactions are read. */
export type IsolationLevel = 'read_committed' | 'read_uncommitted';

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** What one partition answered: `error` is Kafka's code, 0 for none. */
export interface PartitionError extends TopicPartition {
  readonly error: number;
}

export interface PartitionInfo {
  readonly partition: number;
  /** -1 while there is none. */
  readonly leader: number;
}

export interface TopicInfo {
  readonly name: string;
  /** Changes when a topic is deleted and made again. */
  readonly id: string;
  readonly isInternal: boolean;
  /** Kafka's code of what is wrong with the topic, 0 for nothing. */
  readonly error: number;
  readonly partitions: readonly PartitionInfo[];
}

export interface ClusterInfo {
  readonly topics: readonly TopicInfo[];
}

export interface OffsetQuery extends TopicPartition {
  /** `'latest'` is the last stable offset under `read_committed`, or the first record of that many milliseconds since the epoch. */
  readonly at: 'earliest' | 'latest' | number;
}

export interface OffsetAnswer extends PartitionError {
  /** -1 where no record is as late as was asked for. */
  readonly offset: number;
}

export interface FetchRequest {
  readonly isolation: IsolationLevel;
  /** How long the broker waits for `minBytes`, in milliseconds. */
  readonly maxWait: number;
  readonly minBytes: number;
  /** Of the whole answer; a single record batch that is larger comes nevertheless. */
  readonly maxBytes: number;
  readonly partitions: readonly (TopicPartition & { readonly offset: number; readonly maxBytes: number })[];
}

export interface Fetched extends PartitionError {
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  readonly logStart: number;
  readonly aborted: readonly { readonly producerId: bigint; readonly firstOffset: number }[];
  /** Record batches as they are on the wire, the last one perhaps cut off. A view of what was received. */
  readonly bytes: Buffer;
}

export interface FetchAnswer extends Fetched {
  /** Says that `bytes` are not used any more: others may be received there. To be called once, or never. */
  readonly release: () => void;
}

export interface ProduceRequest {
  readonly transactionalId: string | null;
  /** How many replicas must have it: -1 all, 1 the leader. */
  readonly acks: -1 | 1;
  /** How long the leader waits for the others, in milliseconds. */
  readonly timeout: number;
  readonly partitions: readonly (TopicPartition & { readonly batch: Buffer })[];
}

export interface ProduceAnswer extends PartitionError {
  readonly offset: number;
}

export interface ProducerIdentity {
  readonly id: bigint;
  readonly epoch: number;
}

export interface Transaction extends ProducerIdentity {
  readonly transactionalId: string;
}

export interface CommittedOffset extends TopicPartition {
  /** -1: none is known. */
  readonly offset: number;
  readonly metadata: string | null;
}

/** A member of a group, as it speaks to the coordinator; `undefined` for who only keeps offsets under the group's name. */
export interface GroupMember {
  readonly memberId: string;
  readonly generation: number;
  readonly instanceId: string | undefined;
}

export interface JoinRequest {
  readonly group: string;
  readonly memberId: string;
  readonly instanceId: string | undefined;
  readonly sessionTimeout: number;
  readonly rebalanceTimeout: number;
  /** Assignment protocols by name, the preferred first, with what the member says of itself. */
  readonly protocols: readonly { readonly name: string; readonly metadata: Buffer }[];
}

export interface Joined {
  readonly memberId: string;
  readonly generation: number;
  readonly protocol: string;
  readonly leader: string;
  /** Of everybody, for the leader alone. */
  readonly members: readonly {
    readonly memberId: string;
    readonly instanceId: string | undefined;
    readonly metadata: Buffer;
  }[];
}

/**
 * What the connector needs of a Kafka client. Each call is one attempt: it resolves with what the broker answered, or
 * rejects with a `KafkaFault`; whether to try again is the caller's to decide. Every call ends, within `requestTimeout`
 * (and `maxWait` of a fetch), also on a connection that is frozen. Requests to one broker are pipelined, and answered in
 * order; fetches have a connection of their own.
 */
export interface KafkaClient {
  /** The named topics, or all, as some broker that answers knows them now. Does not create topics. */
  metadata(topics?: readonly string[]): Promise<ClusterInfo>;
  coordinator(kind: 'group' | 'transaction', key: string): Promise<number>;
  offsets(node: number, isolation: IsolationLevel, asked: readonly OffsetQuery[]): Promise<readonly OffsetAnswer[]>;
  fetch(node: number, request: FetchRequest): Promise<readonly FetchAnswer[]>;
  produce(node: number, request: ProduceRequest): Promise<readonly ProduceAnswer[]>;

  /** With `current`, only if nobody else has taken the transactional id since. */
  initProducer(
    node: number,
    request: { readonly transactionalId: string | null; readonly timeout: number; readonly current?: ProducerIdentity },
  ): Promise<ProducerIdentity>;
  addPartitions(
    node: number,
    transaction: Transaction,
    to: readonly TopicPartition[],
  ): Promise<readonly PartitionError[]>;
  endTransaction(node: number, transaction: Transaction, commits: boolean): Promise<void>;

  commitOffsets(
    node: number,
    group: string,
    member: GroupMember | undefined,
    offsets: readonly CommittedOffset[],
  ): Promise<readonly PartitionError[]>;
  committedOffsets(
    node: number,
    group: string,
    of: readonly TopicPartition[],
  ): Promise<readonly (CommittedOffset & PartitionError)[]>;
  join(node: number, request: JoinRequest): Promise<Joined>;
  sync(
    node: number,
    group: string,
    member: GroupMember,
    assignments: readonly { readonly memberId: string; readonly assignment: Buffer }[],
  ): Promise<Buffer>;
  heartbeat(node: number, group: string, member: GroupMember): Promise<void>;
  leave(node: number, group: string, member: GroupMember): Promise<void>;

  createTopic(topic: {
    readonly name: string;
    readonly partitions: number;
    readonly config: Readonly<Record<string, string>>;
  }): Promise<void>;
  /** Settings of a topic by name, such as `max.message.bytes`. */
  topicConfig(topic: string, names: readonly string[]): Promise<Readonly<Record<string, string>>>;

  /** Ends requests under way with a fault; resolves when every socket is closed. */
  close(): Promise<void>;
  /** Bytes received and sent so far, and connections that were made. */
  readonly traffic: { readonly bytesIn: number; readonly bytesOut: number; readonly connects: number };
}
