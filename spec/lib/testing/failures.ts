import type { TestRunner } from '../../../lib/testing/index.js';

/** Runs a suite outside of the test report, and tells which cases failed, and why. */
export async function failuresOf(suite: (runner: TestRunner) => void): Promise<Map<string, string>> {
  const cases: { name: string; run: () => Promise<void> }[] = [];
  suite({ describe: (_name, body) => body(), it: (name, run) => cases.push({ name, run }) });
  if (cases.length === 0) throw new Error('The suite has no case.');
  const failures = new Map<string, string>();
  for (const { name, run } of cases) {
    await run().catch((error: Error) => failures.set(name, error.message));
  }
  return failures;
}
