import type { Table } from '../../../../lib/columns/index.js';
import type { ReadLimit, SourceContext } from '../../../../lib/connect/index.js';
import type { SluiceError } from '../../../../lib/errors/index.js';
import { Cluster } from '../../../../connectors/kafka/client/cluster.js';
import { type KafkaSourceOptions, parseKafkaSource } from '../../../../connectors/kafka/source-options.js';
import { everyPartition } from '../../../../connectors/kafka/source/assignment.js';
import type { KafkaOffsets } from '../../../../connectors/kafka/source/offsets.js';
import { KafkaReader } from '../../../../connectors/kafka/source/reader.js';
import { until } from '../../../helpers/until.js';
import { FakeClient, broken } from './fake-client.js';
import { numbers } from './lab.js';

const everything: ReadLimit = { all: true, rows: Infinity, bytes: Infinity };
const bounded = (rows: number, bytes = Infinity): ReadLimit => ({ all: false, rows, bytes });

const open: KafkaReader[] = [];
afterEach(async () => {
  for (const reader of open.splice(0)) await reader.close();
});

/** A reader as a query would open it. */
function readerOf(
  fake: FakeClient,
  options: Partial<KafkaSourceOptions> = {},
  remembered: SourceContext['remembered'] = [],
) {
  const seen = { wakes: 0, now: 1_000_000, remembered: [...remembered] };
  const stopping = new AbortController();
  const settings = parseKafkaSource({
    bootstrapServers: 'nowhere:1',
    subscribe: 't',
    startingOffsets: 'earliest',
    'fetchOffset.retryIntervalMs': 10,
    ...options,
  });
  const context: SourceContext = {
    name: 'kafka',
    queryId: 'q',
    runId: 'r',
    columns: undefined,
    conditions: [],
    remembered,
    remember: (entry) => void seen.remembered.push(entry),
    wake: () => void seen.wakes++,
    signal: stopping.signal,
    now: () => seen.now,
  };
  const reader = new KafkaReader(context, settings, new Cluster(fake.client, ['t']), everyPartition, undefined);
  open.push(reader);
  return { reader, seen, stopping };
}

const valuesOf = (table: unknown): string[] =>
  (table as Table).toRows().map((row) => Buffer.from((row as { value: Uint8Array }).value).toString());

const offsets = (...of: number[]): KafkaOffsets => ({ t: Object.fromEntries(of.map((n, p) => [String(p), n])) });

const failure = async (act: Promise<unknown>): Promise<SluiceError> =>
  act.then(
    () => Promise.reject(new Error('it went well')),
    (error: unknown) => error as SluiceError,
  );

describe('reading', () => {
  it('survives what is broken for a while, and counts it', async () => {
    const fake = new FakeClient(2);
    await fake.append(0, ['a']);
    await fake.append(1, ['b']);
    const { reader } = readerOf(fake);
    let left = 12;
    fake.fails = () => {
      if (left-- > 0 && left % 2 === 0) throw broken();
    };
    const start = await reader.initial();
    const end = await reader.latest(start, everything);
    expect(valuesOf(await reader.read(start, end))).toEqual(['a', 'b']);
    expect(reader.status().metrics).toMatchObject({ retries: expect.any(Number) });
    expect(Number(reader.status().metrics!.retries)).toBeGreaterThan(2);
  });

  it('follows a partition to its new leader', async () => {
    const fake = new FakeClient(1);
    await fake.append(0, ['a']);
    const { reader } = readerOf(fake);
    const start = await reader.initial();
    const first = await reader.latest(start, everything);
    expect(valuesOf(await reader.read(start, first))).toEqual(['a']);
    fake.logs[0]!.leader = 2;
    await fake.append(0, ['b']);
    const second = await reader.latest(first, everything);
    expect(second).toEqual(offsets(2));
    expect(valuesOf(await reader.read(first, second))).toEqual(['b']);
  });

  it('wakes the query when something came, and asks nothing while nothing comes', async () => {
    const fake = new FakeClient(1);
    const { reader, seen } = readerOf(fake);
    const start = await reader.latest(await reader.initial(), everything);
    await until(() => fake.asked.includes('fetch'));
    const before = fake.asked.length;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(fake.asked.length).toBe(before);
    expect(seen.wakes).toBe(0);
    await fake.append(0, ['a']);
    await until(() => seen.wakes > 0);
    expect(valuesOf(await reader.read(start, await reader.latest(start, everything)))).toEqual(['a']);
  });

  it('does not ask alone for what is not there yet, once it has what was wanted: others wait for the same broker', async () => {
    const fake = new FakeClient(2);
    await fake.append(0, ['a']);
    for (const value of ['b', 'c']) await fake.append(1, [value]);
    const kafka = { maxPartitionFetchBytes: 1, fetchMaxWait: '5 seconds' } as const;
    const { reader } = readerOf(fake, { readAhead: 1, kafka });
    const start = await reader.initial();
    expect(valuesOf(await reader.read(start, offsets(1, 2)))).toEqual(['a', 'b', 'c']);
  }, 2_000);

  it('fetches ahead what fits into its bound, and one answer more', async () => {
    const fake = new FakeClient(3);
    const kilobyte = 'x'.repeat(1000);
    for (let i = 0; i < 100; i++) for (const p of [0, 1, 2]) await fake.append(p, [`${i} ${kilobyte}`]);
    const { reader } = readerOf(fake, {
      readAhead: 10_000,
      kafka: { maxPartitionFetchBytes: 4000, fetchMaxBytes: 12_000 },
    });
    let at = await reader.initial();
    let read = 0;
    while (read < 300) {
      const end = await reader.latest(at, bounded(20));
      const rows = valuesOf(await reader.read(at, end));
      read += rows.length;
      at = end;
      await new Promise((resolve) => setTimeout(resolve, 10));
      // What was given so far was read, or waits.
      expect(fake.given - read * 1000).toBeLessThan(10_000 + 3 * 4500 + read * 100);
    }
    expect(at).toEqual(offsets(100, 100, 100));
  });

  it('takes as many offsets as fit into the bytes that a batch may have', async () => {
    const fake = new FakeClient(2);
    const kilobyte = 'x'.repeat(1000);
    for (const p of [0, 1])
      for (let i = 0; i < 10; i++)
        await fake.append(
          p,
          numbers(10).map((n) => n + kilobyte),
        );
    const { reader } = readerOf(fake);
    const start = await reader.initial();
    // A record has about 1,010 bytes, and its batch 61 more.
    const end = await reader.latest(start, bounded(1_000_000, 50_000));
    expect(end).toEqual(offsets(24, 24));
    expect(reader.status().cut).toBe(true);
  });

  it('reads a large batch through a small buffer', async () => {
    const fake = new FakeClient(2);
    for (const p of [0, 1]) for (let i = 0; i < 50; i++) await fake.append(p, [String(i)]);
    const { reader } = readerOf(fake, { readAhead: 1, kafka: { maxPartitionFetchBytes: 1 } });
    const start = await reader.initial();
    const end = await reader.latest(start, everything);
    expect(valuesOf(await reader.read(start, end))).toEqual([...numbers(50), ...numbers(50)]);
  });

  it('ends what it waits for when it is closed', async () => {
    const fake = new FakeClient(1);
    const { reader } = readerOf(fake);
    const start = await reader.initial();
    const reading = failure(reader.read(start, offsets(5)));
    await until(() => fake.asked.includes('fetch'));
    await reader.close();
    expect(await reading).toMatchObject({ code: 'QUERY_STOPPED' });
  });

  it('fails when nothing comes of what should be there', async () => {
    const fake = new FakeClient(1);
    fake.logs[0]!.end = 5;
    const { reader } = readerOf(fake, { 'kafkaConsumer.pollTimeoutMs': 100 });
    const error = await failure(reader.read(await reader.initial(), offsets(5)));
    expect(error).toMatchObject({ code: 'TIMEOUT', details: { topic: 't', partition: 0, offset: 0 } });
  });

  it('fails with what ended the fetching, also while it has nothing to do', async () => {
    const fake = new FakeClient(1);
    const { reader, seen } = readerOf(fake, { 'kafkaConsumer.pollTimeoutMs': 50 });
    const start = await reader.latest(await reader.initial(), everything);
    fake.fails = () => {
      throw broken();
    };
    await fake.append(0, ['a']);
    await until(() => seen.wakes > 0);
    expect(await failure(reader.latest(start, everything))).toMatchObject({ code: 'BROKER_UNREACHABLE' });
  });
});

describe('offsets', () => {
  it('that go backwards are asked for again: a broker may know less than another did', async () => {
    const fake = new FakeClient(1);
    await fake.append(0, numbers(5));
    const { reader } = readerOf(fake);
    const start = await reader.initial();
    const end = await reader.latest(start, everything);
    await reader.read(start, end);
    // The end, and the end without regard to transactions, twice.
    fake.lies.push(3, 3, 4, 4);
    expect(await reader.latest(end, everything)).toEqual(offsets(5));
    expect(fake.lies).toEqual([]);
  });

  it('that stay behind are data loss, or where it goes on', async () => {
    const fake = new FakeClient(1);
    await fake.append(0, numbers(3));
    const loss = { condition: 'PARTITION_OFFSET_CHANGED', from: 5, to: 3, topic: 't', partition: 0 };
    const strict = readerOf(fake).reader;
    expect(await failure(strict.latest(offsets(5), everything))).toMatchObject({ code: 'DATA_LOSS', details: loss });
    const { reader } = readerOf(fake, { failOnDataLoss: false });
    const end = await reader.latest(offsets(5), everything);
    expect(end).toEqual(offsets(3));
    expect(valuesOf(await reader.read(offsets(5), end))).toEqual([]);
    expect(reader.status().metrics).toMatchObject({ losses: 1, lostOffsets: 0 });
    await fake.append(0, ['a']);
    expect(valuesOf(await reader.read(end, await reader.latest(end, everything)))).toEqual(['a']);
  });

  it('that were planned and are gone are data loss, or left out', async () => {
    const fake = new FakeClient(1);
    await fake.append(0, numbers(3));
    const strict = readerOf(fake).reader;
    const loss = { condition: 'PARTITION_OFFSET_CHANGED', from: 5 };
    expect(await failure(Promise.resolve(strict.read(offsets(5), offsets(8))))).toMatchObject({ details: loss });
    const { reader } = readerOf(fake, { failOnDataLoss: false });
    expect(valuesOf(await reader.read(offsets(5), offsets(8)))).toEqual([]);
    expect(valuesOf(await reader.read(offsets(0), offsets(8)))).toEqual(numbers(3));
  });

  it('of a topic that the options name no more are left behind, when what was planned is done', async () => {
    const fake = new FakeClient(1);
    await fake.append(0, ['a']);
    const { reader } = readerOf(fake);
    const planned = { ...offsets(0), u: { 0: 5 } };
    expect(await reader.latest(planned, everything)).toEqual(offsets(1));
    expect(reader.status().metrics).toMatchObject({ losses: 0 });
  });

  it('at which a query begins are planned, though there is nothing to read', async () => {
    const { reader } = readerOf(new FakeClient(1), { startingOffsets: 'latest' });
    const start = await reader.initial();
    // An end that is not the start makes the engine plan a batch, and so keep both.
    const end = await reader.latest(start, everything);
    expect(end).toEqual(offsets(0));
    expect(end).not.toEqual(start);
    expect(valuesOf(await reader.read(start, end))).toEqual([]);
    expect(await reader.latest(end, everything)).toEqual(end);
  });

  it('enter for partitions that are new, without rows', async () => {
    const fake = new FakeClient(2);
    await fake.append(0, ['a']);
    await fake.append(1, ['b']);
    const { reader } = readerOf(fake);
    const end = await reader.latest(offsets(0), everything);
    expect(end).toEqual(offsets(1, 0));
    expect(valuesOf(await reader.read(offsets(0), end))).toEqual(['a']);
    const next = await reader.latest(end, everything);
    expect(valuesOf(await reader.read(end, next))).toEqual(['b']);
    // One that is taken over begins where it was left.
    expect(valuesOf(await reader.read(offsets(0), offsets(1, 1)))).toEqual(['a']);
  });

  it('of a topic that was made anew begin again, for who was told its id', async () => {
    const fake = new FakeClient(1);
    await fake.append(0, numbers(9));
    fake.id = 'another';
    const { reader, seen } = readerOf(fake, { failOnDataLoss: false }, [{ t: 'id' }]);
    const end = await reader.latest(offsets(5), everything);
    expect(end).toEqual(offsets(0));
    expect(seen.remembered.at(-1)).toEqual({ t: 'another' });
    expect(reader.memory()).toEqual([{ t: 'another' }]);
    expect(valuesOf(await reader.read(end, await reader.latest(end, everything)))).toEqual(numbers(9));
  });
});

describe('minOffsetsPerTrigger', () => {
  it('holds up a batch until enough is there, or the time is over', async () => {
    const fake = new FakeClient(1);
    await fake.append(0, ['a']);
    const { reader, seen } = readerOf(fake, { minOffsetsPerTrigger: 3, maxTriggerDelay: 60_000 });
    const first = await reader.latest(offsets(0), bounded(100));
    expect(first).toEqual(offsets(1));
    await fake.append(0, ['b', 'c']);
    seen.now += 30_000;
    expect(await reader.latest(first, bounded(100))).toEqual(first);
    expect(reader.status().pollAfter).toBe(1000);
    seen.now += 29_500;
    expect(await reader.latest(first, bounded(100))).toEqual(first);
    expect(reader.status().pollAfter).toBe(500);
    seen.now += 500;
    expect(await reader.latest(first, bounded(100))).toEqual(offsets(3));
    await fake.append(0, ['d', 'e', 'f']);
    expect(await reader.latest(offsets(3), bounded(100))).toEqual(offsets(6));
    // A query that ends takes the rest, however little.
    await fake.append(0, ['g']);
    await reader.freeze();
    expect(await reader.latest(offsets(6), bounded(100))).toEqual(offsets(7));
  });
});
