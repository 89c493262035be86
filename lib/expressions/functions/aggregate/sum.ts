import { type DataType, boolean, double, long } from '../../../schema/index.js';
import { isAnsiInterval, isIntegral } from '../../coerce.js';
import { failed } from '../../errors.js';
import type { Accumulator, AggregateDef, Binding } from '../define.js';
import { boundedAt38, limitOf } from './decimals.js';
import { measure } from './measures.js';

/** What overflow does: an error, wrapping (decimals: null), or null. */
export type Overflow = 'error' | 'wrap' | 'null';

export function sumType(type: DataType): DataType {
  if (type.kind === 'decimal') return boundedAt38(type.precision + 10, type.scale);
  if (isIntegral(type)) return long();
  return isAnsiInterval(type) ? type : double();
}

const overflowed = (type: DataType) =>
  isAnsiInterval(type)
    ? failed(
        'INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION',
        'The sum of the intervals is larger than an interval can be. Use try_sum to get NULL instead.',
      )
    : failed(
        'ARITHMETIC_OVERFLOW',
        'The sum is larger than its type can hold. Use try_sum to get NULL instead, or cast to a wider type first.',
      );

/** The sum of values of `from`: of `type`, which is `sumType(from)`. */
export function summing(from: DataType, type: DataType, overflow: Overflow): Accumulator {
  switch (type.kind) {
    case 'decimal':
      return decimalSum(type, overflow);
    case 'long':
      return exactSum(type, from.kind === 'long' ? same : widen, 64, overflow);
    case 'day_time_interval':
      return exactSum(type, same, 64, overflow === 'wrap' ? 'error' : overflow);
    case 'year_month_interval':
      return monthsSum(type, overflow === 'wrap' ? 'error' : overflow);
    default:
      return doubleSum;
  }
}

const same = (v: unknown): bigint => v as bigint;
const widen = (v: unknown): bigint => BigInt(v as number);

const doubleSum: Accumulator = {
  state: [double()],
  init: () => [null],
  update: (state, value) => {
    state[0] = state[0] === null ? value : (state[0] as number) + (value as number);
  },
  merge: (state, [other]) => {
    if (other !== null) state[0] = ((state[0] ?? 0) as number) + (other as number);
  },
  finish: (state) => state[0]!,
};

/** The second part of the state says that there was a value: a null sum then means overflow. */
function exactSum(type: DataType, toBig: (v: unknown) => bigint, bits: number, overflow: Overflow): Accumulator {
  const add = (state: unknown[], value: bigint): void => {
    if (state[1] === true && state[0] === null) return;
    const sum = ((state[0] ?? 0n) as bigint) + value;
    const wrapped = BigInt.asIntN(bits, sum);
    if (wrapped !== sum && overflow === 'error') throw overflowed(type);
    state[0] = wrapped === sum || overflow === 'wrap' ? wrapped : null;
    state[1] = true;
  };
  return {
    state: [type, boolean()],
    init: () => [null, false],
    update: (state, value) => add(state, toBig(value)),
    merge: (state, [sum, seen]) => {
      if (seen !== true) return;
      if (sum === null) state[0] = null;
      else add(state, sum as bigint);
      state[1] = true;
    },
    finish: (state) => state[0]!,
  };
}

function monthsSum(type: DataType, overflow: Overflow): Accumulator {
  const wide = exactSum(type, widen, 32, overflow);
  return { ...wide, state: [long(), boolean()], finish: ([sum]) => (sum === null ? null : Number(sum)) };
}

/** A sum that has grown past its digits stays unknown, and what that means is decided at the end. */
function decimalSum(type: DataType & { kind: 'decimal' }, overflow: Overflow): Accumulator {
  const limit = limitOf(type);
  const add = (state: unknown[], value: bigint): void => {
    if (state[1] === true && state[0] === null) return;
    const sum = ((state[0] ?? 0n) as bigint) + value;
    state[0] = sum < limit && sum > -limit ? sum : null;
    state[1] = true;
  };
  return {
    state: [type, boolean()],
    init: () => [null, false],
    update: (state, value) => add(state, value as bigint),
    merge: (state, [sum, seen]) => {
      if (seen !== true) return;
      if (sum === null) state[0] = null;
      else add(state, sum as bigint);
      state[1] = true;
    },
    finish: ([sum, seen]) => {
      if (sum === null && seen === true && overflow === 'error') throw overflowed(type);
      return sum!;
    },
  };
}

const sumOf = (name: string, overflow: (binding: Binding) => Overflow, summary: string): AggregateDef => ({
  name,
  group: 'aggregate',
  usage: 'expr',
  summary,
  examples: [
    [`${name}(2)`, '2'],
    [`${name}(CAST(NULL AS INT))`, 'NULL'],
  ],
  params: [measure('expr')],
  returns: ([type]) => sumType(type!),
  accumulate: (binding) => summing(binding.types[0]!, binding.type, overflow(binding)),
});

export const sums: readonly AggregateDef[] = [
  sumOf(
    'sum',
    ({ ansi }) => (ansi ? 'error' : 'wrap'),
    'The sum: a BIGINT of integers, a decimal with ten more digits of decimals, else a double. Fails on overflow.',
  ),
  sumOf('try_sum', () => 'null', 'As `sum`, but null where the sum is too large for its type.'),
];
