import type { Column, Table } from '../columns/index.js';
import type { DataType, Schema } from '../schema/index.js';
import type { Bound } from './bound.js';
import { evaluate } from './evaluate.js';
import { Frame } from './frame.js';
import type { BatchFacts } from './functions/define.js';
import { resolve } from './resolve.js';
import { Scope } from './scope.js';
import { type ExpressionSettings, defaultSettings } from './settings.js';
import type { Expression } from './tree.js';
import { toColumn } from './vector.js';

/** An expression that is ready to run over tables of one schema. */
export interface Compiled {
  readonly bound: Bound;
  readonly type: DataType;
  readonly nullable: boolean;
  /** Its value for every row. Throws EXPRESSION_FAILED pointing at the place that failed. */
  over(table: Table, batch: BatchFacts): Column;
}

/** Resolves an expression over a schema. Throws INVALID_EXPRESSION or UNKNOWN_COLUMN. */
export function compile(
  expression: Expression,
  schema: Schema,
  settings: ExpressionSettings = defaultSettings,
): Compiled {
  const bound = resolve(expression, Scope.of(schema), settings);
  return {
    bound,
    type: bound.type,
    nullable: bound.nullable,
    over: (table, batch) => toColumn(evaluate(bound, new Frame(table.columns, table.numRows, batch)), table.numRows),
  };
}
