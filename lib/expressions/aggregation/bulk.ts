import { type Column, FixedColumn } from '../../columns/index.js';
import { exactNumbers } from '../kernels/numbers.js';
import type { Value } from '../values.js';
import type { Constant } from '../vector.js';
import type { AggregateCall } from './calls.js';

/** The rows that an aggregate takes in: their positions and the groups that they belong to. */
export interface Rows {
  /** Null for all rows. */
  readonly positions: Int32Array | null;
  readonly ids: Int32Array;
  readonly length: number;
}

type Numbers = Exclude<FixedColumn['values'], BigInt64Array>;

/**
 * Takes in whole columns of numbers at once: the sums, counts and extremes of this batch are made in typed arrays, and
 * then given to the states, one update a group. False if the call is not of that kind; then nothing has happened.
 */
export function takeColumns(
  call: AggregateCall,
  args: readonly (Column | Constant)[],
  rows: Rows,
  states: readonly Value[][],
): boolean {
  if (!call.plain) return false;
  if (call.name === 'count') {
    const counts = countRows(rows, states.length);
    states.forEach((state, g) => (state[0] = (state[0] as bigint) + BigInt(counts[g]!)));
    return true;
  }
  const [column] = args;
  if (!(column instanceof FixedColumn)) return false;
  switch (call.name) {
    case 'sum':
    case 'avg':
      return takeSums(call, column, rows, states);
    case 'min':
    case 'max':
      return takeExtremes(call, column, rows, states);
    default:
      return false;
  }
}

function countRows({ positions, ids, length }: Rows, groups: number): Int32Array {
  const counts = new Int32Array(groups);
  for (let k = 0; k < length; k++) counts[ids[positions === null ? k : positions[k]!]!]!++;
  return counts;
}

/** So many integers of 32 bits add up exactly in a double. */
const MOST_EXACT = 1 << 21;

function takeSums(call: AggregateCall, column: FixedColumn, rows: Rows, states: readonly Value[][]): boolean {
  const { kind } = column.type;
  if (kind === 'double' || kind === 'float') {
    // Added to what is there, from left to right: another order would give other last digits.
    const values = column.values as Float64Array | Float32Array;
    const sums = Float64Array.from(states, (state) => (state[0] as number | null) ?? 0);
    const counts = addUp(values, rows, sums);
    states.forEach((state, g) => {
      if (counts[g]! === 0) return;
      state[0] = sums[g]!;
      if (call.name === 'avg') state[1] = (state[1] as bigint) + BigInt(counts[g]!);
    });
    return true;
  }
  const small = kind === 'byte' || kind === 'short' || kind === 'int';
  if (!small || rows.length > MOST_EXACT) return false;
  const sums = new Float64Array(states.length);
  if (call.name === 'avg') {
    states.forEach((state, g) => (sums[g] = (state[0] as number | null) ?? 0));
    const counts = addUp(column.values as Numbers, rows, sums);
    states.forEach((state, g) => {
      if (counts[g]! === 0) return;
      state[0] = sums[g]!;
      state[1] = (state[1] as bigint) + BigInt(counts[g]!);
    });
    return true;
  }
  const counts = addUp(column.values as Numbers, rows, sums);
  states.forEach((state, g) => {
    if (counts[g]! > 0) call.accumulator.merge(state, [BigInt(sums[g]!), true]);
  });
  return true;
}

/** Adds to the sums of the groups; how many values each got. */
function addUp(values: Numbers, { positions, ids, length }: Rows, sums: Float64Array): Int32Array {
  const counts = new Int32Array(sums.length);
  if (positions === null) {
    for (let i = 0; i < length; i++) {
      const g = ids[i]!;
      sums[g]! += values[i]!;
      counts[g]!++;
    }
  } else {
    for (let k = 0; k < length; k++) {
      const i = positions[k]!;
      const g = ids[i]!;
      sums[g]! += values[i]!;
      counts[g]!++;
    }
  }
  return counts;
}

/** The position of the least or greatest value of each group; -1 where there is none. */
function takeExtremes(call: AggregateCall, column: FixedColumn, rows: Rows, states: readonly Value[][]): boolean {
  const numbers = exactNumbers(column.values);
  if (numbers === undefined) return false;
  const best = bestPositions(numbers, rows, states.length, call.name === 'max');
  states.forEach((state, g) => {
    if (best[g]! >= 0) call.accumulator.update(state, column.values[best[g]!]!);
  });
  return true;
}

function bestPositions(
  values: Numbers,
  { positions, ids, length }: Rows,
  groups: number,
  greatest: boolean,
): Int32Array {
  const best = new Int32Array(groups).fill(-1);
  for (let k = 0; k < length; k++) {
    const i = positions === null ? k : positions[k]!;
    const g = ids[i]!;
    const at = best[g]!;
    if (at < 0 || (greatest ? isGreater(values[i]!, values[at]!) : isGreater(values[at]!, values[i]!))) best[g] = i;
  }
  return best;
}

/** NaN is greater than all other numbers. */
const isGreater = (a: number, b: number): boolean => a > b || (a !== a && b === b);
