import { setTimeout as pause } from 'node:timers/promises';
import { ConfigResourceTypes } from 'kafkajs';
import { brokerMillis, describeKafka } from '../../../helpers/kafka.js';
import { Lab, metricsOf, numbers, offsetsIn } from './lab.js';

/** What is kept of a record, by its offset. */
type Kept = readonly [offset: number, key: string, value: string | null];

const text = (bytes: Uint8Array | null): string | null => bytes && Buffer.from(bytes).toString();

describeKafka()('kafkaSource: on a topic that is compacted', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.open();
  }, brokerMillis);
  afterAll(() => lab?.close());

  const filler = 'filler';

  /** What a query has read, without what only makes the broker work. */
  const keptOf = (rows: Awaited<ReturnType<Lab['readAll']>>['rows']): Kept[] =>
    rows
      .map(({ key, offset, value }): Kept => [Number(offset), text(key)!, text(value)])
      .filter(([, key]) => key !== filler);

  const keys = numbers(10);
  const first: readonly Kept[] = keys.map((key, i) => [i, key, 'first']);

  /** What is left of the records that `fill` writes: whole record batches are missing, and parts of others. */
  const left: readonly Kept[] = [
    [13, '3', 'second'],
    [19, '9', 'second'],
    [20, '0', 'third'],
    [21, '1', 'third'],
    [22, '2', null],
    [24, '4', 'third'],
    // The transaction in between was aborted; markers of transactions are no records.
    [28, '5', 'fourth'],
    [29, '6', 'fourth'],
    [31, '7', 'fifth'],
    [32, '8', 'fifth'],
  ];

  /** Ends at 33. */
  const fill = async (): Promise<string> => {
    const topic = await lab.topic();
    const of = (value: string | null, ...some: readonly string[]) => some.map((key) => ({ key, value }));
    await lab.send(topic, 0, of('first', ...keys));
    for (const key of keys) await lab.send(topic, 0, of('second', key));
    await lab.send(topic, 0, of('third', '0', '1'));
    await lab.send(topic, 0, of(null, '2'));
    await lab.send(topic, 0, of('third', '8', '4', '7'));
    // Its end is told before its marker is in the log.
    const ends = async (end: number): Promise<void> => {
      while (Number((await lab.admin.fetchTopicOffsets(topic))[0]!.high) < end) await pause(10);
    };
    await lab.transaction(topic, 0, of('never', '3'), false);
    await ends(28);
    await lab.transaction(topic, 0, of('fourth', '5', '6'), true);
    await ends(31);
    await lab.send(topic, 0, of('fifth', '7', '8'));
    return topic;
  };

  /** Has the broker compact the topic, and waits until it has. */
  const compact = async (topic: string): Promise<void> => {
    // A segment ends as soon as the next record comes; the last one is never compacted.
    const settings = { 'cleanup.policy': 'compact', 'segment.ms': '100', 'min.cleanable.dirty.ratio': '0.01' };
    const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
    const resources = [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }];
    await lab.admin.alterConfigs({ validateOnly: false, resources });
    for (let i = 0; ; i++) {
      await lab.send(topic, 0, [{ key: filler, value: String(i) }]);
      if (keptOf((await lab.readAll({ subscribe: topic })).rows).length === left.length) return;
      await pause(150);
    }
  };

  const isQuiet = ({ query }: Awaited<ReturnType<Lab['readAll']>>): void =>
    expect(metricsOf(query)).toMatchObject({ losses: 0, lostOffsets: 0 });

  /** Where batches began and ended. */
  const rangesOf = ({ query }: Awaited<ReturnType<Lab['readAll']>>, topic: string): [number, number][] =>
    query.recentProgress.map(({ sources: [source] }) => {
      const at = (offsets: unknown): number => (offsets as Record<string, Record<string, number>>)[topic]![0]!;
      return [at(source!.startOffset), at(source!.endOffset)];
    });

  it('reads what is left, and takes no gap for a loss, wherever a batch begins and ends', async () => {
    const topic = await fill();
    await compact(topic);
    for (const maxOffsetsPerTrigger of [1, 5, 1000]) {
      const run = await lab.readAll({ subscribe: topic, maxOffsetsPerTrigger, minPartitions: 3 });
      expect(keptOf(run.rows)).toEqual(left);
      isQuiet(run);
      // Batches of offsets that are gone are empty ones.
      const ranges = rangesOf(run, topic);
      const end = ranges.at(-1)![1];
      expect(ranges).toEqual(
        Array.from({ length: Math.ceil(end / maxOffsetsPerTrigger) }, (_, i) => [
          i * maxOffsetsPerTrigger,
          Math.min((i + 1) * maxOffsetsPerTrigger, end),
        ]),
      );
      expect(offsetsIn(run.query)).toEqual({ [topic]: { 0: end } });
    }
    // From the middle of a gap, too.
    const later = await lab.readAll({ subscribe: topic, startingOffsets: { [topic]: { 0: 15 } } });
    expect(keptOf(later.rows)).toEqual(left.filter(([offset]) => offset >= 15));
    isQuiet(later);
  });

  it('goes on behind the gap when a restart finds that all of its next batches are gone', async () => {
    const topic = await fill();
    const options = { subscribe: topic, maxOffsetsPerTrigger: 2 };
    const stopped = lab.start(options, {
      onBatch: (id) => {
        if (id === 1) throw new Error('the disk is full');
      },
    });
    await expect(stopped.query.awaitTermination()).rejects.toMatchObject({ code: 'USER_FUNCTION_FAILED' });
    await compact(topic);
    const { dir } = stopped;
    const rest = await lab.readAll(options, { dir });
    expect(keptOf([...stopped.rows, ...rest.rows])).toEqual([...first.slice(0, 2), ...left]);
    isQuiet(rest);
    const ranges = rangesOf(rest, topic);
    expect(ranges.slice(0, 3)).toEqual([
      [2, 4],
      [4, 6],
      [6, 8],
    ]);
    expect((await lab.readAll(options, { dir })).rows).toEqual([]);
  });

  it('reads a batch again, of the same range, of which less is left', async () => {
    const topic = await fill();
    const seen: number[] = [];
    const options = { subscribe: topic, maxOffsetsPerTrigger: 17 };
    const killed = lab.start(options, {
      onBatch: (id) => {
        seen.push(id);
        throw new Error('the disk is full');
      },
    });
    await expect(killed.query.awaitTermination()).rejects.toMatchObject({ code: 'USER_FUNCTION_FAILED' });
    expect(seen).toEqual([0]);
    await compact(topic);
    const again = await lab.readAll(options, { dir: killed.dir });
    expect(rangesOf(again, topic)[0]).toEqual([0, 17]);
    expect(again.batches[0]).toMatchObject({ id: 0 });
    expect(keptOf(again.batches[0]!.rows)).toEqual(left.slice(0, 1));
    expect(keptOf(again.rows)).toEqual(left);
    isQuiet(again);
  });

  it('goes on while it is compacted under it', async () => {
    const topic = await fill();
    const run = lab.start(
      // What was fetched ahead would still be read.
      { subscribe: topic, maxOffsetsPerTrigger: 4, readAhead: 1, kafka: { maxPartitionFetchBytes: 1 } },
      { onBatch: (id) => (id === 0 ? compact(topic) : undefined) },
    );
    await run.query.processAllAvailable();
    // The first ten are one record batch, which had come by then, and one more may have.
    const kept = keptOf(run.rows);
    expect(kept.slice(0, 10)).toEqual(first);
    expect(kept.filter(([offset]) => offset > 10)).toEqual(left);
    isQuiet(run);
    await lab.send(topic, 0, [{ key: '1', value: 'last' }]);
    await run.query.processAllAvailable();
    expect(keptOf(run.rows).at(-1)!.slice(1)).toEqual(['1', 'last']);
    await run.query.stop();
  });
});
