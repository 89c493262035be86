import { deserialize, serialize } from 'node:v8';
import { columnFrom, exact, instant } from '../columns/index.js';
import { SluiceError } from '../errors/index.js';
import { isPromise } from '../maybe-promise.js';
import { custom, func, nonEmptyText, parseOptions, required } from '../options/index.js';
import { type DataType, anyType, binary, parseType } from '../schema/index.js';
import { type Argument, argument } from './arguments.js';
import { Expr } from './builder.js';
import type { Accumulator, AggregateDef } from './functions/define.js';
import { any, optional, rest } from './functions/params.js';
import { call } from './tree.js';
import type { Value } from './values.js';
import { columnOf, readerOf } from './vector.js';

export interface AggregatorOptions<State, Result, Args extends readonly unknown[]> {
  /** What is known of a group before its first row: a value, or a function that makes one. */
  zero: State | (() => State);
  /** Takes in one row: gives what is known then. It may change what it got. */
  reduce: (state: State, ...values: Args) => State;
  /** Puts together what is known of earlier and of later rows of a group. */
  merge: (earlier: State, later: State) => State;
  /** The result for a group. */
  finish: (state: State) => Result;
  /** The type of the result, such as `'DOUBLE'`. Default: any value, as it is; expressions over it need a type. */
  type?: string | DataType;
  /**
   * The type of what is known, such as `'STRUCT<sum: DOUBLE, n: BIGINT>'`: the checkpoint then holds it in this form,
   * which `readState` shows. Default: any value of plain objects, arrays, maps, sets, dates and so on, as bytes.
   */
  state?: string | DataType;
  /** What errors and `explain()` call it. Default `aggregator`. */
  name?: string;
}

const isType = (v: unknown): v is string | DataType => typeof v === 'string' || (typeof v === 'object' && v !== null);

const spec = {
  zero: required(custom((_v): _v is unknown => true, 'a value, or a function that makes one')),
  reduce: required(func<(state: unknown, ...values: unknown[]) => unknown>()),
  merge: required(func<(earlier: unknown, later: unknown) => unknown>()),
  finish: required(func<(state: unknown) => unknown>()),
  type: custom(isType, 'a type'),
  state: custom(isType, 'a type'),
  name: nonEmptyText(),
};

/**
 * Makes an aggregate of the user's own, to be used as `sum` is. Values are as rows show them (`Date`, `Decimal`, a
 * number or a bigint for a long), `null` where one is missing. The functions must give the same for the same, and not
 * know more than they are given: a group is made of several batches, and comes back after a restart.
 *
 * What they throw stops the query with USER_FUNCTION_FAILED, and so does a value that is not of the type that is
 * declared. Throws INVALID_OPTION, MISSING_OPTION or INVALID_SCHEMA.
 *
 * @example
 * ```ts
 * const longest = aggregator({
 *   zero: '',
 *   reduce: (best: string, title: string | null) => (title !== null && title.length > best.length ? title : best),
 *   merge: (a, b) => (b.length > a.length ? b : a),
 *   finish: (best) => best,
 *   type: 'STRING',
 * });
 * groupBy('author').agg({ title: longest('title') });
 * ```
 */
export function aggregator<State, Result, Args extends readonly unknown[]>(
  options: AggregatorOptions<State, Result, Args>,
): (...args: readonly Argument[]) => Expr {
  const given = parseOptions('aggregator', options, spec);
  const { name = 'aggregator' } = given;
  const typed = (type: string | DataType): DataType => (typeof type === 'string' ? parseType(type) : type);
  const definition = definitionOf({
    name,
    zero: zeroOf(given.zero),
    reduce: given.reduce,
    merge: given.merge,
    finish: given.finish,
    type: given.type === undefined ? anyType() : typed(given.type),
    state: given.state === undefined ? undefined : typed(given.state),
  });
  return (...args) =>
    new Expr({
      ...call(
        name,
        args.map((arg) => argument(arg)!),
      ),
      definition,
    });
}

/** Each group has a value of its own: it may be changed. */
function zeroOf(zero: unknown): () => unknown {
  if (typeof zero === 'function') return zero as () => unknown;
  return typeof zero === 'object' ? () => structuredClone(zero) : () => zero;
}

interface UserAggregate {
  readonly name: string;
  readonly zero: () => unknown;
  readonly reduce: (state: unknown, ...values: unknown[]) => unknown;
  readonly merge: (earlier: unknown, later: unknown) => unknown;
  readonly finish: (state: unknown) => unknown;
  readonly type: DataType;
  readonly state: DataType | undefined;
}

function definitionOf(user: UserAggregate): AggregateDef {
  return {
    name: user.name,
    group: 'aggregate',
    usage: '…',
    summary: 'An aggregate of the user.',
    examples: [],
    params: [optional(rest(any('argument')))],
    returns: user.type,
    nulls: 'handle',
    accumulate: ({ types }) => accumulatorOf(user, types.map(rowValueOf)),
  };
}

function accumulatorOf(user: UserAggregate, shown: readonly ((value: Value) => unknown)[]): Accumulator {
  const { zero, reduce, merge, finish } = user;
  const state = user.state === undefined ? bytes : declared(user.state, `the state of ${user.name}`);
  const result = declared(user.type, `the result of ${user.name}`);
  const calling = <T>(which: string, run: () => T): T => {
    try {
      const out = run();
      if (!isPromise(out)) return out;
      out.then(undefined, () => undefined);
      throw new TypeError('it returned a promise');
    } catch (error) {
      const what = `aggregator: ${which} of ${user.name} threw`;
      throw SluiceError.from(error, 'USER_FUNCTION_FAILED', what, { function: user.name });
    }
  };
  return {
    state: [state.type],
    init: () => [calling('zero', zero) as Value],
    update: (own, ...values) => {
      own[0] = calling('reduce', () => reduce(own[0], ...values.map((value, i) => shown[i]!(value)))) as Value;
    },
    seal: (own) => {
      own[0] = state.pack(own[0]);
    },
    merge: (own, [other]) => {
      own[0] = state.pack(calling('merge', () => merge(state.unpack(own[0]!), state.unpack(other!))));
    },
    finish: ([own]) => result.pack(calling('finish', () => finish(state.unpack(own!)))),
  };
}

/** Between values as users have them and as they are kept. */
interface Packing {
  readonly type: DataType;
  pack(value: unknown): Value;
  unpack(value: Value): unknown;
}

const bytes: Packing = {
  type: binary(),
  pack: (value) => new Uint8Array(serialize(value)),
  unpack: (value) => deserialize(value as Uint8Array) as unknown,
};

function declared(type: DataType, what: string): Packing {
  if (type.kind === 'any') return { type, pack: (value) => (value ?? null) as Value, unpack: (value) => value };
  return {
    type,
    pack: (value) => {
      try {
        return readerOf(columnFrom(type, [value ?? null], what))(0);
      } catch (error) {
        const message = `aggregator: ${what} is no value of its type: ${(error as Error).message}`;
        throw new SluiceError('USER_FUNCTION_FAILED', message, { cause: error });
      }
    },
    unpack: rowValueOf(type),
  };
}

/** From a value as it is computed with to one as rows show it. */
function rowValueOf(type: DataType): (value: Value) => unknown {
  switch (type.kind) {
    case 'string':
    case 'boolean':
    case 'byte':
    case 'short':
    case 'int':
    case 'float':
    case 'double':
    case 'void':
      return (value) => value;
    case 'long':
      return (value) => (value === null ? null : exact(value as bigint));
    case 'timestamp':
    case 'timestamp_ntz':
      return (value) => (value === null ? null : instant(value as bigint));
    default:
      return (value) => columnOf(type, [value]).get(0);
  }
}
