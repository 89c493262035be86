import type { SluiceError } from '../../../../lib/errors/index.js';
import { parseKafkaSource } from '../../../../connectors/kafka/source-options.js';

const bootstrapServers = 'localhost:9092';
const parse = (more: object) => parseKafkaSource({ bootstrapServers, ...more });
const reading = (more: object) => parse({ subscribe: 'orders', ...more });

function refusedBy(options: object): SluiceError {
  try {
    parse(options);
  } catch (error) {
    return error as SluiceError;
  }
  throw new Error(`Taken: ${JSON.stringify(options)}`);
}

describe('what is read', () => {
  it('takes topics as a list or as a text', () => {
    const both = ['a', 'b'];
    expect(parse({ subscribe: both }).selection).toMatchObject({ kind: 'topics', topics: both });
    expect(parse({ subscribe: 'a, b,a,' }).selection).toMatchObject({ kind: 'topics', topics: both });
  });

  it('takes partitions as an object or as its text', () => {
    const partitions = [
      { topic: 'a', partition: 0 },
      { topic: 'a', partition: 2 },
    ];
    expect(parse({ assign: { a: [0, 2] } }).selection).toMatchObject({ kind: 'partitions', partitions });
    expect(parse({ assign: '{"a":[0,2]}' }).selection).toMatchObject({ kind: 'partitions', partitions });
  });

  it("takes a pattern, which is found anywhere in a topic's name", () => {
    for (const subscribePattern of ['or.ers', /or.ers/, /or.ers/g]) {
      const { selection } = parse({ subscribePattern });
      const fits = selection.kind === 'pattern' ? selection.fits : () => undefined;
      expect(['my-orders-1', 'orders', 'my-orders-1', 'Orders'].map(fits)).toEqual([true, true, true, false]);
    }
    // Java's syntax, not that of JavaScript: a possessive quantifier.
    expect(parse({ subscribePattern: '^o++rders' }).selection).toMatchObject({ kind: 'pattern' });
  });

  it('takes exactly one of these', () => {
    expect(refusedBy({})).toMatchObject({ code: 'MISSING_OPTION', message: expect.stringContaining("'subscribe'") });
    expect(refusedBy({ subscribe: 'a', assign: { a: [0] } }).code).toBe('INVALID_OPTION');
    expect(refusedBy({ subscribePattern: 'a', assign: { a: [0] } }).code).toBe('INVALID_OPTION');
  });

  it.each([
    { subscribe: '' },
    { subscribe: [] },
    { subscribe: ' , ' },
    { subscribe: [1] },
    { subscribePattern: '' },
    { assign: {} },
    { assign: 'orders' },
    { assign: '["orders"]' },
    { assign: { orders: 0 } },
    { assign: { orders: [-1] } },
    { assign: { orders: [0.5] } },
    { assign: { orders: [] } },
  ])('refuses %j', (options) => {
    const [option] = Object.keys(options);
    expect(refusedBy(options)).toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining(`'${option}'`),
      details: { option },
    });
  });

  it('says what is wrong with a pattern', () => {
    const refused = refusedBy({ subscribePattern: '(' });
    expect(refused).toMatchObject({ code: 'INVALID_OPTION', details: { option: 'subscribePattern' } });
    expect(refused.message).toMatch('is not a regular expression');
  });
});

describe('where a query begins', () => {
  it('is the end, if nothing is said', () => {
    expect(reading({}).start).toEqual({ kind: 'everywhere', at: 'latest' });
  });

  it('takes words in any case, and offsets by partition', () => {
    expect(reading({ startingOffsets: 'EARLIEST' }).start).toEqual({ kind: 'everywhere', at: 'earliest' });
    expect(reading({ startingOffsets: ' latest ' }).start).toEqual({ kind: 'everywhere', at: 'latest' });
    const offsets = { orders: { 0: 23, 1: -2, 2: -1 } };
    expect(reading({ startingOffsets: offsets }).start).toEqual({ kind: 'offsets', offsets });
    expect(reading({ startingOffsets: '{"orders":{"0":23,"1":-2,"2":-1}}' }).start).toEqual({
      kind: 'offsets',
      offsets,
    });
  });

  it('prefers a time to times by partition, and these to offsets, as Spark does', () => {
    const startingOffsetsByTimestamp = { orders: { 0: 1000 } };
    const all = { startingOffsets: 'earliest', startingOffsetsByTimestamp, startingTimestamp: 5 };
    expect(reading(all).start).toEqual({ kind: 'time', time: 5, otherwise: 'error' });
    const { startingTimestamp: _, ...two } = all;
    expect(reading({ ...two, startingOffsetsByTimestampStrategy: 'LATEST' }).start).toEqual({
      kind: 'times',
      times: startingOffsetsByTimestamp,
      otherwise: 'latest',
    });
  });

  it.each([
    { startingOffsets: 'first' },
    { startingOffsets: 3 },
    { startingOffsets: { orders: { 0: -3 } } },
    { startingOffsets: { orders: { 0: 'earliest' } } },
    { startingOffsets: { orders: { a: 1 } } },
    { startingOffsets: { orders: 1 } },
    { startingTimestamp: 'yesterday' },
    { startingOffsetsByTimestamp: { orders: { 0: -1 } } },
    { startingOffsetsByTimestampStrategy: 'earliest' },
  ])('refuses %j', (options) => {
    const [option] = Object.keys(options);
    const refused = refusedBy({ subscribe: 'orders', ...options });
    expect(refused).toMatchObject({ code: 'INVALID_OPTION', message: expect.stringContaining(`'${option}'`) });
  });
});

it.each(['endingOffsets', 'endingTimestamp', 'endingOffsetsByTimestamp', 'EndingOffsets'])(
  'refuses %s, and says what to do instead',
  (option) => {
    const refused = refusedBy({ subscribe: 'orders', [option]: 'latest' });
    expect(refused).toMatchObject({ code: 'INVALID_OPTION', message: expect.stringContaining('availableNow') });
  },
);

it.each([
  ['kafka.bootstrap.servers', "'kafka.bootstrap.servers': it is the option 'bootstrapServers'."],
  ['kafka.client.id', "write kafka: { 'client.id': … }."],
  ['Kafka.Auto.Offset.Reset', "is said by 'startingOffsets'"],
])('refuses %s among its own options, where Spark has it, and says what to write', (option, message) => {
  const refused = refusedBy({ subscribe: 'orders', [option]: 'x' });
  expect(refused).toMatchObject({ code: 'UNKNOWN_OPTION', details: { option } });
  expect(refused.message).toContain(message);
});

it('refuses a schema: the columns are fixed', () => {
  expect(refusedBy({ subscribe: 'orders', schema: 'a INT' })).toMatchObject({ code: 'INVALID_OPTION' });
});

it("checks numbers as Spark does, and knows Spark's names in any case", () => {
  expect(refusedBy({ subscribe: 'a', minPartitions: 0 }).code).toBe('INVALID_OPTION');
  expect(refusedBy({ subscribe: 'a', maxRecordsPerPartition: 0 }).code).toBe('INVALID_OPTION');
  const bounds = { minOffsetsPerTrigger: 11, maxOffsetsPerTrigger: 10 };
  expect(refusedBy({ subscribe: 'a', ...bounds }).message).toMatch('must not be more than maxOffsetsPerTrigger, 10');
  expect(reading({ MAXOFFSETSPERTRIGGER: '10', 'kafkaconsumer.polltimeoutms': 5 })).toMatchObject({
    maxOffsetsPerTrigger: 10,
    'kafkaConsumer.pollTimeoutMs': 5,
  });
  expect(refusedBy({ subscribe: 'a', startingOffset: 'latest' }).message).toMatch("'startingOffsets'");
});

it("has Spark's defaults, but for the isolation level", () => {
  expect(reading({})).toMatchObject({
    failOnDataLoss: true,
    includeHeaders: false,
    maxTriggerDelay: 900_000,
    'kafkaConsumer.pollTimeoutMs': 120_000,
    'fetchOffset.numRetries': 3,
    'fetchOffset.retryIntervalMs': 1000,
    isolationLevel: 'read_committed',
    groupIdPrefix: 'sluice-kafka-source',
    name: 'kafka',
  });
  expect(reading({ kafka: { 'isolation.level': 'read_uncommitted', 'group.id': 'mine' } })).toMatchObject({
    isolationLevel: 'read_uncommitted',
    groupId: 'mine',
  });
});
