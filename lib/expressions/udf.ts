import { columnFrom } from '../columns/index.js';
import { SluiceError } from '../errors/index.js';
import { isPromise } from '../maybe-promise.js';
import { type DataType, parseType } from '../schema/index.js';
import { type Argument, argument } from './arguments.js';
import { Expr } from './builder.js';
import type { FunctionDef } from './functions/define.js';
import { any, optional, rest } from './functions/params.js';
import { call } from './tree.js';
import { type Vector, VectorLambda, columnOf, readerOf, toColumn } from './vector.js';
import type { Value } from './values.js';

/** A function of the user's own, called with expressions (a text names a column) to give an expression. */
export type UserFunction = (...args: readonly Argument[]) => Expr;

/**
 * Makes a function of a value of each row for use in expressions. `fn` gets its arguments as rows show them (`Date`,
 * `Decimal`, a number or a bigint for a long), `null` where one is missing, and returns a value of `type` as a row
 * would hold it. It is called for each row that gets there, once, in no promised order.
 *
 * What it throws stops the query with USER_FUNCTION_FAILED, and so does a value that is not of the type. It cannot be
 * asynchronous: for look-ups there is `mapRows` with `concurrency`. Throws INVALID_OPTION or INVALID_SCHEMA.
 *
 * @param name what errors and `explain()` call it
 * @param type the type of the result, such as `'STRING'` or `'ARRAY<INT>'`
 *
 * @example
 * ```ts
 * const slug = udf('slug', (title: string | null) => title?.toLowerCase().replaceAll(' ', '-') ?? null, 'STRING');
 * articles$.pipe(withColumn('path', slug('title')));
 * ```
 */
export function udf(name: string, fn: (...args: never[]) => unknown, type: string | DataType): UserFunction {
  if (typeof name !== 'string' || name === '') {
    throw new SluiceError('INVALID_OPTION', 'udf: the name must be a string that is not empty.');
  }
  if (typeof fn !== 'function' || fn.constructor.name === 'AsyncFunction') {
    throw new SluiceError('INVALID_OPTION', `udf: ${name} must be a function that is not asynchronous.`);
  }
  const definition = definitionOf(name, fn as PlainFunction, typeof type === 'string' ? parseType(type) : type);
  return (...args) => {
    const trees = args.map((arg) => argument(arg)!);
    return new Expr({ ...call(name, trees), definition });
  };
}

type PlainFunction = (...args: unknown[]) => unknown;

function definitionOf(name: string, fn: PlainFunction, type: DataType): FunctionDef {
  const run = (args: readonly unknown[], row: number): unknown => {
    try {
      return settled(fn(...args));
    } catch (error) {
      throw SluiceError.from(error, 'USER_FUNCTION_FAILED', `udf: ${name} threw on row ${row} of those it was given`, {
        function: name,
        row,
      });
    }
  };
  const checked = (values: readonly unknown[]): ReturnType<typeof columnFrom> => {
    try {
      return columnFrom(type, values, name);
    } catch (error) {
      const message = `udf: ${name} returned what is no value of its type: ${(error as Error).message}`;
      throw new SluiceError('USER_FUNCTION_FAILED', message, { details: { function: name }, cause: error });
    }
  };
  return {
    name,
    group: 'misc',
    usage: '…',
    summary: 'A function of the user.',
    examples: [],
    params: [optional(rest(any('argument')))],
    returns: type,
    nulls: 'handle',
    // Nobody knows what it does: it is neither computed ahead of time nor left out.
    deterministic: false,
    evaluate:
      ({ types }) =>
      (...args: Value[]) =>
        readerOf(
          checked([
            run(
              args.map((arg, i) => columnOf(types[i]!, [arg]).get(0)),
              0,
            ),
          ]),
        )(0),
    vector: () => (args, n) => {
      const columns = args.map((arg) => toColumn(plain(arg), n));
      const values = new Array<unknown>(n);
      for (let i = 0; i < n; i++) {
        values[i] = run(
          columns.map((column) => column.get(i)),
          i,
        );
      }
      return checked(values);
    },
  };
}

function plain(vector: Vector): Exclude<Vector, VectorLambda> {
  if (!(vector instanceof VectorLambda)) return vector;
  throw new Error('A user function takes no lambda.');
}

/** A promise in place of a value would be a silently wrong one. */
function settled(value: unknown): unknown {
  if (!isPromise(value)) return value;
  value.then(undefined, () => undefined);
  throw new TypeError('it returned a promise; look things up with mapRows(…, { concurrency: 16 })');
}
