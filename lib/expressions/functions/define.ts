import type { Column, StructColumn } from '../../columns/index.js';
import type { DataType, StructType } from '../../schema/index.js';
import type { Bound, Kernel } from '../bound.js';
import type { ExpressionSettings } from '../settings.js';
import type { Call, Expression } from '../tree.js';
import type { Value } from '../values.js';
import type { Constant, Vector } from '../vector.js';

/** What a function is told once, when a call of it is resolved. */
export interface Binding {
  /** The types of the arguments, after the implicit casts. A lambda has the type of its result. */
  readonly types: readonly DataType[];
  /** The type of the result. */
  readonly type: DataType;
  /** Errors for overflow, division by zero and invalid casts (Spark's default), or null and wrapping. */
  readonly ansi: boolean;
  /** The time zone of the session, such as `UTC` or `Europe/Zurich`. */
  readonly zone: string;
  /** What else holds for all expressions of the query. */
  readonly settings: ExpressionSettings;
  /** The value of argument `i` if it is constant (null is a value), else undefined: compile patterns once with it. */
  readonly constant: (i: number) => Value | undefined;
}

/** Facts of the batch being computed. The same when it is replayed. */
export interface BatchFacts {
  readonly id: number;
  /** When it was planned, microseconds since the epoch. */
  readonly timestamp: bigint;
  readonly queryId: string;
  /** The number of the next draw of a random function in this batch: 0, 1, 2, …. */
  readonly draw: () => number;
}

/** Takes the values of one row; a lambda argument comes as a function of values. */
export type ScalarFunction = (...args: never[]) => Value;

/** Computes whole columns: `n` rows, each argument a column or a constant. */
export type VectorFunction = (args: readonly Vector[], n: number, batch: BatchFacts) => Vector | Column;

/** A function as SQL argument `x -> …`, called by higher-order functions with the values of one element. */
export type LambdaFunction = (...args: Value[]) => Value;

export type Group =
  | 'operator'
  | 'conditional'
  | 'string'
  | 'numeric'
  | 'datetime'
  | 'array'
  | 'map'
  | 'struct'
  | 'json'
  | 'csv'
  | 'hash'
  | 'url'
  | 'misc'
  | 'generator'
  | 'window'
  | 'aggregate';

/** What every function says of itself; `docs/expressions.md` is made from it, and its examples are run. */
export interface FunctionInfo {
  /** The SQL name, lower case, such as `date_add`. Case does not matter in calls. */
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly group: Group;
  /** The arguments as the documentation shows them, such as `'str, pos[, len]'`. */
  readonly usage: string;
  /** What it does, in a sentence or two: meaning, units, nulls where they surprise, errors. */
  readonly summary: string;
  /** `[expression, result as CAST(… AS STRING) shows it, 'NULL' for null]`; each is run. */
  readonly examples: readonly (readonly [sql: string, result: string])[];
  /** Of each argument. Fewer or more arguments than these are an error of the caller. */
  readonly params: readonly Param[];
}

export interface FunctionDef extends FunctionInfo {
  /** The type of the result, from those of the arguments after casts. */
  readonly returns: DataType | ((types: readonly DataType[], binding: Omit<Binding, 'type'>) => DataType);
  /** `propagate` (default): a null argument gives null and `evaluate` is not called. `handle`: `evaluate` gets nulls. */
  readonly nulls?: 'propagate' | 'handle';
  /** Whether the result may be null where no argument is (default true), or is never null (`'never'`). */
  readonly nullable?: boolean | 'never';
  /** Cannot throw for any value (default false). Branches that are not taken may then be computed and dropped. */
  readonly total?: boolean;
  /** Same arguments, same result (default true). If false, the result may depend on the batch and the row. */
  readonly deterministic?: boolean;
  /** One row. It is what the function means: a `vector` must give the same, and a test compares them. */
  readonly evaluate: (binding: Binding) => ScalarFunction;
  /** A hidden column and a field of it that it gives where rows have them; without, it gives what `evaluate` does. */
  readonly hiddenField?: readonly [column: string, field: string];
  /** Whole columns, where that is worth its code. Nulls are its own matter, whatever `nulls` says. */
  readonly vector?: (binding: Binding) => VectorFunction | undefined;
}

/** A function that is a shorthand for another expression: `nvl(a, b)` for `coalesce(a, b)`. */
export interface MacroDef extends FunctionInfo {
  readonly rewrite: (args: readonly Expression[]) => Expression;
}

/** A function that gives several rows for one, such as `explode`. */
export interface GeneratorDef extends FunctionInfo {
  /** Names and types of the columns that it gives. */
  readonly columns: (binding: Omit<Binding, 'type'>) => readonly { name: string; type: DataType; nullable: boolean }[];
  /** The rows that one row gives; nulls are passed in. */
  readonly generate: (binding: Omit<Binding, 'type'>) => (...args: never[]) => readonly (readonly Value[])[];
}

/** A function that puts rows into windows of time: a row may be in several, or in none. */
export interface WindowDef extends FunctionInfo {
  readonly windows: (binding: Omit<Binding, 'type'>) => Windowing;
}

/** How rows are put into windows. */
export interface Windowing {
  /** Of a window: a struct of its `start`, and of its `end`, which is not part of it. */
  readonly type: StructType;
  /** Windows of a group that touch each other become one, as those of sessions do. */
  readonly merges: boolean;
  /** Calls over the same time whose windows have the same identity are one. */
  readonly identity: string;
  assign(args: readonly (Column | Constant)[], n: number): Windowed;
}

export interface Windowed {
  /** The row that each of the windows is of, in the order of the rows; null: every row is in one. */
  readonly rows: Int32Array | null;
  readonly windows: StructColumn;
}

/**
 * How an aggregate is computed. Its state is a list of values of the declared types, so that it can be kept in a
 * checkpoint, and merged with the state of another part of the data.
 */
export interface Accumulator {
  readonly state: readonly DataType[];
  /** A fresh state. It may be changed in place by `update` and `merge`. */
  init(): Value[];
  /** Takes in one row. */
  update(state: Value[], ...args: Value[]): void;
  /**
   * Called when there are no more rows for a state: makes it what is declared, where `update` keeps something else in
   * it. All others find states that are sealed.
   */
  seal?(state: Value[]): void;
  merge(state: Value[], other: readonly Value[]): void;
  finish(state: readonly Value[]): Value;
}

export interface AggregateDef extends FunctionInfo {
  readonly returns: DataType | ((types: readonly DataType[], binding: Omit<Binding, 'type'>) => DataType);
  /** `skip` (default): rows with a null argument are not passed in. */
  readonly nulls?: 'skip' | 'handle';
  /** The result for no rows is not null (`count`). Default false. */
  readonly neverNull?: boolean;
  readonly accumulate: (binding: Binding) => Accumulator;
}

/** A function with rules of its own for types or for what is computed when: operators, `CASE`, `COALESCE`. */
export interface SpecialDef extends FunctionInfo {
  readonly bind: (args: readonly Bound[], binder: Binder, call: Call) => Bound;
}

/** What a special function builds its bound tree with. */
export interface Binder {
  readonly ansi: boolean;
  readonly zone: string;
  readonly settings: ExpressionSettings;
  /** The implicit cast of an argument; the argument itself if it has the type already. */
  cast(bound: Bound, type: DataType): Bound;
  /** A call of a function by its SQL name, over arguments that are bound. */
  call(name: string, args: readonly Bound[]): Bound;
  /** A call with this kernel; constants are folded. */
  apply(name: string, args: readonly Bound[], type: DataType, nullable: boolean, kernel: Kernel): Bound;
  literal(type: DataType, value: Value): Bound;
}

export type AnyFunction = FunctionDef | MacroDef | GeneratorDef | WindowDef | AggregateDef | SpecialDef;

/**
 * What a parameter takes. `coerce` gives the type to which an argument of type `from` is cast implicitly (`from`
 * itself if it fits as it is), or undefined if it cannot be taken.
 */
export interface Param {
  readonly name: string;
  readonly coerce: (from: DataType, context: CoercionContext) => DataType | undefined;
  readonly optional?: boolean;
  /** Takes all further arguments. */
  readonly rest?: boolean;
  /** Must be constant. */
  readonly constant?: boolean;
  /** Parameters with the same key are cast to the least common type of theirs. */
  readonly common?: string;
  /** With `common`: texts and other types have none. */
  readonly keepTexts?: boolean;
  /** A lambda: the types of its parameters, from those of the other arguments (undefined where they come later). */
  readonly lambda?: (types: readonly (DataType | undefined)[]) => readonly (readonly DataType[])[];
}

export interface CoercionContext {
  readonly ansi: boolean;
  readonly constant: boolean;
}
