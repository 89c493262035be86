// Made from the definitions of the functions: `npm run builders:update`.
import { argument, type Argument, make, setting, type Setting } from '../arguments.js';
import type { Expr } from '../builder.js';

/**
 * Null where the condition holds; an error with this message where it does not, or is missing.
 *
 * In SQL:
 *
 *     assert_true(1 < 2)  -- NULL
 */
export const assertTrue = (condition: Argument, message?: Setting): Expr =>
  make('assert_true', argument(condition), setting(message));

/**
 * An error with this message, wherever it is computed.
 *
 * In SQL:
 *
 *     if(true, 'fine', raise_error('never'))  -- fine
 */
export const raiseError = (message: Setting): Expr => make('raise_error', setting(message));

/**
 * A random UUID for each row. A batch that is replayed after a crash gets the same ones.
 *
 * In SQL:
 *
 *     length(uuid())  -- 36
 */
export const uuid = (seed?: Argument): Expr => make('uuid', argument(seed));

/**
 * The version of Spark whose SQL this is.
 *
 * In SQL:
 *
 *     version()  -- 4.0.0
 */
export const version = (): Expr => make('version');

/**
 * The user that the process runs as.
 *
 * In SQL:
 *
 *     current_user() = user()  -- true
 */
export const currentUser = (): Expr => make('current_user');
/** The same as `currentUser`. */
export const user = currentUser;
/** The same as `currentUser`. */
export const sessionUser = currentUser;

/**
 * Whether two values are equal or both missing; as `a <=> b`.
 *
 * In SQL:
 *
 *     equal_null(NULL, NULL)  -- true
 */
export const equalNull = (a: Argument, b: Argument): Expr => make('equal_null', argument(a), argument(b));

/**
 * The URI of the file that a row was read from, such as `file:///in/a%20b.csv`. Empty where rows are not from files, and below operators that make other rows.
 *
 * In SQL:
 *
 *     input_file_name()  --
 */
export const inputFileName = (): Expr => make('input_file_name');

/**
 * The byte at which the part of the file begins that a row was read from: 0, since files are one part. -1 where rows are not from files.
 *
 * In SQL:
 *
 *     input_file_block_start()  -- -1
 */
export const inputFileBlockStart = (): Expr => make('input_file_block_start');

/**
 * How many bytes the part of the file has that a row was read from: those of the file. -1 where rows are not from files.
 *
 * In SQL:
 *
 *     input_file_block_length()  -- -1
 */
export const inputFileBlockLength = (): Expr => make('input_file_block_length');
