import { array } from '../../../schema/index.js';
import { invalid } from '../../errors.js';
import type { Value } from '../../values.js';
import type { AggregateDef } from '../define.js';
import { any } from '../params.js';
import { setAdder } from './distinct.js';

const collectList: AggregateDef = {
  name: 'collect_list',
  aliases: ['array_agg'],
  group: 'aggregate',
  usage: 'expr',
  summary: 'All values that are not null as an array, in the order of the rows.',
  examples: [['collect_list(1)', '[1]']],
  params: [any('expr')],
  neverNull: true,
  returns: ([type]) => array(type!, false),
  accumulate: ({ type }) => ({
    state: [type],
    init: () => [[]],
    update: (state, value) => void (state[0] as Value[]).push(value),
    merge: (state, [other]) => {
      for (const value of other as readonly Value[]) (state[0] as Value[]).push(value);
    },
    finish: (state) => state[0]!,
  }),
};

const collectSet: AggregateDef = {
  name: 'collect_set',
  group: 'aggregate',
  usage: 'expr',
  summary: 'The different values that are not null as an array, in the order in which they first came.',
  examples: [['collect_set(1)', '[1]']],
  params: [any('expr')],
  neverNull: true,
  returns: ([type]) => {
    if (type!.kind === 'map') {
      throw invalid('DATATYPE_MISMATCH.UNSUPPORTED_INPUT_TYPE', 'collect_set does not take maps.');
    }
    return array(type!, false);
  },
  accumulate: ({ type, types }) => {
    const add = setAdder(types[0]!);
    return {
      state: [type],
      init: () => [[]],
      update: (state, value) => add(state[0] as Value[], value),
      merge: (state, [other]) => {
        for (const value of other as readonly Value[]) add(state[0] as Value[], value);
      },
      finish: (state) => state[0]!,
    };
  },
};

export const collections: readonly AggregateDef[] = [collectList, collectSet];
