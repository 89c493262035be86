import {
  Cluster,
  type KafkaClient,
  KafkaFault,
  type ProduceAnswer,
  type ProduceRequest,
  kafkaCode,
} from '../../../../connectors/kafka/client/index.js';
import { batchHeads } from '../../../../connectors/kafka/records/index.js';
import { Lane } from '../../../../connectors/kafka/sink/lane.js';
import { Sender } from '../../../../connectors/kafka/sink/sender.js';
import { TopicLimits } from '../../../../connectors/kafka/sink/topic-limits.js';
import { type BytesColumn, columnFrom } from '../../../../lib/columns/index.js';
import { string } from '../../../../lib/schema/index.js';

type Produce = (leader: number, request: ProduceRequest) => Promise<readonly ProduceAnswer[]>;

const allTaken = ({ partitions }: ProduceRequest): ProduceAnswer[] =>
  partitions.map(({ partition, topic }) => ({ topic, partition, error: 0, offset: 0 }));

/** Brokers that answer as they are told. Partition p of topic t is led by broker p % 2. */
function senderTo(produce: Produce, batchBytes = 100, most = 10_000): Sender {
  const partitions = [0, 1, 2, 3].map((partition) => ({ partition, leader: partition % 2 }));
  const topics = [{ name: 't', id: '', isInternal: false, error: 0, partitions }];
  const client = {
    metadata: () => Promise.resolve({ topics }),
    topicConfig: () => Promise.resolve({ 'max.message.bytes': String(most) }),
    produce,
  } as unknown as KafkaClient;
  const cluster = new Cluster(client, ['t']);
  const settings = {
    compression: 'none',
    batchBytes,
    requestBytes: 10 * batchBytes,
    acks: -1,
    ackTimeout: 1000,
  } as const;
  return new Sender(cluster, new TopicLimits(cluster), settings);
}

function laneOf(partition: number, count: number, valueOf = (i: number): string => `value ${i}`): Lane {
  const value = columnFrom(
    string(),
    Array.from({ length: count }, (_, i) => valueOf(i)),
  ) as BytesColumn;
  const records = { key: null, value, headers: null, timestamp: 0 };
  return new Lane(
    't',
    partition,
    records,
    Int32Array.from({ length: count }, (_, i) => i),
  );
}

const writer = { id: 7n, epoch: 0, transactionalId: null };

/** First number and how many records, of each batch of a partition. */
function sent(requests: readonly ProduceRequest[], partition: number): [number, number][] {
  return requests.flatMap(({ partitions }) =>
    partitions
      .filter((each) => each.partition === partition)
      .flatMap(({ batch }) => [...batchHeads(batch)])
      .map(({ bytes }): [number, number] => [bytes.readInt32BE(53), bytes.readInt32BE(57)]),
  );
}

describe('sending rows to brokers', () => {
  it('numbers the records of each partition without a gap, over batches and calls', async () => {
    const requests: ProduceRequest[] = [];
    const sender = senderTo((_, request) => {
      requests.push(request);
      return Promise.resolve(allTaken(request));
    });
    const lanes = [laneOf(0, 10), laneOf(2, 3)];
    await sender.send(lanes, writer);
    expect(lanes.every((lane) => lane.isDone)).toBe(true);
    const batches = sent(requests, 0);
    expect(batches.length).toBeGreaterThan(1);
    let next = 0;
    for (const [first, count] of batches) {
      expect(first).toBe(next);
      next += count;
    }
    expect(next).toBe(10);
    expect(lanes[0]!.sequence).toBe(10);
  });

  it('has at most five requests under way to a broker, and asks several brokers at a time', async () => {
    const underWay = [0, 0];
    const most = [0, 0];
    const sender = senderTo(async (leader, request) => {
      underWay[leader]!++;
      most[leader] = Math.max(most[leader]!, underWay[leader]!);
      await new Promise((resolve) => setTimeout(resolve, 2));
      underWay[leader]!--;
      return allTaken(request);
    });
    await sender.send([laneOf(0, 100), laneOf(1, 100)], writer);
    expect(most).toEqual([5, 5]);
  });

  it('has one under way where nothing is numbered', async () => {
    let underWay = 0;
    let most = 0;
    const sender = senderTo(async (_, request) => {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setTimeout(resolve, 1));
      underWay--;
      return allTaken(request);
    });
    await sender.send([laneOf(0, 30)], undefined);
    expect(most).toBe(1);
  });

  it('does not take a partition for written that is not in the answer', async () => {
    const sender = senderTo((_, request) => Promise.resolve(allTaken(request).filter((a) => a.partition !== 2)));
    const lanes = [laneOf(0, 2), laneOf(2, 2)];
    await expect(sender.send(lanes, writer)).rejects.toMatchObject({ kind: 'unknown' });
    expect(lanes.map((lane) => lane.isDone)).toEqual([true, false]);
  });

  it('fails when a request has no answer, when nothing is under way any more', async () => {
    let underWay = 0;
    const sender = senderTo(async (leader, request) => {
      underWay++;
      await new Promise((resolve) => setTimeout(resolve, leader === 0 ? 1 : 20));
      underWay--;
      if (leader === 0) throw new KafkaFault('the connection broke', 'unknown');
      return allTaken(request);
    });
    const lanes = [laneOf(0, 20), laneOf(1, 3)];
    await expect(sender.send(lanes, writer)).rejects.toMatchObject({ kind: 'unknown' });
    expect(underWay).toBe(0);
    expect(lanes.map((lane) => lane.isDone)).toEqual([false, true]);
  });

  it('takes a duplicate for written', async () => {
    const sender = senderTo((_, request) => Promise.resolve(allTaken(request).map((a) => ({ ...a, error: 46 }))));
    const lane = laneOf(0, 2);
    await sender.send([lane], writer);
    expect(lane.isDone).toBe(true);
  });

  it('tells of what no repetition helps against, rather than of what follows from it', async () => {
    let calls = 0;
    const sender = senderTo((_, request) => {
      const error = calls++ === 0 ? 29 : 45;
      return Promise.resolve(allTaken(request).map((a) => ({ ...a, error })));
    });
    await expect(sender.send([laneOf(0, 50)], writer)).rejects.toMatchObject({ kind: 'fatal', code: 29 });
  });

  it('sends what is not acknowledged again under the same numbers, in the same batches', async () => {
    const requests: ProduceRequest[] = [];
    let failing = true;
    const sender = senderTo((_, request) => {
      requests.push(request);
      const [first] = request.partitions;
      const isFirst = sent([{ ...request, partitions: [first!] }], 0)[0]![0] === 0;
      // The first batch is taken, what follows is lost.
      const error = failing && !isFirst ? 7 : 0;
      return Promise.resolve(allTaken(request).map((a) => ({ ...a, error })));
    });
    const lane = laneOf(0, 12);
    await expect(sender.send([lane], writer)).rejects.toMatchObject({ kind: 'unknown' });
    const before = sent(requests.splice(0), 0);
    failing = false;
    lane.rewind();
    await sender.send([lane], writer);
    const after = sent(requests, 0);
    expect(after.slice(0, before.length - 1)).toEqual(before.slice(1));
    expect(lane.isDone).toBe(true);
  });

  it('leaves alone what is on its way, and writes the next where an answer has come, whatever it was', async () => {
    const known = new Set<ArrayBufferLike>();
    let [again, batches] = [0, 0];
    let refuses = true;
    const sender = senderTo(
      async (_, request) => {
        const before = request.partitions.map(({ batch }) => Buffer.from(batch));
        for (const { batch } of request.partitions) {
          batches++;
          if (known.has(batch.buffer)) again++;
          known.add(batch.buffer);
        }
        await new Promise((resolve) => setTimeout(resolve, 5));
        request.partitions.forEach(({ batch }, i) => expect(batch.equals(before[i]!)).toBe(true));
        const answers = allTaken(request);
        return refuses ? answers.map((answer) => ({ ...answer, error: kafkaCode.notLeader })) : answers;
      },
      300_000,
      1_000_000,
    );
    const lanes = (): Lane[] =>
      [0, 2].map((partition) => laneOf(partition, 200, (i) => `${partition} ${i} `.repeat(2000)));
    await expect(sender.send(lanes(), writer)).rejects.toBeInstanceOf(KafkaFault);
    refuses = false;
    await sender.send(lanes(), writer);
    expect(again).toBeGreaterThan(0);
    expect(known.size + again).toBe(batches);
    expect(known.size).toBeLessThanOrEqual(2 * 5 + 2);
  });
});
