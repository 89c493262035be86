import { type LikePattern, compileLike } from '../../../../text/index.js';
import type { Binding, VectorFunction } from '../../define.js';
import { BOOLEAN } from '../types.js';
import { overBytes, testEach } from './texts.js';

/** Where the pattern is constant. */
export function likeVector(binding: Binding): VectorFunction | undefined {
  const pattern = binding.constant(1);
  if (typeof pattern !== 'string') return undefined;
  const escape = (binding.constant(2) as string | undefined) ?? '\\';
  // Read when the first rows come: what is wrong with it is an error of theirs.
  let compiled: LikePattern | undefined;
  const like = () => (compiled ??= compileLike(pattern, escape));
  return overBytes(
    0,
    BOOLEAN,
    (value: string) => like().test(value),
    (column) => testEach(column, like().testBytes),
  );
}
