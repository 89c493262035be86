import { array } from '../../../schema/index.js';
import { invalid } from '../../errors.js';
import type { Value } from '../../values.js';
import { constant, optional, textOrBinary } from '../params.js';
import type { OrderedAggregateDef } from './ordered.js';

const listagg: OrderedAggregateDef = {
  name: 'listagg',
  aliases: ['string_agg'],
  group: 'aggregate',
  usage: 'expr[, delimiter][) WITHIN GROUP (ORDER BY key [DESC][, …]]',
  summary: 'All values that are not null, one after the other, with the delimiter between them.',
  examples: [["listagg('a', ',')", 'a']],
  params: [textOrBinary('expr'), optional(constant(textOrBinary('delimiter')))],
  withinGroup: 'rows',
  returns: ([type, delimiter]) => {
    if (delimiter === undefined || delimiter.kind === type!.kind || delimiter.kind === 'void') return type!;
    const message = 'The values and the delimiter must both be strings, or both binary.';
    throw invalid('DATATYPE_MISMATCH.DATA_DIFF_TYPES', message);
  },
  accumulate: (binding) => {
    const { type } = binding;
    const delimiter = binding.types.length > 1 ? binding.constant(1)! : null;
    const join = type.kind === 'binary' ? joinBytes : joinTexts;
    return {
      state: [array(type, false)],
      init: () => [[]],
      update: (state, value) => {
        // The delimiter may be null, which is none at all, so nulls are passed in.
        if (value !== null) (state[0] as Value[]).push(value);
      },
      merge: (state, [other]) => {
        for (const value of other as readonly Value[]) (state[0] as Value[]).push(value);
      },
      finish: (state) => {
        const values = state[0] as readonly Value[];
        return values.length === 0 ? null : join(values, delimiter);
      },
    };
  },
  nulls: 'handle',
};

const joinTexts = (values: readonly Value[], delimiter: Value): string =>
  (values as readonly string[]).join((delimiter ?? '') as string);

function joinBytes(values: readonly Value[], delimiter: Value): Uint8Array {
  const between = (delimiter ?? new Uint8Array()) as Uint8Array;
  return Uint8Array.from(
    Buffer.concat((values as readonly Uint8Array[]).flatMap((v, i) => (i === 0 ? [v] : [between, v]))),
  );
}

export const texts: readonly OrderedAggregateDef[] = [listagg];
