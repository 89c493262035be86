import type { Observer } from 'rxjs';
import type { MicroBatch, Settled } from '../batch/index.js';
import { Sink } from '../connect/index.js';
import type { OutputMode } from '../plan/index.js';
import type { SchemaLike } from '../schema/index.js';
import { TestQuery, batch, deliver, expectHeldOf, settlementOf } from './batch.js';
import { inTime, must, showError } from './compare.js';
import { takeStock } from './resources.js';

/** What a trial needs to know of a suite. */
export interface TrialOptions<Row, Place> {
  readonly create: (place: Place) => Observer<MicroBatch<Row>> | Promise<Observer<MicroBatch<Row>>>;
  readonly readBack: (place: Place) => readonly Row[] | Promise<readonly Row[]>;
  readonly row?: (n: number) => Row;
  readonly schema?: SchemaLike<Row>;
  readonly timeout?: number;
}

/** The rows that a suite writes, and their types. */
export function rowsOf<Row, Place>(
  options: TrialOptions<Row, Place>,
): { rows: (from: number, count: number) => Row[]; schema?: SchemaLike<Row> } {
  const make = options.row ?? ((n: number) => ({ id: n, name: `row ${n}` }) as Row);
  const schema = options.schema ?? (options.row === undefined ? 'id INT, name STRING' : undefined);
  return { rows: (from, count) => Array.from({ length: count }, (_, i) => make(from + i)), ...(schema && { schema }) };
}

/** One place and the runs that write to it. */
export class Trial<Row, Place> {
  private readonly runs: SinkRun<Row>[] = [];

  private constructor(
    private readonly options: TrialOptions<Row, Place>,
    readonly place: Place,
  ) {}

  static async run<Row, Place>(
    options: TrialOptions<Row, Place>,
    place: Place,
    body: (trial: Trial<Row, Place>) => Promise<void>,
  ): Promise<void> {
    const expectNothingLeft = takeStock();
    const trial = new Trial(options, place);
    try {
      await body(trial);
      for (const run of trial.runs) run.expectHeld();
    } finally {
      // Runs that "died" hold files of this process still.
      for (const run of trial.runs) await run.end().catch(() => undefined);
    }
    await expectNothingLeft();
  }

  /** A new sink, as a process that starts makes it. */
  async open(queryId = 'query', outputMode: OutputMode = 'append'): Promise<SinkRun<Row>> {
    const sink = await this.options.create(this.place);
    const run = new SinkRun(
      sink,
      new TestQuery({ id: queryId, outputMode }),
      rowsOf(this.options).schema,
      this.options.timeout ?? 10_000,
    );
    this.runs.push(run);
    return run;
  }

  async at(queryId: string, act: (run: SinkRun<Row>) => Promise<unknown>): Promise<SinkRun<Row>> {
    const run = await this.open(queryId);
    await act(run);
    return run;
  }

  /** Gives what was left undone a moment to happen. */
  async settle(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }

  async readBack(): Promise<readonly Row[]> {
    return this.options.readBack(this.place);
  }
}

/** One query writing to one sink, as the engine would. */
class SinkRun<Row> {
  private readonly batches: MicroBatch<Row>[] = [];
  private ended = false;

  constructor(
    private readonly sink: Observer<MicroBatch<Row>>,
    private readonly query: TestQuery,
    private readonly schema: SchemaLike<Row> | undefined,
    private readonly timeout: number,
  ) {}

  /** Hands a batch to the sink, and waits until it is settled, however. */
  async settle(id: number, rows: readonly Row[], onSettled?: (settled: Settled) => void): Promise<Settled> {
    const { query, schema } = this;
    const one = batch<Row>(rows, undefined, {
      id,
      timestamp: id * 1000,
      query,
      ...(schema === undefined ? {} : { schema }),
    });
    this.batches.push(one);
    const settled = new Promise<Settled>((resolve) =>
      settlementOf(one).onSettled((how) => {
        onSettled?.(how);
        resolve(how);
      }),
    );
    try {
      deliver(one, this.sink);
    } catch (error) {
      throw new Error(
        `\`next\` of the sink threw on batch ${id}: ${showError(error)}. It must fail the batch instead.`,
        { cause: error },
      );
    }
    return inTime(settled, this.timeout, `The settling of batch ${id} (does the sink release every hold?)`);
  }

  /** Hands a batch to the sink, and waits until it is durable. */
  async write(id: number, rows: readonly Row[], onSettled?: (settled: Settled) => void): Promise<void> {
    const settled = await this.settle(id, rows, onSettled);
    must(!('error' in settled), () => `Batch ${id} failed: ${showError(settled.error)}.`);
    must(this.query.aborted.length === 0, () => `The sink aborted the query: ${showError(this.query.aborted[0])}.`);
  }

  /** The stream completes, and the query ends. */
  async end(): Promise<void> {
    await this.over(() => this.sink.complete());
  }

  async fail(error: Error): Promise<void> {
    await this.over(() => this.sink.error(error));
  }

  private async over(tell: () => void): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    const closed = this.sink instanceof Sink ? this.sink.closed.catch(() => undefined) : undefined;
    tell();
    await inTime(this.query.end(), this.timeout, 'Closing the sink');
    if (closed !== undefined) await inTime(closed, this.timeout, 'Closing the sink');
  }

  expectHeld(): void {
    for (const one of this.batches) expectHeldOf(one);
  }
}
