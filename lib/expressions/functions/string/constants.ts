import type { Value } from '../../values.js';
import type { Binding } from '../define.js';

/**
 * `make` of the arguments at `positions`: made once, when it is first needed, if all of them are constant, and else
 * whenever they change.
 */
export function constantOr<A extends Value[], T>(
  binding: Binding,
  positions: readonly number[],
  make: (...args: A) => T,
): (...args: A) => T {
  const fixed = positions.every((i) => binding.constant(i) !== undefined);
  let last: A | undefined;
  let made: T;
  return (...args: A) => {
    if (last !== undefined && (fixed || args.every((arg, i) => arg === last![i]))) return made;
    made = make(...args);
    last = args;
    return made;
  };
}
