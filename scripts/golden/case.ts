import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** One case: what goes in, and what Spark made of it. What else it has depends on its area and topic. */
export interface GoldenCase {
  /** Stable: a hash of what goes in. */
  readonly id: string;
  readonly area: string;
  readonly topic: string;
  readonly title: string;
  readonly conf?: Readonly<Record<string, string>>;
  readonly expected: unknown;
}

/** What Spark says of an error. The last of `conditions` is what went wrong. */
export interface GoldenError {
  readonly phase: string;
  readonly conditions?: readonly string[];
  readonly message?: string;
}

/** Rows with the names and types of their columns, or an error. */
export interface GoldenRows {
  readonly schema?: readonly (readonly [name: string, type: string])[];
  readonly rows?: readonly (readonly unknown[])[];
  /** False where the rows are a multiset. */
  readonly ordered?: boolean;
  readonly error?: GoldenError;
}

/** All cases in the files `*.jsonl` of a folder (or of its folder `cases`). */
export function readCases(dir: string): GoldenCase[] {
  const nested = readdirSync(dir).includes('cases');
  const folder = nested ? join(dir, 'cases') : dir;
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as GoldenCase);
}
