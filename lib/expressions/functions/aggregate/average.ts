import {
  type DataType,
  type DecimalType,
  dayTimeInterval,
  double,
  long,
  yearMonthInterval,
} from '../../../schema/index.js';
import { failed } from '../../errors.js';
import type { Value } from '../../values.js';
import type { Accumulator, AggregateDef, Binding } from '../define.js';
import { numeric } from '../params.js';
import { boundedAt38, divideHalfUp, limitOf } from './decimals.js';
import { measure } from './measures.js';
import { type Overflow, summing } from './sum.js';

function averageType(type: DataType): DataType {
  if (type.kind === 'decimal') return boundedAt38(type.precision + 4, type.scale + 4);
  if (type.kind === 'year_month_interval') return yearMonthInterval();
  return type.kind === 'day_time_interval' ? dayTimeInterval() : double();
}

/** The sum of what is averaged: integers are added as doubles. */
function totalType(type: DataType): DataType {
  if (type.kind === 'decimal') return boundedAt38(type.precision + 10, type.scale);
  return averageType(type);
}

function averaging(from: DataType, type: DataType, overflow: Overflow): Accumulator {
  const total = summing(from, totalType(from), overflow);
  const n = total.state.length;
  const add =
    from.kind === 'long'
      ? (state: Value[], v: Value) => total.update(state, Number(v))
      : (state: Value[], v: Value) => total.update(state, v);
  const quotient = division(from, type, overflow);
  return {
    state: [...total.state, long()],
    init: () => [...total.init(), 0n],
    update: (state, value) => {
      add(state, value);
      state[n] = (state[n] as bigint) + 1n;
    },
    merge: (state, other) => {
      total.merge(state, other);
      state[n] = (state[n] as bigint) + (other[n] as bigint);
    },
    finish: (state) => {
      const sum = total.finish(state);
      return sum === null ? null : quotient(sum, state[n] as bigint);
    },
  };
}

function division(from: DataType, type: DataType, overflow: Overflow): (sum: Value, count: bigint) => Value {
  switch (type.kind) {
    case 'decimal':
      return decimalDivision(from as DecimalType, type, overflow);
    case 'day_time_interval':
      return (sum, count) => divideHalfUp(sum as bigint, count);
    case 'year_month_interval':
      return (sum, count) => Number(divideHalfUp(BigInt(sum as number), count));
    default:
      return (sum, count) => (sum as number) / Number(count);
  }
}

function decimalDivision(from: DecimalType, type: DecimalType, overflow: Overflow) {
  const factor = 10n ** BigInt(type.scale - from.scale);
  const limit = limitOf(type);
  return (sum: Value, count: bigint): Value => {
    const quotient = divideHalfUp((sum as bigint) * factor, count);
    if (quotient < limit && quotient > -limit) return quotient;
    if (overflow !== 'error') return null;
    throw failed(
      'NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION',
      'The average has more digits than a decimal can hold. Use try_avg to get NULL instead.',
    );
  };
}

const averageOf = (
  name: string,
  aliases: readonly string[],
  overflow: (binding: Binding) => Overflow,
  summary: string,
): AggregateDef => ({
  name,
  aliases,
  group: 'aggregate',
  usage: 'expr',
  summary,
  examples: [[`${name}(2)`, '2.0']],
  params: [measure('expr')],
  returns: ([type]) => averageType(type!),
  accumulate: (binding) => averaging(binding.types[0]!, binding.type, overflow(binding)),
});

const avg = averageOf(
  'avg',
  ['mean'],
  ({ ansi }) => (ansi ? 'error' : 'wrap'),
  'The average: a double, of decimals a decimal with four more digits, of intervals an interval.',
);

/** The average of one of two arguments over the rows in which neither is null. */
const averageOfPairs = (name: string, side: 0 | 1, summary: string): AggregateDef => ({
  name,
  group: 'aggregate',
  usage: 'y, x',
  summary,
  examples: [[`${name}(1, 2)`, side === 0 ? '1.0' : '2.0']],
  params: [numeric('y'), numeric('x')],
  returns: (types) => averageType(types[side]!),
  accumulate: ({ types, type, ansi }) => {
    const inner = averaging(types[side]!, type, ansi ? 'error' : 'wrap');
    return { ...inner, update: (state, ...values) => inner.update(state, values[side]!) };
  },
});

export const averages: readonly AggregateDef[] = [
  avg,
  averageOf('try_avg', [], () => 'null', 'As `avg`, but null where the sum is too large for its type.'),
  averageOfPairs('regr_avgx', 1, 'The average of `x` over the rows in which neither is null.'),
  averageOfPairs('regr_avgy', 0, 'The average of `y` over the rows in which neither is null.'),
];
