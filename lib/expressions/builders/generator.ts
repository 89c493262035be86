// Made from the definitions of the functions: `npm run builders:update`.
import { argument, type Argument, make, setting, type Setting } from '../arguments.js';
import type { Expr } from '../builder.js';

/**
 * A row for each element of an array or entry of a map; none where there is none, or where it is null.
 *
 * In SQL:
 *
 *     explode(array(10))  -- 10
 */
export const explode = (arrayOrMap: Argument): Expr => make('explode', argument(arrayOrMap));

/**
 * A row for each element of an array or entry of a map; one row of nulls where there is none.
 *
 * In SQL:
 *
 *     explode_outer(array(10))  -- 10
 */
export const explodeOuter = (arrayOrMap: Argument): Expr => make('explode_outer', argument(arrayOrMap));

/**
 * A row for each element of an array or entry of a map, with its position from 0 on in front; none where there is none, or where it is null.
 *
 * In SQL:
 *
 *     posexplode(array(10))  -- 0, 10
 */
export const posexplode = (arrayOrMap: Argument): Expr => make('posexplode', argument(arrayOrMap));

/**
 * A row for each element of an array or entry of a map, with its position from 0 on in front; one row of nulls where there is none.
 *
 * In SQL:
 *
 *     posexplode_outer(array(10))  -- 0, 10
 */
export const posexplodeOuter = (arrayOrMap: Argument): Expr => make('posexplode_outer', argument(arrayOrMap));

/**
 * A row for each struct of an array, a column for each field; none where there is none.
 *
 * In SQL:
 *
 *     inline(array(struct(1, 'a')))  -- 1, a
 */
export const inline = (arrayOfStructs: Argument): Expr => make('inline', argument(arrayOfStructs));

/**
 * A row for each struct of an array, a column for each field; one row of nulls where there is none.
 *
 * In SQL:
 *
 *     inline_outer(array(struct(1, 'a')))  -- 1, a
 */
export const inlineOuter = (arrayOfStructs: Argument): Expr => make('inline_outer', argument(arrayOfStructs));

/**
 * Lays the values out in so many rows, filled up with nulls.
 *
 * In SQL:
 *
 *     stack(1, 10, 20)  -- 10, 20
 */
export const stack = (rows: Setting, ...value: readonly Argument[]): Expr =>
  make('stack', setting(rows), ...value.map((value) => argument(value)));
