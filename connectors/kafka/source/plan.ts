import { type Backlog, sharesOf } from './shares.js';

export interface BatchBounds {
  /** Of the user. */
  readonly maxOffsets: number;
  /** Of the engine, so that a batch fits into memory. */
  readonly rows: number;
  readonly bytes: number;
}

/**
 * What a batch takes at most, whatever the engine allows: with the room that it is given beforehand its values stay
 * below 32 MiB. Memory of more than that goes back to the system when it is let go of, and the pages of each batch would
 * have to be found and cleared anew, which takes a seventh of the time.
 */
const mostBytes = 24 << 20;

/**
 * Where a batch ends within its bounds, for each of `backlogs`, and whether the engine's bounds stopped it.
 * `sizes` are bytes of an offset of each.
 */
export function planned(
  backlogs: readonly Backlog[],
  sizes: readonly number[],
  { maxOffsets, rows, bytes: allowed }: BatchBounds,
): { readonly ends: number[]; readonly cut: boolean } {
  const bytes = Math.min(allowed, mostBytes);
  let total = 0;
  let totalBytes = 0;
  backlogs.forEach(({ from, until }, i) => {
    const count = Math.max(0, until - from);
    total += count;
    totalBytes += count * sizes[i]!;
  });
  const fitting = totalBytes > bytes ? Math.max(1, Math.floor(total * (bytes / totalBytes))) : Infinity;
  const engine = Math.min(rows, fitting);
  const most = Math.min(maxOffsets, engine);
  if (total <= most) return { ends: backlogs.map(({ until }) => until), cut: false };
  return { ends: sharesOf(most, backlogs), cut: engine < maxOffsets };
}
