import type { Expression } from '../../lib/expressions/index.js';
import { printExpression } from '../../lib/expressions/index.js';

/** A column that `select` gives: an expression, or a name, which may be that of a column with dots in it. */
export interface SelectItem {
  readonly tree: Expression;
  readonly name?: string;
}

/** One operator of columns, as part of one pass over a batch. */
export type ColumnStage =
  | { readonly op: 'where'; readonly condition: Expression }
  | { readonly op: 'select' | 'selectExpr'; readonly items: readonly SelectItem[] }
  | { readonly op: 'withColumn' | 'withColumns'; readonly columns: readonly (readonly [string, Expression])[] }
  | { readonly op: 'drop'; readonly names: readonly string[] }
  | { readonly op: 'withColumnRenamed'; readonly from: string; readonly to: string };

/** What a stage computes; columns that are only passed on are left out. */
export function computedBy(stage: ColumnStage): readonly Expression[] {
  switch (stage.op) {
    case 'where':
      return [stage.condition];
    case 'select':
    case 'selectExpr':
      return stage.items.map(({ tree }) => tree).filter((tree) => !isPassedOn(tree));
    case 'withColumn':
    case 'withColumns':
      return stage.columns.map(([, tree]) => tree).filter((tree) => !isPassedOn(tree));
    default:
      return [];
  }
}

function isPassedOn(tree: Expression): boolean {
  if (tree.kind === 'alias') return isPassedOn(tree.child);
  if (tree.kind === 'name') return tree.parts.length === 1;
  return tree.kind === 'star' && tree.of.length === 0 && tree.except.every((path) => path.length === 1);
}

/** A stage as `explain()` shows it. */
export function describeStage(stage: ColumnStage): string {
  switch (stage.op) {
    case 'where':
      return printExpression(stage.condition);
    case 'select':
    case 'selectExpr':
      return stage.items.map(({ name, tree }) => name ?? printExpression(tree)).join(', ');
    case 'withColumn':
    case 'withColumns':
      return stage.columns.map(([name, tree]) => `${name} = ${printExpression(tree)}`).join(', ');
    case 'drop':
      return stage.names.join(', ');
    case 'withColumnRenamed':
      return `${stage.from} -> ${stage.to}`;
  }
}
