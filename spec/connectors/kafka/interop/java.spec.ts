import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { startQuery } from 'sluice';
import { fromIterable, kafkaSink, kafkaSource, memorySink } from 'sluice/connectors';
import { trigger } from 'sluice/operators';
import { type Cluster, startBroker } from '../../../../scripts/kafka/cluster.js';
import { type ToolName, startTool } from '../../../../scripts/kafka/tools.js';
import { brokerMillis, describeKafka } from '../../../helpers/kafka.js';

/** By the numbers that Kafka gives them in the attributes of a record batch. */
const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;

interface Written {
  key: string | null;
  value: string | null;
  headers: { key: string; value: Buffer | null }[] | null;
}

interface Read {
  topic: string;
  partition: number;
  offset: number;
  key: Buffer | null;
  value: Buffer | null;
  headers: { key: string; value: Buffer | null }[] | null;
}

/** Headers whose keys come up again, or that have no value; what is missing, and what is only empty. */
const records: Written[] = [
  { key: 'k', value: 'v', headers: headers(['h', '1'], ['h', '2'], ['g', null]) },
  { key: 'ключ €', value: '{"a": "ü"}', headers: null },
  { key: null, value: 'no key', headers: headers(['h', '']) },
  { key: 'tombstone', value: null, headers: null },
  { key: 'empty', value: '', headers: null },
  ...Array.from({ length: 200 }, (_, i) => ({ key: `key-${i}`, value: 'x'.repeat(50 + i), headers: null })),
];

function headers(...pairs: readonly [string, string | null][]): Written['headers'] {
  return pairs.map(([key, value]) => ({ key, value: value === null ? null : Buffer.from(value) }));
}

/** As Java's console writes a record, and takes one. */
function line({ key, value, headers }: Written | Read, nothing: string): string {
  const all = headers?.map((header) => `${header.key}:${header.value === null ? 'NULL' : text(header.value)}`);
  return [all?.join(',') ?? nothing, text(key), text(value)].join('\t');
}

const text = (value: string | Buffer | null): string =>
  value === null ? 'NULL' : typeof value === 'string' ? value : Buffer.from(value).toString();

describeKafka()("Java's clients and ours", () => {
  let cluster: Cluster;
  let dir: string;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'sluice-kafka-java-'));
    cluster = await startBroker({ dir });
    const admin = new Kafka({ brokers: cluster.addresses(), logLevel: logLevel.NOTHING }).admin();
    const topics = [
      ...codecs.flatMap((codec) => [`ours-${codec}`, `java-${codec}`].map((topic) => ({ topic, numPartitions: 1 }))),
      ...['ours-keys', 'java-keys'].map((topic) => ({ topic, numPartitions: 7 })),
    ];
    await admin.createTopics({ topics, waitForLeaders: true });
    await admin.disconnect();
  }, brokerMillis);
  afterAll(async () => {
    await cluster?.close();
    rmSync(dir, { recursive: true, force: true });
  }, brokerMillis);

  /** What it prints. */
  async function java(tool: ToolName, args: readonly string[], input = ''): Promise<string> {
    const child = await startTool(tool, cluster.addresses().join(','), args, ['pipe', 'pipe', 'ignore']);
    let out = '';
    child.stdout!.setEncoding('utf8').on('data', (piece: string) => (out += piece));
    child.stdin!.end(input);
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`${tool} ${args.join(' ')} ended with ${code}`);
    return out;
  }

  async function javaWrites(topic: string, codec: string, written: readonly Written[]): Promise<void> {
    const properties = ['parse.key=true', 'parse.headers=true', 'null.marker=NULL'];
    const reader = properties.flatMap((property) => ['--reader-property', property]);
    const lines = written.map((record) => `${line(record, 'NULL')}\n`);
    await java('console-producer', ['--topic', topic, '--compression-codec', codec, ...reader], lines.join(''));
  }

  async function weWrite(topic: string, compression: (typeof codecs)[number], written: Written[]): Promise<void> {
    const schema = 'key STRING, value STRING, headers ARRAY<STRUCT<key: STRING, value: BINARY>>';
    const from = fromIterable(written, { schema: schema as never });
    const to = kafkaSink({ bootstrapServers: cluster.addresses(), topic, compression });
    await startQuery({ from, to }).awaitTermination();
  }

  async function weRead(topics: readonly string[]): Promise<Read[]> {
    const sink = memorySink<Read>();
    const from = kafkaSource({
      bootstrapServers: cluster.addresses(),
      subscribe: topics,
      startingOffsets: 'earliest',
      includeHeaders: true,
    }).pipe(trigger({ availableNow: true }));
    await startQuery({ from: from as never, to: sink }).awaitTermination();
    return sink.rows;
  }

  /** How the batches of a topic are compressed, by the log of the broker. */
  function codecOf(topic: string): string {
    const log = readFileSync(join(dir, 'node-0', 'data', `${topic}-0`, '00000000000000000000.log'));
    return codecs[log.readInt16BE(21) & 7]!;
  }

  it(
    'what we write is read by Java, in each codec',
    async () => {
      for (const codec of codecs) await weWrite(`ours-${codec}`, codec, records);
      for (const codec of codecs) expect(codecOf(`ours-${codec}`)).toBe(codec);
      const shown = ['print.key', 'print.headers', 'print.partition', 'print.offset'];
      const properties = [...shown.map((name) => `${name}=true`), 'null.literal=NULL'];
      const outs = codecs.map((codec) =>
        java('console-consumer', [
          ...['--topic', `ours-${codec}`, '--partition', '0', '--offset', 'earliest'],
          ...['--max-messages', String(records.length), '--isolation-level', 'read_committed'],
          ...properties.flatMap((property) => ['--formatter-property', property]),
        ]),
      );
      const expected = records.map((record, i) => `Partition:0\tOffset:${i}\t${line(record, 'NO_HEADERS')}`);
      for (const out of await Promise.all(outs)) expect(out.trimEnd().split('\n')).toEqual(expected);
    },
    brokerMillis,
  );

  it(
    'what Java writes is read by us, in each codec',
    async () => {
      await Promise.all(codecs.map((codec) => javaWrites(`java-${codec}`, codec, records)));
      for (const codec of codecs) expect(codecOf(`java-${codec}`)).toBe(codec);
      const rows = await weRead(codecs.map((codec) => `java-${codec}`));
      for (const codec of codecs) {
        const ofCodec = rows.filter(({ topic }) => topic === `java-${codec}`).sort((a, b) => a.offset - b.offset);
        expect(ofCodec.map((row) => line(row, 'NULL'))).toEqual(records.map((record) => line(record, 'NULL')));
      }
    },
    brokerMillis,
  );

  it(
    'keys go to the same partitions',
    async () => {
      const lengths = Array.from({ length: 300 }, (_, i) => `${i}é€😀`.repeat(1 + (i % 9)).slice(0, 1 + (i % 31)));
      // A surrogate that was cut in two is no text.
      const keys = [...new Set(lengths.filter((key) => Buffer.from(key).toString() === key))];
      const written = keys.map((key) => ({ key, value: 'v', headers: null }));
      await Promise.all([javaWrites('java-keys', 'none', written), weWrite('ours-keys', 'none', written)]);
      const rows = await weRead(['java-keys', 'ours-keys']);
      const placed = (topic: string): Map<string, number> =>
        new Map(rows.filter((row) => row.topic === topic).map((row) => [text(row.key), row.partition]));
      expect(placed('java-keys').size).toBe(keys.length);
      expect(new Set(placed('java-keys').values()).size).toBe(7);
      expect(placed('ours-keys')).toEqual(placed('java-keys'));
    },
    brokerMillis,
  );
});
