import { long } from '../../../schema/index.js';
import type { Accumulator, AggregateDef } from '../define.js';
import { any, boolean, rest } from '../params.js';

const counter: Omit<Accumulator, 'update'> = {
  state: [long()],
  init: () => [0n],
  merge: (state, other) => {
    state[0] = (state[0] as bigint) + (other[0] as bigint);
  },
  finish: (state) => state[0]!,
};

const addOne: Accumulator['update'] = (state) => {
  state[0] = (state[0] as bigint) + 1n;
};

const count: AggregateDef = {
  name: 'count',
  group: 'aggregate',
  usage: '*  |  expr[, …]',
  summary: 'The number of rows, or of rows in which no argument is null. With `DISTINCT` each combination counts once.',
  examples: [
    ['count(*)', '1'],
    ['count(1, NULL)', '0'],
  ],
  params: [rest(any('expr'))],
  returns: long(),
  neverNull: true,
  accumulate: () => ({ ...counter, update: addOne }),
};

const countIf: AggregateDef = {
  name: 'count_if',
  group: 'aggregate',
  usage: 'condition',
  summary: 'The number of rows for which the condition holds.',
  examples: [['count_if(1 > 0)', '1']],
  params: [boolean('condition')],
  returns: long(),
  neverNull: true,
  accumulate: () => ({
    ...counter,
    update: (state, condition) => {
      if (condition === true) addOne(state);
    },
  }),
};

const regrCount: AggregateDef = {
  ...count,
  name: 'regr_count',
  usage: 'y, x',
  summary: 'The number of rows in which neither is null.',
  examples: [['regr_count(1, 2)', '1']],
  params: [any('y'), any('x')],
};

export const counts: readonly AggregateDef[] = [count, countIf, regrCount];
