import { columnFrom, type BytesColumn } from '../../../lib/columns/index.js';
import { SluiceError } from '../../../lib/errors/index.js';
import { string } from '../../../lib/schema/index.js';
import type { Cluster } from '../client/index.js';
import type { TopicPartition } from '../client/contract.js';
import { KafkaFault, kafkaCode } from '../client/fault.js';
import { type BatchHead, RecordReader, RecordRows, batchHeads } from '../records/index.js';
import { Lane } from './lane.js';

/** Says of a batch that it is in Kafka: it is written in the same transaction. */
export interface CommitToken {
  readonly queryId: string;
  readonly runId: string;
  readonly batchId: number;
}

/** Of one fetch; the log is short, as it is compacted. */
const fetchBytes = 8 << 20;

const policyName = 'cleanup.policy';

/** Only the newest token of each sink is needed: small segments are what makes compaction leave little else. */
const topicConfig = {
  [policyName]: 'compact',
  'segment.bytes': String(16 << 20),
  'min.cleanable.dirty.ratio': '0.1',
};

/**
 * The tokens of one transactional id, in a topic that many share. They are in its partition 0, however many it has by
 * now.
 *
 * It is read up to the high watermark, with the transactions that are open: one of somebody else's must not hold us up.
 * Whether a token of ours counts is said by the marker that follows it.
 */
export class CommitLog {
  private readonly at: TopicPartition;
  private position = 0;
  /** Tokens by their producer, whose transactions are not seen to have ended. */
  private readonly open = new Map<bigint, CommitToken>();
  private last: CommitToken | undefined;
  private isThere = false;

  constructor(
    private readonly cluster: Cluster,
    topic: string,
    private readonly transactionalId: string,
  ) {
    this.at = { topic, partition: 0 };
  }

  /** The token as a record to be written. */
  laneOf(token: CommitToken, timestamp: number): Lane {
    const column = (text: string): BytesColumn => columnFrom(string(), [text]) as BytesColumn;
    const key = column(this.transactionalId);
    const value = column(JSON.stringify(token));
    return new Lane(this.at.topic, this.at.partition, { key, value, headers: null, timestamp }, Int32Array.of(0));
  }

  /** Makes the topic if it is missing. Throws INVALID_OPTION for one that loses tokens. */
  async make(): Promise<void> {
    if (this.isThere) return;
    const name = this.at.topic;
    const { client } = this.cluster;
    const found = await client.metadata([name]);
    if (found.topics[0]?.error === kafkaCode.unknownTopicOrPartition) {
      try {
        await client.createTopic({ name, partitions: 1, config: topicConfig });
      } catch (error) {
        if (!hasCode(error, kafkaCode.topicExists)) throw error;
      }
    } else {
      const policy = await this.policy();
      if (policy !== undefined && policy !== 'compact') throw forgetful(name, policy);
    }
    this.isThere = true;
  }

  /** Undefined: nobody tells us, who may nevertheless write. */
  private async policy(): Promise<string | undefined> {
    try {
      return (await this.cluster.client.topicConfig(this.at.topic, [policyName]))[policyName];
    } catch (error) {
      if (hasCode(error, kafkaCode.topicNotAuthorized)) return undefined;
      throw error;
    }
  }

  /** The newest token that counts by now. One attempt. */
  async read(): Promise<CommitToken | undefined> {
    const { at, cluster } = this;
    const node = await cluster.leaderOf(at.topic, at.partition);
    const asked = [
      { ...at, at: 'earliest' },
      { ...at, at: 'latest' },
    ] as const;
    const [first, end] = await Promise.all(asked.map((query) => this.offsetOf(node, query)));
    if (this.position < first! || this.position > end!) this.position = first!;
    while (this.position < end!) await this.readOn(node);
    return this.last;
  }

  private async offsetOf(
    node: number,
    query: { readonly at: 'earliest' | 'latest' } & TopicPartition,
  ): Promise<number> {
    const [answer] = await this.cluster.client.offsets(node, 'read_uncommitted', [query]);
    if (answer?.error !== 0) throw this.fault('asking for the offsets of', answer?.error);
    return answer.offset;
  }

  private async readOn(node: number): Promise<void> {
    const [answer] = await this.cluster.client.fetch(node, {
      isolation: 'read_uncommitted',
      maxWait: 1000,
      minBytes: 1,
      maxBytes: fetchBytes,
      partitions: [{ ...this.at, offset: this.position, maxBytes: fetchBytes }],
    });
    if (answer?.error !== 0) throw this.fault('reading', answer?.error);
    for (const batch of batchHeads(answer.bytes)) {
      // An answer begins with a whole batch, also where its first records were not asked for.
      if (batch.last < this.position) continue;
      await this.judge(batch);
      this.position = batch.last + 1;
    }
  }

  private async judge(batch: BatchHead): Promise<void> {
    const { open } = this;
    const { ends, isTransactional, producerId } = batch;
    if (ends !== undefined) {
      const token = open.get(producerId);
      if (ends === 'commit' && token !== undefined) this.last = token;
      open.delete(producerId);
    } else if (isTransactional) {
      const token = await this.tokenIn(batch);
      if (token !== undefined) open.set(producerId, token);
    }
  }

  private async tokenIn({ bytes }: BatchHead): Promise<CommitToken | undefined> {
    const rows = new RecordRows(false);
    const fetched = { ...this.at, bytes, from: 0, until: Infinity, aborted: [] };
    await new RecordReader(fetched).readInto(rows, Infinity);
    const { columns } = rows.build();
    const [keys, values] = columns as unknown as [BytesColumn, BytesColumn];
    for (let i = 0; i < keys.length; i++) {
      if (!keys.isValid(i) || textOf(keys, i) !== this.transactionalId) continue;
      return values.isValid(i) ? (JSON.parse(textOf(values, i)) as CommitToken) : undefined;
    }
    return undefined;
  }

  private fault(doing: string, code: number = kafkaCode.unknownServerError): KafkaFault {
    return KafkaFault.answered(`${doing} topic '${this.at.topic}'`, code);
  }
}

const hasCode = (error: unknown, code: number): boolean => error instanceof KafkaFault && error.code === code;

function forgetful(topic: string, policy: string): SluiceError {
  const message = `kafkaSink: the topic '${topic}', which is to tell which batches are there, has cleanup.policy=${policy}, by which that is forgotten. Set it to compact, or choose another commitTopic.`;
  return new SluiceError('INVALID_OPTION', message, { details: { option: 'commitTopic', topic, policy } });
}

const textOf = (column: BytesColumn, i: number): string =>
  Buffer.from(column.bytes.buffer, column.bytes.byteOffset).toString('utf8', column.offsets[i], column.offsets[i + 1]);
