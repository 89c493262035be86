import { type Adapter, NotRun } from './adapter.js';
import type { GoldenCase } from './case.js';
import type { Differences } from './differences.js';

/** A case whose result is not Spark's. */
export interface Failure {
  readonly id: string;
  readonly title: string;
  /** What is different. */
  readonly difference: string;
  /** Why that is agreed, where it is. */
  readonly agreed?: string;
  readonly given: GoldenCase;
  readonly got: unknown;
}

export interface AreaResult {
  readonly area: string;
  readonly passed: number;
  readonly failures: readonly Failure[];
  /** By id: what a case asks for that does not exist. */
  readonly notRun: ReadonlyMap<string, string>;
}

/** Runs the cases of an area, one after the other. */
export async function runArea(
  area: string,
  cases: readonly GoldenCase[],
  adapters: readonly Adapter[],
  differences: Differences,
): Promise<AreaResult> {
  let passed = 0;
  const failures: Failure[] = [];
  const notRun = new Map<string, string>();
  for (const given of cases) {
    if (given.area !== area) continue;
    const adapter = adapterOf(given, adapters);
    if (adapter === undefined) {
      notRun.set(given.id, `nothing runs ${given.topic}`);
      continue;
    }
    try {
      const got = await adapter.run(given);
      const difference = adapter.compare(given, got);
      if (difference === undefined) passed++;
      else failures.push(failure(given, difference, got, differences));
    } catch (error) {
      if (error instanceof NotRun) notRun.set(given.id, error.message);
      else failures.push(failure(given, `a fault: ${String(error)}`, (error as Error).stack, differences));
    }
  }
  return { area, passed, failures, notRun };
}

export function adapterOf({ area, topic }: GoldenCase, adapters: readonly Adapter[]): Adapter | undefined {
  const ofArea = adapters.filter((adapter) => adapter.area === area);
  return ofArea.find(({ topics }) => topics?.includes(topic)) ?? ofArea.find(({ topics }) => topics === undefined);
}

/** The line that is printed for an area. */
export function summary({ area, passed, failures, notRun }: AreaResult): string {
  const agreed = failures.filter((f) => f.agreed !== undefined).length;
  return [
    `golden ${area}: ${passed} passed, ${failures.length} failed`,
    ...(agreed > 0 ? [`${agreed} of them agreed`] : []),
    ...(notRun.size > 0 ? [`${notRun.size} not run`] : []),
  ].join(', ');
}

function failure(given: GoldenCase, difference: string, got: unknown, differences: Differences): Failure {
  const agreed = differences.reasonOf(given);
  return { id: given.id, title: given.title, difference, ...(agreed === undefined ? {} : { agreed }), given, got };
}
