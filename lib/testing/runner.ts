/** The two functions of a test runner that the suites need: jest's, vitest's, mocha's and `node:test`'s all fit. */
export interface TestRunner {
  describe(name: string, body: () => void): unknown;
  it(name: string, body: () => Promise<void>): unknown;
}

/** One case of a suite. */
export interface Case {
  readonly name: string;
  run(): Promise<void>;
}

/** The runner that was given, or the one whose functions are global. */
export function runnerFor(suite: string, given: TestRunner | undefined): TestRunner {
  if (given !== undefined) return given;
  const { describe, it } = globalThis as unknown as Partial<TestRunner>;
  if (typeof describe === 'function' && typeof it === 'function') return { describe, it };
  throw new Error(
    `${suite}: there is no global describe() and it(). Give those of your test runner as the second argument: ` +
      `${suite}({ ... }, { describe, it }).`,
  );
}

/** Registers the cases under `name`; what a case throws says which case it was. */
export function register(runner: TestRunner, name: string, cases: readonly Case[]): void {
  runner.describe(name, () => {
    for (const one of cases) runner.it(one.name, () => one.run());
  });
}
