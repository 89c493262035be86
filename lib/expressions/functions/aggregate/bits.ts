import { type DataType, boolean } from '../../../schema/index.js';
import type { Value } from '../../values.js';
import type { Accumulator, AggregateDef } from '../define.js';
import { boolean as booleanParam, integral } from '../params.js';

/** Folds the values that are not null; none give null. */
function folding(type: DataType, fold: (a: Value, b: Value) => Value): Accumulator {
  const take: Accumulator['update'] = (state, value) => {
    if (value !== null) state[0] = state[0] === null ? value : fold(state[0]!, value);
  };
  return {
    state: [type],
    init: () => [null],
    update: take,
    merge: (state, [other]) => take(state, other!),
    finish: (state) => state[0]!,
  };
}

const logical = (
  name: string,
  aliases: readonly string[],
  summary: string,
  fold: (a: boolean, b: boolean) => boolean,
): AggregateDef => ({
  name,
  aliases,
  group: 'aggregate',
  usage: 'expr',
  summary,
  examples: [[`${name}(true)`, 'true']],
  params: [booleanParam('expr')],
  returns: boolean(),
  accumulate: () => folding(boolean(), (a, b) => fold(a as boolean, b as boolean)),
});

const bitwise = (
  name: string,
  summary: string,
  int: (a: number, b: number) => number,
  long: (a: bigint, b: bigint) => bigint,
): AggregateDef => ({
  name,
  group: 'aggregate',
  usage: 'expr',
  summary,
  examples: [[`${name}(5)`, '5']],
  params: [integral('expr')],
  returns: ([type]) => type!,
  accumulate: ({ type }) =>
    folding(
      type,
      type.kind === 'long' ? (a, b) => long(a as bigint, b as bigint) : (a, b) => int(a as number, b as number),
    ),
});

export const bitsAndBooleans: readonly AggregateDef[] = [
  logical('bool_and', ['every'], 'Whether all values that are not null are true.', (a, b) => a && b),
  logical('bool_or', ['some', 'any'], 'Whether any value is true.', (a, b) => a || b),
  bitwise(
    'bit_and',
    'The bitwise AND of all values.',
    (a, b) => a & b,
    (a, b) => a & b,
  ),
  bitwise(
    'bit_or',
    'The bitwise OR of all values.',
    (a, b) => a | b,
    (a, b) => a | b,
  ),
  bitwise(
    'bit_xor',
    'The bitwise XOR of all values.',
    (a, b) => a ^ b,
    (a, b) => a ^ b,
  ),
];
