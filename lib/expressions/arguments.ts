import { type DataType, formatType } from '../schema/index.js';
import { Expr, type Operand, col, treeOf } from './builder.js';
import { type Expression, type Lambda, call } from './tree.js';

/** The value of an argument: an expression, the name of a column, or a constant that is no text (`lit('x')` is). */
export type Argument = Operand;

/** How a value is to be read: a type (or its DDL) for a schema, an object for options, else a constant. */
export type Setting = Operand | DataType | Readonly<Record<string, string | number | boolean>>;

/** A function of expressions, for each element of an array or each entry of a map: `(x) => x.mul(2)`. */
export type LambdaArgument = (...elements: Expr[]) => Operand;

/** What a call is made of: `argument` for data, `setting` for what is the same in every row. */
export const make = (name: string, ...args: readonly (Expression | undefined)[]): Expr =>
  new Expr(
    call(
      name,
      args.filter((arg) => arg !== undefined),
    ),
  );

/** A string names a column. */
export const argument = (value: Argument | undefined): Expression | undefined =>
  value === undefined ? undefined : typeof value === 'string' ? col(value).tree : treeOf(value);

/** A string is a constant. */
export function setting(value: Setting | undefined): Expression | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'object' || value === null || value.constructor !== Object) return treeOf(value as Operand);
  if (isType(value)) return treeOf(formatType(value));
  return call(
    'map',
    Object.entries(value).flatMap(([key, item]) => [treeOf(key), treeOf(String(item))]),
  );
}

const isType = (value: object): value is DataType => 'kind' in value && typeof value.kind === 'string';

let depth = 0;

/** The parameters have names that no column has, and that those of a lambda around it do not have. */
export function lambda(build: LambdaArgument | undefined): Lambda | undefined {
  if (build === undefined) return undefined;
  depth++;
  try {
    const params = ['x', 'y', 'z'].slice(0, Math.max(1, build.length)).map((name) => `${name}_${depth}`);
    const elements = params.map((name) => new Expr({ kind: 'name', parts: [name] }));
    return { kind: 'lambda', params, body: treeOf(build(...elements)) };
  } finally {
    depth--;
  }
}
