import { type DurableStep, type StepHook, hookDurableSteps } from '../durable.js';
import { must, show } from './compare.js';

/**
 * A moment before or after one of the steps in which checkpoints and file sinks change a disk. A number counts all
 * such moments from 1 on, as `countSteps` lists them.
 */
export type CrashPoint =
  | number
  | {
      /** Default: any step. */
      readonly step?: DurableStep;
      /** Default `'before'`. */
      readonly when?: 'before' | 'after';
      /** What the path has to match. Default: any. */
      readonly path?: RegExp;
      /** The how many-th such moment. Default 1. */
      readonly nth?: number;
    };

/** One moment of a run. */
export interface CountedStep {
  /** What `crashAt` takes. */
  readonly number: number;
  readonly step: DurableStep;
  readonly when: 'before' | 'after';
  readonly path: string;
}

/** The environment variable that tells a child process where to die: a number, or a point as JSON with `path` as text. */
export const crashVariable = 'SLUICE_CRASH_AT';

const watchers = new Set<StepHook>();
let unhook: (() => void) | undefined;

/** The engine has room for one hook; here any number may watch. */
function watch(watcher: StepHook): () => void {
  watchers.add(watcher);
  unhook ??= hookDurableSteps((...event) => {
    for (const each of [...watchers]) each(...event);
  });
  return () => {
    watchers.delete(watcher);
    if (watchers.size > 0) return;
    unhook?.();
    unhook = undefined;
  };
}

/** Calls `act` when the point is reached; with `lasting`, ever after. Returns what undoes it. */
function at(point: CrashPoint, lasting: boolean, act: (event: string) => void): () => void {
  const { step, when = 'before', path, nth } = typeof point === 'number' ? { nth: point } : { nth: 1, ...point };
  must(
    Number.isInteger(nth) && nth >= 1,
    () => `crashAt: the number of the moment must be a whole number of at least 1, not ${show(nth)}.`,
  );
  let seen = 0;
  return watch((kind, moment, file) => {
    const fits =
      typeof point === 'number' ||
      (moment === when &&
        (step === undefined || step === kind) &&
        (path === undefined || new RegExp(path.source, path.flags.replace(/[gy]/g, '')).test(file)));
    if (!fits) return;
    seen++;
    if (seen === nth || (lasting && seen > nth)) act(`${moment} ${kind} ${file}`);
  });
}

/**
 * Kills this process, as `kill -9` does, when the point is reached. Without a point it takes the one that the
 * environment variable `SLUICE_CRASH_AT` names, if it is set, so that a test can tell a child process. Returns what
 * undoes it.
 *
 * @example
 * ```ts
 * // parent
 * spawn(process.execPath, ['pipeline.js'], { env: { ...process.env, ...crashEnv({ step: 'sync', when: 'after', path: /\.log$/, nth: 3 }) } });
 * // pipeline.js
 * crashAt();
 * ```
 */
export function crashAt(point?: CrashPoint): () => void {
  const chosen = point ?? pointFrom(process.env[crashVariable]);
  if (chosen === undefined) return () => undefined;
  return at(chosen, false, () => {
    process.kill(process.pid, 'SIGKILL');
    // Nothing more is to happen before the signal arrives.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5_000);
  });
}

/** The environment that makes `crashAt()` of a child process crash at this point. */
export function crashEnv(point: CrashPoint): Record<string, string> {
  const text =
    typeof point === 'number'
      ? String(point)
      : JSON.stringify({ ...point, ...(point.path && { path: point.path.source }) });
  return { [crashVariable]: text };
}

function pointFrom(text: string | undefined): CrashPoint | undefined {
  if (text === undefined || text === '') return undefined;
  let point: unknown;
  try {
    point = JSON.parse(text);
  } catch {
    point = undefined;
  }
  if (typeof point === 'number') return point;
  if (typeof point === 'object' && point !== null) {
    const { path, ...rest } = point as { path?: string };
    return { ...rest, ...(path === undefined ? {} : { path: new RegExp(path) }) };
  }
  throw new Error(
    `${crashVariable} must be a number or a point as JSON, such as {"step":"sync","nth":3}, not ${show(text)}.`,
  );
}

/**
 * Makes the step at that point throw: a system error of that code (`'ENOSPC'`, `'EIO'`…), or the error given. With
 * `lasting`, that and every later step like it. Returns what undoes it.
 *
 * @example
 * ```ts
 * const undo = failAt({ step: 'write', path: /\.log$/ }, 'ENOSPC');
 * await expect(query.awaitTermination()).rejects.toMatchObject({ code: 'CHECKPOINT_UNWRITABLE' });
 * undo();
 * ```
 */
export function failAt(
  point: CrashPoint,
  error: string | Error,
  options: { readonly lasting?: boolean } = {},
): () => void {
  return at(point, options.lasting ?? false, (event) => {
    if (typeof error !== 'string') throw error;
    throw Object.assign(new Error(`${error}: planted by a test, ${event}`), { code: error });
  });
}

/** Counts, from now on, the moments at which `crashAt` could strike. */
export interface StepCount {
  readonly count: number;
  readonly steps: readonly CountedStep[];
  stop(): void;
}

/**
 * Lists the moments at which `crashAt(n)` could strike, so that a test can strike at each of them in turn.
 *
 * @example
 * ```ts
 * const steps = countSteps();
 * await runOnce();
 * steps.stop();
 * for (let n = 1; n <= steps.count; n++) await runInChild(crashEnv(n));
 * ```
 */
export function countSteps(): StepCount {
  const steps: CountedStep[] = [];
  const undo = watch((step, when, path) => steps.push({ number: steps.length + 1, step, when, path }));
  return {
    steps,
    get count() {
      return steps.length;
    },
    stop: undo,
  };
}
