import { Table } from '../lib/columns/index.js';
import { withTypes } from '../lib/columns/infer.js';
import { SluiceError } from '../lib/errors/index.js';
import { printExpression } from '../lib/expressions/index.js';
import { Flow, planOf } from '../lib/flow.js';
import type { MaybePromise } from '../lib/maybe-promise.js';
import type { FlowOperator } from '../lib/operator.js';
import { type Duration, duration, parseOptions, schema as schemaOption } from '../lib/options/index.js';
import { settingsOf } from '../lib/plan/index.js';
import { isTyped } from '../lib/plan/used-columns.js';
import type { SchemaLike } from '../lib/schema/index.js';
import { joinCondition } from './joins/condition.js';
import { type JoinOn, conditionOf, isNames, joinSpec, matchable } from './joins/options.js';
import { eventColumns, joinOutput } from './joins/output.js';
import { type JoinType, type JoinedRow, isOuter, kindOf } from './joins/types.js';
import { type TableLoader, withTable } from './joins/table-batches.js';

export interface JoinTableOptions<
  Other,
  Using extends string,
  As extends readonly [string, string],
  Type extends JoinType,
> {
  /**
   * Which rows belong together: a condition, or the names of columns that both sides have and that have to be equal. In a
   * condition the sides are called as `as` says; names that one side only has need no side. Null is equal to nothing (but
   * `<=>`).
   */
  on: JoinOn<Using>;
  /**
   * What comes out: `'inner'` (the default): the pairs. `'left'`: rows of the flow that match nothing, too, with null for
   * the table. `'leftSemi'`: the rows of the flow that match something, once; `'leftAnti'`: those that match nothing.
   * Spark's other spellings are known, too.
   */
  type?: Type;
  /** What the flow and the table are called. Default `['a', 'b']`. */
  as?: As;
  /**
   * How old the table may be, in the time of batches, before it is loaded again: the next batch then waits for it.
   * Default: it is loaded once in a run.
   */
  refresh?: Duration;
  /** The columns of the table and their types. Default: as its rows show. */
  schema?: SchemaLike<Other>;
}

const spec = { ...joinSpec, refresh: duration(), schema: schemaOption() };

/**
 * Looks up rows of a table that is small enough to be held in memory: given, or loaded before the first batch of a run
 * and again when it is older than `refresh`. All rows of a batch see the same table. The rows of the flow keep their
 * order. Nothing is kept in the checkpoint: a batch that is done again sees the table of then.
 *
 * What the loader throws fails the query, at a refresh too (USER_FUNCTION_FAILED): who would rather go on with the old
 * table catches it and returns the rows that it returned before.
 *
 * The columns of the flow come first, then those of the table, named as by `join`. Throws INVALID_OPTION,
 * UNSUPPORTED_PIPELINE for the types that need rows of the table which match nothing (`'right'`, `'full'`): that is known
 * at the end of the stream; INVALID_EXPRESSION and UNKNOWN_COLUMN, with the first batch where columns are not known
 * before.
 *
 * @example
 * ```ts
 * orders$.pipe(joinTable(() => db.query('SELECT shop, city FROM shops'), { on: ['shop'], type: 'left', refresh: '10 minutes' }));
 * ```
 */
export function joinTable<
  Row,
  Other,
  const Using extends keyof Row & keyof Other & string = never,
  const As extends readonly [string, string] = readonly ['a', 'b'],
  Type extends JoinType = 'inner',
>(
  table: readonly Other[] | (() => MaybePromise<readonly Other[]>),
  options: JoinTableOptions<Other, Using, As, Type>,
): FlowOperator<Row, JoinedRow<Row, Other, Using, As, Type>> {
  const { on, type = 'inner', as = ['a', 'b'], refresh, schema } = parseOptions('joinTable', options, spec);
  const kind = kindOf(type);
  if (isOuter(kind, 'right')) {
    const message =
      `joinTable: of the type '${type}' are rows of the table that match nothing, which is known at the end of the ` +
      "stream. Use 'inner' or 'left'.";
    throw new SluiceError('UNSUPPORTED_PIPELINE', message);
  }
  const load = loaderOf(table);
  if (refresh !== undefined && Array.isArray(table)) {
    throw new SluiceError('INVALID_OPTION', "joinTable: 'refresh' is for a table that is loaded: give a function.");
  }
  const typed = (rows: readonly unknown[]): Table => withTypes(Table.fromRows(rows, schema));
  const right = Array.isArray(table) ? typed(table).schema : schema;
  const tree = conditionOf(on, as);
  const using = isNames(on) ? on : [];
  return (source) => {
    const input = planOf(source as never);
    const settings = settingsOf(input);
    const left = input.schema !== undefined && isTyped(input.schema) ? input.schema : undefined;
    const inputs = left !== undefined && right !== undefined ? { left, right, as } : undefined;
    const condition = inputs && joinCondition(tree, inputs, settings);
    const output = inputs && joinOutput(inputs, kind, using);
    const filtered = condition === undefined || isOuter(kind, 'left') ? input : matchable(input, condition, 'left');
    return new Flow({
      kind: 'operator',
      op: 'joinTable',
      detail: `${type} on ${printExpression(tree)}`,
      inputs: [filtered],
      schema: output?.schema,
      hidden: output?.hidden,
      eventTime: input.eventTime && {
        ...input.eventTime,
        ...(output && { columns: eventColumns(output, inputs, { left: input.eventTime, right: undefined }) }),
      },
      traits: {},
      connect: ([batches]) => withTable(batches!, { load, typed, refresh, kind, as, using, tree, settings }),
    });
  };
}

function loaderOf(table: unknown): TableLoader {
  if (Array.isArray(table)) return () => table as unknown[];
  if (typeof table === 'function') return table as TableLoader;
  throw new SluiceError('INVALID_OPTION', 'joinTable: the table must be a list of rows, or a function that gives one.');
}
