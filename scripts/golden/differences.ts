import { readFileSync, writeFileSync } from 'node:fs';

/** Cases whose result is not Spark's, and is not meant to be, or not yet. */
export interface Difference {
  /** What is different and why, as the docs say it. */
  readonly reason: string;
  /** Whether it is to go away. */
  readonly yet?: boolean;
  readonly ids: readonly string[];
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

  reasonOf(id: string): string | undefined {
    return this.reasons.get(id);
  }

  get ids(): readonly string[] {
    return [...this.reasons.keys()];
  }
}
