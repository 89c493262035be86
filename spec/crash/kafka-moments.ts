import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type CountedStep, crashEnv } from '../../lib/testing/crash.js';
import { fastDir } from './enumerate.js';
import type { KafkaJob } from './kafka.js';
import { type CallMoment, type KafkaCall, kafkaCalls } from './kafka-calls.js';
import type { KafkaLabs } from './kafka-cases.js';
import { Watcher } from './kafka-lab.js';
import { Traffic } from './kafka-traffic.js';
import { type Outcome, describe } from './processes.js';

/** A step on the disk, by its number, or a call of the client. */
export type Moment = number | CallMoment;

const rows = 600;
const rowsPerBatch = 200;

/** At how many of a call, where it goes on all the time. */
const most: Partial<Record<KafkaCall, number>> = { fetch: 3, metadata: 2, offsets: 4 };

/** A small query from a topic to a topic, which is killed at one moment of its life and goes on after it. */
export class SmallKafka {
  private trials = 0;

  private constructor(
    private readonly lab: KafkaLabs,
    private readonly dir: string,
    private readonly input: string,
    private readonly output: string,
    private readonly watcher: Watcher,
  ) {}

  static async create(lab: KafkaLabs): Promise<SmallKafka> {
    const { kafka, program, random } = lab;
    const { brokers } = kafka;
    const [input, output] = [await kafka.topic('in'), await kafka.topic('out')];
    const watcher = await Watcher.start(program, { brokers, input, output });
    await new Traffic({ brokers, random, rowsPerSecond: 0, input }).finish(rows);
    await watcher.everything();
    return new SmallKafka(lab, fastDir(), input, output, watcher);
  }

  async remove(): Promise<void> {
    await this.watcher.end();
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** Each moment before and after a durable step, and before, during and after each call. */
  async moments(): Promise<Moment[]> {
    const outcome = await this.lab.program.start(this.job(), { COUNT_STEPS: '1' }).ended;
    if (outcome.how !== 'done') throw new Error(`A run without a crash: ${describe(outcome)}`);
    const steps = told(outcome, 'steps') as CountedStep[];
    const calls = told(outcome, 'calls') as Record<KafkaCall, number>;
    const atCalls = kafkaCalls.flatMap((call) =>
      Array.from({ length: Math.min(calls[call], most[call] ?? Infinity) }, (_, i) =>
        (['before', 'during', 'after'] as const).map((when): CallMoment => ({ call, when, nth: i + 1 })),
      ).flat(),
    );
    return [...steps.map(({ number }) => number), ...atCalls];
  }

  /** What is wrong after a crash at this moment and a run that goes on to the end; and whether it came to the crash. */
  async crashAt(moment: Moment): Promise<{ killed: boolean; complaint?: string }> {
    const { program } = this.lab;
    const job = this.job();
    const crashing =
      typeof moment === 'number' ? program.start(job, crashEnv(moment)) : program.start({ ...job, dieAt: moment });
    const first = await crashing.ended;
    const last = first.how === 'killed' ? await program.run(job) : first;
    const wrong = last.how === 'done' ? (await this.watcher.complaint(job.tag, 'all')).complaint : describe(last);
    rmSync(join(job.checkpoint, '..'), { recursive: true });
    return {
      killed: first.how === 'killed',
      ...(wrong !== undefined && { complaint: `killed at ${JSON.stringify(moment)}: ${wrong}` }),
    };
  }

  private job(): KafkaJob {
    const { input, output, lab } = this;
    const tag = `t${this.trials++}`;
    const home = join(this.dir, tag);
    mkdirSync(home);
    const checkpoint = join(home, 'checkpoint');
    return { kafka: 'kafka to kafka', brokers: lab.kafka.brokers, input, output, tag, checkpoint, rowsPerBatch };
  }
}

function told({ lines }: Outcome, name: string): unknown {
  const line = lines.find((each) => each.startsWith(`${name} `));
  if (line === undefined) throw new Error(`A run did not tell its ${name}.`);
  return JSON.parse(line.slice(name.length + 1));
}
