import type { Observer } from 'rxjs';
import type { MicroBatch } from '../lib/batch/index.js';
import { SluiceError } from '../lib/errors/index.js';
import type { Aggregation } from '../lib/expressions/aggregate.js';
import { compileAggregation } from '../lib/expressions/aggregate.js';
import { type Expr, type Expression, printExpression, toTree } from '../lib/expressions/index.js';
import { type Flow, planOf } from '../lib/flow.js';
import type { FlowOperator } from '../lib/operator.js';
import { custom, nonEmptyText, parseOptions, required, sink } from '../lib/options/index.js';
import { type EventTime, mergedEventTime, settingsOf } from '../lib/plan/index.js';
import { columnsIn, isTyped } from '../lib/plan/used-columns.js';
import { statefulFlow } from '../lib/stateful.js';
import { AggregatedBatches } from './aggregation/aggregated-batches.js';
import { carries } from './columns/event-time.js';

/** What is grouped by, or computed of groups: expressions or SQL text, by the names of the columns that they become. */
export type NamedExpressions = Readonly<Record<string, Expr | string>>;

export interface AggregateOptions<By extends NamedExpressions, Values extends NamedExpressions> {
  /** What rows are grouped by. Without it all rows are one group, which is there without rows, too. */
  by?: By;
  /** What is computed of each group: aggregates, and expressions over them and over what is grouped by. */
  values: Values;
  /** Only rows for which this is true count. */
  where?: Expr | string;
  /** The name under which the state is kept in the checkpoint. Default `aggregate`. */
  name?: string;
  /**
   * A sink for rows that came too late for all of their groups, as they are, with every batch: it commits when they are
   * durable. The sink is this operator's alone. Default: they are dropped, and counted.
   */
  lateRows?: Observer<MicroBatch>;
}

/** The rows that come out: a column for each name. */
export type AggregateRow<By, Values> = { [Name in (keyof By | keyof Values) & string]: unknown };

const isNamed = (v: unknown): v is NamedExpressions => typeof v === 'object' && v !== null && !Array.isArray(v);

/** What the options have to be. */
export const aggregateSpec = {
  by: custom(isNamed, 'an object of expressions by name'),
  values: required(
    custom(
      (v): v is NamedExpressions => isNamed(v) && Object.keys(v).length > 0,
      'an object of at least one expression by name',
    ),
  ),
  where: custom((v): v is Expr | string => typeof v === 'string' || typeof v === 'object', 'a condition'),
  name: nonEmptyText(),
  lateRows: sink<MicroBatch>(),
};

/**
 * Groups rows and computes aggregates of each group, over all batches. What is known of the groups is kept in the
 * checkpoint. What comes out of a batch is said by the output mode of the query:
 *
 * - `'append'` (the default): a group comes once, when the watermark has passed it, and is forgotten then. One of the
 *   keys has to carry event time: the column of `withWatermark`, or a `window` of it.
 * - `'update'`: the groups that the batch changed. Those that the watermark has passed are forgotten; without a
 *   watermark all groups are kept for ever.
 * - `'complete'`: all groups, with every batch. None is ever forgotten.
 *
 * A row is late if the watermark of the batch before has passed all groups that it belongs to. It is dropped, and
 * counted in the progress as `numLateRows`; `numRowsDroppedByWatermark` counts groups of a batch, as Spark does.
 *
 * Throws INVALID_OPTION, and INVALID_EXPRESSION or UNKNOWN_COLUMN when it is put on a flow whose schema is known, else
 * with the first batch; UNSUPPORTED_PIPELINE for sessions without another key or two keys with event time, and
 * UNSUPPORTED_OUTPUT_MODE at the start.
 *
 * @example
 * ```ts
 * orders$.pipe(
 *   withWatermark('at', '10 minutes'),
 *   aggregate({
 *     by: { shop: 'shop', window: window('at', '10 minutes', '5 minutes') },
 *     values: { n: count(), total: sum('amount') },
 *   }),
 * );
 * ```
 */
export function aggregate<Row, const By extends NamedExpressions, const Values extends NamedExpressions>(
  options: AggregateOptions<By, Values>,
): FlowOperator<Row, AggregateRow<By, Values>> {
  const { by = {}, values, where, name = 'aggregate', lateRows } = parseOptions('aggregate', options, aggregateSpec);
  return aggregation({
    op: 'aggregate',
    name,
    lateRows,
    by: treesOf(by),
    values: treesOf(values),
    ...(where === undefined ? {} : { where: toTree(where) }),
  });
}

const treesOf = (named: NamedExpressions): Readonly<Record<string, Expression>> =>
  Object.fromEntries(Object.entries(named).map(([name, value]) => [name, toTree(value)]));

/** What `aggregate` and `groupBy` have in common. */
export interface AggregateDefinition extends Aggregation {
  readonly op: string;
  readonly name: string;
  readonly by: Readonly<Record<string, Expression>>;
  readonly lateRows: Observer<MicroBatch> | undefined;
}

export function aggregation<Row, Out>(definition: AggregateDefinition): FlowOperator<Row, Out> {
  const { op, by, values, where, name, lateRows } = definition;
  const keys = Object.entries(by);
  const twice = keys.find(([key]) => Object.keys(values).some((value) => value.toLowerCase() === key.toLowerCase()));
  if (twice !== undefined) {
    throw new SluiceError('INVALID_OPTION', `${op}: '${twice[0]}' is the name of a key and of a value. Rename one.`);
  }
  const session = keys.some(([, tree]) => isSession(tree));
  if (session && keys.length === 1) {
    const message = `${op}: sessions need another key: all rows of the stream would be part of the same ones.`;
    throw new SluiceError('UNSUPPORTED_PIPELINE', message);
  }
  const trees = [...Object.values(by), ...Object.values(values), ...(where === undefined ? [] : [where])];
  return (source): Flow<Out> => {
    const input = planOf(source as never);
    const settings = settingsOf(input);
    const known = input.schema !== undefined && isTyped(input.schema) ? input.schema : undefined;
    const compiled = known && compileAggregation(definition, known, settings);
    const time = eventTimeKey(op, keys, input.eventTime);
    return statefulFlow<Out>(
      {
        op,
        detail: describe(definition),
        inputs: [input],
        schema: compiled?.schema,
        eventTime: mergedEventTime(new Map(time === undefined ? [] : [[time.name, time.delay]]), [input.eventTime]),
        traits: { role: { kind: 'aggregation', closes: time !== undefined, session } },
        // A row that comes too late is handed on whole.
        needs: () => (lateRows === undefined && known !== undefined ? columnsIn(trees, known) : 'all'),
      },
      {
        name,
        operatorName: session ? 'sessionWindowStateStoreSaveExec' : 'stateStoreSave',
        noDataBatch: (mode) => (mode === 'complete' ? 'never' : 'watermark'),
        onComplete: () => lateRows?.complete(),
        start: (state) => {
          const batches = new AggregatedBatches({ ...definition, trees, settings, eventTimeKey: time?.index }, state);
          return (batch, marks) => batches.take(batch, marks);
        },
      },
    );
  };
}

const isSession = (tree: Expression): boolean =>
  tree.kind === 'alias' ? isSession(tree.child) : tree.kind === 'call' && tree.name === 'session_window';

/** The key that carries event time. */
function eventTimeKey(
  op: string,
  keys: readonly (readonly [string, Expression])[],
  eventTime: EventTime | undefined,
): { readonly index: number; readonly name: string; readonly delay: number } | undefined {
  const found = keys.flatMap(([name, tree], index) =>
    [...(eventTime?.columns ?? [])].flatMap(([column, delay]) =>
      carries(tree, column) ? [{ index, name, delay }] : [],
    ),
  );
  if (found.length < 2) return found[0];
  const names = found.map(({ name }) => name).join(', ');
  const message = `${op}: several keys carry event time (${names}), and which of them closes a group is not known. Leave one.`;
  throw new SluiceError('UNSUPPORTED_PIPELINE', message);
}

function describe({ by, values, where }: AggregateDefinition): string {
  const list = (trees: Readonly<Record<string, Expression>>): string =>
    Object.entries(trees)
      .map(([name, tree]) => (printExpression(tree) === name ? name : `${name} = ${printExpression(tree)}`))
      .join(', ');
  const parts = [
    ...(Object.keys(by).length > 0 ? [`by ${list(by)}`] : []),
    list(values),
    ...(where === undefined ? [] : [`where ${printExpression(where)}`]),
  ];
  return parts.join('; ');
}
