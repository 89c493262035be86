// Made from the definitions of the functions: `npm run builders:update`.
import { argument, type Argument, make } from '../arguments.js';
import type { Expr } from '../builder.js';

/**
 * Whether a value is missing; as `a IS NULL`.
 *
 * In SQL:
 *
 *     1 IS NULL  -- false
 */
export const isnull = (a: Argument): Expr => make('isnull', argument(a));

/**
 * Whether a value is there; as `a IS NOT NULL`.
 *
 * In SQL:
 *
 *     1 IS NOT NULL  -- true
 */
export const isnotnull = (a: Argument): Expr => make('isnotnull', argument(a));

/**
 * The first value that is not missing. Later ones are computed only where they are needed.
 *
 * In SQL:
 *
 *     coalesce(NULL, 1, 2)  -- 1
 */
export const coalesce = (...a: readonly Argument[]): Expr => make('coalesce', ...a.map((value) => argument(value)));

/**
 * `b` where `a` is missing, else `a`.
 *
 * In SQL:
 *
 *     nvl(NULL, 2)  -- 2
 */
export const nvl = (a: Argument, b: Argument): Expr => make('nvl', argument(a), argument(b));
/** The same as `nvl`. */
export const ifnull = nvl;

/**
 * `b` where `a` is there, else `c`.
 *
 * In SQL:
 *
 *     nvl2(NULL, 'set', 'unset')  -- unset
 */
export const nvl2 = (a: Argument, b: Argument, c: Argument): Expr =>
  make('nvl2', argument(a), argument(b), argument(c));

/**
 * Null where both are equal, else `a`.
 *
 * In SQL:
 *
 *     nullif(2, 2)  -- NULL
 */
export const nullif = (a: Argument, b: Argument): Expr => make('nullif', argument(a), argument(b));

/**
 * Null where `a` is zero, else `a`.
 *
 * In SQL:
 *
 *     nullifzero(0)  -- NULL
 */
export const nullifzero = (a: Argument): Expr => make('nullifzero', argument(a));

/**
 * Zero where `a` is missing, else `a`.
 *
 * In SQL:
 *
 *     zeroifnull(NULL)  -- 0
 */
export const zeroifnull = (a: Argument): Expr => make('zeroifnull', argument(a));

/**
 * The greatest of several values; missing ones are left out. NaN is greater than any number.
 *
 * In SQL:
 *
 *     greatest(1, 3, 2)  -- 3
 */
export const greatest = (a: Argument, ...b: readonly Argument[]): Expr =>
  make('greatest', argument(a), ...b.map((value) => argument(value)));

/**
 * The least of several values; missing ones are left out.
 *
 * In SQL:
 *
 *     least(3, 1, 2)  -- 1
 */
export const least = (a: Argument, ...b: readonly Argument[]): Expr =>
  make('least', argument(a), ...b.map((value) => argument(value)));
