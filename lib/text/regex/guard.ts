import { type Context, Script, createContext } from 'node:vm';

/** What a single text may take, in milliseconds. */
export const REGEX_TIME_LIMIT = 1000;

let run: { readonly script: Script; readonly context: Context & { work: () => unknown } } | undefined;

/** Runs `work`; where it takes more than `limit` milliseconds it is interrupted, and `false` comes back. */
export function runLimited(work: () => void, limit: number): boolean {
  run ??= { script: new Script('work()'), context: createContext({ work }) as Context & { work: () => unknown } };
  run.context.work = work;
  try {
    run.script.runInContext(run.context, { timeout: limit });
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false;
    throw error;
  }
}
