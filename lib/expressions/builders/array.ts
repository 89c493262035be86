// Made from the definitions of the functions: `npm run builders:update`.
import { argument, type Argument, lambda, type LambdaArgument, make, setting, type Setting } from '../arguments.js';
import type { Expr } from '../builder.js';

/**
 * An array that holds the value so many times; none for 0 or less.
 *
 * In SQL:
 *
 *     array_repeat('a', 2)  -- [a, a]
 */
export const arrayRepeat = (element: Argument, count: Argument): Expr =>
  make('array_repeat', argument(element), argument(count));

/**
 * The element at the index, the first being 0; null where there is none.
 *
 * In SQL:
 *
 *     get(array(1, 2), 0)  -- 1
 *     get(array(1, 2), 2)  -- NULL
 */
export const get = (array: Argument, index: Argument): Expr => make('get', argument(array), argument(index));

/**
 * The element at the index, 1 being the first and -1 the last, or the value of the key. An index that is not there is an error with ANSI, else null; a key that is not there gives null.
 *
 * In SQL:
 *
 *     element_at(array(1, 2, 3), -1)  -- 3
 *     element_at(map('a', 1), 'b')  -- NULL
 */
export const elementAt = (arrayOrMap: Argument, indexOrKey: Argument): Expr =>
  make('element_at', argument(arrayOrMap), argument(indexOrKey));

/**
 * As `element_at`, but null where there is no such index.
 *
 * In SQL:
 *
 *     try_element_at(array(1, 2, 3), -1)  -- 3
 *     try_element_at(map('a', 1), 'b')  -- NULL
 */
export const tryElementAt = (arrayOrMap: Argument, indexOrKey: Argument): Expr =>
  make('try_element_at', argument(arrayOrMap), argument(indexOrKey));

/**
 * How many elements an array or entries a map has. Of null it is null, and -1 without ANSI.
 *
 * In SQL:
 *
 *     size(array(1, 2))  -- 2
 */
export const size = (arrayOrMap: Argument): Expr => make('size', argument(arrayOrMap));
/** The same as `size`. */
export const cardinality = size;

/**
 * How many elements the array has; null of null.
 *
 * In SQL:
 *
 *     array_size(array(1, 2))  -- 2
 */
export const arraySize = (array: Argument): Expr => make('array_size', argument(array));

/**
 * So many elements from `start` on, which counts from 1, or from the end if it is negative.
 *
 * In SQL:
 *
 *     slice(array(1, 2, 3, 4), 2, 2)  -- [2, 3]
 *     slice(array(1, 2, 3, 4), -2, 2)  -- [3, 4]
 */
export const slice = (array: Argument, start: Argument, length: Argument): Expr =>
  make('slice', argument(array), argument(start), argument(length));

/**
 * Whether the array holds the value; null if it does not, but holds a null.
 *
 * In SQL:
 *
 *     array_contains(array(1, 2), 2)  -- true
 *     array_contains(array(1, NULL), 2)  -- NULL
 */
export const arrayContains = (array: Argument, element: Argument): Expr =>
  make('array_contains', argument(array), argument(element));

/**
 * Where the value first stands in the array, from 1 on; 0 if it does not.
 *
 * In SQL:
 *
 *     array_position(array('a', 'b'), 'b')  -- 2
 */
export const arrayPosition = (array: Argument, element: Argument): Expr =>
  make('array_position', argument(array), argument(element));

/**
 * The array without the elements that equal the value.
 *
 * In SQL:
 *
 *     array_remove(array(1, 2, 1), 1)  -- [2]
 */
export const arrayRemove = (array: Argument, element: Argument): Expr =>
  make('array_remove', argument(array), argument(element));

/**
 * Whether the arrays have a value in common; null if none is known to be, but one of them holds a null.
 *
 * In SQL:
 *
 *     arrays_overlap(array(1, 2), array(2, 3))  -- true
 */
export const arraysOverlap = (a: Argument, b: Argument): Expr => make('arrays_overlap', argument(a), argument(b));

/**
 * The array with each value once, where it first stood. Nulls equal each other here.
 *
 * In SQL:
 *
 *     array_distinct(array(1, 2, 1, NULL, NULL))  -- [1, 2, null]
 */
export const arrayDistinct = (array: Argument): Expr => make('array_distinct', argument(array));

/**
 * The values of both arrays, each once.
 *
 * In SQL:
 *
 *     array_union(array(1, 2), array(2, 3))  -- [1, 2, 3]
 */
export const arrayUnion = (a: Argument, b: Argument): Expr => make('array_union', argument(a), argument(b));

/**
 * The values that are in both arrays, each once.
 *
 * In SQL:
 *
 *     array_intersect(array(1, 2), array(2, 3))  -- [2]
 */
export const arrayIntersect = (a: Argument, b: Argument): Expr => make('array_intersect', argument(a), argument(b));

/**
 * The values of the first array that are not in the second, each once.
 *
 * In SQL:
 *
 *     array_except(array(1, 2), array(2, 3))  -- [1]
 */
export const arrayExcept = (a: Argument, b: Argument): Expr => make('array_except', argument(a), argument(b));

/**
 * The array with the value behind its last element.
 *
 * In SQL:
 *
 *     array_append(array(1, 2), 3)  -- [1, 2, 3]
 */
export const arrayAppend = (array: Argument, element: Argument): Expr =>
  make('array_append', argument(array), argument(element));

/**
 * The array with the value before its first element.
 *
 * In SQL:
 *
 *     array_prepend(array(1, 2), 3)  -- [3, 1, 2]
 */
export const arrayPrepend = (array: Argument, element: Argument): Expr =>
  make('array_prepend', argument(array), argument(element));

/**
 * The array with the value at the position, which counts from 1, or from the end (-1) if it is negative. Nulls fill what lies between.
 *
 * In SQL:
 *
 *     array_insert(array(1, 2), 2, 9)  -- [1, 9, 2]
 *     array_insert(array(1, 2), -1, 9)  -- [1, 2, 9]
 */
export const arrayInsert = (array: Argument, position: Argument, element: Argument): Expr =>
  make('array_insert', argument(array), argument(position), argument(element));

/**
 * The array without its nulls.
 *
 * In SQL:
 *
 *     array_compact(array(1, NULL, 3))  -- [1, 3]
 */
export const arrayCompact = (array: Argument): Expr => make('array_compact', argument(array));

/**
 * The elements of all inner arrays, one after the other; null if one of them is null.
 *
 * In SQL:
 *
 *     flatten(array(array(1, 2), array(3)))  -- [1, 2, 3]
 */
export const flatten = (arrayOfArrays: Argument): Expr => make('flatten', argument(arrayOfArrays));

/**
 * The elements as one text with the delimiter between them. Nulls are left out unless replaced.
 *
 * In SQL:
 *
 *     array_join(array('a', NULL, 'b'), ', ')  -- a, b
 *     array_join(array('a', NULL, 'b'), ', ', '?')  -- a, ?, b
 */
export const arrayJoin = (array: Argument, delimiter: Setting, nullReplacement?: Setting): Expr =>
  make('array_join', argument(array), setting(delimiter), setting(nullReplacement));

/**
 * An array of structs: the first holds the first elements of all arrays, and so on. The longest array says how many; the others are filled up with nulls. Fields are called as the columns, or 0, 1, ….
 *
 * In SQL:
 *
 *     arrays_zip(array(1, 2), array(3))  -- [{1, 3}, {2, null}]
 */
export const arraysZip = (...array: readonly Argument[]): Expr =>
  make('arrays_zip', ...array.map((value) => argument(value)));

/**
 * The array in order, nulls first; with `ascending` = false from the greatest down, nulls last.
 *
 * In SQL:
 *
 *     sort_array(array(3, NULL, 1))  -- [null, 1, 3]
 *     sort_array(array(3, NULL, 1), false)  -- [3, 1, null]
 */
export const sortArray = (array: Argument, ascending?: Setting): Expr =>
  make('sort_array', argument(array), setting(ascending));

/**
 * The array in order, nulls last; or in the order of a function that gives a negative number, 0 or a positive one where `a` is less than, equal to or greater than `b`.
 *
 * In SQL:
 *
 *     array_sort(array(3, NULL, 1))  -- [1, 3, null]
 *     array_sort(array(3, 1, 2), (a, b) -> b - a)  -- [3, 2, 1]
 */
export const arraySort = (array: Argument, compare?: LambdaArgument): Expr =>
  make('array_sort', argument(array), lambda(compare));

/**
 * The least element that is not null; null if there is none.
 *
 * In SQL:
 *
 *     array_min(array(1, NULL, 3))  -- 1
 */
export const arrayMin = (array: Argument): Expr => make('array_min', argument(array));

/**
 * The greatest element that is not null, NaN being greater than all; null if there is none.
 *
 * In SQL:
 *
 *     array_max(array(1, NULL, 3))  -- 3
 */
export const arrayMax = (array: Argument): Expr => make('array_max', argument(array));

/**
 * The array of values from `start` to `stop`, both included: numbers by `step` (1 or -1), dates and timestamps by an interval (a day).
 *
 * In SQL:
 *
 *     sequence(1, 10, 3)  -- [1, 4, 7, 10]
 *     sequence(DATE'2020-01-31', DATE'2020-03-31', INTERVAL 1 MONTH)  -- [2020-01-31, 2020-02-29, 2020-03-31]
 */
export const sequence = (start: Argument, stop: Argument, step?: Argument): Expr =>
  make('sequence', argument(start), argument(stop), argument(step));

/**
 * The elements in a random order, which is the same when a batch is replayed.
 *
 * In SQL:
 *
 *     array_sort(shuffle(array(1, 2, 3)))  -- [1, 2, 3]
 */
export const shuffle = (array: Argument, seed?: Setting): Expr => make('shuffle', argument(array), setting(seed));

/**
 * The array of what the function gives for each element. `i` is its position, from 0 on.
 *
 * In SQL:
 *
 *     transform(array(1, 2), x -> x * 10)  -- [10, 20]
 *     transform(array(1, 2), (x, i) -> x + i)  -- [1, 3]
 */
export const transform = (array: Argument, function_: LambdaArgument): Expr =>
  make('transform', argument(array), lambda(function_));

/**
 * The elements for which the condition holds. `i` is the position, from 0 on.
 *
 * In SQL:
 *
 *     filter(array(1, 2, 3), x -> x > 1)  -- [2, 3]
 */
export const filter = (array: Argument, condition: LambdaArgument): Expr =>
  make('filter', argument(array), lambda(condition));

/**
 * Whether the condition holds for any element; null if that is unknown.
 *
 * In SQL:
 *
 *     exists(array(1, 2), x -> x > 1)  -- true
 */
export const exists = (array: Argument, condition: LambdaArgument): Expr =>
  make('exists', argument(array), lambda(condition));

/**
 * Whether the condition holds for all elements; null if that is unknown.
 *
 * In SQL:
 *
 *     forall(array(1, 2), x -> x > 1)  -- false
 */
export const forall = (array: Argument, condition: LambdaArgument): Expr =>
  make('forall', argument(array), lambda(condition));

/**
 * Folds the elements into one value, from `start` on, and gives what the last function makes of it. The folding function must give the type of `start`.
 *
 * In SQL:
 *
 *     aggregate(array(1, 2, 3), 0, (acc, x) -> acc + x, acc -> acc * 10)  -- 60
 */
export const aggregate = (array: Argument, start: Argument, merge: LambdaArgument, finish?: LambdaArgument): Expr =>
  make('aggregate', argument(array), argument(start), lambda(merge), lambda(finish));
/** The same as `aggregate`. */
export const reduce = aggregate;

/**
 * The array of what the function gives for the elements at each position; the shorter array is filled up with nulls.
 *
 * In SQL:
 *
 *     zip_with(array(1, 2), array(10, 20), (x, y) -> x + y)  -- [11, 22]
 */
export const zipWith = (a: Argument, b: Argument, function_: LambdaArgument): Expr =>
  make('zip_with', argument(a), argument(b), lambda(function_));
