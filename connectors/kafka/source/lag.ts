import type { PartitionOffset } from './offsets.js';

/** How far reading is behind: Spark's three figures, and each partition's. */
export function lagMetrics(
  consumed: readonly PartitionOffset[],
  latest: readonly number[],
): Readonly<Record<string, number>> {
  if (consumed.length === 0) return {};
  const behind = consumed.map(({ offset }, i) => Math.max(0, latest[i]! - offset));
  const out: Record<string, number> = {
    minOffsetsBehindLatest: behind.reduce((a, b) => Math.min(a, b)),
    maxOffsetsBehindLatest: behind.reduce((a, b) => Math.max(a, b)),
    avgOffsetsBehindLatest: behind.reduce((a, b) => a + b) / behind.length,
  };
  consumed.forEach(({ topic, partition }, i) => {
    out[`offsetsBehindLatest.${topic}-${partition}`] = behind[i]!;
  });
  return out;
}
