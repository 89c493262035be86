import type { Observer } from 'rxjs';
import type { MicroBatch, Settled } from '../batch/index.js';
import type { OutputMode } from '../plan/index.js';
import type { SchemaLike } from '../schema/index.js';
import { expectSameRows, must, show } from './compare.js';
import { countSteps, failAt } from './crash.js';
import { type Places, inPlace } from './places.js';
import { type Case, type TestRunner, register, runnerFor } from './runner.js';
import { Trial, rowsOf } from './sink-trial.js';

/** What a sink promises. The suite tests exactly that. */
export interface SinkSupports {
  /** Whether a batch that comes again after a crash leaves each of its rows once. */
  readonly exactlyOnce: boolean;
  /**
   * How: by writing the second try in place of the first (the default), or by skipping a batch that is in already.
   * Matters where the second try has other rows.
   */
  readonly replay?: 'replaces' | 'skips';
  /** Default `['append']`. */
  readonly outputModes?: readonly OutputMode[];
  /** Whether two queries may write to one destination. Default true. */
  readonly sharedDestination?: boolean;
  /** Whether `readBack` gives rows in the order of writing. Default true. */
  readonly ordered?: boolean;
}

export interface SinkSuiteOptions<Row, Place> extends Places<Place> {
  /** Names the suite in the test report. */
  readonly name: string;
  /** A new sink that writes to `place`. */
  readonly create: (place: Place) => Observer<MicroBatch<Row>> | Promise<Observer<MicroBatch<Row>>>;
  /** All rows that a reader finds there now, as `row` made them; best by a reader that is not the sink's own. */
  readonly readBack: (place: Place) => readonly Row[] | Promise<readonly Row[]>;
  /** The n-th row to write. Default `{ id: n, name: 'row n' }`, with a schema to match. */
  readonly row?: (n: number) => Row;
  /** The types of those rows. */
  readonly schema?: SchemaLike<Row>;
  /** Makes every write to `place` fail from now on, if that can be arranged. */
  readonly breakPlace?: (place: Place) => void | Promise<void>;
  readonly supports: SinkSupports;
  /** How long one batch may take, in milliseconds. Default 10 000. */
  readonly timeout?: number;
}

/**
 * Tests a sink of any kind against the contract of sinks: what it promises in `supports` is what is tested, and
 * nothing else is skipped. Each case gets a place of its own and drives the sink as the engine does.
 *
 * @example
 * ```ts
 * sinkSuite({
 *   name: 'referenceSink',
 *   create: (path: string) => referenceSink({ path }),
 *   readBack: async (path) => (await readRecords(path)).map((value) => ({ value })),
 *   row: (n) => ({ value: `row ${n}` }),
 *   schema: 'value STRING',
 *   supports: { exactlyOnce: true, replay: 'skips' },
 * });
 * ```
 *
 * @param runner `describe` and `it` of your test runner; default: the global ones.
 */
export function sinkSuite<Row = { id: number; name: string }, Place = string>(
  options: SinkSuiteOptions<Row, Place>,
  runner?: TestRunner,
): void {
  register(runnerFor('sinkSuite', runner), `${options.name}: conformance of the sink`, sinkCases(options));
}

function sinkCases<Row, Place>(options: SinkSuiteOptions<Row, Place>): Case[] {
  const { supports } = options;
  const { replay = 'replaces', ordered = true } = supports;
  const cases: Case[] = [];
  const define = (name: string, body: (trial: Trial<Row, Place>) => Promise<void>): void => {
    cases.push({ name, run: () => inPlace(options, (place) => Trial.run(options, place, body)) });
  };
  const expectRows = async (
    trial: Trial<Row, Place>,
    what: string,
    rows: readonly Row[],
    inOrder = ordered,
  ): Promise<void> => expectSameRows(what, await trial.readBack(), rows, inOrder);
  const { rows } = rowsOf(options);

  define('writes batches in order', async (trial) => {
    const run = await trial.open();
    for (let id = 0; id < 4; id++) await run.write(id, rows(id * 3, 3));
    await run.end();
    await expectRows(trial, 'After four batches', rows(0, 12));
  });

  define('takes the next batch while the one before is being written, and keeps their order', async (trial) => {
    const run = await trial.open();
    await Promise.all([0, 1, 2].map((id) => run.write(id, rows(id * 3, 3))));
    await run.end();
    await expectRows(trial, 'After three batches at once', rows(0, 9));
  });

  define('takes an empty batch', async (trial) => {
    const run = await trial.open();
    await run.write(0, []);
    await run.write(1, rows(0, 2));
    await run.write(2, []);
    await run.end();
    await expectRows(trial, 'After an empty batch, two rows and an empty batch', rows(0, 2));
  });

  define('holds each batch until a reader finds its rows', async (trial) => {
    const run = await trial.open();
    for (let id = 0; id < 3; id++) {
      let read: Promise<readonly Row[]> | undefined;
      let held = false;
      // The reader starts at the very moment at which the sink says that it is done.
      await run.write(id, rows(id * 2, 2), (settled) => {
        held = settled.held;
        read = Promise.resolve(options.readBack(trial.place));
      });
      const doing = held ? 'released' : 'let go of (it was not held, so it counted as done when `next` returned)';
      expectSameRows(
        `When the sink had ${doing} batch ${id}, a reader found`,
        await read!,
        rows(0, id * 2 + 2),
        ordered,
      );
    }
  });

  define('changes nothing on the disk after it released a batch', async (trial) => {
    const run = await trial.open();
    const steps = countSteps();
    try {
      let released = 0;
      await run.write(0, rows(0, 2), () => (released = steps.count));
      await trial.settle();
      const late = steps.steps.slice(released).filter((one) => one.step !== 'remove');
      must(
        late.length === 0,
        () => `After the batch was released the sink did: ${late.map((s) => `${s.step} ${s.path}`).join(', ')}.`,
      );
    } finally {
      steps.stop();
    }
    await run.end();
  });

  define(
    'replayed after a crash, a new sink of the same query leaves each row ' +
      (supports.exactlyOnce ? 'once' : 'at least once'),
    async (trial) => {
      const first = await trial.open();
      await first.write(0, rows(0, 3));
      await first.write(1, rows(3, 3));
      // The process dies before the commit of batch 1: nobody closes the first sink.
      const second = await trial.open();
      await second.write(1, rows(3, 3));
      await second.write(2, rows(6, 3));
      await second.end();
      if (supports.exactlyOnce) return expectRows(trial, 'After the replay', rows(0, 9));
      const found = await trial.readBack();
      expectSameRows('After the replay, of each row one', distinct(found), distinct(rows(0, 9)), false);
    },
  );

  if (supports.exactlyOnce) {
    define('a batch replayed twice leaves each row once', async (trial) => {
      for (let restart = 0; restart < 3; restart++) await (await trial.open()).write(0, rows(0, 3));
      const last = await trial.open();
      await last.write(1, rows(3, 1));
      await last.end();
      await expectRows(trial, 'After two replays', rows(0, 4));
    });

    define(
      'a replay of the first batch after its sink was closed in good order leaves each row once',
      async (trial) => {
        const first = await trial.open();
        await first.write(0, rows(0, 3));
        await first.end();
        const second = await trial.open();
        await second.write(0, rows(0, 3));
        await second.end();
        await expectRows(trial, 'After the replay', rows(0, 3));
      },
    );

    define('a replay with other rows leaves those of one try', async (trial) => {
      const first = await trial.open();
      await first.write(0, rows(0, 3));
      await first.write(1, rows(3, 6));
      const second = await trial.open();
      await second.write(1, rows(3, 2));
      await second.write(2, rows(20, 1));
      await second.end();
      const kept = replay === 'replaces' ? rows(3, 2) : rows(3, 6);
      await expectRows(trial, `After a replay that ${replay} the batch`, [...rows(0, 3), ...kept, ...rows(20, 1)]);
    });

    define('an empty replay of a batch', async (trial) => {
      const first = await trial.open();
      await first.write(0, rows(0, 3));
      const second = await trial.open();
      await second.write(0, []);
      await second.end();
      await expectRows(
        trial,
        `After an empty replay that ${replay} the batch`,
        replay === 'replaces' ? [] : rows(0, 3),
      );
    });

    define('a failure at any step on the disk fails the batch, and a replay leaves each row once', async (trial) => {
      const steps = countSteps();
      const trying = await trial.at('counted', (run) => run.write(0, rows(0, 3)));
      steps.stop();
      await trying.end();
      for (let n = 1; n <= steps.count; n++) {
        await inPlace(options, (place) =>
          Trial.run(options, place, async (broken) => {
            const undo = failAt(n, 'EIO');
            const first = await broken.open();
            let settled: Settled;
            try {
              settled = await first.settle(0, rows(0, 3));
            } finally {
              undo();
            }
            const { step, when } = steps.steps[n - 1]!;
            // What is only tidied up may fail without harm.
            must(
              'error' in settled || step === 'remove',
              `The ${n}. step (${when} ${step}) failed, but the batch did not.`,
            );
            const second = await broken.open();
            await second.write(0, rows(0, 3));
            await second.end();
            expectSameRows(
              `After a failure at step ${n} (${when} ${step}) and a replay`,
              await broken.readBack(),
              rows(0, 3),
              ordered,
            );
          }),
        );
      }
    });
  }

  if (supports.sharedDestination !== false) {
    define('two queries write to one place', async (trial) => {
      const [one, two] = [await trial.open('query-one'), await trial.open('query-two')];
      await one.write(0, rows(0, 2));
      await two.write(0, rows(2, 2));
      await one.write(1, rows(4, 2));
      await one.end();
      await two.end();
      await expectRows(trial, 'After batches of two queries', rows(0, 6), false);
    });
  }

  if (options.breakPlace !== undefined) {
    define('an error in writing fails the batch, and `next` does not throw', async (trial) => {
      const run = await trial.open();
      await options.breakPlace!(trial.place);
      const settled = await run.settle(0, rows(0, 2));
      must('error' in settled, 'Writing could not work, but the batch was done without an error.');
      await run.end();
    });
  }

  for (const mode of supports.outputModes ?? ['append']) {
    if (mode === 'append') continue;
    define(`writes in the output mode ${mode}`, async (trial) => {
      const run = await trial.open('query', mode);
      await run.write(0, rows(0, 3));
      await run.write(1, rows(3, 2));
      await run.end();
      if (mode === 'complete') await expectRows(trial, 'After two complete results, the last', rows(3, 2));
    });
  }

  define('closes without having got a batch', async (trial) => {
    const run = await trial.open();
    await run.end();
    await expectRows(trial, 'Without a batch', []);
  });

  define('closes after an error of the stream, and keeps what was written', async (trial) => {
    const run = await trial.open();
    await run.write(0, rows(0, 2));
    await run.fail(new Error('planted by a test'));
    await expectRows(trial, 'After one batch and an error', rows(0, 2));
  });

  return cases;
}

/** Each row once, whatever its keys. */
function distinct<Row>(rows: readonly Row[]): Row[] {
  return [...new Map(rows.map((row) => [show(row, Infinity), row])).values()];
}
