import { FixedColumn } from '../../../columns/index.js';
import { doubleToLong } from '../../../numbers/index.js';
import { type DataType, simpleString } from '../../../schema/index.js';
import { isFractional, isIntegral } from '../../coerce.js';
import { invalid } from '../../errors.js';
import type { Value } from '../../values.js';
import { columnOf } from '../../vector.js';
import type { BatchFacts, Binding, FunctionDef, VectorFunction } from '../define.js';
import { any, constant, int, long, oneOf, optional } from '../params.js';
import { XorShift } from './xor-shift.js';

export const seedParam = optional(constant(oneOf(int, long)('seed')));

/** The generator of each batch: one goes on through all pieces of a batch, and starts over when it is replayed. */
export function generators(seed: Value | undefined): (batch: BatchFacts) => XorShift {
  const known = new WeakMap<BatchFacts, XorShift>();
  return (batch) => {
    let generator = known.get(batch);
    if (generator === undefined) {
      // A draw tells two functions of one batch apart.
      const own = seed === undefined ? batch.timestamp * 1000n + BigInt(batch.draw()) : BigInt(Number(seed ?? 0));
      generator = new XorShift(own + BigInt(batch.id));
      known.set(batch, generator);
    }
    return generator;
  };
}

/** `seedAt`: which argument the seed is. */
function draws(binding: Binding, seedAt: number, draw: (generator: XorShift) => number): VectorFunction {
  const generatorOf = generators(binding.types.length > seedAt ? binding.constant(seedAt) : undefined);
  return (_args, n, batch) => {
    const generator = generatorOf(batch);
    const out = new Float64Array(n);
    for (let i = 0; i < n; i++) out[i] = draw(generator);
    return new FixedColumn({ kind: 'double' }, out);
  };
}

function distribution(
  name: string,
  aliases: string[],
  summary: string,
  examples: FunctionDef['examples'],
  draw: (generator: XorShift) => number,
): FunctionDef {
  return {
    name,
    aliases,
    group: 'numeric',
    usage: '[seed]',
    summary: `${summary} With a seed the same for the same batch and row; without one, also when a batch is replayed.`,
    examples,
    params: [seedParam],
    returns: { kind: 'double' },
    nulls: 'handle',
    nullable: 'never',
    total: true,
    deterministic: false,
    evaluate: () => () => null,
    vector: (binding) => draws(binding, 0, draw),
  };
}

const integerOrder = ['short', 'int', 'long'];

/** Of two integers the wider type; of anything else a double, or a float if none is a double. */
function uniformType([min, max]: readonly DataType[], binding: Omit<Binding, 'type'>): DataType {
  for (const [i, type] of [min!, max!].entries()) {
    if (type.kind === 'byte' || type.kind === 'decimal' || !(isIntegral(type) || isFractional(type))) {
      const found = simpleString(type).toUpperCase();
      throw invalid(
        'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE',
        `The bounds of uniform are integers or floating-point numbers, not ${found}.`,
      );
    }
    if (binding.constant(i) === undefined) {
      throw invalid('DATATYPE_MISMATCH.NON_FOLDABLE_INPUT', 'The bounds of uniform must be constant.');
    }
  }
  const kinds = [min!.kind, max!.kind];
  if (isIntegral(min!) && isIntegral(max!)) {
    return { kind: integerOrder[Math.max(...kinds.map((kind) => integerOrder.indexOf(kind)))] as 'short' };
  }
  return { kind: kinds.includes('double') ? 'double' : 'float' };
}

const uniform: FunctionDef = {
  name: 'uniform',
  group: 'numeric',
  usage: 'min, max[, seed]',
  summary:
    'A random number between two constants, evenly distributed: an integer if both are. With a seed the same for the same batch and row; without one, also when a batch is replayed.',
  examples: [['uniform(10, 20, 0) BETWEEN 10 AND 20', 'true']],
  params: [any('min'), any('max'), seedParam],
  returns: uniformType,
  nulls: 'handle',
  nullable: 'never',
  total: true,
  deterministic: false,
  evaluate: () => () => null,
  vector: (binding) => {
    const { type } = binding;
    const min = Number(binding.constant(0));
    const width = Number(binding.constant(1)) - min;
    const generatorOf = generators(binding.types.length > 2 ? binding.constant(2) : undefined);
    const convert =
      type.kind === 'long' ? doubleToLong : isIntegral(type) ? Math.trunc : (value: number): number => value;
    return (_args, n, batch) => {
      const generator = generatorOf(batch);
      return columnOf(
        type,
        Array.from({ length: n }, () => convert(min + width * generator.uniform())),
      );
    };
  },
};

export const randoms: readonly FunctionDef[] = [
  distribution(
    'rand',
    ['random'],
    'A random number from 0 (inclusive) to 1 (exclusive).',
    [['rand(0)', '0.7604953758285915']],
    (g) => g.uniform(),
  ),
  distribution(
    'randn',
    [],
    'A random number from the normal distribution around 0 with a deviation of 1.',
    [['randn(0)', '1.6034991609278433']],
    (g) => g.normal(),
  ),
  uniform,
];
