import type { Backlog } from './shares.js';

/** How the rows of a batch are split, as Spark splits them over its tasks. */
export interface PieceLimits {
  readonly minPartitions: number | undefined;
  readonly maxRecordsPerPartition: number | undefined;
}

const sizeOf = ({ from, until }: Backlog): number => until - from;

/**
 * Ranges in pieces: none of more than `maxRecordsPerPartition` offsets, then, if these are fewer than `minPartitions`,
 * the large ones in more, in proportion to their sizes; about so many, as rounding will have it. Empty ones are left out.
 */
export function piecesOf(
  ranges: readonly Backlog[],
  { minPartitions, maxRecordsPerPartition }: PieceLimits,
): Backlog[] {
  const whole = ranges.filter((range) => sizeOf(range) > 0);
  const pieces =
    maxRecordsPerPartition === undefined
      ? whole
      : whole.flatMap((range) => divided(range, Math.ceil(sizeOf(range) / maxRecordsPerPartition)));
  if (minPartitions === undefined || minPartitions <= pieces.length) return pieces;
  const total = sum(pieces);
  // Those that stay whole take no part in the proportions of the others.
  const stays = new Set(pieces.filter((piece) => countOf(piece, total, minPartitions) === 1));
  const rest = total - sum([...stays]);
  const left = Math.max(minPartitions - stays.size, 1);
  return pieces.flatMap((piece) => (stays.has(piece) ? [piece] : divided(piece, countOf(piece, rest, left))));
}

const sum = (ranges: readonly Backlog[]): number => ranges.reduce((total, range) => total + sizeOf(range), 0);

const countOf = (range: Backlog, total: number, count: number): number =>
  Math.max(1, Math.round((sizeOf(range) / total) * count));

/** In `count` pieces of nearly one size; what is left over is with the last. */
function divided(range: Backlog, count: number): Backlog[] {
  const out: Backlog[] = [];
  let { from } = range;
  for (let left = count; left > 0; left--) {
    const until = from + Math.floor((range.until - from) / left);
    out.push({ ...range, from, until });
    from = until;
  }
  return out;
}
