import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startQuery } from 'sluice';
import { fileSink, foreachBatchSink } from 'sluice/connectors';
import { checkpoint, selectExpr, trigger } from 'sluice/operators';
import { sourceSuite } from 'sluice/testing';
import { brokerMillis, describeKafka } from '../../../helpers/kafka.js';
import { tempDir } from '../../../helpers/temp-dir.js';
import { until } from '../../../helpers/until.js';
import { Lab, metricsOf, numbers, offsetsIn, valuesOf } from './lab.js';

describeKafka()('kafkaSource', () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await Lab.open();
  }, brokerMillis);
  afterAll(() => lab?.close());

  describe('what is read', () => {
    it('is every record once, with all that Kafka knows of it', async () => {
      const topic = await lab.topic(2);
      const value = Buffer.from([0, 255]);
      const headers = { a: ['1', '2'], b: '' };
      await lab.send(topic, 1, [
        { key: 'k', value, headers, timestamp: '1700000000123' },
        { key: null, value: null, timestamp: '0' },
      ]);
      await lab.send(topic, 0, ['other']);
      const { rows } = await lab.readAll({ subscribe: topic, includeHeaders: true });
      expect(rows).toEqual([
        expect.objectContaining({ topic, partition: 0, offset: 0, key: null, headers: null }),
        {
          ...{ topic, partition: 1, offset: 0, timestampType: 0 },
          key: new Uint8Array(Buffer.from('k')),
          value: new Uint8Array(value),
          timestamp: new Date(1_700_000_000_123),
          headers: [
            { key: 'a', value: new Uint8Array(Buffer.from('1')) },
            { key: 'a', value: new Uint8Array(Buffer.from('2')) },
            { key: 'b', value: new Uint8Array() },
          ],
        },
        expect.objectContaining({ partition: 1, offset: 1, key: null, value: null, timestamp: new Date(0) }),
      ]);
    });

    it('has the time of the broker, where the topic says so', async () => {
      const topic = await lab.topic(1, { 'message.timestamp.type': 'LogAppendTime' });
      await lab.send(topic, 0, [{ value: 'a', timestamp: '0' }]);
      const { rows } = await lab.readAll({ subscribe: topic });
      expect(rows[0]).toMatchObject({ timestampType: 1 });
      expect(Math.abs(Date.now() - rows[0]!.timestamp.getTime())).toBeLessThan(60_000);
    });

    it('goes on with what comes', async () => {
      const topic = await lab.topic();
      const run = lab.start({ subscribe: topic });
      await lab.fill(topic, 0, 3);
      await run.query.processAllAvailable();
      expect(run.values).toEqual(numbers(3));
      await lab.fill(topic, 0, 2, 3);
      await run.query.processAllAvailable();
      expect(run.values).toEqual(numbers(5));
      await run.query.stop();
    });

    it('is what the partitions that are assigned hold, and no others', async () => {
      const topic = await lab.topic(3);
      for (const partition of [0, 1, 2]) await lab.send(topic, partition, [`p${partition}`]);
      expect((await lab.readAll({ assign: { [topic]: [0, 2] } })).values).toEqual(['p0', 'p2']);
    });

    it('is what topics hold in whose names the pattern is found, also of those that come later', async () => {
      const name = `pattern-${await lab.topic()}`;
      await lab.topic(1, {}, `a-${name}`);
      await lab.send(`a-${name}`, 0, ['a']);
      const kafka = { metadataMaxAge: 100 };
      // Of a topic that comes later everything is read, wherever the query began.
      const run = lab.start({ subscribePattern: `${name}|__consumer`, startingOffsets: 'latest', kafka });
      await run.query.processAllAvailable();
      await lab.topic(1, {}, `${name}-b`);
      await lab.send(`${name}-b`, 0, ['b']);
      await until(() => run.values.length > 0);
      await lab.send(`a-${name}`, 0, ['c']);
      await until(() => run.values.length > 1);
      expect(run.values).toEqual(['b', 'c']);
      await run.query.stop();
    });

    it('includes partitions that are added, from their first record', async () => {
      const topic = await lab.topic(1);
      await lab.send(topic, 0, ['a']);
      const run = lab.start({ subscribe: topic, startingOffsets: 'latest', kafka: { metadataMaxAge: 100 } });
      await run.query.processAllAvailable();
      await lab.admin.createPartitions({ topicPartitions: [{ topic, count: 2 }] });
      await until(() => offsetsIn(run.query)[topic]?.[1] === 0);
      await lab.renewProducer();
      await lab.send(topic, 1, ['b']);
      await until(() => run.values.length > 0);
      expect(run.values).toEqual(['b']);
      await run.query.stop();
    });

    it('includes records that are larger than what is fetched at a time', async () => {
      const topic = await lab.topic(2);
      const large = 'x'.repeat(300_000);
      for (let i = 0; i < 3; i++) {
        await lab.send(topic, 0, [large + i]);
        await lab.send(topic, 1, [large + i]);
      }
      const kafka = { maxPartitionFetchBytes: 1000, fetchMaxBytes: 1000 };
      const { values } = await lab.readAll({ subscribe: topic, kafka, readAhead: 1 });
      expect(values.map((value) => value.slice(300_000))).toEqual(['0', '1', '2', '0', '1', '2']);
    });

    it('is right where much is read ahead, batch after batch, in memory that is used again', async () => {
      const topic = await lab.topic(3);
      const valueOf = (partition: number, i: number): string => `${partition}:${i}:`.padEnd(10_000, `${partition}${i}`);
      for (let part = 0; part < 16; part++) {
        for (let partition = 0; partition < 3; partition++) {
          const values = Array.from({ length: 20 }, (_, i) => valueOf(partition, 20 * part + i));
          await lab.send(topic, partition, values);
        }
      }
      const kafka = { maxPartitionFetchBytes: 300_000 };
      const options = { subscribe: topic, maxOffsetsPerTrigger: 100, readAhead: '4m', kafka } as const;
      // While the sink takes its time, everything that may be is read ahead.
      const { rows } = await lab.readAll(options, { onBatch: () => sleep(50) });
      expect(rows).toHaveLength(960);
      const isRight = (row: (typeof rows)[number]): boolean =>
        Buffer.from(row.value!).toString() === valueOf(row.partition, Number(row.offset));
      expect(rows.filter((row) => !isRight(row))).toEqual([]);
    });

    it('needs only the columns that are asked for', async () => {
      const topic = await lab.topic(1);
      await lab.send(topic, 0, [{ value: 'a', headers: { h: 'b' } }]);
      const batches: unknown[] = [];
      const few$ = lab
        .source({ subscribe: topic, includeHeaders: true })
        .pipe(selectExpr('CAST(value AS STRING)', 'offset'), checkpoint(tempDir()), trigger({ availableNow: true }));
      const query = startQuery({ from: few$, to: foreachBatchSink((batch) => void batches.push(...batch.rows)) });
      await query.awaitTermination();
      expect(batches).toEqual([{ value: 'a', offset: 0 }]);
    });
  });

  describe('transactions', () => {
    it('that were aborted are not read, nor are markers; offsets have gaps there', async () => {
      const topic = await lab.topic(1);
      await lab.transaction(topic, 0, ['a', 'b'], true);
      await lab.transaction(topic, 0, ['c'], false);
      await lab.transaction(topic, 0, ['d'], true);
      await lab.transaction(topic, 0, ['e'], false);
      const run = lab.start({ subscribe: topic });
      await run.query.processAllAvailable();
      expect(run.rows.map(({ offset }) => offset)).toEqual([0, 1, 5]);
      expect(run.values).toEqual(['a', 'b', 'd']);
      // Where nothing but markers and aborted records is left, it is read, too.
      expect(offsetsIn(run.query)).toEqual({ [topic]: { 0: 9 } });
      expect(metricsOf(run.query)).toMatchObject({ maxOffsetsBehindLatest: 0, offsetsInOpenTransactions: 0 });
      await run.query.stop();
    });

    it('that are open hold up what is behind them, and nothing else', async () => {
      const topic = await lab.topic(2);
      await lab.send(topic, 0, ['a']);
      const end = await lab.openTransaction(topic, 0, ['b']);
      await lab.send(topic, 0, ['c']);
      await lab.send(topic, 1, ['d']);
      const run = lab.start({ subscribe: topic });
      await run.query.processAllAvailable();
      expect(run.values).toEqual(['a', 'd']);
      // What is behind the end of what may be read, which lag is counted to.
      expect(metricsOf(run.query)).toMatchObject({ maxOffsetsBehindLatest: 0, offsetsInOpenTransactions: 2 });
      await end(true);
      await until(() => run.values.length === 4);
      expect(run.values).toEqual(['a', 'd', 'b', 'c']);
      await run.query.stop();
    });

    it('are no matter with read_uncommitted, from which one can go back', async () => {
      const topic = await lab.topic(1);
      await lab.transaction(topic, 0, ['a'], false);
      const end = await lab.openTransaction(topic, 0, ['b']);
      const all = await lab.readAll({ subscribe: topic, isolationLevel: 'read_uncommitted' });
      expect(all.values).toEqual(['a', 'b']);
      // What was read is further than what is committed: no data is lost.
      expect((await lab.readAll({ subscribe: topic }, { dir: all.dir })).values).toEqual([]);
      await end(true);
      await lab.send(topic, 0, ['c']);
      expect((await lab.readAll({ subscribe: topic }, { dir: all.dir })).values).toEqual(['c']);
    });
  });

  describe('where it begins', () => {
    it('is the end, the beginning, or as said for each partition', async () => {
      const subscribe = await lab.topic(3);
      for (const partition of [0, 1, 2]) await lab.fill(subscribe, partition, 3, partition * 10);
      const from = async (startingOffsets: object | string) =>
        (await lab.readAll({ subscribe, startingOffsets: startingOffsets as string })).values;
      expect(await from('latest')).toEqual([]);
      expect(await from('earliest')).toEqual(['0', '1', '2', '10', '11', '12', '20', '21', '22']);
      expect(await from({ [subscribe]: { 0: 2, 1: -1, 2: -2 } })).toEqual(['2', '20', '21', '22']);
    });

    it('is the first record of a time, or what the strategy says', async () => {
      const subscribe = await lab.topic(2);
      await lab.send(
        subscribe,
        0,
        ['1000', '2000', '3000'].map((timestamp) => ({ value: timestamp, timestamp })),
      );
      await lab.send(
        subscribe,
        1,
        ['1000'].map((timestamp) => ({ value: `b${timestamp}`, timestamp })),
      );
      const times = { [subscribe]: { 0: 1500, 1: 500 } };
      expect((await lab.readAll({ subscribe, startingTimestamp: 1000 })).values).toEqual([
        '1000',
        '2000',
        '3000',
        'b1000',
      ]);
      expect((await lab.readAll({ subscribe, startingOffsetsByTimestamp: times })).values).toEqual([
        '2000',
        '3000',
        'b1000',
      ]);
      await expect(lab.readAll({ subscribe, startingTimestamp: 2000 })).rejects.toMatchObject({
        code: 'INVALID_OPTION',
        details: { option: 'startingTimestamp', partition: 1, timestamp: 2000 },
      });
      const latest = { startingOffsetsByTimestampStrategy: 'latest' as const };
      expect((await lab.readAll({ subscribe, startingTimestamp: 2000, ...latest })).values).toEqual(['2000', '3000']);
    });

    it('names exactly the partitions that there are', async () => {
      const subscribe = await lab.topic(2);
      const startingOffsets = { [subscribe]: { 0: 0, 2: 0 } };
      await expect(lab.readAll({ subscribe, startingOffsets })).rejects.toMatchObject({
        code: 'INVALID_OPTION',
        details: { option: 'startingOffsets', missing: [`${subscribe}-1`], unknown: [`${subscribe}-2`] },
      });
    });

    it('is durable before anything was read', async () => {
      const subscribe = await lab.topic(1);
      await lab.fill(subscribe, 0, 2);
      const first = lab.start({ subscribe, startingOffsets: 'latest' });
      await first.query.processAllAvailable();
      await first.query.stop();
      // Came while nobody ran: they are read, although the query had read nothing when it stopped.
      await lab.fill(subscribe, 0, 2, 2);
      const second = await lab.readAll({ subscribe, startingOffsets: 'latest' }, { dir: first.dir });
      expect(second.values).toEqual(['2', '3']);
    });

    const soon = { 'fetchOffset.retryIntervalMs': 20 };

    it('is a topic that exists', async () => {
      await expect(lab.readAll({ subscribe: 'nowhere' })).rejects.toMatchObject({
        code: 'TOPIC_NOT_FOUND',
        details: { topics: ['nowhere'] },
      });
      const topic = await lab.topic(1, {}, 'shipments');
      await expect(lab.readAll({ ...soon, subscribe: 'shipmnets' })).rejects.toMatchObject({
        message: expect.stringContaining(`Did you mean '${topic}'?`),
      });
    });

    it('are partitions that exist, also those that are named later', async () => {
      const topic = await lab.topic(2);
      await lab.fill(topic, 1, 1);
      const refused = { code: 'INVALID_OPTION', details: { option: 'assign', missing: [`${topic}-9`] } };
      await expect(lab.readAll({ ...soon, assign: { [topic]: [1, 9] } })).rejects.toMatchObject(refused);
      const { dir, values } = await lab.readAll({ assign: { [topic]: [1] } });
      expect(values).toEqual(['0']);
      await expect(lab.readAll({ ...soon, assign: { [topic]: [1, 9] } }, { dir })).rejects.toMatchObject(refused);
      // Who does without what is gone waits for it.
      await lab.readAll({ ...soon, assign: { [topic]: [1, 9] }, failOnDataLoss: false }, { dir });
    });
  });

  describe('how much a batch holds', () => {
    it('is shared out as Spark does', async () => {
      // KafkaMicroBatchSourceSuite, "maxOffsetsPerTrigger".
      const subscribe = await lab.topic(3);
      await lab.fill(subscribe, 0, 101, 100);
      await lab.fill(subscribe, 1, 11, 10);
      await lab.fill(subscribe, 2, 1, 1);
      const { batches } = await lab.readAll({ subscribe, maxOffsetsPerTrigger: 10 });
      expect(valuesOf(batches[0]!.rows)).toEqual([...numbers(8, 100), '10', '1']);
      expect(valuesOf(batches[1]!.rows)).toEqual([...numbers(9, 108), '11']);
      expect(batches.flatMap(({ rows }) => rows)).toHaveLength(113);
    });

    it('is everything, once', async () => {
      const subscribe = await lab.topic(2);
      await lab.fill(subscribe, 0, 50);
      await lab.fill(subscribe, 1, 50);
      const run = lab.start({ subscribe, maxOffsetsPerTrigger: 10 }, { when: { once: true } });
      await run.query.awaitTermination();
      expect(run.batches.map(({ rows }) => rows.length)).toEqual([100]);
    });

    it('is what is there when the query starts, with availableNow', async () => {
      const subscribe = await lab.topic(1);
      await lab.fill(subscribe, 0, 20);
      const onBatch = (): Promise<void> => lab.fill(subscribe, 0, 1, 1000);
      const run = await lab.readAll({ subscribe, maxOffsetsPerTrigger: 5 }, { onBatch });
      expect(run.batches).toHaveLength(4);
      expect(run.values).toEqual(numbers(20));
    });

    it('waits for minOffsetsPerTrigger, but no longer than maxTriggerDelay; the first does not wait', async () => {
      const subscribe = await lab.topic(1);
      await lab.fill(subscribe, 0, 1);
      const run = lab.start({ subscribe, minOffsetsPerTrigger: 5, maxTriggerDelay: '3 seconds' });
      await until(() => run.values.length === 1);
      const began = performance.now();
      await lab.fill(subscribe, 0, 5, 1);
      await until(() => run.values.length === 6);
      expect(performance.now() - began).toBeLessThan(2500);
      await lab.fill(subscribe, 0, 2, 6);
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(run.values).toHaveLength(6);
      await until(() => run.values.length === 8);
      expect(performance.now() - began).toBeGreaterThan(2900);
      await run.query.stop();
    });

    it('is dealt out to as many files as Spark would make', async () => {
      const subscribe = await lab.topic(2);
      await lab.fill(subscribe, 0, 4);
      await lab.fill(subscribe, 1, 20);
      const filesOf = async (options: object): Promise<number> => {
        const path = join(tempDir(), 'out');
        const flow$ = lab
          .source({ subscribe, ...options })
          .pipe(trigger({ availableNow: true }), checkpoint(tempDir()));
        await startQuery({ from: flow$, to: fileSink({ format: 'json', path }) }).awaitTermination();
        return existsSync(path) ? readdirSync(path).filter((name) => name.endsWith('.json')).length : 0;
      };
      expect(await filesOf({})).toBe(1);
      expect(await filesOf({ minPartitions: 4 })).toBe(4);
      expect(await filesOf({ maxRecordsPerPartition: 4 })).toBe(6);
    });
  });

  describe('a restart', () => {
    it('reads the same batch again', async () => {
      const subscribe = await lab.topic(3);
      for (const partition of [0, 1, 2]) await lab.fill(subscribe, partition, 20, 100 * partition);
      const failing = lab.start(
        { subscribe, maxOffsetsPerTrigger: 12 },
        {
          onBatch: (id) => {
            if (id === 1) throw new Error('planted');
          },
        },
      );
      await expect(failing.query.awaitTermination()).rejects.toMatchObject({ code: 'USER_FUNCTION_FAILED' });
      await lab.fill(subscribe, 0, 20, 1000);
      // With other limits: those of the batch that was planned hold.
      const again = await lab.readAll({ subscribe, maxOffsetsPerTrigger: 1000 }, { dir: failing.dir });
      expect(again.batches[0]).toMatchObject({ id: 1 });
      expect(valuesOf(again.batches[0]!.rows)).toEqual([...numbers(4, 4), ...numbers(4, 104), ...numbers(4, 204)]);
      expect([...failing.values, ...again.values].map(Number).sort((a, b) => a - b)).toEqual(
        [...numbers(20), ...numbers(20, 100), ...numbers(20, 200), ...numbers(20, 1000)].map(Number),
      );
    });
  });

  describe('what others see', () => {
    it('is how far the query is, by the name of a group', async () => {
      const topic = await lab.topic(2);
      await lab.fill(topic, 1, 3);
      const groupId = `group-of-${topic}`;
      await lab.readAll({ subscribe: topic, groupId });
      const [seen] = await lab.admin.fetchOffsets({ groupId, topics: [topic] });
      expect(seen!.partitions.map(({ offset }) => offset).sort()).toEqual(['0', '3']);
      const silent = `silent-${topic}`;
      await lab.readAll({ subscribe: topic, groupId: silent, commitGroupOffsets: false });
      const [none] = await lab.admin.fetchOffsets({ groupId: silent, topics: [topic] });
      expect(none!.partitions.map(({ offset }) => offset)).toEqual(['-1', '-1']);
    });

    it("is the lag, as Spark names it, and each partition's", async () => {
      const subscribe = await lab.topic(2);
      await lab.fill(subscribe, 0, 10);
      await lab.fill(subscribe, 1, 30);
      const run = lab.start({ subscribe, maxOffsetsPerTrigger: 20 }, { when: { availableNow: true } });
      await run.query.awaitTermination();
      const [first] = run.query.recentProgress;
      expect(first!.sources[0]!.latestOffset).toEqual({ [subscribe]: { 0: 10, 1: 30 } });
      expect(first!.sources[0]!.metrics).toMatchObject({
        minOffsetsBehindLatest: 5,
        maxOffsetsBehindLatest: 15,
        avgOffsetsBehindLatest: 10,
        [`offsetsBehindLatest.${subscribe}-0`]: 5,
        [`offsetsBehindLatest.${subscribe}-1`]: 15,
        lostOffsets: 0,
      });
    });
  });

  sourceSuite<{ value: string; partition: number }, string>({
    name: 'kafkaSource',
    prepare: () => lab.topic(1),
    create: (topic) => lab.source({ subscribe: topic }) as never,
    feed: async (topic, count, from) => {
      await lab.fill(topic, 0, count, from);
      const rows = await lab.rowsFrom(topic, from, count);
      return rows as never;
    },
    supports: { replay: true, limits: 'exact' },
  });
});
