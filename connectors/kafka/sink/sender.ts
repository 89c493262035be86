import { SluiceError } from '../../../lib/errors/index.js';
import type { ProduceAnswer, ProducerIdentity } from '../client/contract.js';
import { KafkaFault, kafkaCode } from '../client/fault.js';
import { BufferPool } from '../buffer-pool.js';
import type { Cluster } from '../client/index.js';
import { type CodecName, encodeBatch } from '../records/index.js';
import type { Lane } from './lane.js';
import type { TopicLimits } from './topic-limits.js';

export interface SenderSettings {
  readonly compression: CodecName;
  /** Bytes of a record batch and of a request, before they are compressed. */
  readonly batchBytes: number;
  readonly requestBytes: number;
  readonly acks: -1 | 1;
  /** How long the leader waits for the other replicas, in milliseconds. */
  readonly ackTimeout: number;
}

/** Whom records come from, so that a broker knows those that it has; undefined: it is to take all. */
export interface Writer extends ProducerIdentity {
  readonly transactionalId: string | null;
}

/** So many requests may be under way to a broker: of more it does not remember whether it has them. */
const maxUnderWay = 5;

/** What a row may have that is compressed alone. */
const maxAlone = 1 << 30;

/** A record batch on its way, and its rows. */
interface Piece {
  readonly lane: Lane;
  readonly from: number;
  readonly until: number;
  readonly batch: Buffer;
}

/** Sends rows to the leaders of their partitions: all of them side by side, and several requests one after the other. */
export class Sender {
  /** What brokers have taken in all, whatever became of its transaction. */
  bytes = 0;
  private readonly buffers = new BufferPool();

  constructor(
    private readonly cluster: Cluster,
    private readonly limits: TopicLimits,
    private readonly settings: SenderSettings,
  ) {}

  /**
   * Returns when the brokers have everything. Otherwise throws the most telling fault; by then nothing is under way any
   * more, and the lanes know what was acknowledged.
   */
  async send(lanes: readonly Lane[], writer: Writer | undefined): Promise<void> {
    const byLeader = await this.cluster.byLeader(lanes.filter((lane) => !lane.isDone));
    const failures: unknown[] = [];
    const sending = [...byLeader].map(([leader, some]) => this.sendTo(leader, some, writer, failures));
    await Promise.all(sending);
    if (failures.length > 0) throw mostTelling(failures);
  }

  private async sendTo(
    leader: number,
    lanes: readonly Lane[],
    writer: Writer | undefined,
    failures: unknown[],
  ): Promise<void> {
    // Without numbers a broker takes what comes, in whatever order it is sent again.
    const most = writer === undefined ? 1 : maxUnderWay;
    const underWay = new Set<Promise<void>>();
    let turn = 0;
    while (failures.length === 0) {
      const open = lanes.filter((lane) => !lane.isSent);
      if (open.length === 0) break;
      try {
        const some = this.next(open, turn++);
        const pieces = await Promise.all(some.map((lane) => this.encode(lane, writer)));
        const sending: Promise<void> = this.produce(leader, pieces, writer)
          .catch((error: unknown) => void failures.push(error))
          .then(() => void underWay.delete(sending));
        underWay.add(sending);
      } catch (error) {
        failures.push(error);
      }
      if (underWay.size >= most) await Promise.race(underWay);
    }
    await Promise.all(underWay);
  }

  /** The lanes whose next batches go into one request: all, or as many as it may hold, in turn. */
  private next(lanes: readonly Lane[], turn: number): readonly Lane[] {
    const { batchBytes, requestBytes } = this.settings;
    const most = Math.max(1, Math.floor(requestBytes / batchBytes));
    if (lanes.length <= most) return lanes;
    const first = (turn * most) % lanes.length;
    return [...lanes.slice(first), ...lanes.slice(0, first)].slice(0, most);
  }

  private async encode(lane: Lane, writer: Writer | undefined): Promise<Piece> {
    const { batchBytes, compression } = this.settings;
    const { records, rows, sent: from, topic } = lane;
    const limit = await this.limits.of(topic);
    const producer =
      writer === undefined
        ? null
        : { ...writer, baseSequence: lane.sequence, isTransactional: writer.transactionalId !== null };
    const encode = (some: Int32Array, maxBytes: number) =>
      encodeBatch(records, some, from, { compression, maxBytes, topic, producer, buffers: this.buffers });
    const isPlain = compression === 'none';
    // Records that cannot be compressed grow a little.
    const usual = Math.min(batchBytes, isPlain ? limit : limit - (limit >> 6));
    const { bytes, until } = await encode(rows, usual).catch((error: unknown) => {
      if (!(error instanceof SluiceError) || error.code !== 'RECORD_TOO_LARGE') throw error;
      return encode(rows.subarray(0, from + 1), isPlain ? limit : maxAlone);
    });
    if (bytes.length > limit) throw tooLarge(rows[from]!, bytes.length, limit, topic);
    lane.pass(until);
    return { lane, from, until, batch: bytes };
  }

  private async produce(leader: number, pieces: readonly Piece[], writer: Writer | undefined): Promise<void> {
    const { acks, ackTimeout } = this.settings;
    const answers = await this.cluster.client.produce(leader, {
      transactionalId: writer?.transactionalId ?? null,
      acks,
      timeout: ackTimeout,
      partitions: pieces.map(({ batch, lane: { partition, topic } }) => ({ topic, partition, batch })),
    });
    // Whatever is answered, it was sent. Where no answer came it may be on its way still.
    for (const { batch } of pieces) this.buffers.give(batch);
    const faults = pieces.flatMap((piece) => this.settle(piece, answers) ?? []);
    if (faults.length > 0) throw mostTelling(faults);
  }

  /** Takes note of what the broker said of a piece; returns what is wrong with it. */
  private settle(
    { batch, from, lane, until }: Piece,
    answers: readonly ProduceAnswer[],
  ): KafkaFault | SluiceError | undefined {
    const { partition, topic } = lane;
    const answer = answers.find((a) => a.partition === partition && a.topic === topic);
    const doing = `writing to partition ${partition} of topic '${topic}'`;
    if (answer === undefined) return new KafkaFault(`${doing}: the broker did not answer for it`, 'unknown');
    // A duplicate is what was sent before, and arrived after all.
    if (answer.error !== kafkaCode.none && answer.error !== kafkaCode.duplicateSequence) {
      const isTooLarge = answer.error === kafkaCode.messageTooLarge || answer.error === kafkaCode.recordListTooLarge;
      return isTooLarge ? refused(topic, batch.length) : KafkaFault.answered(doing, answer.error);
    }
    lane.acknowledge(from, until);
    this.bytes += batch.length;
    return undefined;
  }
}

/** What no repetition helps against goes first; what is only a consequence of another fault, last. */
function mostTelling(failures: readonly unknown[]): unknown {
  const rank = (error: unknown): number => {
    if (!(error instanceof KafkaFault)) return 0;
    if (error.kind === 'fatal') return 1;
    return error.code === kafkaCode.outOfOrderSequence || error.kind === 'unknown' ? 3 : 2;
  };
  return failures.reduce((best, error) => (rank(error) < rank(best) ? error : best));
}

/** Its limit is not what we know of it. */
function refused(topic: string, size: number): SluiceError {
  const message = `kafkaSink: the topic '${topic}' does not take a record batch of ${size} bytes: its max.message.bytes has become smaller, or the user may not see it (DescribeConfigs). Start again, or set a smaller batchSize.`;
  return new SluiceError('RECORD_TOO_LARGE', message, { details: { topic, size } });
}

function tooLarge(row: number, size: number, limit: number, topic: string): SluiceError {
  const message = `kafkaSink: row ${row} makes a message of ${size} bytes when it is compressed, more than the ${limit} that the topic '${topic}' takes.`;
  return new SluiceError('RECORD_TOO_LARGE', message, { details: { row, size, limit, topic } });
}
