// Made from the definitions of the functions: `npm run builders:update`.
import { argument, type Argument, lambda, type LambdaArgument, make, setting, type Setting } from '../arguments.js';
import type { Expr } from '../builder.js';

/**
 * A map of the keys of one array and the values at the same places of another.
 *
 * In SQL:
 *
 *     map_from_arrays(array('a', 'b'), array(1, 2))  -- {a -> 1, b -> 2}
 */
export const mapFromArrays = (keys: Argument, values: Argument): Expr =>
  make('map_from_arrays', argument(keys), argument(values));

/**
 * A map of an array of structs of a key and a value; null if one of them is null.
 *
 * In SQL:
 *
 *     map_from_entries(array(struct('a', 1), struct('b', 2)))  -- {a -> 1, b -> 2}
 */
export const mapFromEntries = (entries: Argument): Expr => make('map_from_entries', argument(entries));

/**
 * The entries of all maps in one; null if one of them is null. A key must not be in two of them.
 *
 * In SQL:
 *
 *     map_concat(map('a', 1), map('b', 2))  -- {a -> 1, b -> 2}
 */
export const mapConcat = (...map: readonly Argument[]): Expr =>
  make('map_concat', ...map.map((value) => argument(value)));

/**
 * The entries as an array of structs of `key` and `value`.
 *
 * In SQL:
 *
 *     map_entries(map('a', 1))  -- [{a, 1}]
 */
export const mapEntries = (map: Argument): Expr => make('map_entries', argument(map));

/**
 * A map of a text such as 'a:1,b:2'. The delimiters, `,` and `:` unless given, are regular expressions; an entry without the second has the value null.
 *
 * In SQL:
 *
 *     str_to_map('a:1,b:2')  -- {a -> 1, b -> 2}
 */
export const strToMap = (text: Argument, entryDelimiter?: Setting, keyDelimiter?: Setting): Expr =>
  make('str_to_map', argument(text), setting(entryDelimiter), setting(keyDelimiter));

/**
 * The keys as an array.
 *
 * In SQL:
 *
 *     map_keys(map('a', 1, 'b', 2))  -- [a, b]
 */
export const mapKeys = (map: Argument): Expr => make('map_keys', argument(map));

/**
 * The values as an array.
 *
 * In SQL:
 *
 *     map_values(map('a', 1, 'b', 2))  -- [1, 2]
 */
export const mapValues = (map: Argument): Expr => make('map_values', argument(map));

/**
 * Whether the map has the key.
 *
 * In SQL:
 *
 *     map_contains_key(map('a', 1), 'a')  -- true
 */
export const mapContainsKey = (map: Argument, key: Argument): Expr =>
  make('map_contains_key', argument(map), argument(key));

/**
 * The entries for which the condition holds.
 *
 * In SQL:
 *
 *     map_filter(map('a', 1, 'b', 2), (k, v) -> v > 1)  -- {b -> 2}
 */
export const mapFilter = (map: Argument, function_: LambdaArgument): Expr =>
  make('map_filter', argument(map), lambda(function_));

/**
 * The map with the keys that the function gives. They must not be null, nor come twice.
 *
 * In SQL:
 *
 *     transform_keys(map('a', 1), (k, v) -> upper(k))  -- {A -> 1}
 */
export const transformKeys = (map: Argument, function_: LambdaArgument): Expr =>
  make('transform_keys', argument(map), lambda(function_));

/**
 * The map with the values that the function gives.
 *
 * In SQL:
 *
 *     transform_values(map('a', 1), (k, v) -> v + 1)  -- {a -> 2}
 */
export const transformValues = (map: Argument, function_: LambdaArgument): Expr =>
  make('transform_values', argument(map), lambda(function_));

/**
 * A map of the keys of both with what the function gives for their values; null where a map lacks the key.
 *
 * In SQL:
 *
 *     map_zip_with(map('a', 1), map('a', 2, 'b', 3), (k, x, y) -> coalesce(x, 0) + coalesce(y, 0))  -- {a -> 3, b -> 3}
 */
export const mapZipWith = (a: Argument, b: Argument, function_: LambdaArgument): Expr =>
  make('map_zip_with', argument(a), argument(b), lambda(function_));
