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
 * Takes in whole columns of numbers at once: the sums, counts and extremes of these rows are made in typed arrays, and
 * then put into fresh states of groups, from `at` on. False if the call is not of that kind; then nothing has happened.
 */
export function takeColumns(
  call: AggregateCall,
  args: readonly (Column | Constant)[],
  rows: Rows,
  states: readonly Value[][],
  at: number,
): boolean {
  if (!call.plain) return false;
  if (call.name === 'count') {
    const counts = countRows(rows, states.length);
    for (let g = 0; g < states.length; g++) states[g]![at] = BigInt(counts[g]!);
    return true;
  }
  const [column] = args;
  if (!(column instanceof FixedColumn)) return false;
  switch (call.name) {
    case 'sum':
    case 'avg':
      return takeSums(call.name, column, rows, states, at);
    case 'min':
    case 'max':
      return takeExtremes(call.name, column, rows, states, at);
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

function takeSums(
  name: 'sum' | 'avg',
  column: FixedColumn,
  rows: Rows,
  states: readonly Value[][],
  at: number,
): boolean {
  const { kind } = column.type;
  const small = kind === 'byte' || kind === 'short' || kind === 'int';
  // Doubles are added up from left to right: another order would give other last digits.
  if (!(kind === 'double' || kind === 'float' || (small && rows.length <= MOST_EXACT))) return false;
  const sums = new Float64Array(states.length);
  const counts = addUp(column.values as Numbers, rows, sums);
  for (let g = 0; g < states.length; g++) {
    if (counts[g]! === 0) continue;
    const state = states[g]!;
    if (name === 'avg') {
      state[at] = sums[g]!;
      state[at + 1] = BigInt(counts[g]!);
    } else if (small) {
      state[at] = BigInt(sums[g]!);
      state[at + 1] = true;
    } else {
      state[at] = sums[g]!;
    }
  }
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

function takeExtremes(
  name: 'min' | 'max',
  column: FixedColumn,
  rows: Rows,
  states: readonly Value[][],
  at: number,
): boolean {
  const numbers = exactNumbers(column.values);
  if (numbers === undefined) return false;
  const best = bestPositions(numbers, rows, states.length, name === 'max');
  for (let g = 0; g < states.length; g++) if (best[g]! >= 0) states[g]![at] = column.values[best[g]!]!;
  return true;
}

/** The position of the least or greatest value of each group; -1 where there is none. */
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
