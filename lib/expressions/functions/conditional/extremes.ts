import { simpleString } from '../../../schema/index.js';
import { invalid } from '../../errors.js';
import { comparator, isOrderable } from '../../order.js';
import type { Value } from '../../values.js';
import type { FunctionDef } from '../define.js';
import { alike, any, rest } from '../params.js';

function extreme(
  name: 'greatest' | 'least',
  sign: 1 | -1,
  summary: string,
  examples: FunctionDef['examples'],
): FunctionDef {
  return {
    name,
    group: 'conditional',
    usage: 'a, b, …',
    summary,
    examples,
    params: [alike(any('a')), rest(alike(any('b')))],
    returns: ([type]) => {
      if (isOrderable(type!)) return type!;
      throw invalid(
        'DATATYPE_MISMATCH.INVALID_ORDERING_TYPE',
        `${simpleString(type!).toUpperCase()} values have no order.`,
      );
    },
    nulls: 'handle',
    total: true,
    evaluate: ({ type }) => {
      const compare = comparator(type);
      return (...values: Value[]) => {
        let best: Value = null;
        for (const value of values) {
          if (value !== null && (best === null || compare(value, best) * sign > 0)) best = value;
        }
        return best;
      };
    },
  };
}

export const extremes = [
  extreme('greatest', 1, 'The greatest of several values; missing ones are left out. NaN is greater than any number.', [
    ['greatest(1, 3, 2)', '3'],
  ]),
  extreme('least', -1, 'The least of several values; missing ones are left out.', [['least(3, 1, 2)', '1']]),
] as const;
