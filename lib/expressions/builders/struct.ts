// Made from the definitions of the functions: `npm run builders:update`.
import { argument, type Argument, make } from '../arguments.js';
import type { Expr } from '../builder.js';

/**
 * A struct of these names, which must be constant texts, and values.
 *
 * In SQL:
 *
 *     named_struct('a', 1, 'b', 2).b  -- 2
 */
export const namedStruct = (...nameOrValue: readonly Argument[]): Expr =>
  make('named_struct', ...nameOrValue.map((value) => argument(value)));
