import { type DataType, array, double, long as longType, map } from '../../../schema/index.js';
import { failed } from '../../errors.js';
import { comparator } from '../../order.js';
import type { Value } from '../../values.js';
import type { Accumulator, AggregateDef } from '../define.js';
import { any, constant, integral, optional } from '../params.js';
import { type Tally, tallyAdder } from './distinct.js';
import { toDouble } from './doubles.js';
import { measure } from './measures.js';
import type { OrderedAggregateDef } from './ordered.js';
import { percentageParam, percentages } from './percentages.js';

/** How often each value was seen, read at the end. */
export function tallying(
  type: DataType,
  finish: (tallies: readonly Tally[]) => Value,
): Omit<Accumulator, 'update'> & { readonly add: (state: readonly Value[], value: Value, times: bigint) => void } {
  const adder = tallyAdder(type);
  const talliesOf = (state: readonly Value[]): Tally[] => state[0] as unknown as Tally[];
  const add = (state: readonly Value[], value: Value, times: bigint): void => adder(talliesOf(state), value, times);
  return {
    state: [map(type, longType(), false)],
    init: () => [[]],
    add,
    merge: (state, other) => {
      for (const [value, times] of talliesOf(other)) add(state, value, times);
    },
    finish: (state) => (talliesOf(state).length === 0 ? null : finish(talliesOf(state))),
  };
}

/** The value at a position of the sorted values, as a double; `position` may lie between two. */
type Pick = (sorted: Sorted, share: number) => number;

interface Sorted {
  readonly values: readonly number[];
  /** How many values there are up to and including each. */
  readonly ranks: readonly bigint[];
  readonly count: bigint;
}

function sorted(type: DataType, tallies: readonly Tally[], descending: boolean): Sorted {
  const compare = comparator(type);
  const ordered = [...tallies].sort(([a], [b]) => compare(a, b));
  if (descending) ordered.reverse();
  const read = toDouble(type);
  let count = 0n;
  const ranks = ordered.map(([, times]) => (count += times));
  return { values: ordered.map(([value]) => read(value)), ranks, count };
}

/** The value of rank `rank`, from 1 on. */
const at = ({ values, ranks }: Sorted, rank: number): number => values[ranks.findIndex((r) => r >= BigInt(rank))]!;

const interpolated: Pick = (sorted, share) => {
  const position = Number(sorted.count - 1n) * share;
  const lower = Math.floor(position);
  const higher = Math.ceil(position);
  const low = at(sorted, lower + 1);
  if (higher === lower) return low;
  const high = at(sorted, higher + 1);
  return low === high ? low : (higher - position) * low + (position - lower) * high;
};

const discrete: Pick = (sorted, share) => at(sorted, Math.max(1, Math.ceil(Number(sorted.count) * share)));

interface Reading {
  readonly pick: Pick;
  readonly shares: readonly number[];
  readonly many: boolean;
  readonly descending: boolean;
}

function percentileAccumulator(type: DataType, { pick, shares, many, descending }: Reading): Accumulator {
  const { add, ...tally } = tallying(type, (tallies) => {
    const values = sorted(type, tallies, descending);
    return many ? shares.map((share) => pick(values, share)) : pick(values, shares[0]!);
  });
  return {
    ...tally,
    update: (state, value, _share, frequency) => {
      const times = typeof frequency === 'bigint' || typeof frequency === 'number' ? BigInt(frequency) : 1n;
      if (times < 0n) throw failed('NEGATIVE_VALUES_IN_FREQUENCY_EXPRESSION', `The frequency ${times} is negative.`);
      if (times > 0n) add(state, value, times);
    },
  };
}

const percentileType = (types: readonly DataType[], i: number): DataType =>
  types[i]?.kind === 'array' ? array(double(), false) : double();

const percentile: AggregateDef = {
  name: 'percentile',
  group: 'aggregate',
  usage: 'expr, percentage[, frequency]',
  summary:
    'The exact value below which the given share (0 to 1) of all values lies, interpolated; an array of shares gives an array. `frequency` says how often a row counts.',
  examples: [['percentile(10, 0.5)', '10.0']],
  params: [measure('expr'), percentageParam('percentage'), optional(integral('frequency'))],
  returns: (types) => percentileType(types, 1),
  accumulate: (binding) =>
    percentileAccumulator(binding.types[0]!, {
      pick: interpolated,
      shares: percentages(binding, 1, 'percentile'),
      many: binding.types[1]!.kind === 'array',
      descending: false,
    }),
};

const median: AggregateDef = {
  name: 'median',
  group: 'aggregate',
  usage: 'expr',
  summary: 'The value in the middle, interpolated between two where there are two.',
  examples: [['median(10)', '10.0']],
  params: [measure('expr')],
  returns: double(),
  accumulate: ({ types }) =>
    percentileAccumulator(types[0]!, { pick: interpolated, shares: [0.5], many: false, descending: false }),
};

const withinGroup = (name: string, pick: Pick, summary: string): OrderedAggregateDef => ({
  withinGroup: 'value',
  name,
  group: 'aggregate',
  usage: 'percentage) WITHIN GROUP (ORDER BY expr [DESC]',
  summary,
  examples: [[`${name}(0.5) WITHIN GROUP (ORDER BY 10)`, '10.0']],
  params: [measure('expr'), percentageParam('percentage'), constant(any('descending'))],
  returns: (types) => percentileType(types, 1),
  accumulate: (binding) => {
    const inner = percentileAccumulator(binding.types[0]!, {
      pick,
      shares: percentages(binding, 1, name),
      many: binding.types[1]!.kind === 'array',
      descending: binding.constant(2) === true,
    });
    return { ...inner, update: (state, value) => inner.update(state, value) };
  },
});

const mode: AggregateDef = {
  name: 'mode',
  group: 'aggregate',
  usage: 'expr[, deterministic]',
  summary:
    'The value that comes most often. Of several the one that came first, or the least with `deterministic` = true.',
  examples: [["mode('a')", 'a']],
  params: [
    any('expr'),
    optional(constant({ name: 'deterministic', coerce: (t) => (t.kind === 'boolean' ? t : undefined) })),
  ],
  returns: ([type]) => type!,
  accumulate: (binding) => {
    const type = binding.types[0]!;
    const compare = comparator(type);
    const least = binding.types.length > 1 && binding.constant(1) === true;
    const { add, ...tally } = tallying(type, (tallies) => {
      let best = tallies[0]!;
      for (const one of tallies) {
        if (one[1] > best[1] || (least && one[1] === best[1] && compare(one[0], best[0]) < 0)) best = one;
      }
      return best[0];
    });
    return { ...tally, update: (state, value) => add(state, value, 1n) };
  },
};

export const percentiles: readonly AggregateDef[] = [
  percentile,
  median,
  withinGroup(
    'percentile_cont',
    interpolated,
    'The value below which the given share of all values lies, interpolated.',
  ),
  withinGroup('percentile_disc', discrete, 'The first value that is not below the given share of all values.'),
  mode,
];
