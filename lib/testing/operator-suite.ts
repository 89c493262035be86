import { type Observable, Subject, type Subscription } from 'rxjs';
import type { MicroBatch, Settled } from '../batch/index.js';
import { defineSource } from '../connect/index.js';
import type { Flow } from '../flow.js';
import type { FlowOperator } from '../operator.js';
import type { SchemaLike } from '../schema/index.js';
import { type MarbleRow, batch, deliver, expectHeldOf, settledOf, settlementOf } from './batch.js';
import {
  type ExpectedError,
  expectSameRows,
  inTime,
  isExpectedError,
  must,
  pause,
  same,
  showError,
} from './compare.js';
import { describe } from './expect-settled.js';
import { seeded } from './random.js';
import { takeStock } from './resources.js';
import { type Case, type TestRunner, register, runnerFor } from './runner.js';
import { Script } from './script.js';

export interface OperatorSuiteOptions<In, Out> {
  /** Names the suite in the test report. */
  readonly name: string;
  /** A new operator for each case. */
  readonly operator: () =>
    FlowOperator<In, Out> | ((source: Observable<MicroBatch<In>>) => Observable<MicroBatch<Out>>);
  /** The rows to feed. Default: `{ value: 'a' }` to `{ value: 'h' }`, with a schema to match. */
  readonly input?: readonly In[];
  /** The types of those rows. */
  readonly schema?: SchemaLike<In>;
  /** The rows that come out of all of `input`. Default: what comes out when they are one batch. */
  readonly output?: readonly Out[];
  /** Whether what comes out depends on rows of earlier batches; the state is then kept in the checkpoint. Default false. */
  readonly stateful?: boolean;
  /** The operator with a function that fails on every row, and the error that the stream is to end with. */
  readonly failing?: { readonly operator: () => FlowOperator<In, unknown>; readonly error: ExpectedError };
  /** How long one case may take, in milliseconds. Default 10 000. */
  readonly timeout?: number;
}

/**
 * Tests an operator against the contract of operators: one batch in, one batch out of the same id, settled when the
 * work is done and not before; the same rows come out however they are split over batches, replayed, or divided by
 * restarts. Asynchronous operators pass it, too.
 *
 * @example
 * ```ts
 * operatorSuite({
 *   name: 'filterRows',
 *   operator: () => filterRows<MarbleRow>(({ value }) => value > 'c'),
 *   output: ['d', 'e', 'f', 'g', 'h'].map((value) => ({ value })),
 *   failing: { operator: () => filterRows(() => { throw new Error('no'); }), error: 'USER_FUNCTION_FAILED' },
 * });
 * ```
 *
 * @param runner `describe` and `it` of your test runner; default: the global ones.
 */
export function operatorSuite<In = MarbleRow, Out = In>(
  options: OperatorSuiteOptions<In, Out>,
  runner?: TestRunner,
): void {
  register(runnerFor('operatorSuite', runner), `${options.name}: conformance of the operator`, operatorCases(options));
}

function operatorCases<In, Out>(options: OperatorSuiteOptions<In, Out>): Case[] {
  const { stateful = false, failing } = options;
  const input = options.input ?? ([...'abcdefgh'].map((value) => ({ value })) as In[]);
  const half = Math.floor(input.length / 2);
  const cases: Case[] = [];
  const define = (name: string, run: () => Promise<void>): void => {
    cases.push({
      name,
      run: async () => {
        const expectNothingLeft = takeStock();
        await run();
        await expectNothingLeft();
      },
    });
  };
  /** What comes out of the rows through the whole engine, from one start or with a restart after each batch. */
  const throughEngine = async (batches: readonly (readonly In[])[], restarting = false): Promise<Out[]> => {
    const gate = { open: restarting ? 1 : batches.length };
    const script = new Script(() => options.operator()(sourceOf(batches, gate, options)), {
      timeout: options.timeout ?? 10_000,
    });
    await script.within(async () => {
      for (; gate.open <= batches.length; gate.open++) {
        await script.start();
        if (script.failure !== undefined) throw script.failure;
        await script.stop();
      }
    });
    return script.rows as Out[];
  };
  const expected = async (): Promise<readonly Out[]> => options.output ?? throughEngine([input]);

  define('gives what it should for one batch of all rows', async () => {
    expectSameRows('Out came', await throughEngine([input]), await expected());
  });

  define('gives the same however the rows are split over batches, empty ones among them', () =>
    seeded(async (random) => {
      const whole = await expected();
      for (let i = 0; i < 3; i++) {
        const pieces = random.split(input, true);
        expectSameRows(
          `Of batches of ${pieces.map((p) => p.length).join(', ')} rows came`,
          await throughEngine(pieces),
          whole,
        );
      }
    }),
  );

  define('gives the same when the query is restarted between batches', async () => {
    const pieces = [input.slice(0, half), input.slice(half)];
    expectSameRows('Over restarts came', await throughEngine(pieces, true), await expected());
  });

  if (!stateful) {
    define('gives the same for a batch that comes again', async () => {
      const stage = new Stage(options);
      const first = await stage.feed(input, 3);
      const again = await stage.feed(input, 3);
      await stage.leave();
      expectSameRows('The second time came', again.rows, first.rows);
    });

    define('passes each batch on once, under its id, with its watermark and its settlement', async () => {
      const stage = new Stage(options);
      for (const [id, rows] of [input, [], input.slice(0, 1), []].entries()) {
        const { given, got, settled } = await stage.feed(rows, id);
        must(got.length === 1, () => `Of batch ${id} came ${got.length} batches; one in, one out.`);
        const [out] = got;
        must(out!.id === id, () => `Of batch ${id} came a batch ${out!.id}.`);
        must(
          out!.watermark === given.watermark && out!.timestamp === given.timestamp,
          `Batch ${id} lost its watermark or timestamp.`,
        );
        must(
          out!.isOf(given as never),
          `What came of batch ${id} does not share its settlement: derive batches by \`batch.with()\`.`,
        );
        must(!('error' in settled), () => `Batch ${id} failed: ${showError(settled.error)}.`);
      }
      await stage.leave();
    });

    define('a batch is settled only when what comes of it is done', async () => {
      const stage = new Stage(options);
      stage.holding = true;
      const given = stage.deliver(input, 0);
      await stage.until(() => stage.got.length > 0, 'The batch');
      await pause(5);
      must(settledOf(given) === undefined, 'The batch was settled while what came of it was held.');
      stage.release(new Error('planted by a test'));
      const settled = settledOf(given);
      must(settled !== undefined, 'The batch was not settled when what came of it was released.');
      must('error' in settled, 'What came of the batch failed, but the batch did not.');
      await stage.leave();
    });

    define('an error in the stream goes on at once, after the batches before it', async () => {
      const stage = new Stage(options);
      await stage.feed(input, 0);
      const error = new Error('planted by a test');
      stage.source.error(error);
      await stage.until(() => stage.ended !== undefined, 'The error');
      must(
        same(stage.ended, { error }),
        () => `The stream ended otherwise than with the error: ${showError(stage.ended?.error)}.`,
      );
      must(stage.got.length === 1, 'The batch before the error did not come.');
    });

    define('completes when the stream does, without a batch and after one', async () => {
      for (const batches of [0, 1]) {
        const stage = new Stage(options);
        for (let id = 0; id < batches; id++) await stage.feed(input, id);
        stage.source.complete();
        await stage.until(() => stage.ended !== undefined, 'The completion');
        must(same(stage.ended, {}), () => `The stream did not complete but failed: ${showError(stage.ended?.error)}.`);
        must(stage.got.length === batches, `After ${batches} batches ${stage.got.length} came.`);
      }
    });
  }

  define('unsubscribed, it leaves its source and gives nothing more', async () => {
    const stage = new Stage(options);
    const given = stage.deliver(input, 0);
    stage.subscription.unsubscribe();
    must(!stage.source.observed, 'The source is subscribed still.');
    const before = [stage.got.length, stage.ended];
    await inTime(
      new Promise((resolve) => settlementOf(given).onSettled(resolve)),
      options.timeout ?? 10_000,
      'The settling of a batch whose stream was left',
    );
    must(same([stage.got.length, stage.ended], before), 'Something came after it was unsubscribed.');
  });

  if (failing !== undefined) {
    define('what its function throws fails the batch and ends the stream', async () => {
      const stage = new Stage({ ...options, operator: failing.operator } as never);
      const given = stage.deliver(input, 0);
      await stage.until(() => stage.ended !== undefined, 'The error');
      const text = (): string =>
        `Expected the stream to end with ${describe(failing.error)}, but it ended with ${showError(stage.ended?.error)}.`;
      must(
        stage.ended !== undefined && 'error' in stage.ended && isExpectedError(stage.ended.error, failing.error),
        text,
      );
      await stage.until(() => settledOf(given) !== undefined, 'The settling of the batch');
      must(
        'error' in settledOf(given)!,
        'The function threw, but the batch was done without an error: it would have been committed.',
      );
      must(stage.got.length === 0, 'A batch came although the function threw on it.');
      must(!stage.source.observed, 'The source is subscribed still.');
    });
  }
  return cases;
}

const defaultSchema = 'value STRING';

function schemaOf<In>(options: OperatorSuiteOptions<In, unknown>): { schema?: SchemaLike<In> } {
  if (options.schema !== undefined) return { schema: options.schema };
  return options.input === undefined ? { schema: defaultSchema } : {};
}

/** A bounded source of just these batches, as far as the gate is open. */
function sourceOf<In>(
  batches: readonly (readonly In[])[],
  gate: { readonly open: number },
  options: OperatorSuiteOptions<In, unknown>,
): Flow<In> {
  return defineSource<In, number>({
    op: 'batches',
    name: 'batches',
    ...schemaOf(options),
    supports: { replay: true },
    open: () => ({
      initial: () => 0,
      latest: (start) => Math.max(start, Math.min(start + 1, gate.open)),
      read: (start) => batches[start] ?? [],
      status: () => ({ ended: gate.open >= batches.length }),
    }),
  });
}

/** An operator between a source that is fed by hand and a sink that can take its time. */
class Stage<In, Out> {
  readonly source = new Subject<MicroBatch<In>>();
  readonly got: MicroBatch<Out>[] = [];
  /** The rows of each, as they were when it came. */
  readonly rows: (readonly Out[])[] = [];
  readonly subscription: Subscription;
  ended: { readonly error?: unknown } | undefined;
  holding = false;
  private late: Error | undefined;
  private readonly held: ((error?: unknown) => void)[] = [];
  private readonly given: MicroBatch<In>[] = [];

  constructor(private readonly options: OperatorSuiteOptions<In, Out>) {
    this.subscription = options
      .operator()(this.source)
      .subscribe({
        next: (one) => {
          if (settledOf(one) !== undefined) {
            this.late ??= new Error(
              `Batch ${one.id} came on after it was settled: the operator kept it past \`next\` without holding it.`,
            );
            return;
          }
          this.got.push(one);
          this.rows.push(one.rows);
          if (this.holding) this.held.push(one.hold());
        },
        error: (error: unknown) => (this.ended = { error }),
        complete: () => (this.ended = {}),
      });
  }

  deliver(rows: readonly In[], id: number): MicroBatch<In> {
    const one = batch<In>(rows, undefined, {
      id,
      timestamp: 1000 + id,
      watermark: 500 + id,
      ...schemaOf(this.options),
    });
    this.given.push(one);
    deliver(one, this.source);
    return one;
  }

  /** Feeds a batch and waits until it is settled. */
  async feed(
    rows: readonly In[],
    id: number,
  ): Promise<{ given: MicroBatch<In>; got: MicroBatch<Out>[]; rows: Out[]; settled: Settled }> {
    const before = this.got.length;
    const given = this.deliver(rows, id);
    const settling = new Promise<Settled>((resolve) => settlementOf(given).onSettled(resolve));
    const settled = await inTime(settling, this.timeout, `The settling of batch ${id}`);
    // What was kept without being held comes late.
    if (this.got.length === before) await pause(10);
    if (this.late !== undefined) throw this.late;
    return { given, got: this.got.slice(before), rows: this.rows.slice(before).flat(), settled };
  }

  release(error?: unknown): void {
    for (const done of this.held.splice(0)) done(error);
  }

  async until(condition: () => boolean, what: string): Promise<void> {
    const deadline = performance.now() + this.timeout;
    while (!condition()) {
      if (this.late !== undefined) throw this.late;
      must(performance.now() < deadline, `${what} did not come within ${this.timeout} ms.`);
      await pause(1);
    }
  }

  /** Ends the stream, and checks that no batch was kept without being held. */
  async leave(): Promise<void> {
    this.subscription.unsubscribe();
    for (const one of this.given) expectHeldOf(one);
  }

  private get timeout(): number {
    return this.options.timeout ?? 10_000;
  }
}
