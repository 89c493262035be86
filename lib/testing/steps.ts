import { readState } from '../checkpoint/index.js';
import type { StateOperatorProgress, StreamingQueryProgress } from '../context/index.js';
import { didYouMean } from '../errors/index.js';
import { type Duration, parseDuration } from '../options/index.js';
import type { StreamingQuery } from '../query/index.js';
import {
  type ExpectedError,
  expectSameRows,
  inTime,
  isExpectedError,
  must,
  same,
  sameRows,
  show,
  showError,
  showList,
  turn,
} from './compare.js';
import { describe } from './expect-settled.js';
import { type Pipeline, type Script, type Step, iso, patience } from './script.js';

/** Anything that can be fed by hand, such as `memorySource`. */
export interface Feedable<Row> {
  addData(rows: readonly Row[]): unknown;
}

/**
 * Gives rows to a source, and lets the query do what it then can: with a trigger on processing time it waits for the
 * clock. Without a source the rows go to the `input` of a pipeline that is given as a function.
 */
export function addData(rows: readonly unknown[]): Step;
export function addData<Row>(source: Feedable<Row>, rows: readonly Row[]): Step;
export function addData(first: Feedable<never> | readonly unknown[], second?: readonly unknown[]): Step {
  const rows = second ?? (first as readonly unknown[]);
  return {
    text: `addData(${show(rows, 100)})`,
    run: async (script) => {
      const source = second === undefined ? script.input : (first as Feedable<never>);
      await source.addData(rows as readonly never[]);
      if (script.isRunning) await script.settle(patience);
    },
  };
}

/** Puts the clock forward; what is due on the way happens at its time. */
export function advanceBy(duration: Duration): Step {
  const millis = parseDuration(duration);
  must(millis !== undefined, () => `advanceBy: ${show(duration)} is no duration such as '1 minute'.`);
  return { text: `advanceBy(${show(duration)})`, run: (script) => script.advanceTo(script.clock.now() + millis) };
}

/** Puts the clock forward to a time of its day, such as `'10:05'` or `'10:05:30'` (UTC), or to a date. */
export function advanceTo(instant: string | Date): Step {
  return {
    text: `advanceTo(${show(instant)})`,
    run: (script) => {
      const time = typeof instant === 'string' && /^\d{1,2}:\d{2}(:\d{2}(\.\d{1,3})?)?$/.test(instant);
      const today = iso(script.clock.now()).slice(0, 11);
      const at = new Date(time ? `${today}${instant.indexOf(':') === 1 ? '0' : ''}${instant}Z` : instant).getTime();
      must(!Number.isNaN(at), () => `advanceTo: ${show(instant)} is neither a time such as '10:05' nor a date.`);
      return script.advanceTo(at);
    },
  };
}

export interface ExpectRowsOptions {
  /** Whether the order counts, too. Default false, as in Spark. */
  readonly ordered?: boolean;
}

/** All rows that the sink has got since the script began, each as often as it came; with the output mode `complete`, the last result. */
export function expectRows(rows: readonly unknown[], options: ExpectRowsOptions = {}): Step {
  return {
    text: `expectRows(${show(rows, 200)})`,
    run: async (script) => {
      await script.until(() =>
        complaint(() => expectSameRows('All rows', script.rows, rows, options.ordered ?? false)),
      );
      script.checked = script.rows.length;
    },
  };
}

/** The rows that the sink has got since the last `expectRows` or `expectNewRows`. */
export function expectNewRows(rows: readonly unknown[], options: ExpectRowsOptions = {}): Step {
  return {
    text: `expectNewRows(${show(rows, 200)})`,
    run: async (script) => {
      const fresh = (): readonly unknown[] => script.rows.slice(script.checked);
      await script.until(() => complaint(() => expectSameRows('New rows', fresh(), rows, options.ordered ?? false)));
      script.checked = script.rows.length;
    },
  };
}

/** The rows of every batch that the sink has got since the script began, in order. */
export function expectBatches(batches: readonly (readonly unknown[])[]): Step {
  return {
    text: `expectBatches(${show(batches, 200)})`,
    run: (script) =>
      script.until(() => {
        const seen = script.seen.map((one) => one.rows);
        const fits = seen.length === batches.length && seen.every((rows, i) => sameRows(rows, batches[i]!));
        return fits ? undefined : new Error(`Batches:\n${showList(seen)}\n  expected:\n${showList(batches)}`);
      }),
  };
}

/** The watermark of the last batch: a date, milliseconds since the epoch, or null for none. */
export function expectWatermark(watermark: string | number | Date | null): Step {
  const expected = watermark === null ? null : new Date(watermark).getTime();
  must(!Number.isNaN(expected), () => `expectWatermark: ${show(watermark)} is no date.`);
  const text = (instant: number | null | undefined): string =>
    instant === undefined ? 'no batch yet' : instant === null ? 'none' : iso(instant);
  return {
    text: `expectWatermark(${show(watermark)})`,
    run: (script) =>
      script.until(() => {
        const actual = script.seen.at(-1)?.watermark;
        return (actual ?? null) === expected
          ? undefined
          : new Error(`Watermark: ${text(actual)}, expected ${text(expected)}.`);
      }),
  };
}

/**
 * What the operators that keep state did in the last batch, the one furthest downstream first: these fields of each, such
 * as `{ operatorName: 'dedupe', numRowsTotal: 3, numRowsDroppedByWatermark: 1 }`.
 */
export function expectStateOperators(operators: readonly Partial<StateOperatorProgress>[]): Step {
  return {
    text: `expectStateOperators(${show(operators, 200)})`,
    run: (script) =>
      script.until(() => {
        const actual = script.query?.lastProgress?.stateOperators ?? [];
        const fits =
          actual.length === operators.length &&
          operators.every((fields, i) =>
            Object.entries(fields).every(([key, value]) => same(at(actual[i]!, key), value)),
          );
        if (fits) return undefined;
        // Of those that are there, what was asked for.
        const asked = actual.map((one, i) =>
          Object.fromEntries(Object.keys(operators[i] ?? { operatorName: '' }).map((key) => [key, at(one, key)])),
        );
        return new Error(`State operators:\n${showList(asked)}\n  expected:\n${showList(operators)}`);
      }),
  };
}

const at = (progress: StateOperatorProgress, key: string): unknown => progress[key as keyof StateOperatorProgress];

/**
 * What an operator keeps after the last batch: for each entry some of the columns of its key and its value, such as
 * `expectState('mapGroupsWithState', [{ user: 'ada', state: { n: 3 } }])`. The operator is named as in the checkpoint, by
 * its option `name`; one with several stores as `join/left`. Which columns there are `readState` shows.
 */
export function expectState(operator: string, rows: readonly Readonly<Record<string, unknown>>[]): Step {
  return {
    text: `expectState(${show(operator)}, ${show(rows, 200)})`,
    run: async (script) => {
      await script.settle(patience);
      const { stores } = await readState(script.checkpoint);
      const store = stores.find(({ name }) => name === operator);
      const names = stores.map(({ name }) => name);
      must(store !== undefined, () => `No operator '${operator}' keeps state.${didYouMean(operator, names)}`);
      const asked = [...new Set(rows.flatMap((row) => Object.keys(row)))];
      const kept = [...store.rows()].map(({ key, value }): Record<string, unknown> => ({ ...key, ...value }));
      const some = kept.map((row) => Object.fromEntries(asked.map((name) => [name, row[name]])));
      expectSameRows(`State of ${operator}`, some, rows, false);
    },
  };
}

/** How many rows came too late in the last batch, over all operators: `numRowsDroppedByWatermark` of the progress. */
export function expectLateRows(count: number): Step {
  return {
    text: `expectLateRows(${count})`,
    run: (script) =>
      script.until(() => {
        const operators = script.query?.lastProgress?.stateOperators ?? [];
        const late = operators.reduce((sum, one) => sum + one.numRowsDroppedByWatermark, 0);
        return late === count ? undefined : new Error(`Late rows: ${late}, expected ${count}.`);
      }),
  };
}

/** Fields of the last progress, such as `{ numInputRows: 3 }`. */
export function expectProgress(fields: Partial<StreamingQueryProgress>): Step {
  return {
    text: `expectProgress(${show(fields, 200)})`,
    run: (script) =>
      script.until(() => {
        const progress = script.query?.lastProgress;
        const wrong = Object.entries(fields).filter(
          ([key, value]) => show(progress?.[key as keyof StreamingQueryProgress]) !== show(value),
        );
        if (wrong.length === 0) return undefined;
        return new Error(
          wrong
            .map(
              ([key, value]) =>
                `${key} is ${show(progress?.[key as keyof StreamingQueryProgress])}, expected ${show(value)}`,
            )
            .join('; '),
        );
      }),
  };
}

/** Ends the query after the batch in hand. The checkpoint stays for the next `start()`. */
export function stop(): Step {
  return { text: 'stop()', run: (script) => script.stop() };
}

/** Starts the query again, from the same checkpoint; with another pipeline if one is given. A script starts by itself. */
export function start<Row, In = Record<string, unknown>>(pipeline?: Pipeline<Row, In>): Step {
  return {
    text: `start(${pipeline === undefined ? '' : 'another pipeline'})`,
    run: (script) => script.start(pipeline),
  };
}

/** The query fails with this error: a code, a pattern of its text, or a class. After it `start()` may come. */
export function expectError(error: ExpectedError): Step {
  return {
    text: `expectError(${show(error)})`,
    expectsError: true,
    run: async (script) => {
      await script.settle(patience);
      const { failure } = script;
      must(failure !== undefined, `Expected the query to fail with ${describe(error)}, but it did not.`);
      const causes = [failure, failure.cause].filter((e) => e !== undefined);
      must(
        causes.some((e) => isExpectedError(e, error)),
        () => `Expected the query to fail with ${describe(error)}, but it failed with ${showError(failure)}.`,
      );
      // What is still open closes meanwhile, so that the next start finds the checkpoint free.
      await inTime(ended(script), script.timeout, 'The end of the query');
    },
  };
}

/** The query has ended by itself, well: a bounded trigger or source has done its work. */
export function expectEnd(): Step {
  return {
    text: 'expectEnd()',
    run: (script) => script.until(() => (script.isRunning ? new Error('The query still runs.') : undefined)),
  };
}

/** Anything else, between two steps. `does` says what, for the message of a failure. */
export function execute(does: string, body: (query: StreamingQuery | undefined) => unknown): Step {
  return {
    text: `execute(${show(does)})`,
    run: async (script) => {
      await body(script.query);
      if (script.isRunning) await script.settle(patience);
    },
  };
}

async function ended(script: Script): Promise<void> {
  while (script.isRunning) {
    script.clock.runDue();
    await turn();
  }
}

function complaint(check: () => void): Error | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
