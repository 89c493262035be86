/** How the rows of a batch are dealt out to what a sink writes side by side, such as files. */
export interface Layout {
  /** Rows are dealt out to so many partitions. */
  readonly partitions: number;
  /** Rows that are alike in these columns go together, by their hash; without columns they are dealt out in turn. */
  readonly by: readonly string[];
  /** Neighbouring partitions are put together until so many are left; at most `partitions`. */
  readonly groups: number;
}
