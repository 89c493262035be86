import { createHash } from 'node:crypto';
import type { Value } from '../../values.js';
import type { Column } from '../../../columns/index.js';
import { type Constant, columnOf, readerOf } from '../../vector.js';
import type { BatchFacts, FunctionDef } from '../define.js';
import { constant, long, optional } from '../params.js';
import { list } from './typing.js';

/** Numbers from 0 to 2^32 - 1, the same for the same seed (Marsaglia's xorshift). */
function numbersFrom(seed: number): () => number {
  // A state of zeros would stay one.
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** The order of a draw: the same for the same batch, query and seed, so that a replay gives it again. */
function shuffled(values: readonly Value[], seed: bigint | null, batch: BatchFacts): Value[] {
  const digest = createHash('sha256')
    .update(`${batch.queryId}/${batch.id}/${seed ?? ''}/${batch.draw()}`)
    .digest();
  const next = numbersFrom(digest.readInt32LE(0));
  const out = [...values];
  for (let i = out.length - 1; i > 0; i--) {
    const k = next() % (i + 1);
    [out[i], out[k]] = [out[k]!, out[i]!];
  }
  return out;
}

const shuffle: FunctionDef = {
  name: 'shuffle',
  group: 'array',
  usage: 'array[, seed]',
  summary: 'The elements in a random order, which is the same when a batch is replayed.',
  examples: [['array_sort(shuffle(array(1, 2, 3)))', '[1, 2, 3]']],
  params: [list('array'), optional(constant(long('seed')))],
  returns: ([type]) => type!,
  nullable: false,
  deterministic: false,
  evaluate: () => (values: readonly Value[]) => values,
  vector: (binding) => (args, n, batch) => {
    const read = readerOf(args[0] as Column | Constant);
    const seed = (binding.constant(1) ?? null) as bigint | null;
    return columnOf(
      binding.type,
      Array.from({ length: n }, (_, i) => {
        const values = read(i) as readonly Value[] | null;
        return values && shuffled(values, seed, batch);
      }),
    );
  },
};

export const shuffles: readonly FunctionDef[] = [shuffle];
