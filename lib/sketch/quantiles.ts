/**
 * A summary of numbers from which quantiles are read, after Greenwald and Khanna ("Space-efficient online computation
 * of quantile summaries", 2001), in the variant of Spark's `percentile_approx`: with the same numbers in the same
 * order it answers the same. Plain data, so that it can be kept.
 */
export interface QuantileSummary {
  /** How many numbers the samples stand for; those in `recent` come on top. */
  count: number;
  /** The samples in order; `gaps[i]` is how much the least rank grows from sample i - 1 to i, `spans[i]` its doubt. */
  samples: number[];
  gaps: number[];
  spans: number[];
  /** The latest numbers, not yet sorted in. */
  recent: number[];
}

const MAX_RECENT = 50_000;
const COMPRESS_FROM = 10_000;

export const emptySummary = (): QuantileSummary => ({ count: 0, samples: [], gaps: [], spans: [], recent: [] });

/** @param error how far the rank of an answer may be off, as a share of all numbers: 0.0001 is one in ten thousand */
export function addNumber(summary: QuantileSummary, value: number, error: number): void {
  summary.recent.push(value);
  if (summary.recent.length >= MAX_RECENT) {
    sortIn(summary, error);
    if (summary.samples.length >= COMPRESS_FROM) compress(summary, error);
  }
  if (summary.samples.length >= 4 * Math.trunc(1 / error)) compress(summary, error);
}

/** Takes the numbers of `other` into `summary`. */
export function mergeSummaries(summary: QuantileSummary, other: QuantileSummary, error: number): void {
  compress(summary, error);
  const right: QuantileSummary = { ...other, recent: [...other.recent] };
  compress(right, error);
  if (right.count === 0) return;
  if (summary.count === 0) {
    Object.assign(summary, right);
    return;
  }
  const left = { ...summary };
  // A sample that falls between two of the other side is in doubt by as much as that side is.
  const doubtOfLeft = Math.floor(2 * error * right.count);
  const doubtOfRight = Math.floor(2 * error * left.count);
  Object.assign(summary, { ...emptySummary(), count: left.count + right.count });
  let l = 0;
  let r = 0;
  while (l < left.samples.length && r < right.samples.length) {
    if (left.samples[l]! < right.samples[r]!) copySample(summary, left, l++, r > 0 ? doubtOfLeft : 0);
    else copySample(summary, right, r++, l > 0 ? doubtOfRight : 0);
  }
  while (l < left.samples.length) copySample(summary, left, l++, 0);
  while (r < right.samples.length) copySample(summary, right, r++, 0);
  thinOut(summary, 2 * error * summary.count);
}

/** The quantiles at `shares`, each 0 to 1; undefined if there were no numbers. */
export function quantiles(summary: QuantileSummary, shares: readonly number[], error: number): number[] | undefined {
  compress(summary, error);
  const { samples, gaps, spans, count } = summary;
  if (count === 0) return undefined;
  let most = 0;
  for (let i = 0; i < samples.length; i++) most = Math.max(most, gaps[i]! + spans[i]!);
  const slack = Math.floor(most / 2);
  const last = samples[samples.length - 1]!;
  return shares.map((share) => {
    if (share <= error || samples.length === 1) return samples[0]!;
    if (share >= 1 - error) return last;
    const rank = Math.ceil(share * count);
    let least = 0;
    for (let i = 0; i < samples.length - 1; i++) {
      least += gaps[i]!;
      if (least + spans[i]! - slack <= rank && rank <= least + slack) return samples[i]!;
    }
    return last;
  });
}

function copySample(target: QuantileSummary, from: QuantileSummary, i: number, doubt: number): void {
  target.samples.push(from.samples[i]!);
  target.gaps.push(from.gaps[i]!);
  target.spans.push(from.spans[i]! + doubt);
}

/** Sorts the latest numbers in among the samples. */
function sortIn(summary: QuantileSummary, error: number): void {
  const { recent } = summary;
  if (recent.length === 0) return;
  const old = { ...summary };
  const added = Float64Array.from(recent).sort();
  Object.assign(summary, { ...emptySummary(), count: old.count });
  let next = 0;
  for (let i = 0; i < added.length; i++) {
    const value = added[i]!;
    while (next < old.samples.length && old.samples[next]! <= value) copySample(summary, old, next++, 0);
    summary.count++;
    const extreme = summary.samples.length === 0 || (next === old.samples.length && i === added.length - 1);
    summary.samples.push(value);
    summary.gaps.push(1);
    summary.spans.push(extreme ? 0 : Math.floor(2 * error * summary.count));
  }
  while (next < old.samples.length) copySample(summary, old, next++, 0);
}

function compress(summary: QuantileSummary, error: number): void {
  sortIn(summary, error);
  thinOut(summary, 2 * error * summary.count);
}

/** Joins neighbours, from the greatest down, as long as the ranks stay known to within `allowed`. */
function thinOut(summary: QuantileSummary, allowed: number): void {
  const { samples, gaps, spans } = summary;
  const n = samples.length;
  if (n <= 1) return;
  let head = n - 1;
  let gap = gaps[head]!;
  const kept: [sample: number, gap: number, span: number][] = [];
  for (let i = n - 2; i >= 1; i--) {
    if (gaps[i]! + gap + spans[head]! < allowed) {
      gap += gaps[i]!;
    } else {
      kept.push([samples[head]!, gap, spans[head]!]);
      head = i;
      gap = gaps[i]!;
    }
  }
  kept.push([samples[head]!, gap, spans[head]!]);
  // The least number is always kept.
  if (samples[0]! <= samples[head]!) kept.push([samples[0]!, gaps[0]!, spans[0]!]);
  kept.reverse();
  summary.samples = kept.map(([sample]) => sample);
  summary.gaps = kept.map(([, g]) => g);
  summary.spans = kept.map(([, , span]) => span);
}
