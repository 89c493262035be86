import { readFileSync, writeFileSync } from 'node:fs';
import type { GoldenCase } from './case.js';

/** Cases whose result is not Spark's, and is not meant to be, or not yet. */
export interface Difference {
  /** What is different and why, as the docs say it. */
  readonly reason: string;
  /** Whether it is to go away. */
  readonly yet?: boolean;
  readonly ids: readonly string[];
  /** Cases that hold one of these texts differ for the same reason, whatever their id. */
  readonly mentions?: readonly string[];
}

/** The list of agreed differences. */
export class Differences {
  private readonly reasons: ReadonlyMap<string, string>;

  constructor(readonly list: readonly Difference[]) {
    this.reasons = new Map(list.flatMap(({ ids, reason }) => ids.map((id) => [id, reason] as const)));
  }

  static read(path: string): Differences {
    return new Differences(JSON.parse(readFileSync(path, 'utf8')) as Difference[]);
  }

  /** Writes the list without these cases. */
  static forget(path: string, ids: ReadonlySet<string>): void {
    const left = Differences.read(path).list.map((entry) => ({
      ...entry,
      ids: entry.ids.filter((id) => !ids.has(id)),
    }));
    writeFileSync(
      path,
      `${JSON.stringify(
        left.filter((entry) => entry.ids.length > 0),
        null,
        2,
      )}\n`,
    );
  }

  /** Why a case may differ; undefined if it may not. */
  reasonOf(given: GoldenCase): string | undefined {
    const text = JSON.stringify(given);
    return (
      this.reasons.get(given.id) ??
      this.list.find(({ mentions }) => mentions?.some((mention) => text.includes(mention)))?.reason
    );
  }

  get ids(): readonly string[] {
    return [...this.reasons.keys()];
  }
}
