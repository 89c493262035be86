import type { ReadLimit } from '../connect/contract.js';

/** How much a batch may grow over the one before: a small one is mostly overhead and tells little of speed. */
const mostGrowth = 4;
/** How much it may shrink: one slow batch may have had other reasons. */
const mostShrink = 1 / 16;
/** Where it begins, as a part of what the engine allows: a thousand rows. */
const firstShare = 1 / 1024;
const leastShare = 2 ** -20;

/**
 * Finds how much a batch may hold so that it takes about `target` milliseconds, as a part of `most`. Rows and bytes go
 * together; which of them binds depends on the source, and need not be known.
 */
export class BatchSize {
  private share = firstShare;

  constructor(
    private readonly target: number,
    private readonly most: ReadLimit,
  ) {}

  get limit(): ReadLimit {
    const { rows, bytes } = this.most;
    return { all: false, rows: Math.max(1, Math.floor(rows * this.share)), bytes: Math.ceil(bytes * this.share) };
  }

  /** A batch took so long. One that held less than it might have says nothing about larger ones. */
  measured(millis: number, full: boolean): void {
    if (!full && millis <= this.target) return;
    const change = Math.min(mostGrowth, Math.max(mostShrink, this.target / Math.max(millis, 1)));
    this.share = Math.min(1, Math.max(leastShare, this.share * change));
  }
}
