import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Observable } from 'rxjs';
import type { MicroBatch } from '../batch/index.js';
import { CheckpointLog } from '../checkpoint/index.js';
import { defineSink, type Sink } from '../connect/index.js';
import { inQuery } from '../context/index.js';
import type { SluiceError } from '../errors/index.js';
import { planOf } from '../flow.js';
import { flowOperator } from '../operator.js';
import { type OutputMode, type PlanNode, nodesOf } from '../plan/index.js';
import { type StreamingQuery, startQuery } from '../query/index.js';
import type { SchemaLike } from '../schema/index.js';
import { TestClock } from './clock.js';
import { inTime, must, show, showError, turn } from './compare.js';
import { TestInput } from './test-input.js';

/** What a pipeline that is given as a function finds. */
export interface Given<In = Record<string, unknown>> {
  /** A source that `addData(rows)` feeds. */
  readonly input: TestInput<In>;
  /** For a pipeline with a `checkpoint()` of its own. */
  readonly checkpointDir: string;
}

/** The pipeline under test: a flow, or a function that makes one anew for every start, as a restarted process does. */
export type Pipeline<Row, In = Record<string, unknown>> =
  Observable<MicroBatch<Row>> | ((given: Given<In>) => Observable<MicroBatch<Row>>);

export interface TestStreamOptions<In = Record<string, unknown>> {
  /** The types of the rows of `input`. */
  readonly schema?: SchemaLike<In>;
  /** What the clock says at the start. Default `'2025-01-01T00:00:00Z'`. */
  readonly startAt?: string | Date;
  readonly outputMode?: OutputMode;
  /** How long, in real milliseconds, one step may take. Default 10 000. */
  readonly timeout?: number;
}

/** One step of a script. */
export interface Step {
  readonly text: string;
  /** The step is about the failure of the query, which is no failure of the script then. */
  readonly expectsError?: boolean;
  /** @internal */
  run(script: Script): Promise<void> | void;
}

/** A batch that reached the sink. */
export interface SeenBatch {
  readonly id: number;
  readonly watermark: number | null;
  readonly rows: readonly unknown[];
}

/** What the steps of a script work on. */
export class Script {
  readonly clock: TestClock;
  readonly input: TestInput<never>;
  query: StreamingQuery | undefined;
  /** In order of their ids; one that comes again takes the place of the first. */
  readonly seen: SeenBatch[] = [];
  /** How many rows of `seen` an `expectNewRows` has dealt with. */
  checked = 0;
  private checkpointDir = '';
  /** Of the pipeline that was started last. */
  private nodes: readonly PlanNode[] = [];

  constructor(
    private pipeline: Pipeline<unknown, never>,
    readonly options: TestStreamOptions<never>,
  ) {
    const { startAt = '2025-01-01T00:00:00Z' } = options;
    const start = new Date(startAt).getTime();
    must(!Number.isNaN(start), () => `testStream: startAt must be a date, not ${show(startAt)}.`);
    this.clock = new TestClock(start);
    this.input = new TestInput<never>(options.schema);
  }

  get timeout(): number {
    return this.options.timeout ?? 10_000;
  }

  get isRunning(): boolean {
    return this.query?.isActive === true;
  }

  get failure(): SluiceError | undefined {
    return this.query?.exception;
  }

  async within<T>(body: () => Promise<T>): Promise<T> {
    this.checkpointDir = await mkdtemp(join(tmpdir(), 'sluice-test-'));
    try {
      return await body();
    } finally {
      await this.stop().catch(() => undefined);
      await rm(this.checkpointDir, { recursive: true, force: true });
    }
  }

  /** @param pipeline instead of the one before, as after a new version was deployed. */
  async start(pipeline?: Pipeline<unknown, never>): Promise<void> {
    must(!this.isRunning, 'The query is running already.');
    if (pipeline !== undefined) this.pipeline = pipeline;
    const { input, checkpointDir, clock } = this;
    const flow = typeof this.pipeline === 'function' ? this.pipeline({ input, checkpointDir }) : this.pipeline;
    const { outputMode } = this.options;
    const from = this.checkpointed(flow);
    this.query = startQuery({ from, to: this.collector(), clock, ...(outputMode === undefined ? {} : { outputMode }) });
    this.query.progress$.subscribe({ error: () => undefined });
    await this.settle();
  }

  async stop(): Promise<void> {
    const { query } = this;
    if (query === undefined) return;
    const stopped = query.stop();
    // What the batch in hand still waits for comes by this clock.
    let over = false;
    const pumping = stopped.then(
      () => (over = true),
      () => (over = true),
    );
    const until = performance.now() + this.timeout;
    while (!over && performance.now() < until) {
      this.clock.runDue();
      await turn();
    }
    await inTime(pumping, 1, 'The end of the batch in hand');
    await stopped;
  }

  /** Where the checkpoint of the pipeline is. */
  get checkpoint(): string {
    return this.nodes.find((node) => node.traits.checkpoint !== undefined)?.traits.checkpoint ?? this.checkpointDir;
  }

  private checkpointed(flow: Observable<MicroBatch<unknown>>): Observable<MicroBatch<unknown>> {
    this.nodes = [...nodesOf(planOf(flow as never))];
    if (this.nodes.some((node) => node.traits.checkpoint !== undefined)) return flow;
    const dir = this.checkpointDir;
    return flowOperator<unknown, unknown>((input) => ({
      op: 'checkpoint',
      detail: dir,
      schema: input.schema,
      traits: { checkpoint: dir },
      needs: (wanted) => wanted,
      connect: ([source]) =>
        new Observable((subscriber) =>
          inQuery(subscriber, (context, destination) => {
            context.setLog(new CheckpointLog(dir, { segmentBytes: 4 << 20, minBatchesToRetain: 100 }));
            return source!.subscribe(destination);
          }),
        ),
    }))(flow);
  }

  private collector(): Sink<unknown> {
    return defineSink<unknown>({
      op: 'testStream',
      supports: { exactlyOnce: true, outputModes: ['append', 'update', 'complete'] },
      open: ({ outputMode }) => ({
        write: ({ id, watermark, rows }) => {
          if (outputMode === 'complete') this.seen.length = 0;
          const again = this.seen.findIndex((one) => one.id === id);
          this.seen.splice(again < 0 ? this.seen.length : again, again < 0 ? 0 : 1, { id, watermark, rows });
        },
      }),
    });
  }

  get rows(): readonly unknown[] {
    return this.seen.flatMap((one) => one.rows);
  }

  /**
   * Lets the query do what it can do now. A query that waits for the clock, in the middle of a batch, is left to wait
   * after `patience` milliseconds.
   */
  async settle(patience = this.timeout): Promise<void> {
    const { query } = this;
    if (query === undefined) return;
    let asked = this.ticks;
    if (!asked && query.isActive) {
      const all = query.processAllAvailable();
      all.then(
        () => (asked = true),
        () => (asked = true),
      );
    }
    const started = performance.now();
    let last = started;
    let still = 0;
    for (let quiet = 0; quiet < 3;) {
      this.clock.runDue();
      await turn();
      const now = performance.now();
      const ending = query.exception !== undefined && query.isActive;
      const busy = this.clock.isDue || (query.isActive && (query.status.isTriggerActive || !asked)) || ending;
      quiet = busy ? 0 : quiet + 1;
      // While the disk works, or others have the processor, it is not the clock that the query waits for.
      still = busy && !isDiskBusy() ? still + Math.min(now - last, longestTurn) : 0;
      last = now;
      if (this.clock.next !== undefined && still > patience) return;
      must(
        now - started < this.timeout,
        () => `The query was still busy after ${this.timeout} ms: ${query.status.message}.`,
      );
    }
  }

  /** Whether batches start on a grid, so that new data waits for the clock. */
  private get ticks(): boolean {
    return this.nodes.some((node) => node.traits.trigger?.startsWith('processingTime'));
  }

  /** Puts the clock forward, stopping at every instant at which something is due. */
  async advanceTo(instant: number): Promise<void> {
    const { clock } = this;
    must(
      instant >= clock.now(),
      () => `The clock stands at ${iso(clock.now())} already and does not go back to ${iso(instant)}.`,
    );
    for (let next = clock.next; next !== undefined && next <= instant; next = clock.next) {
      clock.moveTo(next);
      await this.settle(patience);
    }
    clock.moveTo(instant);
    await this.settle(patience);
  }

  /** Lets the query go on until `complaint` has none, and fails with what it says if that does not come. */
  async until(complaint: () => Error | undefined): Promise<void> {
    await this.settle(patience);
    const deadline =
      performance.now() +
      Math.min(this.timeout, this.isRunning && this.query!.status.isTriggerActive ? this.timeout : 0);
    for (;;) {
      const error = complaint();
      if (error === undefined) return;
      if (performance.now() >= deadline) throw error;
      this.clock.runDue();
      await turn();
    }
  }

  /** Where the query stands, for the message of a failure. */
  describe(): string {
    const { query, clock, seen } = this;
    const lines = [`Clock: ${iso(clock.now())}`];
    if (query === undefined) lines.push('Query: not started');
    else {
      lines.push(
        `Query: ${query.isActive ? query.status.message : 'ended'}${query.exception ? `, failed: ${showError(query.exception)}` : ''}`,
      );
      for (const { description, startOffset, endOffset, latestOffset } of query.lastProgress?.sources ?? []) {
        lines.push(
          `Offsets of ${description}: ${show(startOffset)} to ${show(endOffset)}, latest ${show(latestOffset)}`,
        );
      }
    }
    lines.push('Batches seen:', ...(seen.length === 0 ? ['    (none)'] : []));
    for (const { id, watermark, rows } of seen.slice(-20)) {
      lines.push(`    ${id}${watermark === null ? '' : ` (watermark ${iso(watermark)})`}: ${show(rows)}`);
    }
    return lines.join('\n');
  }
}

/** How long a query in the middle of a batch may wait for the clock before it is left to, in milliseconds. */
export const patience = 100;

/** A longer turn of the event loop counts as one of so many milliseconds. */
const longestTurn = 5;

const isDiskBusy = (): boolean => process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq'));

export const iso = (instant: number): string => new Date(instant).toISOString();
