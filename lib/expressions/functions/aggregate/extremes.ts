import { type DataType, boolean } from '../../../schema/index.js';
import { type Comparator, comparator, requireOrder } from '../../order.js';
import type { Accumulator, AggregateDef } from '../define.js';
import { any } from '../params.js';

/** Keeps the value that `better` prefers; a missing one is none yet. */
function keeping(type: DataType, better: Comparator): Accumulator {
  const take: Accumulator['update'] = (state, value) => {
    if (value !== null && (state[0] === null || better(value, state[0]!) > 0)) state[0] = value!;
  };
  return {
    state: [type],
    init: () => [null],
    update: take,
    merge: (state, [other]) => take(state, other!),
    finish: (state) => state[0]!,
  };
}

const reversed =
  (compare: Comparator): Comparator =>
  (a, b) =>
    -compare(a, b);

const extreme = (name: 'min' | 'max', which: string): AggregateDef => ({
  name,
  group: 'aggregate',
  usage: 'expr',
  summary: `The ${which} value that is not null. NaN is greater than any other number.`,
  examples: [[`${name}(2)`, '2']],
  params: [any('expr')],
  returns: ([type]) => {
    requireOrder(type!, name);
    return type!;
  },
  accumulate: ({ type }) => keeping(type, name === 'max' ? comparator(type) : reversed(comparator(type))),
});

/** `first` where the ordering values are equal goes to the later row, as in Spark. */
const extremeBy = (name: 'min_by' | 'max_by', which: string): AggregateDef => ({
  name,
  group: 'aggregate',
  usage: 'expr, ord',
  summary: `The value of \`expr\` in the row whose \`ord\` is ${which}; the last of several such rows.`,
  examples: [[`${name}('a', 1)`, 'a']],
  params: [any('expr'), any('ord')],
  nulls: 'handle',
  returns: ([type, order]) => {
    requireOrder(order!, name);
    return type!;
  },
  accumulate: ({ types }) => {
    const compare = comparator(types[1]!);
    const better = name === 'max_by' ? compare : reversed(compare);
    const take: Accumulator['update'] = (state, value, order) => {
      if (order === null || (state[1] !== null && better(order, state[1]!) < 0)) return;
      state[0] = value!;
      state[1] = order!;
    };
    return {
      state: types,
      init: () => [null, null],
      update: take,
      merge: (state, [value, order]) => take(state, value!, order!),
      finish: (state) => state[0]!,
    };
  },
});

/** A value of rows by their position among the rows. */
const positional = (
  name: string,
  aliases: readonly string[],
  which: 'first' | 'last',
  summary: string,
): AggregateDef => ({
  name,
  aliases,
  group: 'aggregate',
  usage: 'expr[, ignoreNulls]',
  summary,
  examples: [[`${name}(10)`, '10']],
  params: [any('expr'), ignoreNulls],
  nulls: 'handle',
  returns: ([type]) => type!,
  accumulate: (binding) => {
    const skipNulls = binding.types.length > 1 && binding.constant(1) === true;
    const take: Accumulator['update'] = (state, value) => {
      if ((skipNulls && value === null) || (which === 'first' && state[1] === true)) return;
      state[0] = value!;
      state[1] = true;
    };
    return {
      state: [binding.type, boolean()],
      init: () => [null, false],
      update: take,
      merge: (state, [value, seen]) => {
        if (seen === true) take(state, value!);
      },
      finish: (state) => state[0]!,
    };
  },
});

const ignoreNulls = {
  name: 'ignoreNulls',
  coerce: (from: DataType) => (from.kind === 'boolean' ? from : undefined),
  optional: true,
  constant: true,
};

export const extremes: readonly AggregateDef[] = [
  extreme('min', 'least'),
  extreme('max', 'greatest'),
  extremeBy('min_by', 'least'),
  extremeBy('max_by', 'greatest'),
  positional('first', ['first_value'], 'first', 'The value of the first row, or of the first in which it is not null.'),
  positional('last', ['last_value'], 'last', 'The value of the last row, or of the last in which it is not null.'),
  positional('any_value', [], 'first', 'A value of one of the rows: the first, or the first that is not null.'),
];
