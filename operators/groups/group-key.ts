import type { Column } from '../../lib/columns/index.js';
import { SluiceError } from '../../lib/errors/index.js';
import { Expr, type Expression, nameOf, printExpression, toTree } from '../../lib/expressions/index.js';
import { setOwn } from '../../lib/columns/index.js';

/**
 * What rows are grouped by: a column or an expression (the key is its value), a list of them, or expressions by names
 * that you give them (the key is an object of their values).
 */
export type GroupBy = string | Expr | readonly (string | Expr)[] | { readonly [name: string]: string | Expr };

/** The key of a group of rows. */
export type KeyOf<Row, By> = By extends keyof Row
  ? Row[By]
  : By extends string | Expr
    ? unknown
    : By extends readonly (infer Name)[]
      ? { readonly [N in Extract<Name, string>]: N extends keyof Row ? Row[N] : unknown }
      : { readonly [N in keyof By & string]: By[N] extends keyof Row ? Row[By[N]] : unknown };

/** What rows are grouped by, as it was read. */
export interface GroupKey {
  readonly names: readonly string[];
  readonly trees: readonly Expression[];
  /** The key is the value of the only expression. */
  readonly single: boolean;
  readonly detail: string;
}

export function groupKey(op: string, by: GroupBy): GroupKey {
  const single = typeof by === 'string' || by instanceof Expr;
  const named = single ? [unnamed(by)] : Array.isArray(by) ? by.map(unnamed) : Object.entries(by).map(given);
  const names = named.map(([name]) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw new SluiceError('INVALID_OPTION', `${op}: two keys are called '${twice}'.`);
  const trees = named.map(([, tree]) => tree);
  return { names, trees, single, detail: `by ${trees.map(printExpression).join(', ')}` };
}

const unnamed = (key: string | Expr): readonly [string, Expression] => {
  const tree = toTree(key);
  return [nameOf(tree), tree.kind === 'alias' ? tree.child : tree];
};

const given = ([name, key]: readonly [string, string | Expr]): readonly [string, Expression] => [name, toTree(key)];

/** The key of a row, as a function of the user gets it. */
export function keyAt({ names, single }: GroupKey, columns: readonly Column[], row: number): unknown {
  if (single) return columns[0]!.get(row);
  const key: Record<string, unknown> = {};
  names.forEach((name, i) => setOwn(key, name, columns[i]!.get(row)));
  return key;
}

/** The values that a key consists of. */
export function partsOf({ names, single }: GroupKey, key: unknown): readonly unknown[] {
  return single ? [key] : names.map((name) => (key as Readonly<Record<string, unknown>>)[name]);
}
