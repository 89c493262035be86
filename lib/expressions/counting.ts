import { type Argument, argument } from './arguments.js';
import { Expr } from './builder.js';
import { call } from './tree.js';

/** How many rows there are, or in how many of them none of these values is missing. */
export const count = (...values: readonly Argument[]): Expr =>
  new Expr(
    call(
      'count',
      values.length === 0 ? [{ kind: 'star', of: [], except: [] }] : values.map((value) => argument(value)!),
    ),
  );

const distinct = (name: string, values: readonly Argument[]): Expr =>
  new Expr({ kind: 'call', name, args: values.map((value) => argument(value)!), distinct: true });

/** How many different values there are, or combinations of values; rows with a missing one are left out. */
export const countDistinct = (value: Argument, ...more: readonly Argument[]): Expr =>
  distinct('count', [value, ...more]);

/** The sum of the different values. */
export const sumDistinct = (value: Argument): Expr => distinct('sum', [value]);
