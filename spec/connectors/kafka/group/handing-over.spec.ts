import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../../../../connectors/kafka/client/index.js';
import type { KafkaClient } from '../../../../connectors/kafka/client/contract.js';
import { openGroup } from '../../../../connectors/kafka/group/index.js';
import { keyOf } from '../../../../connectors/kafka/client/partition.js';
import { type KafkaOffsets, listOf, offsetOf, offsetsOf } from '../../../../connectors/kafka/source/offsets.js';
import type { SourceContext } from '../../../../lib/connect/index.js';
import { Random } from '../../../../lib/testing/random.js';
import { FakeGroup } from './fake-group.js';

const topic = 't';
const partitions = Array.from({ length: 5 }, (_, partition) => ({ topic, partition }));

/** A generator of random numbers from a seed (mulberry32). */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % sides;
  };
}

/** After so many milliseconds a process asks whether it is still a member before it reads. */
const session = 40;

/** Who is dead goes no further. */
const never = new Promise<void>(() => undefined);

/** A query without its engine: it plans, reads, writes and commits as the engine does, and can die at every step. */
class Process {
  /** What is durable. */
  private held: KafkaOffsets = {};
  private planned: { readonly start: KafkaOffsets; readonly end: KafkaOffsets } | undefined;
  private plannedIn = 0;
  private batchId = 0;
  /** What is in its sink, by batch. */
  readonly sink = new Map<number, string[]>();
  failure: unknown;
  private life = 0;
  private isStopping = false;
  private stopped: Promise<void> | undefined;
  private thawed: Promise<void> = Promise.resolve();
  thaw: () => void = () => undefined;

  constructor(
    readonly id: string,
    private readonly group: FakeGroup,
    private readonly random: (sides: number) => number,
    private readonly ends: readonly number[],
  ) {}

  get isRunning(): boolean {
    return this.stopped !== undefined;
  }

  start(): void {
    const life = ++this.life;
    this.isStopping = false;
    this.stopped = this.run(life).catch((error: unknown) => void (this.failure = error));
  }

  /** At once, wherever it is. */
  kill(): void {
    this.life++;
    this.stopped = undefined;
  }

  freeze(): void {
    this.thawed = new Promise((resolve) => (this.thaw = resolve));
  }

  /** In order. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await this.stopped;
    this.stopped = undefined;
  }

  /** The rows of the batch that is not committed, or was last. */
  get lastRows(): readonly string[] {
    const { start, end } = this.planned ?? { start: {}, end: {} };
    return [...rowsOf(start, end, partitions.map(keyOf)), ...(this.sink.get(this.batchId - 1) ?? [])];
  }

  private async run(life: number): Promise<void> {
    const step = async (): Promise<void> => {
      if (this.random(3) === 0) await sleep(this.random(3));
      await this.thawed;
      if (life !== this.life) await never;
    };
    const cluster = {
      client: this.group.client(step, () => life === this.life),
      coordinatorOf: async () => 0,
      persist,
    };
    const settings = {
      group: 'g',
      instanceId: undefined,
      sessionTimeout: session,
      heartbeatInterval: 2,
      rebalanceTimeout: 600_000,
    };
    const reading = new AbortController();
    const context = { queryId: this.id, name: 'kafka', wake: () => undefined, signal: reading.signal };
    const assignment = openGroup({
      cluster: cluster as unknown as Cluster & { readonly client: KafkaClient },
      settings,
      timeout: 60_000,
      context: context as unknown as SourceContext,
    });
    while (!this.isStopping) {
      await step();
      if (this.planned === undefined) {
        const owned = await assignment.owned(partitions, this.held);
        const entering = owned.filter((of) => offsetOf(this.held, of) === undefined);
        const given = entering.length === 0 ? {} : await assignment.startOf(entering);
        const start = this.held;
        const end = owned.map((of) => {
          const from = offsetOf(start, of);
          const offset = from === undefined ? (offsetOf(given, of) ?? 0) : from + this.random(4);
          return {
            ...of,
            offset: from === undefined ? offset : Math.max(from, Math.min(this.ends[of.partition]!, offset)),
          };
        });
        await step();
        if (JSON.stringify(offsetsOf(end)) === JSON.stringify(start)) continue;
        this.planned = { start, end: offsetsOf(end) };
        this.plannedIn = life;
      }
      await step();
      const { start, end } = this.planned;
      const from = listOf(start).filter((of) => offsetOf(end, of) !== undefined);
      const ours = await assignment.confirmed(offsetsOf(from));
      await step();
      if (this.isStopping && this.plannedIn === life) {
        // Nobody gets what is being read. With a batch of a life before it would stay a member, and others wait for it.
        reading.abort();
        break;
      }
      this.sink.set(this.batchId, rowsOf(start, end, ours.map(keyOf)));
      await step();
      this.held = end;
      this.batchId++;
      this.planned = undefined;
      await step();
      await assignment.committed(end);
    }
    await assignment.close();
  }
}

/** As the cluster does it; what is wrong with a member is an answer. */
async function persist<T>(_: string, of: { readonly signal: AbortSignal }, attempt: () => Promise<T>): Promise<T> {
  of.signal.throwIfAborted();
  return attempt();
}

const rowsOf = (start: KafkaOffsets, end: KafkaOffsets, keys: readonly string[]): string[] =>
  listOf(end).flatMap((of) => {
    const from = offsetOf(start, of);
    if (from === undefined || !keys.includes(keyOf(of))) return [];
    return Array.from({ length: Math.max(0, of.offset - from) }, (_, i) => `${keyOf(of)}:${from + i}`);
  });

/** A group that lives through random events; says what was read, and what may have been read twice. */
async function live(seed: number, expires: boolean) {
  const random = dice(seed);
  const group = new FakeGroup();
  const ends = partitions.map(() => 0);
  const processes = ['a', 'b', 'c'].map((id) => new Process(id, group, random, ends));
  const suspects = new Set<string>();
  const expire = (process: Process): void => {
    for (const row of process.lastRows) suspects.add(row);
    group.remove(`${process.id}-kafka`);
  };
  processes[0]!.start();
  for (let event = 0; event < 25; event++) {
    for (const { partition } of partitions) ends[partition]! += random(4);
    const process = processes[random(3)]!;
    if (!process.isRunning) process.start();
    else if (random(3) === 0) await process.stop();
    else if (random(2) === 0) {
      process.kill();
      if (expires) {
        expire(process);
        await sleep(random(20));
      } else process.start();
    } else if (expires) {
      process.freeze();
      expire(process);
      await sleep(session + random(20));
      process.thaw();
    }
    await sleep(random(12));
  }
  for (const process of processes) if (!process.isRunning) process.start();
  const rows = (): string[] => processes.flatMap(({ sink }) => [...sink.values()].flat()).sort();
  const wanted = partitions.flatMap((of) => Array.from({ length: ends[of.partition]! }, (_, i) => `${keyOf(of)}:${i}`));
  const late = performance.now() + 10_000;
  const isThere = (): boolean => {
    const there = new Set(rows());
    return wanted.every((row) => there.has(row));
  };
  while (!isThere() && performance.now() < late) await sleep(5);
  for (const process of processes) await Promise.race([process.stop(), sleep(2_000)]);
  const failures = processes.flatMap(({ failure }) => failure ?? []);
  return { rows: rows(), wanted: wanted.sort(), suspects, failures };
}

const random = Random.fresh();
const seeds = Array.from({ length: 4 * Number(process.env['SLUICE_RUNS'] ?? 1) }, () => random.int(1, 2 ** 31 - 1));

describe('a group whose processes come, go and die, at any step', () => {
  it.each(seeds)('has every row once while nobody is taken for dead (seed %i)', async (seed) => {
    const { rows, wanted, failures } = await live(seed, false);
    expect(failures).toEqual([]);
    expect(rows).toEqual(wanted);
  });

  it.each(seeds)('has every row when some are, and twice at most what these had in hand (seed %i)', async (seed) => {
    const { rows, wanted, suspects, failures } = await live(seed, true);
    expect(failures).toEqual([]);
    expect([...new Set(rows)]).toEqual(wanted);
    const seen = new Set<string>();
    const twice = rows.filter((row) => seen.size === seen.add(row).size);
    expect(twice.filter((row) => !suspects.has(row))).toEqual([]);
  });
});
