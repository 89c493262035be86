import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { crashEnv } from '../../lib/testing/crash.js';
import type { Random } from '../../lib/testing/random.js';
import { type Judge, quoted } from './data.js';
import { draw, fastDir } from './enumerate.js';
import type { KafkaJob, KafkaShape } from './kafka.js';
import { type CallMoment, type KafkaCall, type KafkaFaultPlanted, kafkaCalls } from './kafka-calls.js';
import { type KafkaLab, Watcher } from './kafka-lab.js';
import { keyOf, lineOf } from './kafka-ledger.js';
import { Traffic } from './kafka-traffic.js';
import type { Lab } from './lab.js';
import { type Child, describe } from './processes.js';

export interface KafkaLabs extends Lab {
  readonly kafka: KafkaLab;
}

export interface KafkaKilling {
  readonly shape: KafkaShape;
  readonly kills: number;
  /** There are at least so many rows in the end. */
  readonly rows: number;
  /** How many come in a second while the query is killed. */
  readonly rowsPerSecond: number;
  /** How often a broker is killed and started again meanwhile. */
  readonly brokerKills: number;
  /** How long a process lives at most, in milliseconds. */
  readonly life: number;
  readonly fault?: KafkaFaultPlanted;
  /** Where each process dies; anywhere without. */
  readonly at?: CallMoment;
}

export interface KafkaKilled {
  kills: number;
  brokerKills: number;
  rows: number;
  transactions: string;
  complaint: string | undefined;
}

/** Kills a query again and again, while rows and strangers come, and brokers go; then it goes on to its end. */
export async function killKafka(lab: KafkaLabs, killing: KafkaKilling): Promise<KafkaKilled> {
  const { shape, kills, rows, rowsPerSecond } = killing;
  const { program, random, kafka, judge } = lab;
  const dir = fastDir();
  const stage = await Stage.set(lab, shape, dir, rowsPerSecond);
  const job = stage.job({ rowsPerBatch: 2500, ...(killing.fault !== undefined && { fault: killing.fault }) });
  const breaking = new Breaking(kafka, random, killing.brokerKills);
  const result: KafkaKilled = { kills: 0, brokerKills: 0, rows: 0, transactions: '', complaint: undefined };
  try {
    while (result.kills < kills && result.complaint === undefined) {
      const child = startToDie(lab, { ...job, endless: true }, killing);
      if (result.kills >= ((breaking.done + 1) * kills) / (killing.brokerKills + 1)) breaking.strike();
      const outcome = await child.ended;
      if (outcome.how === 'killed') result.kills++;
      else result.complaint = describe(outcome);
      result.complaint ??= await stage.complaint(judge, job, 'some');
    }
    await breaking.over();
    result.rows = await stage.finish(rows);
    if (result.complaint === undefined) {
      const outcome = await program.run(job);
      if (outcome.how !== 'done') result.complaint = describe(outcome);
    }
    result.complaint ??= await stage.complaint(judge, job, 'all');
  } finally {
    await breaking.over();
    await stage.end();
    rmSync(dir, { recursive: true, force: true });
  }
  return { ...result, brokerKills: breaking.done, transactions: stage.transactions };
}

/** A process that is going to die: at a durable step, at a call of its client, or at some time. */
function startToDie({ program, random }: KafkaLabs, job: KafkaJob, { life, at }: KafkaKilling): Child {
  const way = at === undefined ? random.int(0, 3) : 1;
  let child: Child;
  if (way === 0) child = program.start(job, crashEnv(random.int(1, 80)));
  else if (way === 1) child = program.start({ ...job, dieAt: at ?? anyMoment(random) });
  else child = program.start(job);
  // Whatever it waits for.
  void child.ready.then(async () => {
    await pause(way < 2 ? 4 * life : random.int(0, life));
    if (child.running) child.signal('SIGKILL');
  });
  return child;
}

const few: Partial<Record<KafkaCall, number>> = { initProducer: 1, createTopic: 1, metadata: 3 };

function anyMoment(random: Random): CallMoment {
  const [call] = draw(random, kafkaCalls, 1) as [KafkaCall];
  const [when] = draw(random, ['before', 'during', 'after'] as const, 1);
  return { call, when: when!, nth: random.int(1, few[call] ?? 12) };
}

/** Brokers die one at a time, and come back. */
class Breaking {
  done = 0;
  private running: Promise<void> = Promise.resolve();
  private isBroken = false;

  constructor(
    private readonly kafka: KafkaLab,
    private readonly random: Random,
    private readonly kills: number,
  ) {}

  strike(): void {
    if (this.isBroken || this.done >= this.kills) return;
    this.isBroken = true;
    this.done++;
    this.running = this.breakOne();
  }

  over(): Promise<void> {
    return this.running;
  }

  private async breakOne(): Promise<void> {
    const { cluster } = this.kafka;
    const [node] = draw(this.random, cluster.nodes, 1) as [number];
    await cluster.kill([node]);
    await pause(this.random.int(0, 2000));
    await cluster.start([node]);
    this.isBroken = false;
  }
}

const tag = 'a';

/** The places of one query, what goes in, and who watches. */
class Stage {
  private constructor(
    private readonly brokers: readonly string[],
    private readonly shape: KafkaShape,
    private readonly dir: string,
    private readonly input: string,
    private readonly output: string,
    private readonly watcher: Watcher,
    private readonly traffic: Traffic,
    private readonly files: FileTraffic | undefined,
  ) {}

  static async set(
    { kafka, program, random }: KafkaLabs,
    shape: KafkaShape,
    dir: string,
    rowsPerSecond: number,
  ): Promise<Stage> {
    const { brokers } = kafka;
    const [fromFiles, toFiles] = [shape === 'files to kafka', shape === 'kafka to files'];
    const input = fromFiles ? join(dir, 'in') : await kafka.topic('in');
    const output = toFiles ? join(dir, 'out') : await kafka.topic('out');
    const watched = toFiles
      ? { brokers, input, output: await kafka.topic('none') }
      : { brokers, output, ...(!fromFiles && { input }) };
    const watcher = await Watcher.start(program, watched);
    const topics = { ...(!fromFiles && { input }), ...(!toFiles && { output }) };
    const traffic = new Traffic({ brokers, random, rowsPerSecond, ...topics });
    const files = fromFiles ? new FileTraffic(input, rowsPerSecond, watcher) : undefined;
    return new Stage(brokers, shape, dir, input, output, watcher, traffic, files);
  }

  job(more: Pick<KafkaJob, 'rowsPerBatch' | 'fault'>): KafkaJob {
    const { brokers, input, output, shape, dir } = this;
    return { kafka: shape, brokers, input, output, tag, checkpoint: join(dir, 'checkpoint'), ...more };
  }

  get transactions(): string {
    return Object.entries(this.traffic.transactions)
      .map(([how, n]) => `${n} ${how}`)
      .join(', ');
  }

  /** Nothing more comes in, when there are so many rows. Returns how many there are. */
  async finish(rows: number): Promise<number> {
    await this.traffic.finish(rows);
    await this.files?.finish(rows);
    // What is done then is all: a query with availableNow does not wait for transactions that are open.
    await this.watcher.everything();
    return this.files?.rows ?? this.traffic.rows;
  }

  async end(): Promise<void> {
    await this.traffic.finish(0);
    await this.files?.finish(0);
    await this.watcher.end();
  }

  async complaint(judge: Judge, job: KafkaJob, part: 'some' | 'all'): Promise<string | undefined> {
    if (this.shape !== 'kafka to files') return (await this.watcher.complaint(tag, part)).complaint;
    // Others look into such directories all the time.
    if (part === 'some') return undefined;
    const all = quoted(join(job.output, '*.json'));
    const found = `SELECT key, split_part(value, '|', 2)::BIGINT AS id FROM read_json(${all},
      format = 'newline_delimited', columns = {'key': 'VARCHAR', 'value': 'VARCHAR'})`;
    const file = join(this.dir, 'wanted.csv');
    await this.watcher.write(file);
    const wanted = `SELECT nullif(column0, '') AS key, column1::BIGINT AS id
      FROM read_csv(${quoted(file)}, header = false, all_varchar = true)`;
    return judge.difference((await judge.anyFile(join(job.output, '*.json'))) ? found : undefined, wanted, 'all');
  }
}

/** Files that come into a directory, each at once, the older first. */
class FileTraffic {
  rows = 0;
  private count = 0;
  private stopped = false;
  private readonly running: Promise<void>;

  constructor(
    private readonly dir: string,
    rowsPerSecond: number,
    private readonly watcher: Watcher,
  ) {
    mkdirSync(dir, { recursive: true });
    this.running = this.run(rowsPerSecond);
  }

  async finish(rows: number): Promise<void> {
    this.stopped = true;
    await this.running;
    while (this.rows < rows) await this.add(Math.min(20_000, rows - this.rows));
  }

  private async run(rowsPerSecond: number): Promise<void> {
    const begun = performance.now();
    while (!this.stopped) {
      const due = ((performance.now() - begun) / 1000) * rowsPerSecond;
      if (this.rows < due) await this.add(Math.ceil(rowsPerSecond / 4));
      else await pause(20);
    }
  }

  private async add(rows: number): Promise<void> {
    const { rows: from, dir } = this;
    const aside = join(mkdtempSync(join(dir, '..', 'aside-')), 'file');
    let text = '';
    for (let id = from; id < from + rows; id++) text += `${JSON.stringify({ key: keyOf(id), line: lineOf(id) })}\n`;
    writeFileSync(aside, text);
    await this.watcher.wants(from, from + rows);
    renameSync(aside, join(dir, `in-${String(this.count++).padStart(5, '0')}.json`));
    this.rows += rows;
    // Files are read in the order of their times.
    await pause(5);
  }
}
