import { instantMicros, localMicros, type Zone } from '../../../datetime/index.js';
import type { FixedColumn } from '../../../columns/index.js';
import { doublesOf, longsOf } from '../../kernels/numbers.js';

/** Windows of a width, one beginning every `slide`, counted from `start` after 1970 began. All in microseconds. */
export interface Grid {
  readonly width: bigint;
  readonly slide: bigint;
  readonly start: bigint;
  /** The clock on which they are counted, and on which 1970 began; undefined for UTC. */
  readonly zone: Zone | undefined;
}

/** The windows that rows are in. */
export interface Placed {
  /** The row of each window; null: each row is in one. */
  readonly rows: Int32Array | null;
  readonly starts: BigInt64Array;
  readonly ends: BigInt64Array;
}

/** The windows that hold times, the latest of a row first. A missing time is in none. */
export function placeInGrid(grid: Grid, times: FixedColumn): Placed {
  const values = times.values as BigInt64Array;
  if (grid.zone === undefined) {
    const doubles = doublesOf(values);
    const placed = doubles && placeDoubles(grid, times, doubles);
    if (placed !== undefined) return placed;
  }
  const rows: number[] = [];
  const starts: bigint[] = [];
  const ends: bigint[] = [];
  const windows = grid.zone === undefined ? windowsAt : zonedWindowsAt;
  for (let i = 0; i < values.length; i++) {
    if (!times.isValid(i)) continue;
    for (const [start, end] of windows(grid, values[i]!)) {
      rows.push(i);
      starts.push(start);
      ends.push(end);
    }
  }
  return { rows: Int32Array.from(rows), starts: BigInt64Array.from(starts), ends: BigInt64Array.from(ends) };
}

/** As long as all numbers are below 2^53; undefined if they are not. */
function placeDoubles(grid: Grid, times: FixedColumn, micros: Float64Array): Placed | undefined {
  const [width, slide, from] = [Number(grid.width), Number(grid.slide), Number(grid.start)];
  const most = Math.ceil(width / slide);
  const limit = 2 ** 53 - Math.abs(from) - slide - width;
  const n = micros.length;
  const rows = new Int32Array(n * most);
  const starts = new Float64Array(n * most);
  let placed = 0;
  for (let i = 0; i < n; i++) {
    if (!times.isValid(i)) continue;
    const at = micros[i]!;
    if (at > limit || at < -limit) return undefined;
    const rest = (at - from) % slide;
    let start = at - (rest < 0 ? rest + slide : rest);
    for (let k = 0; k < most && start + width > at; k++) {
      rows[placed] = i;
      starts[placed++] = start;
      start -= slide;
    }
  }
  const begins = starts.subarray(0, placed);
  const longs = longsOf(begins);
  const ends = longs && longsOf(begins.map((start) => start + width));
  if (ends === undefined) return undefined;
  return { rows: placed === n && most === 1 ? null : rows.subarray(0, placed), starts: longs!, ends };
}

type Span = readonly [start: bigint, end: bigint];

const remainder = (value: bigint, by: bigint): bigint => ((value % by) + by) % by;

function windowsAt({ width, slide, start }: Grid, micros: bigint): readonly Span[] {
  const found: Span[] = [];
  for (let at = micros - remainder(micros - start, slide); at + width > micros; at -= slide)
    found.push([at, at + width]);
  return found;
}

/**
 * On a clock that is put forward and back. Which instants a window holds is decided by its ends, since a time that the
 * clock shows twice, or skips, may be on either side of them.
 */
function zonedWindowsAt({ width, slide, start, zone }: Grid, micros: bigint): readonly Span[] {
  const local = localMicros(micros, zone!);
  const last = local - remainder(local - start, slide);
  const found: Span[] = [];
  for (let at = last + slide; at + width + slide > local; at -= slide) {
    const span: Span = [instantMicros(at, zone!), instantMicros(at + width, zone!)];
    if (span[0] <= micros && micros < span[1]) found.push(span);
  }
  return found;
}
