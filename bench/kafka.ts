import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from './children.js';
import { BenchBroker } from './kafka/broker.js';
import type { KafkaResult } from './kafka/child.js';
import { type Program, runJob, startJob, startStreams } from './kafka/programs.js';
import { perSecond, warmUp } from './kafka/traffic.js';
import type { Line } from './lines.js';
import type { Shares } from './profile.js';

const turns = 3;
const sizes = [
  { bytes: 100, messages: 1_000_000, perBatch: 50_000, name: '100 B' },
  { bytes: 1000, messages: 1_000_000, perBatch: 10_000, name: '1 KB' },
] as const;
const latencySeconds = 20;

type Size = (typeof sizes)[number];
type Topics = { readonly from: string; readonly to: string };

/** What shows where the time of a profiled run went. */
type Report = (result: { readonly shares?: Shares; readonly top?: Shares }) => string;

/** Against kafkajs alone and Kafka Streams, on a real broker of its own. */
export async function kafka(report: Report, measure: (line: Line) => void): Promise<void> {
  const missing = ['java', 'javac', 'mvn'].filter((program) => spawnSync(program, ['-version']).error !== undefined);
  if (missing.length > 0) return console.log(`NOT MEASURED: Kafka. This machine has no ${missing.join(', no ')}.`);
  const broker = await BenchBroker.start();
  const dir = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  try {
    const filled = new Map<Size, string>();
    for (const size of sizes) {
      const { line, topic } = await writing(broker, size, report);
      measure(line);
      filled.set(size, topic);
    }
    for (const size of sizes) measure(await reading(broker, size, filled.get(size)!, report));
    for (const line of await draining(broker, filled.get(sizes[0])!, dir, report)) measure(line);
    measure(await latency(broker, dir));
  } finally {
    await broker.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** In turns. The topic is what kafkajs wrote. */
async function writing(broker: BenchBroker, { bytes, messages, name, perBatch }: Size, report: Report) {
  const ours: KafkaResult[] = [];
  const bare: KafkaResult[] = [];
  const run = async (job: 'ours.write' | 'bare.write', topic: string, profile = false): Promise<KafkaResult> => {
    const result = await runJob(broker.addresses, { job, topic, messages, bytes, perBatch }, profile);
    const written = await broker.written(topic);
    // Markers of transactions are counted with the messages: one a batch and partition.
    if (written < messages || written > messages * 1.01) throw new Error(`${job}: ${written} instead of ${messages}`);
    return result;
  };
  const toBeDropped = async (job: 'ours.write' | 'bare.write', profile = false): Promise<KafkaResult> => {
    const topic = await broker.topic();
    const result = await run(job, topic, profile);
    await broker.drop(topic);
    return result;
  };
  const topic = await broker.topic();
  for (let i = 0; i < turns; i++) {
    bare.push(i === 0 ? await run('bare.write', topic) : await toBeDropped('bare.write'));
    ours.push(await toBeDropped('ours.write'));
  }
  const limits = report(await toBeDropped('ours.write', true));
  return { topic, line: against(`write ${name}`, 'producer.send', messages, ours, bare, 5, limits) };
}

async function reading(broker: BenchBroker, { messages, name }: Size, topic: string, report: Report): Promise<Line> {
  const ours: KafkaResult[] = [];
  const bare: KafkaResult[] = [];
  for (let i = 0; i < turns; i++) {
    bare.push(await runJob(broker.addresses, { job: 'bare.read', topic, messages }));
    ours.push(await runJob(broker.addresses, { job: 'ours.read', topic, messages }));
  }
  const limits = report(await runJob(broker.addresses, { job: 'ours.read', topic, messages }, true));
  return against(`read ${name}`, 'eachBatch', messages, ours, bare, 1.4, limits);
}

function against(
  what: string,
  method: string,
  messages: number,
  ours: readonly KafkaResult[],
  bare: readonly KafkaResult[],
  bar: number,
  limits: string,
): Line {
  const ratio = median(ours.map((result, i) => bare[i]!.seconds / result.seconds));
  const show = (results: readonly KafkaResult[]): string =>
    `${thousands(messages / median(results.map((r) => r.seconds)))}, ${megabytes(median(results.map((r) => r.rssBytes)))}`;
  const smaller = median(ours.map((r) => r.rssBytes)) < median(bare.map((r) => r.rssBytes));
  return {
    what: `Kafka: ${what}, against kafkajs ${method}`,
    measured: `${ratio.toFixed(2)} times (${show(ours)}; ${show(bare)})`,
    bar: `>= ${bar} times, in less memory`,
    passed: ratio >= bar && smaller,
    limits,
  };
}

interface Drained {
  /** Messages a second, from the start of the process, and from its first output. */
  readonly rate: number;
  readonly fromFirst: number;
  readonly rssBytes: number;
  readonly shares?: Shares;
  readonly top?: Shares;
}

/** A million messages of 100 bytes, which are there, from one topic to another; in turns. */
async function draining(broker: BenchBroker, from: string, dir: string, report: Report): Promise<Line[]> {
  const { messages } = sizes[0];
  const drain = async (start: (topics: Topics) => Program | Promise<Program>): Promise<Drained> => {
    const to = await broker.topic();
    const started = performance.now();
    const program = await start({ from, to });
    const { first, last } = await broker.filled(to, messages).catch(async (error: Error) => {
      await program.stop();
      throw error;
    });
    const used = await program.stop();
    await runJob(broker.addresses, { job: 'traffic.check', topic: to, messages });
    await broker.drop(to);
    return { ...used, rate: (messages / (last - started)) * 1000, fromFirst: (messages / (last - first)) * 1000 };
  };
  const { addresses } = broker;
  const ours = (how: 'upper' | 'json', profile = false) =>
    drain((topics) => startJob(addresses, { job: 'ours.forward', ...topics, how }, profile));
  const results = { json: [] as Drained[], upper: [] as Drained[], bare: [] as Drained[], streams: [] as Drained[] };
  for (let i = 0; i < turns; i++) {
    results.bare.push(
      await drain((topics) => startJob(addresses, { job: 'bare.forward', ...topics, transactions: false })),
    );
    results.json.push(await ours('json'));
    results.streams.push(await drain((topics) => startStreams(addresses, topics, dir)));
    results.upper.push(await ours('upper'));
  }
  const line = async (how: 'upper' | 'json', peer: 'bare' | 'streams', what: string, bar: number): Promise<Line> => {
    // Ours with the start of the process, theirs without.
    const ratio = median(results[how].map(({ rate }, i) => rate / results[peer][i]!.fromFirst));
    const show = (all: readonly Drained[]): string =>
      `${thousands(median(all.map((r) => r.rate)))}, from the first output ${thousands(median(all.map((r) => r.fromFirst)))}, ` +
      megabytes(median(all.map((r) => r.rssBytes)));
    return {
      what: `Kafka to Kafka: ${what}`,
      measured: `${ratio.toFixed(2)} times (${show(results[how])}; ${show(results[peer])})`,
      bar: `>= ${bar} times`,
      passed: ratio >= bar,
      limits: report(await ours(how, true)),
    };
  };
  return [
    await line('json', 'bare', 'from_json, where, to_json, exactly once, against kafkajs that only forwards', 1),
    await line('upper', 'streams', 'upper, exactly once, against Kafka Streams', 2),
  ];
}

/** 5,000 messages a second, from being sent to being read by who reads what is committed. */
async function latency(broker: BenchBroker, dir: string): Promise<Line> {
  const { addresses } = broker;
  const messages = warmUp + latencySeconds * perSecond;
  const through = async (start: (topics: Topics) => Program | Promise<Program>) => {
    const [from, to] = [await broker.topic(), await broker.topic()];
    const collector = startJob(addresses, { job: 'traffic.collect', topic: to, messages });
    const program = await start({ from, to });
    await Promise.all([collector.ready, program.ready]);
    await runJob(addresses, { job: 'traffic.send', topic: from, messages });
    const { latencies } = (await collector.ended)!;
    const { rssBytes } = await program.stop();
    await broker.drop(from);
    await broker.drop(to);
    const at = (share: number): number => latencies![Math.ceil(latencies!.length * share) - 1]!;
    return { p50: at(0.5), p99: at(0.99), max: at(1), rssBytes };
  };
  const ours = await through((topics) => startJob(addresses, { job: 'ours.forward', ...topics, how: 'json' }));
  const bare = await through((topics) => startJob(addresses, { job: 'bare.forward', ...topics, transactions: true }));
  const streams = await through((topics) => startStreams(addresses, topics, dir));
  const show = ({ p50, p99, max, rssBytes }: typeof ours): string =>
    `p50 ${p50.toFixed(0)}, p99 ${p99.toFixed(0)}, most ${max.toFixed(0)} ms, ${megabytes(rssBytes)}`;
  return {
    what: 'Kafka to Kafka: from_json, where, to_json, exactly once, 5,000 messages a second: end to end',
    measured: show(ours),
    bar: 'p99 < 50 ms',
    passed: ours.p99 < 50,
    limits: `a transaction a batch by kafkajs, which only forwards: ${show(bare)}; upper by Kafka Streams: ${show(streams)}`,
  };
}

const thousands = (perSecond: number): string => `${(perSecond / 1000).toFixed(0)} k/s`;
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
