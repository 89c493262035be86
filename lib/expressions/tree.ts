import type { DataType } from '../schema/index.js';
import type { Place } from './errors.js';
import type { AnyFunction } from './functions/define.js';
import type { Value } from './values.js';

/**
 * An expression as written: names and functions are not looked up yet. The parser and the builder make the same
 * trees. Operators are calls of functions named as they are written (`+`, `and`, `like`, `[]`).
 */
export type Expression = Literal | Name | Star | Call | Cast | Case | Field | Lambda | Alias;

interface Node {
  /** Where it was written; what a builder makes has no place. */
  readonly place?: Place | undefined;
}

export interface Literal extends Node {
  readonly kind: 'literal';
  readonly type: DataType;
  readonly value: Value;
}

/** A column, a field of one (`a.b.c`), or a parameter of a lambda. */
export interface Name extends Node {
  readonly kind: 'name';
  readonly parts: readonly string[];
}

/** `*`, `t.*` or `point.*`, `* EXCEPT (a, b)`. */
export interface Star extends Node {
  readonly kind: 'star';
  readonly of: readonly string[];
  readonly except: readonly (readonly string[])[];
}

export interface SortKey {
  readonly child: Expression;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

export interface Call extends Node {
  readonly kind: 'call';
  /** Lower case. */
  readonly name: string;
  readonly args: readonly Expression[];
  readonly distinct?: boolean;
  /** Of an aggregate: only rows for which this holds. */
  readonly filter?: Expression;
  /** Of an aggregate: `WITHIN GROUP (ORDER BY …)`. */
  readonly order?: readonly SortKey[];
  readonly ignoreNulls?: boolean;
  /** A function of the user's own, which no registry knows. */
  readonly definition?: AnyFunction;
}

export interface Cast extends Node {
  readonly kind: 'cast';
  readonly child: Expression;
  readonly type: DataType;
  /** `TRY_CAST`: null instead of an error. `literal`: written as `DATE '2020-01-01'`, the child being the string. */
  readonly mode: 'cast' | 'try' | 'literal';
}

export interface Case extends Node {
  readonly kind: 'case';
  /** Of `CASE x WHEN 1 …`. */
  readonly operand?: Expression;
  readonly branches: readonly { readonly when: Expression; readonly then: Expression }[];
  readonly otherwise?: Expression;
}

/** A field of what `child` gives: `f(x).name`. */
export interface Field extends Node {
  readonly kind: 'field';
  readonly child: Expression;
  readonly name: string;
}

export interface Lambda extends Node {
  readonly kind: 'lambda';
  readonly params: readonly string[];
  readonly body: Expression;
}

export interface Alias extends Node {
  readonly kind: 'alias';
  readonly child: Expression;
  /** More than one for functions that give several columns. */
  readonly names: readonly string[];
}

export const call = (name: string, args: readonly Expression[], place?: Place): Call => ({
  kind: 'call',
  name,
  args,
  place,
});

/** The expressions right below one. */
/** The terms of a condition that all have to hold. */
export const conjunctsOf = (tree: Expression): readonly Expression[] =>
  tree.kind === 'call' && tree.name === 'and' ? tree.args.flatMap(conjunctsOf) : [tree];

export function childrenOf(node: Expression): readonly Expression[] {
  switch (node.kind) {
    case 'literal':
    case 'name':
    case 'star':
      return [];
    case 'call':
      return [...node.args, ...(node.order?.map((key) => key.child) ?? []), ...(node.filter ? [node.filter] : [])];
    case 'case':
      return [
        ...(node.operand ? [node.operand] : []),
        ...node.branches.flatMap(({ when, then }) => [when, then]),
        ...(node.otherwise ? [node.otherwise] : []),
      ];
    case 'lambda':
      return [node.body];
    default:
      return [node.child];
  }
}

/** The same expression with what `change` makes of those right below it. */
export function mapChildren(node: Expression, change: (child: Expression) => Expression): Expression {
  switch (node.kind) {
    case 'literal':
    case 'name':
    case 'star':
      return node;
    case 'call':
      return {
        ...node,
        args: node.args.map(change),
        ...(node.order && { order: node.order.map((key) => ({ ...key, child: change(key.child) })) }),
        ...(node.filter && { filter: change(node.filter) }),
      };
    case 'case':
      return {
        ...node,
        ...(node.operand && { operand: change(node.operand) }),
        branches: node.branches.map(({ when, then }) => ({ when: change(when), then: change(then) })),
        ...(node.otherwise && { otherwise: change(node.otherwise) }),
      };
    case 'lambda':
      return { ...node, body: change(node.body) };
    default:
      return { ...node, child: change(node.child) };
  }
}
