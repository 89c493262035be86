import type { TopicPartition } from '../client/contract.js';

/** What is there to be read of a partition: `[from, until)`. */
export interface Backlog extends TopicPartition {
  readonly from: number;
  readonly until: number;
}

/**
 * Where to stop so that about `limit` offsets are read: each partition gets its part of it in proportion to what is
 * there. As in Spark a part of less than one is one, so that nobody starves, and others are rounded down; so all of
 * them together may miss `limit` by a few. An end for each of `backlogs`.
 */
export function sharesOf(limit: number, backlogs: readonly Backlog[]): number[] {
  let total = 0;
  for (const { from, until } of backlogs) total += Math.max(0, until - from);
  return backlogs.map(({ from, until }) => {
    if (until <= from) return until;
    const part = limit * ((until - from) / total);
    return Math.min(until, from + (part < 1 ? Math.ceil(part) : Math.floor(part)));
  });
}
