import { invalid } from '../../errors.js';
import { columnOf } from '../../vector.js';
import type { Binding, FunctionDef } from '../define.js';
import { generators, seedParam } from '../numeric/random.js';
import type { XorShift } from '../numeric/xor-shift.js';
import { constant, int } from '../params.js';
import { STRING } from './types.js';

const characters = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

function lengthOf({ constant: constantAt }: Omit<Binding, 'type'>): number {
  const length = constantAt(0);
  if (typeof length === 'number' && length >= 0) return length;
  const condition = length === undefined ? 'NON_FOLDABLE_INPUT' : 'VALUE_OUT_OF_RANGE';
  throw invalid(`DATATYPE_MISMATCH.${condition}`, 'randstr: the length must be a constant that is not negative.');
}

function randomText(generator: XorShift, length: number): string {
  let out = '';
  for (let i = 0; i < length; i++) out += characters[Math.abs(generator.integer() % characters.length)]!;
  return out;
}

export const randomTexts: readonly FunctionDef[] = [
  {
    name: 'randstr',
    group: 'string',
    usage: 'length[, seed]',
    summary:
      'A text of random digits and letters. With a seed the same for the same batch and row; without one, also when a batch is replayed.',
    examples: [['randstr(3, 0)', 'ceV']],
    params: [constant(int('length')), seedParam],
    returns: (_, binding) => {
      lengthOf(binding);
      return STRING;
    },
    nulls: 'handle',
    nullable: 'never',
    total: true,
    deterministic: false,
    evaluate: () => () => null,
    vector: (binding) => {
      const length = lengthOf(binding);
      const generatorOf = generators(binding.types.length > 1 ? binding.constant(1) : undefined);
      return (_args, n, batch) => {
        const generator = generatorOf(batch);
        return columnOf(
          STRING,
          Array.from({ length: n }, () => randomText(generator, length)),
        );
      };
    },
  },
];
