import { messageOf } from '../errors/index.js';
import { showError } from './compare.js';
import { type Pipeline, Script, type Step, type TestStreamOptions } from './script.js';

/**
 * Runs a pipeline through a script, as Spark's `testStream` does: the query runs by a clock that only the script
 * moves, with a checkpoint in a temporary directory (added below the flow, unless it has one) and a sink that
 * collects. After each step the query does what it can do at that time. `stop()` and `start()` restart it from its
 * checkpoint. It starts by itself if the first step is not `start()`.
 *
 * Rejects when a step fails or the query does: the message shows the script with an arrow at that step, the batches
 * seen and the offsets.
 *
 * @example
 * ```ts
 * const numbers = memorySource<{ n: number }>({ schema: 'n INT' });
 * await testStream(numbers.pipe(filterRows(({ n }) => n > 1)), [
 *   addData(numbers, [{ n: 1 }, { n: 2 }]),
 *   expectNewRows([{ n: 2 }]),
 *   stop(),
 *   addData(numbers, [{ n: 3 }]),
 *   start(),
 *   expectNewRows([{ n: 3 }]),
 * ]);
 *
 * // A pipeline as a function is made anew for every start; `input` is a source for addData(rows).
 * await testStream(
 *   ({ input }: Given<{ n: number }>) => input.pipe(trigger({ processingTime: '1 minute' })),
 *   [addData([{ n: 1 }]), expectRows([]), advanceTo('00:01'), expectRows([{ n: 1 }])],
 *   { schema: 'n INT' },
 * );
 *
 * // Event time: a row moves the watermark, which is in force from the next batch on.
 * const noon = (minutes: number): Date => new Date(Date.UTC(2025, 0, 1, 12, minutes));
 * await testStream(
 *   ({ input }: Given<{ at: Date }>) =>
 *     input.pipe(
 *       withWatermark('at', '10 minutes'),
 *       aggregate({ by: { w: window('at', '5 minutes') }, values: { n: count() } }),
 *       select('w.start', 'n'),
 *     ),
 *   [
 *     addData([{ at: noon(1) }, { at: noon(3) }]),
 *     addData([{ at: noon(16) }]),
 *     // 12:06 is past the end of the first window, which a batch without data then gives.
 *     expectWatermark(noon(6)),
 *     expectNewRows([{ start: noon(0), n: 2 }]),
 *     addData([{ at: noon(4) }]),
 *     expectLateRows(1),
 *     expectStateOperators([{ operatorName: 'stateStoreSave', numRowsTotal: 1 }]),
 *     expectState('aggregate', [{ w: { start: noon(15), end: noon(20) } }]),
 *   ],
 *   { schema: 'at TIMESTAMP' },
 * );
 * ```
 */
export async function testStream<Row, In = Record<string, unknown>>(
  pipeline: Pipeline<Row, In>,
  steps: readonly Step[],
  options: TestStreamOptions<In> = {},
): Promise<void> {
  const script = new Script(pipeline, options as TestStreamOptions<never>);
  await script.within(async () => {
    const all = steps[0]?.text.startsWith('start(') === true ? steps : [implicitStart, ...steps];
    let accepted: unknown;
    for (const [i, step] of all.entries()) {
      try {
        await step.run(script);
        const { failure } = script;
        if (step.expectsError === true) accepted = failure;
        if (failure !== undefined && failure !== accepted && all[i + 1]?.expectsError !== true) {
          throw new Error(`The query failed: ${showError(failure)}`, { cause: failure });
        }
      } catch (error) {
        throw new Error(report(script, all, step, error), { cause: error });
      }
    }
  });
}

const implicitStart: Step = { text: '(start)', run: (script) => script.start() };

function report(script: Script, steps: readonly Step[], failed: Step, error: unknown): string {
  const lines = steps.map((step) => `${step === failed ? '  ==> ' : '      '}${step.text}`);
  return `${messageOf(error)}\n\nScript:\n${lines.join('\n')}\n\n${script.describe()}`;
}
