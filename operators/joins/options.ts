import { type Expr, type Expression, toTree } from '../../lib/expressions/index.js';
import { call } from '../../lib/expressions/tree.js';
import { Flow } from '../../lib/flow.js';
import { custom, required } from '../../lib/options/index.js';
import type { PlanNode } from '../../lib/plan/index.js';
import { columnOperator } from '../columns/node.js';
import { type JoinCondition, type Side, equalColumns } from './condition.js';
import { joinType } from './types.js';

/** Which rows of two sides belong together. */
export type JoinOn<Using extends string = string> = string | Expr | readonly Using[];

/** Whether rows are joined on columns of the same names. */
export const isNames = (v: unknown): v is readonly string[] =>
  Array.isArray(v) && v.length > 0 && v.every((name) => typeof name === 'string' && name !== '');

export const conditionOf = (on: JoinOn, as: readonly [string, string]): Expression =>
  isNames(on) ? equalColumns(on, as) : toTree(on);

/** What the options of joins have to be. */
export const joinSpec = {
  on: required(
    custom(
      (v): v is JoinOn =>
        (typeof v === 'string' && v !== '') || isNames(v) || (typeof v === 'object' && v !== null && !Array.isArray(v)),
      'a condition, or a list of names of columns',
    ),
  ),
  type: joinType,
  as: custom(
    (v): v is readonly [string, string] => isNames(v) && v.length === 2 && v[0]!.toLowerCase() !== v[1]!.toLowerCase(),
    'two different names',
  ),
};

/** An input without the rows that can match nothing, whatever the other side has: so early that nobody counts them. */
export function matchable(input: PlanNode, { own, present }: JoinCondition, side: Side): PlanNode {
  const isThere = present[side].map((column) => call('isnotnull', [{ kind: 'name', parts: [column] }]));
  return [...own[side], ...isThere].reduce<Flow<unknown>>(
    (flow, condition) => columnOperator<unknown, unknown>({ op: 'where', condition })(flow),
    new Flow<unknown>(input),
  ).plan;
}
